"""What the pages need from whoever answers. `answerer.pipeline.Pipeline` has this shape."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from datatypes import Answer, Collection, Document, Hit, Metadata, Passage, Quote, Span, Statement


class DocumentCard(Protocol):
    """One line of the list of documents."""

    @property
    def document_id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def metadata(self) -> Metadata: ...
    @property
    def n_characters(self) -> int: ...


class Library(Protocol):
    """Documents that can be asked, read and cited. Every method may be called from any thread."""

    @property
    def collection(self) -> Collection: ...
    @property
    def n_documents(self) -> int: ...

    def ask(self, question: str, *, previous: Answer | None = None) -> Answer:
        """Raises QuestionError, whose text can be shown, for questions that cannot be answered."""
        ...

    @property
    def model_name(self) -> str | None:
        """The language model in whose words `answers` are; None: they are quotes, as `ask`'s."""
        ...

    def answers(
        self, question: str, *, previous: Answer | None = None, stop: threading.Event | None = None
    ) -> Iterator[Answer]:
        """The answer as it grows, at last the whole one. Setting `stop` ends it early.

        Raises QuestionError as `ask` does.
        """
        ...

    def to_json(self, answer: Answer) -> Mapping[str, Any]:
        """The answer as programs get it; its `quotes` are in the order of `answer.citations`."""
        ...

    def receipt(self, answer: Answer) -> Mapping[str, Any]:
        """How the answer came about, as JSON."""
        ...

    def search(self, query: str, *, limit: int) -> tuple[Hit, ...]:
        """The passages nearest to the query, best first. Raises QuestionError as `ask` does."""
        ...

    def document(self, document_id: str) -> Document | None: ...

    def documents(
        self, *, search: str = "", offset: int = 0, limit: int = 50
    ) -> tuple[int, Sequence[DocumentCard]]:
        """How many documents the search finds, and those from `offset` on, `limit` at most."""
        ...

    @property
    def similarity_degrees(self) -> tuple[float, float, float]:
        """Scores of a passage (`dense`) from which it is close to a question, near, or loosely so.

        Each embedding model has its own.
        """
        ...

    def matches(self, answer: Answer, passage: Passage) -> tuple[Span, ...]:
        """The words of the passage that the question's words met, as spans of the document."""
        ...

    def cite(self, quote: Quote) -> dict[str, str]:
        """Keys: note, short_note, bibliography, bibtex, ris, csl_json."""
        ...

    def permalink(self, quote: Quote) -> str:
        """A query string that leads back to the quote: `?quote=…`."""
        ...

    def find(self, permalink_value: str) -> Quote | None:
        """The quote again; None where its text is no longer the same."""
        ...

    def related_questions(self, answer: Answer) -> tuple[str, ...]: ...


def quote_json(library: Library, quote: Quote) -> Mapping[str, Any]:
    """A quote in the form that it has in an answer's JSON."""
    alone = Answer("", (Statement(quote.text, (quote,)),), hits=(), confidence=1.0)
    form: Mapping[str, Any] = library.to_json(alone)["quotes"][0]
    return form
