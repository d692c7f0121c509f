"""Sentence-level evidence: every sentence of the retrieved passages, described by numbers.

A sentence answers when it stands near the question in meaning, has its rare words (itself or with
its neighbours), has words of the kind that is asked for, and says something the question does not.
`weights.json` says how much each of these counts; it is learned by `python -m training evidence`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from answerer.expected import KINDS, expected_kind, has_expression
from datatypes import Document, Passage, Span
from index.folding import terms_of
from retriever.hybrid import Candidate, Reading
from retriever.lexical import FUNCTION_WORDS, content_pairs, content_terms, coverage

N_READ = 12
"""Passages whose sentences are looked at."""

SENTENCE_FEATURES = (
    "cosine",  # of the sentence, as its passage has it, with the question
    "passage_cosine",
    "behind_best_cosine",  # distance to the nearest sentence of all
    "coverage",  # share of the asked words, by rarity, that the sentence has
    "behind_best_coverage",
    "coverage_with_neighbours",
    "coverage_with_heading",
    "neighbour_before",  # what the sentence before has that this one lacks
    "carried",  # what the sentences before have, if this one speaks of "this" or "they"
    "passage_coverage",
    "pairs",  # share of the asked word pairs that stand together
    "rarest_word",
    "points_behind",  # of the passage, in the ranking
    "first_passage",
    *(f"has_{kind}" for kind in KINDS),  # of the kind that is asked for
    *(f"lacks_{kind}" for kind in KINDS),
    "news",  # content words that were not asked, as a logarithm
    "length",
    "is_short",
    "is_heading",
    "is_open",  # no full stop
    "is_question",
    "refers_back",  # begins with "This", "They" …
)

_ENDED = re.compile(r"[.!?…:;]['\"”’)\]]*\Z")
_BACK = re.compile(
    r"[\"“'(\[]?(?:this|these|that|those|it|its|they|their|he|his|she|her|such|both)\b",
    re.IGNORECASE,
)
_POINTING_BACK = re.compile(
    r"\b(?:this|these|that|those|such|it|its|they|their|them|he|his|him|she|her)\b", re.IGNORECASE
)
_SHORT = 4  # content words: less is a caption or a name


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a candidate passage. `features`: one number for each of SENTENCE_FEATURES."""

    passage: Passage
    span: Span
    place: int
    """Which of the passage's sentences it is."""
    rank: int
    """Of its passage, from 1."""
    features: NDArray[np.float64]

    @property
    def document(self) -> Document:
        return self.passage.document

    @property
    def text(self) -> str:
        return self.span.of(self.document.text)


def sentences_of(reading: Reading, candidates: Sequence[Candidate]) -> tuple[Sentence, ...]:
    """The sentences of the first N_READ candidates, each once, in the order of their passages."""
    rows: dict[tuple[str, Span], tuple[Candidate, int]] = {}
    for candidate in candidates[:N_READ]:
        for place, span in enumerate(candidate.passage.sentences):
            where = (candidate.passage.document.document_id, span)
            known = rows.get(where)
            if known is None or candidate.sentences[place] > known[0].sentences[known[1]]:
                rows[where] = (candidate, place)
    if not rows:
        return ()
    describe = _Describer(reading, candidates[0].hit.score)
    table = np.array([describe(*row) for row in rows.values()])
    for name, of in (("behind_best_cosine", "cosine"), ("behind_best_coverage", "coverage")):
        column = table[:, SENTENCE_FEATURES.index(of)]
        table[:, SENTENCE_FEATURES.index(name)] = column - column.max()
    return tuple(
        Sentence(
            candidate.passage,
            candidate.passage.sentences[place],
            place,
            candidate.hit.rank,
            features,
        )
        for (candidate, place), features in zip(rows.values(), table, strict=True)
    )


class _Describer:
    """Describes sentences for one question."""

    def __init__(self, reading: Reading, best_score: float) -> None:
        self._reading = reading
        self._best_score = best_score
        self._kind = expected_kind(reading.question)
        self._asked = frozenset(terms_of(reading.question))
        self._pairs = content_pairs(content_terms(reading.question))
        self._by_passage: dict[int, float] = {}
        self._rarest = max(reading.asked, key=lambda term: reading.rarity[term.text], default=None)

    def __call__(self, candidate: Candidate, place: int) -> list[float]:
        passage, text = candidate.passage, candidate.passage.document.text
        spans = passage.sentences
        words = spans[place].of(text)
        terms = sentence_terms(words)
        own = set(terms)
        before = set(sentence_terms(spans[place - 1].of(text))) if place else set()
        after = set(sentence_terms(spans[place + 1].of(text))) if place + 1 < len(spans) else set()
        heading = set(sentence_terms(f"{passage.heading or ''} {passage.document.title}"))
        content = [term for term in terms if term not in FUNCTION_WORDS]
        news = {term for term in content if term not in self._asked}
        covered = self._coverage(own)
        carried: set[str] = set()
        if _POINTING_BACK.search(words):
            carried = {
                t
                for span in spans[max(place - 3, 0) : place]
                for t in sentence_terms(span.of(text))
            }
        pairs = content_pairs(content) & self._pairs
        has = self._kind != "other" and has_expression(self._kind, words, self._asked)
        values = {
            "cosine": candidate.sentences[place],
            "passage_cosine": candidate.hit.scores["dense"],
            "coverage": covered,
            "coverage_with_neighbours": self._coverage(own | before | after),
            "coverage_with_heading": self._coverage(own | heading),
            "neighbour_before": self._coverage(own | before) - covered,
            "carried": self._coverage(own | carried) - covered,
            "passage_coverage": self._passage_coverage(candidate),
            "pairs": len(pairs) / len(self._pairs) if self._pairs else 0.0,
            "rarest_word": self._rarest.held_by(own) if self._rarest else 0.0,
            "points_behind": (candidate.hit.score - self._best_score) / 10,
            "first_passage": float(candidate.hit.rank == 1),
            f"has_{self._kind}": float(has),
            f"lacks_{self._kind}": float(not has),
            "news": math.log1p(len(news)),
            "length": math.log1p(len(content)),
            "is_short": float(len(content) < _SHORT),
            "is_heading": float(_is_heading(passage.document, spans[place])),
            "is_open": float(not _ENDED.search(words)),
            "is_question": float(words.rstrip("\"'”’)]").endswith("?")),
            "refers_back": float(refers_back(words)),
        }
        return [values.get(name, 0.0) for name in SENTENCE_FEATURES]

    def _passage_coverage(self, candidate: Candidate) -> float:
        if candidate.key not in self._by_passage:
            terms = set(sentence_terms(candidate.passage.text))
            self._by_passage[candidate.key] = self._coverage(terms)
        return self._by_passage[candidate.key]

    def _coverage(self, terms: set[str]) -> float:
        return coverage(self._reading.asked, self._reading.rarity, terms)


def refers_back(sentence: str) -> bool:
    """Whether it begins with a word that only the sentence before explains."""
    return _BACK.match(sentence) is not None


@lru_cache(maxsize=20_000)
def sentence_terms(text: str) -> tuple[str, ...]:
    return tuple(terms_of(text))


def _is_heading(document: Document, span: Span) -> bool:
    return any(span.overlaps(heading.span) for heading in document.headings)
