"""Notes and bibliography entries for unpublished documents after the Chicago Manual of Style.

The order of an archival note follows its chapter on manuscript collections: item, date, shelfmark,
collection, archive, place. A name stays as the archive wrote it, because nothing tells a person
from an institution.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from answerer.citing.source import Source, listed
from language.english import ENGLISH

NESTED_QUOTES = tuple(
    re.compile(pattern) for pattern in (r"„([^“”„]*)[“”]", r"“([^“”]*)”", r'"([^"]*)"')
)
NESTED_AT_END = re.compile(r"‘[^‘’]*’$")
# A note names up to three creators, a bibliography entry all of them.
CREATORS_IN_NOTE = 3
# Chicago shortens titles of more than four words, and leaves out what dangles at the end.
WORDS_IN_SHORT_TITLE = 4
DANGLING = frozenset((*ENGLISH.articles, *ENGLISH.joining_words, "about", "from"))


def note(source: Source) -> str:
    parts = [
        _short_creators(source),
        quoted(source.title),
        source.date,
        source.pinpoint,
        source.held,
        _status_in_note(source),
        source.digital_source,
        source.url,
    ]
    return _ended(_joined(parts, ","))


def short_note(source: Source) -> str:
    """For every further note: enough to find the full one, and the page."""
    title = quoted(shortened(source.title))
    return _ended(_joined([_short_creators(source), title, source.date, source.pinpoint], ","))


def bibliography(source: Source) -> str:
    parts = [
        listed(source.values("creator")),
        quoted(source.title),
        source.date,
        source.held,
        "" if source.is_original else source.text_status,
        source.digital_source,
        source.url,
    ]
    return _ended(_joined(parts, "."))


def quoted(title: str) -> str:
    """In double quotation marks; those inside become single ones."""
    for pattern in NESTED_QUOTES:
        title = pattern.sub(r"‘\1’", title)
    return f"“{title}”"


def shortened(title: str) -> str:
    words = re.split(r"[:;] | [–—] ", title, maxsplit=1)[0].split()
    if len(words) <= WORDS_IN_SHORT_TITLE:
        return " ".join(words)
    if words[0].casefold() in ENGLISH.articles:
        words = words[1:]
    words = words[:WORDS_IN_SHORT_TITLE]
    while len(words) > 1 and words[-1].casefold() in DANGLING:
        words = words[:-1]
    return " ".join(words).rstrip(",")


def _status_in_note(source: Source) -> str:
    """Nothing for an original, which is what a reader takes a cited document for."""
    translator, client = (listed(source.values(n)) for n in ("translator", "translated_for"))
    if source.is_translation and translator:
        return f"trans. {translator} for {client}" if client else f"trans. {translator}"
    status = "" if source.is_original else source.text_status
    return status if status[1:2].isupper() else status[:1].lower() + status[1:]


def _short_creators(source: Source) -> str:
    creators = source.values("creator")
    return f"{creators[0]} et al." if len(creators) > CREATORS_IN_NOTE else listed(creators)


def _joined(parts: Iterable[str], mark: str) -> str:
    *first, last = [part for part in parts if part]
    return " ".join([*(_marked(part, mark) for part in first), last])


def _ended(text: str) -> str:
    return _marked(text, ".")


def _marked(part: str, mark: str) -> str:
    """The part with a comma or full stop, which stands inside closing quotation marks."""
    at = len(part)
    if part.endswith("”"):
        at -= 2 if NESTED_AT_END.search(part[:-1]) else 1
    before = part[:at]
    if mark == "." and before.endswith((".", "?", "!")):
        return part
    return before + mark + part[at:]
