"""A place in a document's text, as pages ask for it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from datatypes import Document, Span
from interface.chat.text_pieces import split_into_pieces


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
