"""How well each sentence answers, and how likely it is that the best one does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from answerer.evidence import (
    READER_FEATURES,
    SENTENCE_FEATURES,
    Sentence,
    sentence_terms,
)
from answerer.weights import Weights, load_weights
from datatypes import Hit
from retriever.hybrid import Candidate, Reading
from retriever.lexical import coverage

OVERALL_FEATURES = (
    "score",  # of the best sentence
    "share",  # of the best sentence among all, as softmax has it
    "lead",  # over the next best sentence that does not stand beside it
    "unknown",  # share of the asked words, by rarity, that none of the sentences has
    "most_coverage",
    "most_cosine",
    "n_asked",
)
Name = Literal["plain", "reader"]
_LONE_LEAD = 5.0
"""The lead of a sentence without rivals."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Sentences with their scores, best first, and the probability that the first one answers."""

    sentences: tuple[Sentence, ...]
    scores: tuple[float, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Judge:
    """Scores sentences by learned weights: with what the reader says, or plain."""

    weights: Weights

    @classmethod
    def load(cls, name: Name = "plain") -> Judge:
        """Raises ModelError where the weights are missing or were made for other features."""
        features = sentence_features(name)
        return cls(load_weights(name, sentence=features, answer=answer_features(features)))

    def __call__(self, reading: Reading, sentences: Sequence[Sentence]) -> Judged:
        if not sentences:
            return Judged((), (), 0.0)
        table = np.stack([sentence.features for sentence in sentences])
        scores = self.weights.sentence(table)
        described = describe_answer(
            table, scores, unknown=unknown_share(reading, sentences), n_asked=len(reading.asked)
        )
        log_odds = float(self.weights.answer(described[None])[0])
        order = np.argsort(-scores, kind="stable")
        return Judged(
            tuple(sentences[row] for row in order),
            tuple(float(scores[row]) for row in order),
            1 / (1 + math.exp(-log_odds)),
        )


def reranked(candidates: Sequence[Candidate], judged: Judged) -> tuple[Hit, ...]:
    """The passages whose sentences were judged, by the best of these; then the others.

    Behind the judged ones the scores fall as the retriever's do.
    """
    of_sentence = {
        (sentence.document.document_id, sentence.span): score
        for sentence, score in zip(judged.sentences, judged.scores, strict=True)
    }
    hits = [candidate.hit for candidate in candidates]
    scores: list[float] = []
    for place, hit in enumerate(hits):
        name = hit.passage.document.document_id
        own = [of_sentence[name, s] for s in hit.passage.sentences if (name, s) in of_sentence]
        fall = hit.score - hits[place - 1].score if place else 0.0
        scores.append(max(own) if own else min(scores, default=0.0) + fall)
    order = sorted(range(len(hits)), key=lambda place: -scores[place])
    return tuple(
        replace(hits[place], score=scores[place], rank=rank)
        for rank, place in enumerate(order, start=1)
    )


def sentence_features(name: Name) -> tuple[str, ...]:
    return SENTENCE_FEATURES + (READER_FEATURES if name == "reader" else ())


def answer_features(of_sentence: tuple[str, ...]) -> tuple[str, ...]:
    return (*(f"best_{name}" for name in of_sentence), *OVERALL_FEATURES)


def describe_answer(
    table: NDArray[np.float64], scores: NDArray[np.float64], *, unknown: float, n_asked: int
) -> NDArray[np.float64]:
    """One number for each of `answer_features`, from all sentences (n, d) and their scores (n)."""
    best = int(np.argmax(scores))
    rivals = np.delete(scores, range(max(best - 1, 0), min(best + 2, len(scores))))
    lead = scores[best] - rivals.max() if len(rivals) else _LONE_LEAD
    shares = np.exp(scores - scores[best])
    coverages, cosines = (table[:, SENTENCE_FEATURES.index(n)] for n in ("coverage", "cosine"))
    own = (
        scores[best],
        1 / shares.sum(),
        lead,
        unknown,
        coverages.max(),
        cosines.max(),
        math.log1p(n_asked),
    )
    return np.concatenate([table[best], own])


def unknown_share(reading: Reading, sentences: Sequence[Sentence]) -> float:
    """The share of the asked words, by rarity, that none of the sentences has."""
    seen = {term for sentence in sentences for term in sentence_terms(sentence.text)}
    return 1.0 - coverage(reading.asked, reading.rarity, seen)
