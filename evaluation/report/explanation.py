"""Why was this found before that: the words a passage shares with the question, and its scores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from answerer.json_form import to_json
from datatypes import Answer, Document, Evidence, Hit, Passage, Span
from evaluation.measures.exactness import Originals
from evaluation.measures.quotes import is_right
from evaluation.question import Documents, Question
from evaluation.report.report import (
    EvidenceInPlace,
    GivenAnswer,
    PassageText,
    RankedPassage,
    SharedWord,
)
from index.storage.base import PassageStore
from index.text.folding import terms_with_spans
from retriever.hybrid import idf
from retriever.lexical import content_terms

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_CONTEXT = 240
"""Characters shown before and after a piece of evidence."""


class Explainer:
    """Turns hits into report rows and keeps the text of every passage it meets once.

    `condition` goes before a passage's id where the documents are not the collection's own.
    """

    def __init__(self, index: PassageStore, condition: str = "") -> None:
        self.index = index
        self.passages: dict[str, PassageText] = {}
        self.passages_of = cache(index.texts.passages_of)
        self._prefix = f"{condition}:" if condition else ""
        self._words_of = cache(_words_of)

    def ranked(self, hit: Hit, question: str, *, right: bool) -> RankedPassage:
        row = self.unranked(hit.passage, question, right=right)
        scores = {name: round(score, 4) for name, score in hit.scores.items()}
        return replace(row, rank=hit.rank, score=round(hit.score, 4), scores=scores)

    def unranked(self, passage: Passage, question: str, *, right: bool) -> RankedPassage:
        """A passage that was not found, as it would have to be found."""
        passage_id = self._prefix + passage.passage_id
        self.passages[passage_id] = PassageText(
            *_place(passage.document, passage.span), passage.heading
        )
        shared = self._shared_words(question, passage)
        return RankedPassage(passage_id, None, None, {}, right, shared)

    def _shared_words(self, question: str, passage: Passage) -> tuple[SharedWord, ...]:
        """The rarest first. The heading counts, as it does when words are searched."""
        in_passage = self._words_of(f"{passage.text}\n{passage.heading or passage.document.title}")
        content = set(content_terms(question))
        asked = _words_of(question)
        shared = [term for term in asked if term in content and term in in_passage]
        n_holding = self.index.lexical.document_frequency(shared)
        n_passages = self.index.recipe.n_passages
        words = [
            SharedWord(asked[term], in_passage[term], round(idf(n_holding[term], n_passages), 3))
            for term in shared
        ]
        return tuple(sorted(words, key=lambda word: -word.weight))


def evidence_in_place(
    evidence: Iterable[Evidence], documents: Documents
) -> tuple[EvidenceInPlace, ...]:
    places = []
    for piece in evidence:
        document = documents.document(piece.document_id)
        if document is not None:
            start, end = piece.span.start, piece.span.end
            before = document.text[max(0, start - _CONTEXT) : start]
            after = document.text[end : end + _CONTEXT]
            places.append(EvidenceInPlace(*_place(document, piece.span), before, after))
    return tuple(places)


def given_answer(answer: Answer, question: Question, originals: Originals | None) -> GivenAnswer:
    """The answer's JSON, and of each quote whether it is right and as the file has it."""
    fields = to_json(answer)
    for row, citation in zip(fields["quotes"], answer.citations, strict=True):
        row["right"] = is_right(citation.quote, question)
        row["exact"] = originals.exact(citation.quote) if originals else None
    return _given_answers().validate_python(fields)


@cache
def _given_answers() -> TypeAdapter[GivenAnswer]:
    from pydantic import TypeAdapter

    return TypeAdapter(GivenAnswer)


def _words_of(text: str) -> dict[str, str]:
    """Terms, each as it is written where it first stands."""
    return {term.text: term.span.of(text) for term in reversed(terms_with_spans(text))}


def _place(document: Document, span: Span) -> tuple[str, str, str | None, int, int, str]:
    """What a report's Place says of a span."""
    page = document.page_at(span.start)
    name, text = page.name if page else None, span.of(document.text)
    return document.document_id, document.title, name, span.start, span.end, text
