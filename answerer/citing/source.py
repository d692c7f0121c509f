"""What is known about where a quote comes from, cleaned for citing. What is missing is empty."""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass
from hashlib import sha256

from datatypes import Quote, visible_line
from language.english import ENGLISH

# Endings whose full stop belongs to the word; any other one is the end of a sentence and goes.
ABBREVIATIONS = frozenset(
    {"Bd.", "Co.", "Corp.", "Dept.", "Inc.", "Jr.", "Ltd.", "No.", "Nr.", "Sr.", "St.", "Vol."}
)
INITIALS = re.compile(r"(?:\w\.)+")
EMPTY_BRACKETS = re.compile(r"\s*(?:\(\s*\)|\[\s*\]|\{\s*\})")
REPEATED_COMMAS = re.compile(r"\s*,(?:\s*,)*")
ISO_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
STATUSES = {
    "original": "Original text",
    "transcription": "Transcription",
    "ocr": "Text read by machine (OCR)",
}


@dataclass(frozen=True, slots=True)
class Source:
    """The citable facts behind a quote, read from its document's metadata."""

    quote: Quote

    def values(self, name: str) -> tuple[str, ...]:
        values = self.quote.document.metadata.get(name, ())
        cleaned = map(clean, (values,) if isinstance(values, str) else values)
        return tuple(dict.fromkeys(value for value in cleaned if value))

    def value(self, name: str) -> str:
        return ", ".join(self.values(name))

    @property
    def title(self) -> str:
        title = self.value("title") or clean(self.quote.document.title)
        return unwrapped(title) or self.key

    @property
    def date(self) -> str:
        """Day month year where the date is an ISO one, else the archive's own wording."""
        if not self.date_parts:
            return self.value("date")
        year, *month_day = map(str, self.date_parts)
        if month_day:
            month_day[0] = ENGLISH.months[int(month_day[0]) - 1][0]
        return " ".join([*reversed(month_day), year])

    @property
    def date_parts(self) -> tuple[int, ...]:
        """Year, month and day, as far as an ISO date gives them; empty for free text."""
        date = self.value("date")
        try:
            datetime.date.fromisoformat(f"{date}-01-01"[:10])
        except ValueError:
            return ()
        return tuple(map(int, date.split("-"))) if ISO_DATE.fullmatch(date) else ()

    @property
    def shelfmark(self) -> str:
        """Where it lies inside the archive."""
        box, folder = (_numbered(name, self.value(name)) for name in ("box", "folder"))
        return together(self.value("reference_code"), box, folder, self.value("collection"))

    @property
    def held(self) -> str:
        """Shelfmark, archive and place; none says again what one before said."""
        return together(self.shelfmark, self.value("archive"), self.value("place"))

    @property
    def digital_source(self) -> str:
        """Where the scan or the text is published, unless that is the archive itself."""
        return together(self.held, self.value("digital_source"))[len(self.held) :].strip(" ,")

    @property
    def url(self) -> str:
        """The source's address, where it leads somewhere."""
        return _address(self.value("url"))

    @property
    def pinpoint(self) -> str:
        """The printed page and the scan: "p. 217 [scan 219]", "scan 219", or nothing."""
        pages = [page for page in self.quote.document.pages if page.span.overlaps(self.quote.span)]
        pages = pages or ([self.quote.page] if self.quote.page else [])
        if not pages:
            return ""
        scan = _numbers("scan", "scans", [str(page.number) for page in pages])
        labels = [label for page in pages if (label := clean(page.label or ""))]
        return f"{_numbers('p.', 'pp.', labels)} [{scan}]" if labels else scan

    @property
    def is_original(self) -> bool:
        return self.value("text_status").casefold() == "original"

    @property
    def is_translation(self) -> bool:
        status = self.value("text_status").casefold()
        return status == "translation" or bool(not status and self.value("translator"))

    @property
    def text_status(self) -> str:
        """What kind of text the quote shows ("Translated from German by …"), empty if unknown."""
        status = self.value("text_status")
        if not self.is_translation:
            return STATUSES.get(status.casefold(), status[:1].upper() + status[1:])
        translator, client = (listed(self.values(n)) for n in ("translator", "translated_for"))
        language = self.value("original_language")
        phrases = (("from", language), ("by", translator), ("for", client))
        known = [f"{word} {what}" for word, what in phrases if what]
        return " ".join(["Translated", *known]) if known else "Translation"

    @property
    def key(self) -> str:
        """The document's name in a bibliography file: ASCII, and the same tomorrow."""
        return ascii_key(self.quote.document.document_id)


def clean(text: str) -> str:
    """One line without empty brackets or punctuation left at its ends."""
    line = EMPTY_BRACKETS.sub(" ", visible_line(text))
    line = " ".join(REPEATED_COMMAS.sub(",", line).split()).strip(" ,;:")
    last = line.rpartition(" ")[2]
    if line.endswith(".") and last not in ABBREVIATIONS and not INITIALS.fullmatch(last):
        line = line.rstrip(". ")
    return line


def unwrapped(title: str) -> str:
    """A title without the quotation marks that stand around the whole of it."""
    for opening, closing in ('""', "“”", "„“", "«»"):
        inner = title[1:-1]
        if title[:1] == opening and title[-1:] == closing and not {opening, closing} & set(inner):
            return clean(inner)
    return title


def together(*parts: str) -> str:
    """The parts that say something new, where "SAPMO, Berlin" has already said "Berlin"."""
    kept: list[str] = []
    told: set[str] = set()
    for part in filter(None, parts):
        pieces = {piece.strip().casefold() for piece in part.split(",")}
        if not pieces <= told:
            kept.append(part)
            told |= pieces
    return ", ".join(kept)


def listed(names: tuple[str, ...]) -> str:
    """Names in a sentence: "A", "A and B", "A, B, and C"."""
    if len(names) < 3:
        return " and ".join(names)
    return f"{', '.join(names[:-1])}, and {names[-1]}"


def ascii_key(document_id: str) -> str:
    """Letters, digits and hyphens; a digest keeps apart ids that differ in anything else."""
    folded = unicodedata.normalize("NFKD", document_id).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9]+", "-", folded).strip("-")
    if slug == document_id:
        return slug
    digest = sha256(document_id.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{slug}-{digest}" if slug else f"document-{digest}"


def _numbered(word: str, value: str) -> str:
    return value if not value or " " in value else f"{word} {value}"


def _numbers(one: str, many: str, numbers: list[str]) -> str:
    first, last = numbers[0], numbers[-1]
    return f"{one} {first}" if first == last else f"{many} {first}–{last}"


def _address(text: str) -> str:
    """A web address without blanks, or nothing: a relative one leads nowhere from a footnote."""
    return text if re.fullmatch(r"https?://[^\s<>\"]+", text) else ""
