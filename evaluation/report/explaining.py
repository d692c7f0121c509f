"""Why was this found before that: the words a passage shares with the question, and its scores."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from datatypes import Answer, Evidence, Hit, Page, Passage
from evaluation.measures.exactness import Originals
from evaluation.measures.quoting import is_right, quotes_of
from evaluation.question import Documents, Question
from evaluation.report.report import (
    EvidenceInPlace,
    GivenAnswer,
    PassageText,
    QuotedPlace,
    RankedPassage,
    SharedWord,
)
from index.storage.passage_index import PassageIndex
from index.text.folding import terms_with_spans
from retriever.lexical import content_terms

_CONTEXT = 240
"""Characters shown before and after a piece of evidence."""


class Explainer:
    """Turns hits into report rows and keeps the text of every passage it meets once.

    `condition` goes before a passage's id where the documents are not the collection's own.
    """

    def __init__(self, index: PassageIndex, condition: str = "") -> None:
        self._index = index
        self._prefix = f"{condition}:" if condition else ""
        self.passages: dict[str, PassageText] = {}
        self._words: dict[str, dict[str, str]] = {}

    def ranked(self, hit: Hit, question: str, *, right: bool) -> RankedPassage:
        row = self.unranked(hit.passage, question, right=right)
        scores = {name: round(score, 4) for name, score in hit.scores.items()}
        return replace(row, rank=hit.rank, score=round(hit.score, 4), scores=scores)

    def unranked(self, passage: Passage, question: str, *, right: bool) -> RankedPassage:
        """A passage that was not found, as it would have to be found."""
        passage_id = self._prefix + passage.passage_id
        self.passages[passage_id] = PassageText(
            passage.document.document_id,
            passage.document.title,
            passage.heading,
            page_name(passage.document.page_at(passage.span.start)),
            passage.span.start,
            passage.span.end,
            passage.text,
        )
        return RankedPassage(
            passage_id,
            passage.document.document_id,
            rank=None,
            score=None,
            scores={},
            right=right,
            shared_words=self._shared_words(question, passage),
        )

    def _shared_words(self, question: str, passage: Passage) -> tuple[SharedWord, ...]:
        """The rarest first. The heading counts, as it does when words are searched."""
        if passage.passage_id not in self._words:
            text = f"{passage.text}\n{passage.heading or passage.document.title}"
            self._words[passage.passage_id] = _words_of(text)
        found = self._words[passage.passage_id]
        content = set(content_terms(question))
        asked = _words_of(question)
        shared = [term for term in asked if term in content and term in found]
        rarity = self._rarity(shared)
        words = [SharedWord(asked[term], found[term], round(rarity[term], 3)) for term in shared]
        return tuple(sorted(words, key=lambda word: -word.weight))

    def _rarity(self, terms: Collection[str]) -> Mapping[str, float]:
        """Inverse document frequency as BM25 has it."""
        total = self._index.n_passages
        frequency = self._index.document_frequency(list(terms))
        return {
            term: math.log(1 + (total - frequency[term] + 0.5) / (frequency[term] + 0.5))
            for term in terms
        }


def _words_of(text: str) -> dict[str, str]:
    """Terms, each as it is written where it first stands."""
    return {term.text: term.span.of(text) for term in reversed(terms_with_spans(text))}


def in_place(evidence: Iterable[Evidence], documents: Documents) -> tuple[EvidenceInPlace, ...]:
    found = []
    for each in evidence:
        document = documents.document(each.document_id)
        if document is None:
            continue
        start, end = each.span.start, each.span.end
        found.append(
            EvidenceInPlace(
                each.document_id,
                document.title,
                page_name(document.page_at(start)),
                start,
                end,
                document.text[max(0, start - _CONTEXT) : start],
                each.span.of(document.text),
                document.text[end : end + _CONTEXT],
            )
        )
    return tuple(found)


def given(answer: Answer, question: Question, originals: Originals | None) -> GivenAnswer:
    exact: Callable[..., bool | None] = originals.exact if originals else lambda quote: None
    return GivenAnswer(
        answer.found,
        None if answer.confidence is None else round(answer.confidence, 4),
        answer.understood_as,
        tuple(
            QuotedPlace(
                quote.document.document_id,
                quote.document.title,
                page_name(quote.page),
                quote.span.start,
                quote.span.end,
                quote.text,
                quote.highlight.of(quote.document.text) if quote.highlight else None,
                is_right(quote, question),
                exact(quote),
            )
            for quote in quotes_of(answer)
        ),
    )


def page_name(page: Page | None) -> str | None:
    return page.name if page else None
