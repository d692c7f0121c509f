"""Documents → HTML: one document's text with marks, its pieces, and the list of all."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datatypes import Document, Heading, Metadata, Page, Span
from interface.chat.metadata import in_line
from interface.chat.pieces import pieces
from interface.server.escaping import attribute, shown, shown_span
from interface.server.library import DocumentCard, Library
from interface.wording.languages import document_language
from interface.wording.wordings import Wording

Marks = Sequence[tuple[Span, str]]  # a span and the class of its <mark>

CARDS_AT_ONCE = 50
_MARKUP = "#*_= \t"  # of Markdown
_LABELS = {"doi": "DOI", "isbn": "ISBN"}  # names of details that are not words
_LISTED = ("creator", "date", "document_type", "reference_code")  # metadata named in the list


@dataclass(frozen=True, slots=True)
class DocumentRenderer:
    library: Library
    wording: Wording

    def document(self, document: Document) -> str:
        """Title, details, and one empty section for each piece, which the page fetches."""
        sections = "".join(
            f'<div class="piece" data-number="{number}" data-start="{piece[0].start}" '
            f'data-end="{piece[-1].end}"></div>'
            for number, piece in enumerate(pieces(document.text))
        )
        return (
            f'<h2 id="document-title" tabindex="-1" dir="auto">{shown(document.title)}</h2>'
            f"{self._about(document.metadata)}"
            f'<div class="text" data-document="{attribute(document.document_id)}" '
            f'lang="{attribute(document_language(document))}" dir="auto">'
            f"{sections}</div>"
        )

    def piece(self, document: Document, number: int, marks: Marks) -> str:
        """The paragraphs of one piece; raises IndexError where there is no such piece."""
        groups = pieces(document.text)
        before = groups[number - 1][-1].end if number else 0
        html = ""
        for span in groups[number]:
            html += self._pages(document.pages, before, span.end)
            html += "".join(
                _block(document.text, part, heading, marks)
                for part, heading in _blocks(document, span)
            )
            before = span.end
        return html

    def cards(self, search: str, offset: int) -> str:
        """A part of the list of documents, from `offset` on."""
        words = self.wording
        n_found, cards = self.library.documents(search=search, offset=offset, limit=CARDS_AT_ONCE)
        lines = "".join(
            f'<li><button type="button" class="card" data-document="{attribute(card.document_id)}">'
            f'<span class="card-title" dir="auto">{shown(card.title)}</span>'
            f'<span class="card-details" dir="auto">{shown(self._details(card))}</span>'
            "</button></li>"
            for card in cards
        )
        if not lines:
            return f'<p class="n-found">{shown(words.no_documents)}</p>'
        n_words = words.one_document if n_found == 1 else words.n_documents
        heading = f'<p class="n-found">{shown(n_words.format(n=words.number(n_found)))}</p>'
        following = offset + len(cards)
        more = (
            f'<button type="button" class="more" data-offset="{following}">'
            f"{shown(words.more_documents)}</button>"
        )
        return (
            (heading if offset == 0 else "")
            + f'<ul class="cards">{lines}</ul>'
            + (more if following < n_found else "")
        )

    def _details(self, card: DocumentCard) -> str:
        details = [in_line(card.metadata[key]) for key in _LISTED if card.metadata.get(key)]
        length = self.wording.n_characters.format(n=self.wording.number(card.n_characters))
        return " · ".join([*details, length])

    def _label(self, key: str) -> str:
        return _LABELS.get(key) or self.wording.detail(key)

    def _about(self, metadata: Metadata) -> str:
        lines = "".join(
            f'<dt>{shown(self._label(key))}</dt><dd dir="auto">{shown(in_line(value))}</dd>'
            for key, value in metadata.items()
            if value
        )
        if not lines:
            return ""
        return (
            f'<details class="about"><summary>{shown(self.wording.about_document)}</summary>'
            f"<dl>{lines}</dl></details>"
        )

    def _pages(self, pages: Sequence[Page], start: int, end: int) -> str:
        """A line for each page that begins in `start` to `end`."""
        first, last = (bisect_left(pages, at, key=_beginning) for at in (start, end))
        return "".join(
            f'<p class="page-mark">{shown(self.wording.page.format(label=page.name))}</p>'
            for page in pages[first:last]
        )


def mark(
    document: Document, start: int | None, end: int | None, name: str
) -> list[tuple[Span, str]]:
    """The mark that a page asks for; none where it lies outside the document."""
    if start is None or end is None or not 0 <= start < end <= len(document.text):
        return []
    return [(Span(start, end), name)]


def _blocks(document: Document, paragraph: Span) -> Iterator[tuple[Span, Heading | None]]:
    """The paragraph, cut where a line of it is a heading."""
    text, start = document.text, paragraph.start
    first = bisect_left(document.headings, start, key=_beginning)
    for heading in document.headings[first:]:
        if not paragraph.holds(heading.span):
            break
        line_start = text.rfind("\n", start, heading.span.start) + 1 or start
        line_end = text.find("\n", heading.span.end, paragraph.end)
        line_end = paragraph.end if line_end < 0 else line_end
        if start < line_start - 1:
            yield Span(start, line_start - 1), None
        yield Span(line_start, line_end), heading
        start = line_end + 1
    if start < paragraph.end:
        yield Span(start, paragraph.end), None


def _block(text: str, span: Span, heading: Heading | None, marks: Marks) -> str:
    place = f'data-start="{span.start}" data-end="{span.end}" dir="auto"'
    if heading is None:
        return f"<p {place}>{shown_span(text, span, marks)}</p>"
    before = _beside(text, span.start, heading.span.start, marks)
    after = _beside(text, heading.span.end, span.end, marks)
    return (
        f'<p {place} role="heading" aria-level="3" class="heading level-{min(heading.level, 6)}">'
        f"{before}{shown_span(text, heading.span, marks)}{after}</p>"
    )


def _beside(text: str, start: int, end: int, marks: Marks) -> str:
    """What stands in a heading's line; signs that only say that it is one are not displayed."""
    if start >= end:
        return ""
    html = shown_span(text, Span(start, end), marks)
    return html if text[start:end].strip(_MARKUP) else f'<span class="markup">{html}</span>'


def _beginning(part: Page | Heading) -> int:
    return part.span.start
