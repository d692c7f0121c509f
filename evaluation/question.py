"""Test questions: what is asked, what answers it and where, whatever form they came in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from datatypes import Document, Evidence, Query
from errors import QuestionError


class Documents(Protocol):
    """Where evidence is looked up; the index's `texts` are one."""

    def document(self, document_id: str) -> Document | None: ...

    def document_ids(self) -> list[str]: ...


class Texts:
    """Documents that are held in memory."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._by_id = {document.document_id: document for document in documents}

    def document(self, document_id: str) -> Document | None:
        return self._by_id.get(document_id)

    def document_ids(self) -> list[str]:
        return sorted(self._by_id)


def each_document(documents: Documents) -> Iterator[Document]:
    for document_id in documents.document_ids():
        if document := documents.document(document_id):
            yield document


RESPONSES = ("quote", "not_found", "catalogue", "help")
"""Quotes; a sentence that nothing was found; a table from metadata; what Docent can do."""


@dataclass(frozen=True, slots=True)
class Question:
    """A query and what a person judged about it.

    `answers` are wordings that a highlight may have. `relevant` are judgments of whole documents
    (above 0: relevant), for collections that were judged so; evidence says more where there is
    any. `pages`: the number of the page on which a piece of evidence stands, where judged.

    `language`: the question's own (BCP 47). `respond`: how it should be answered, one of RESPONSES;
    None is `quote` where it is answerable, else `not_found`. `documents`: what a question about the
    catalogue should list. `disagreement`: the documents differ, and evidence of every one of its
    `values` should be shown; evidence with equal values is alternative.
    """

    query: Query
    answerable: bool
    answers: tuple[str, ...] = ()
    relevant: Mapping[str, int] = field(default_factory=dict, hash=False)
    pages: Mapping[Evidence, int] = field(default_factory=dict, hash=False)
    kind: str = ""
    split: str | None = None
    note: str = ""
    language: str | None = None
    respond: str | None = None
    documents: tuple[str, ...] = ()
    disagreement: bool = False
    values: Mapping[Evidence, str] = field(default_factory=dict, hash=False)

    @property
    def query_id(self) -> str:
        return self.query.query_id

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return self.query.evidence


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """`by_document`: every passage-sized text is a document of its own, so documents are ranked."""

    source: Path
    questions: tuple[Question, ...]
    by_document: bool = False
    warnings: tuple[str, ...] = ()

    def of_split(self, split: str | None) -> QuestionSet:
        """Raises QuestionError where no question is of that split."""
        if split is None:
            return self
        chosen = tuple(question for question in self.questions if question.split == split)
        if not chosen:
            splits = sorted({question.split for question in self.questions if question.split})
            raise QuestionError(
                f"{self.source} has no questions of the split {split}.",
                f"It has {', '.join(splits)}."
                if splits
                else "Leave --split out: it has no splits.",
            )
        return QuestionSet(self.source, chosen, self.by_document, self.warnings)


def counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


FEW_QUESTIONS = 50
"""Buckley and Voorhees (SIGIR 2000): 25 topics are the least for a comparison, 50 are better."""


def few_questions(n: int) -> str:
    return (
        f"Only {counted(n, 'question')}: below {FEW_QUESTIONS} the intervals are wide and a "
        "difference between two systems rarely shows."
    )
