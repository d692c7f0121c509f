"""What reading a file yields: a document or a problem, and what the formats' readers hand over."""

from __future__ import annotations

from dataclasses import dataclass, field

from datatypes import Document, Heading, Metadata, Page


def one_line(text: str) -> str:
    """`text` with everything that does not print (line ends, bidi marks, bad bytes) escaped."""
    if text.isprintable():
        return text
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape", "surrogatepass").decode()
        for sign in text
    )


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document that was read. `source` is its file: POSIX path, relative to the folder."""

    document: Document
    source: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A file, or one line of it, that was `skipped`, or (not skipped) was read but is suspicious.

    `what` and `remedy` are sentences; `str()` is the one line that a person sees.
    """

    source: str
    what: str
    remedy: str
    skipped: bool
    line: int | None = None

    def __str__(self) -> str:
        place = self.source if self.line is None else f"{self.source}, line {self.line}"
        return one_line(f"{place}: {self.what} {self.remedy}")


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a text that was read may not be what the file means."""

    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file itself says: canonical text, spans in it, and its own metadata (`fields`)."""

    text: str
    title: str | None = None
    headings: tuple[Heading, ...] = ()
    pages: tuple[Page, ...] = ()
    fields: Metadata = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()
