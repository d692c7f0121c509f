"""A document's text in pieces of some thousand characters, so that a long one opens at once.

The page asks for the pieces around the wanted place; all others are blank and as tall as they
will probably be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated

from pydantic import BaseModel, Field

from datatypes import Document, Span

_PARAGRAPH = re.compile(r"^(?=.*\S).+(?:\n(?=.*\S).+)*", re.MULTILINE)
PIECE_CHARACTERS = 8_000  # about four screens: fetched and laid out in some milliseconds


@lru_cache(maxsize=8)
def split_into_pieces(text: str) -> tuple[tuple[Span, ...], ...]:
    """The text's paragraphs, in groups of about PIECE_CHARACTERS; together they hold every word."""
    groups: list[tuple[Span, ...]] = []
    group: list[Span] = []
    for paragraph in paragraphs(text):
        if group and paragraph.end - group[0].start > PIECE_CHARACTERS:
            groups.append(tuple(group))
            group = []
        group.append(paragraph)
    if group:
        groups.append(tuple(group))
    return tuple(groups)


def paragraphs(text: str) -> Iterator[Span]:
    """Runs of lines that are not blank, none longer than PIECE_CHARACTERS."""
    for lines in _PARAGRAPH.finditer(text):
        yield from _short_enough(text, *lines.span())


def _short_enough(text: str, start: int, end: int) -> Iterator[Span]:
    """The paragraph, cut after a space (or anywhere, where it has none) if it is too long."""
    while end - start > PIECE_CHARACTERS:
        limit = start + PIECE_CHARACTERS
        space = max(text.rfind(" ", start + 1, limit), text.rfind("\n", start + 1, limit))
        cut = space + 1 if space > start else limit
        yield Span(start, cut)
        start = cut
    if start < end:
        yield Span(start, end)


class TextPlace(BaseModel):
    """A piece of a document by its number, or the one in which `start` lies; what to mark there.

    `start` to `end` is a quote, `from` to `to` the words in it that answer.
    """

    document_id: str
    number: Annotated[int | None, Field(ge=0)] = None
    start: int | None = None
    end: int | None = None
    from_: Annotated[int | None, Field(alias="from")] = None
    to: int | None = None
    lang: str | None = None

    def piece_number(self, document: Document) -> int:
        """It may be one that the document does not have."""
        if self.number is not None:
            return self.number
        pieces = split_into_pieces(document.text)
        return sum(piece[-1].end <= (self.start or 0) for piece in pieces)

    def marks(self, document: Document) -> list[tuple[Span, str]]:
        """With their classes; none where a span lies outside the document."""
        asked = ((self.start, self.end, "quoted"), (self.from_, self.to, "answering"))
        return [
            (Span(start, end), name)
            for start, end, name in asked
            if start is not None and end is not None and 0 <= start < end <= len(document.text)
        ]
