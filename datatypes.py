"""The nouns that flow through Docent. From the document onward everything is a span of it.

A span counts Unicode characters of the document's canonical text (NFC, LF line ends), half-open.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Metadata = Mapping[str, "str | tuple[str, ...]"]

_SPELLED_WITH = frozenset("\u061c\u200c\u200d\u200e\u200f")
"""Signs without a shape that Persian, Hindi and Hebrew need: joiners and marks of direction."""


def visible_line(text: str) -> str:
    """What is seen of `text`, as one line in NFC; white space and controls are single blanks.

    Left out is what has no shape and can hide words or turn them round: zero-width spaces, soft
    hyphens, overrides of direction, half surrogates. For titles, names and questions, never for
    the text of a document.
    """
    signs: list[str] = []
    for sign in unicodedata.normalize("NFC", text):
        category = unicodedata.category(sign)
        if category in ("Cc", "Zl", "Zp"):
            signs.append(" ")
        elif category not in ("Cf", "Cs") or sign in _SPELLED_WITH:
            signs.append(sign)
    return " ".join("".join(signs).split())


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start` (included) to `end` (excluded) of a document's text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, got {self.start}–{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def holds(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def of(self, text: str) -> str:
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `number` counts the scan's pages from 1, `label` is what is printed on the page.

    What shows the scan belongs here: the name of the page's image beside the document's file, and
    boxes of words in it, each with its span of the text.
    """

    span: Span
    number: int
    label: str | None = None

    @property
    def name(self) -> str:
        """As a citation has it: what is printed on the page, or else its number in the scan."""
        return self.label or str(self.number)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `span` is its wording without markup, `level` is 1 for the outermost."""

    span: Span
    level: int


@dataclass(frozen=True, slots=True)
class Document:
    """One source text. The text never changes after reading."""

    document_id: str
    title: str
    text: str = field(repr=False)
    pages: tuple[Page, ...] = field(default=(), repr=False)
    headings: tuple[Heading, ...] = field(default=(), repr=False)  # in the order of the text
    metadata: Metadata = field(default_factory=dict, repr=False, hash=False)

    def page_at(self, position: int) -> Page | None:
        """The page that holds the character at `position`, or the last that begins before it."""
        return next((page for page in reversed(self.pages) if page.span.start <= position), None)

    def heading_at(self, position: int) -> str | None:
        """The heading that the character at `position` stands under or in."""
        n_begun = bisect_right(self.headings, position, key=lambda heading: heading.span.start)
        return self.headings[n_begun - 1].span.of(self.text) if n_begun else None


@dataclass(frozen=True, slots=True)
class Slice:
    """A span of one document. It has no text of its own: `text` is cut from the document."""

    document: Document
    span: Span

    @property
    def text(self) -> str:
        return self.span.of(self.document.text)

    @property
    def page(self) -> Page | None:
        return self.document.page_at(self.span.start)

    def overlaps(self, other: Slice) -> bool:
        """Whether both hold a character of one document."""
        same = self.document.document_id == other.document.document_id
        return same and self.span.overlaps(other.span)


@dataclass(frozen=True, slots=True)
class Passage(Slice):
    """A retrievable span: whole sentences of one document, under `heading`."""

    heading: str | None
    sentences: tuple[Span, ...] = field(repr=False)

    @property
    def passage_id(self) -> str:
        return f"{self.document.document_id}#{self.span.start}-{self.span.end}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a retriever found. `score`: higher is better, comparable within one ranking.

    `scores` keeps what each retriever gave it (`dense`: cosine, `lexical`: BM25), for explanation.
    """

    passage: Passage
    score: float
    rank: int
    scores: Mapping[str, float] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Quote(Slice):
    """A span shown word for word, and the words in it that answer, if they are known."""

    highlight: Span | None = None

    def __post_init__(self) -> None:
        if self.span.end > len(self.document.text):
            raise ValueError(f"the quote ends at {self.span.end}, after the document's end")
        if self.highlight is not None and not self.span.holds(self.highlight):
            raise ValueError("the highlight lies outside its quote")


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer, and the quotes it rests on (at least one)."""

    text: str
    quotes: tuple[Quote, ...]

    def __post_init__(self) -> None:
        if not self.quotes:
            raise ValueError("a statement needs at least one quote")


@dataclass(frozen=True, slots=True)
class Citation:
    """The [1] that a reader sees."""

    number: int
    quote: Quote


NoteKind = Literal["left_out", "nothing_left", "no_model", "broke_off", "stopped"]


@dataclass(frozen=True, slots=True)
class Note:
    """What a reader should know about an answer for which a language model was asked.

    `left_out`: `n` statements that what they cite does not support. `nothing_left`: all of them
    were, or the model had none. `no_model`: it could not be asked. `broke_off`: its answer is not
    whole. `stopped`: the reader did not want to wait.
    """

    kind: NoteKind
    n: int = 1


@dataclass(frozen=True, slots=True)
class Dropped:
    """A statement of a language model that was not shown, and why."""

    text: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """What passed between Docent and a language model: enough to make its answer again.

    `sentences` are those it was shown, [s1] first. `n_unknown` counts the numbers in its reply
    that none of them has.
    """

    model: str
    prompt_version: str
    sentences: tuple[Quote, ...]
    n_tokens: int
    reply: str = ""
    dropped: tuple[Dropped, ...] = ()
    n_unknown: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier turn of a conversation, as text."""

    question: str
    said: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question. Without statements it means: the documents do not say.

    `understood_as` is the question that was searched for, where a follow-up was completed from
    the turn before or a question translated. `confidence` is the calibrated probability that the
    first quote answers; None where nothing was learned with the models that ranked it. `model`
    names the language model whose words the statements are; without one each is its quote. What
    stands in quotation marks is cut from the documents in either case. `parsed` is what the
    retriever made of the question, for whoever asks more about this answer; it goes with it.
    """

    question: str
    statements: tuple[Statement, ...]
    hits: tuple[Hit, ...]
    confidence: float | None
    understood_as: str | None = None
    model: str | None = None
    notes: tuple[Note, ...] = ()
    exchange: Exchange | None = None
    turns: tuple[Turn, ...] = ()
    parsed: object = field(default=None, repr=False, compare=False)

    @property
    def found(self) -> bool:
        return bool(self.statements)

    @property
    def doubtful(self) -> bool:
        """Quotes are shown, but it is not known that they likely answer: to be said with them."""
        return self.found and (self.confidence is None or self.confidence < 0.5)

    @property
    def citations(self) -> tuple[Citation, ...]:
        quotes = dict.fromkeys(quote for statement in self.statements for quote in statement.quotes)
        return tuple(Citation(number, quote) for number, quote in enumerate(quotes, start=1))


@dataclass(frozen=True, slots=True)
class CollectionWords:
    """What an institution says in one more language; what is None or missing is said as it is.

    `suggested_questions` are shown in place of the collection's own, which are asked.
    """

    title: str | None = None
    institution: str | None = None
    welcome: str | None = None
    suggested_questions: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Collection:
    """What an institution says about its documents (`collection.toml`).

    `translations` is keyed by the language's code (BCP 47).
    """

    title: str = "Documents"
    institution: str | None = None
    welcome: str | None = None
    suggested_questions: tuple[str, ...] = ()
    glossary: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    translations: Mapping[str, CollectionWords] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span that answers a test question. Several of one query are alternatives: any will do."""

    document_id: str
    span: Span


@dataclass(frozen=True, slots=True)
class Query:
    """A test question. Without evidence it has no answer in the documents."""

    query_id: str
    text: str
    evidence: tuple[Evidence, ...] = ()
