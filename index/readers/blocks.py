"""Pieces of a page or Word file → one text, blocks parted by blank lines, headings as spans."""

from __future__ import annotations

import re
from enum import IntEnum

from datatypes import Heading, Span
from errors import Problem
from index.readers.base import ParsedDocument
from index.text.canonical import canonical_with_spans

_SPACE = re.compile(r"[ \t\n\r\f]+")  # what HTML collapses; a no-break space is kept


class Break(IntEnum):
    """What stands between two pieces; of several asked for, the strongest is written."""

    NONE = 0
    SPACE = 1
    CELL = 2
    LINE = 3
    BLOCK = 4


_WRITTEN = ("", " ", "\t", "\n", "\n\n")


class BlockWriter:
    """Grows a text piece by piece. No break stands at its beginning or end."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._pending = Break.NONE
        self._headings: list[Heading] = []
        self._open_heading: tuple[int, int] | None = None  # where it starts, and its level

    def part(self, strength: Break) -> None:
        """Ask for at least this break before the next piece."""
        self._pending = max(self._pending, strength)

    def line_break(self) -> None:
        """Begin a new line; the second of two in a row parts blocks, as old web pages use them."""
        self.part(Break.BLOCK if self._pending is Break.LINE else Break.LINE)

    def write(self, text: str) -> None:
        """Add running text; each stretch of white space counts as one space."""
        words = _SPACE.sub(" ", text)
        if not words.strip():  # also a lone no-break space, which old pages use as filling
            words = " " if words else ""
        if words.startswith(" "):
            self.part(Break.SPACE)
        self.write_exactly(words.strip(" "))
        if words.endswith(" "):
            self.part(Break.SPACE)

    def write_exactly(self, text: str) -> None:
        """Add text with its own spaces and line ends."""
        if not text:
            return
        if self._parts:
            self._add(_WRITTEN[self._pending])
        self._pending = Break.NONE
        self._add(text)

    def write_preformatted(self, text: str) -> None:
        """Add text whose line ends count, also those at its edges."""
        body = text.strip()
        lead, _, tail = text.partition(body) if body else (text, "", "")
        self._part_by(lead)
        if body:
            indent = lead[lead.rfind("\n") + 1 :] if "\n" in lead else ""
            self.write_exactly(indent + body)
        self._part_by(tail)

    def begin_heading(self, level: int) -> None:
        """What is written from here to `end_heading` is a heading."""
        self.part(Break.BLOCK)
        start = self._length + len(_WRITTEN[Break.BLOCK]) if self._parts else 0
        self._open_heading = (start, level)

    def end_heading(self) -> None:
        if self._open_heading:
            start, level = self._open_heading
            if start < self._length:
                self._headings.append(Heading(Span(start, self._length), level))
        self._open_heading = None
        self.part(Break.BLOCK)

    def parsed(self, *, title: str | None, problems: tuple[Problem, ...] = ()) -> ParsedDocument:
        """The document that was written; `title` is what the file itself says."""
        text, spans = canonical_with_spans(
            "".join(self._parts), [heading.span for heading in self._headings]
        )
        levels = [heading.level for heading in self._headings]
        headings = tuple(map(Heading, spans, levels))
        return ParsedDocument(text, title=title, headings=headings, problems=problems)

    def _part_by(self, space: str) -> None:
        if space:
            self.part((Break.SPACE, Break.LINE, Break.BLOCK)[min(space.count("\n"), 2)])

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
