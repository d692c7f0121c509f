"""Sentences in the order in which they answer, and how likely it is that the first one does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from answerer.evidence import (
    OVERALL_FEATURES,
    READER_FEATURES,
    SENTENCE_FEATURES,
    Sentence,
    sentence_terms,
)
from datatypes import Hit, Span
from errors import ModelError
from retriever.hybrid import Candidate, ParsedQuestion
from retriever.lexical import coverage
from retriever.ranking import Ranking, Weights

_LONE_LEAD = 5.0
"""The lead of a sentence without rivals."""

_COVERAGE_SCALE = 15.0
"""Points for a sentence that has all the asked words: as many as one that means just the same."""

Floats = NDArray[np.float64]
Sentences = Sequence[Sentence]


@dataclass(frozen=True, slots=True)
class RankedSentences:
    """Sentences with their scores, best first.

    `confidence`: the probability that the first one answers, None where it is not known.
    `answers`: whether it is to be quoted at all; with it those within `margin` of its score.
    """

    sentences: tuple[Sentence, ...] = ()
    scores: tuple[float, ...] = ()
    confidence: float | None = 0.0
    answers: bool = False
    margin: float = 0.0

    @classmethod
    def by_score(
        cls, sentences: Sentences, scores: Floats, confidence: float | None, margin: float = 0.0
    ) -> RankedSentences:
        order = np.argsort(-scores, kind="stable")
        ranked = tuple(sentences[row] for row in order)
        return cls(ranked, tuple(scores[order].tolist()), confidence, margin=margin)

    def scores_by_place(self) -> dict[tuple[str, Span], float]:
        """The score of each sentence, by its document's id and its span."""
        return {
            (sentence.document.document_id, sentence.span): score
            for sentence, score in zip(self.sentences, self.scores, strict=True)
        }


class SentenceRanker(Protocol):
    """Safe from many threads."""

    def rank_sentences(self, question: ParsedQuestion, sentences: Sentences) -> RankedSentences:
        """All the sentences. Each has the features of its kind (with the reader's, or without)."""


def ranker_for(ranking: Ranking) -> SentenceRanker:
    """The learned one where there is one for these models. Raises ModelError for other features."""
    if ranking.weights is None:
        return PlainRanker(ranking)
    features = sentence_features(with_reader=ranking.reader_sha256 is not None)
    known = (ranking.weights.sentence.features, ranking.weights.answer.features)
    if known != (features, answer_features(features)):
        raise ModelError(
            "The ranking was learned with other features.", "Make it anew with: make weights"
        )
    return LearnedRanker(ranking.weights)


@dataclass(frozen=True, slots=True)
class LearnedRanker:
    """By weights that were learned on questions whose answers are known."""

    weights: Weights

    def rank_sentences(self, question: ParsedQuestion, sentences: Sentences) -> RankedSentences:
        if not sentences:
            return RankedSentences()
        table = np.stack([sentence.features for sentence in sentences])
        scores = self.weights.sentence(table)
        description = describe_answer(
            table, scores, unknown=unknown_share(question, sentences), n_asked=len(question.asked)
        )
        confidence = 1 / (1 + math.exp(-float(self.weights.answer(description[None])[0])))
        ranked = RankedSentences.by_score(sentences, scores, confidence, self.weights.margin)
        return replace(ranked, answers=confidence >= self.weights.not_found)


@dataclass(frozen=True, slots=True)
class PlainRanker:
    """Where nothing was learned: by the reader's answers, or by nearness and words in common.

    It quotes the best sentence of whatever was found, and cannot say how sure that is.
    """

    ranking: Ranking

    def rank_sentences(self, question: ParsedQuestion, sentences: Sentences) -> RankedSentences:
        if not sentences:
            return RankedSentences(confidence=None)
        table = np.stack([sentence.features for sentence in sentences])
        if self.ranking.reader_sha256 is not None:
            scores = table[:, len(SENTENCE_FEATURES) + READER_FEATURES.index("answer")]
        else:
            cosines, coverages = _columns(table, "cosine", "coverage")
            scores = self.ranking.sentence_scale * cosines + _COVERAGE_SCALE * coverages
        return replace(RankedSentences.by_score(sentences, scores, None), answers=True)


def reranked_hits(candidates: Sequence[Candidate], ranked: RankedSentences) -> tuple[Hit, ...]:
    """The passages whose sentences were ranked, by the best of these; then the others.

    Behind the ranked ones the scores fall as the retriever's do.
    """
    score_at = ranked.scores_by_place()
    hits = [candidate.hit for candidate in candidates]
    scores: list[float] = []
    for place, hit in enumerate(hits):
        name = hit.passage.document.document_id
        own = [score_at[name, s] for s in hit.passage.sentences if (name, s) in score_at]
        fall = hit.score - hits[place - 1].score if place else 0.0
        scores.append(max(own) if own else min(scores, default=0.0) + fall)
    order = sorted(range(len(hits)), key=lambda place: -scores[place])
    return tuple(
        replace(hits[place], score=scores[place], rank=rank)
        for rank, place in enumerate(order, start=1)
    )


def sentence_features(*, with_reader: bool) -> tuple[str, ...]:
    return SENTENCE_FEATURES + (READER_FEATURES if with_reader else ())


def answer_features(of_sentence: tuple[str, ...]) -> tuple[str, ...]:
    return (*(f"best_{name}" for name in of_sentence), *OVERALL_FEATURES)


def describe_answer(table: Floats, scores: Floats, *, unknown: float, n_asked: int) -> Floats:
    """One number for each of `answer_features`, from all sentences (n, d) and their scores (n)."""
    best = int(np.argmax(scores))
    rivals = np.delete(scores, range(max(best - 1, 0), min(best + 2, len(scores))))
    lead = scores[best] - rivals.max() if len(rivals) else _LONE_LEAD
    shares = np.exp(scores - scores[best])
    coverages, cosines = _columns(table, "coverage", "cosine")
    most = (coverages.max(), cosines.max(), math.log1p(n_asked))
    own = (scores[best], 1 / shares.sum(), lead, unknown, *most)
    return np.concatenate([table[best], own])


def unknown_share(question: ParsedQuestion, sentences: Sentences) -> float:
    """The share of the asked words, by rarity, that none of the sentences has."""
    seen = {term for sentence in sentences for term in sentence_terms(sentence.text)}
    return 1.0 - coverage(question.asked, question.rarity, seen)


def _columns(table: Floats, *names: str) -> list[Floats]:
    return [table[:, SENTENCE_FEATURES.index(name)] for name in names]
