"""Sentence-level evidence: every sentence of the retrieved passages, described by numbers.

A sentence answers when it stands near the question in meaning, has its rare words (itself or with
its neighbours), has words of the kind that is asked for, and says something the question does not;
and, where the reader is there, when the reader finds the answer in it. A ranking says how much each
of these counts; it is learned by `python -m training evidence`.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from answerer.expected import expected_kind, has_expression
from answerer.reader import ReaderOutput
from datatypes import Document, Passage, Slice, Span
from index.metadata.letterhead import labels_of
from index.text.folding import terms_of
from language.english import ENGLISH
from retriever.hybrid import Candidate, ParsedQuestion
from retriever.lexical import FUNCTION_WORDS, content_pairs, content_terms, coverage

_FEATURES = tomllib.loads(Path(__file__).with_name("features.toml").read_text(encoding="utf-8"))
SENTENCE_FEATURES: tuple[str, ...] = tuple(_FEATURES["sentence"])
READER_FEATURES: tuple[str, ...] = tuple(_FEATURES["reader"])
OVERALL_FEATURES: tuple[str, ...] = tuple(_FEATURES["overall"])
_COMPARED: tuple[str, ...] = tuple(_FEATURES["compared"])

_ENDED = re.compile(r"[.!?…:;]['\"”’)\]]*\Z")
_OPENING_BACK = re.compile(rf"[\"“'(\[]?(?:{'|'.join(ENGLISH.opening_back)})\b", re.IGNORECASE)
_POINTING_BACK = re.compile(rf"\b(?:{'|'.join(ENGLISH.pointing_back)})\b", re.IGNORECASE)
_ASKS_FOR_COUNT = re.compile(ENGLISH.asks_for_count)
_SHORT = 4  # content words: less is a caption or a name


@dataclass(frozen=True, slots=True)
class Sentence(Slice):
    """The sentence number `place` of a candidate's passage.

    `features`: one number for each of SENTENCE_FEATURES and, where the reader read the passage, of
    READER_FEATURES. `answer`: what the reader takes for the answer in it.
    """

    passage: Passage
    place: int
    features: NDArray[np.float64]
    answer: Span | None = None


def describe_sentences(
    question: ParsedQuestion,
    candidates: Sequence[Candidate],
    outputs: Sequence[ReaderOutput] = (),
) -> tuple[Sentence, ...]:
    """The sentences of the candidates, each once, in the order of their passages.

    `outputs`: what the reader makes of these candidates, one each; or none at all.
    """
    described: dict[tuple[str, Span], Sentence] = {}
    describer = _Describer(question, candidates[0].hit.score if candidates else 0.0)
    for candidate, output in zip_longest(candidates, outputs):
        for sentence in describer.describe(candidate, output):
            where = (sentence.document.document_id, sentence.span)
            known = described.get(where)
            if known is None or _strength(sentence) > _strength(known):
                described[where] = sentence
    if not described:
        return ()
    sentences = tuple(described.values())
    table = np.stack([sentence.features for sentence in sentences])
    names = SENTENCE_FEATURES + (READER_FEATURES if outputs else ())
    for name in _COMPARED:
        if name in names:
            column = table[:, names.index(name)]
            table[:, names.index(f"behind_best_{name}")] = column - column.max()
    return tuple(
        replace(sentence, features=features)
        for sentence, features in zip(sentences, table, strict=True)
    )


def _strength(sentence: Sentence) -> float:
    """Of two passages that share a sentence, the one in which it says more is kept."""
    names = SENTENCE_FEATURES + READER_FEATURES
    return float(sentence.features[names.index("answer" if sentence.answer else "cosine")])


class _Describer:
    """Describes sentences for one question."""

    def __init__(self, question: ParsedQuestion, best_score: float) -> None:
        self._question = question
        self._best_score = best_score
        self._kind = expected_kind(question.question)
        self._asks_for_count = _ASKS_FOR_COUNT.search(question.question) is not None
        self._asked = frozenset(terms_of(question.question))
        self._pairs = content_pairs(content_terms(question.question))
        rarity = question.rarity
        self._rarest = max(question.asked, key=lambda term: rarity[term.text], default=None)

    def describe(self, candidate: Candidate, output: ReaderOutput | None) -> Iterator[Sentence]:
        """Each of the passage's; `output` is what the reader makes of it, if it has read it."""
        passage = candidate.passage
        covered = self._coverage(set(sentence_terms(passage.text)))
        for place, span in enumerate(passage.sentences):
            values = self._values(candidate, place) | {"passage_coverage": covered}
            names, answer = SENTENCE_FEATURES, None
            if output:
                answer, score = output.best[place]
                values |= {"relevance": output.relevance, "evidence": output.sentences[place]}
                values["answer"] = score
                names += READER_FEATURES
            features = np.array([values.get(name, 0.0) for name in names])
            yield Sentence(passage.document, span, passage, place, features, answer)

    def _values(self, candidate: Candidate, place: int) -> dict[str, float]:
        passage, text = candidate.passage, candidate.passage.document.text
        spans = passage.sentences
        words = spans[place].of(text)
        terms = sentence_terms(words)
        own = {*terms, *labels_of(passage.document, spans[place])}
        before = set(sentence_terms(spans[place - 1].of(text))) if place else set()
        after = set(sentence_terms(spans[place + 1].of(text))) if place + 1 < len(spans) else set()
        heading = set(sentence_terms(f"{passage.heading or ''} {passage.document.title}"))
        content = [term for term in terms if term not in FUNCTION_WORDS]
        news = {term for term in content if term not in self._asked}
        covered = self._coverage(own)
        carried: set[str] = set()
        if _POINTING_BACK.search(words):
            earlier = spans[max(place - 3, 0) : place]
            carried = {term for span in earlier for term in sentence_terms(span.of(text))}
        pairs = content_pairs(content) & self._pairs
        has = self._kind != "other" and has_expression(self._kind, words, self._asked)
        return {
            "cosine": float(candidate.sentence_scores[place]),
            "passage_cosine": candidate.hit.scores["dense"],
            "coverage": covered,
            "coverage_with_neighbours": self._coverage(own | before | after),
            "coverage_with_heading": self._coverage(own | heading),
            "neighbour_before": self._coverage(own | before) - covered,
            "carried": self._coverage(own | carried) - covered,
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
            "lacks_count": float(self._asks_for_count and not has),
        }

    def _coverage(self, terms: set[str]) -> float:
        return coverage(self._question.asked, self._question.rarity, terms)


def refers_back(sentence: str) -> bool:
    """Whether it begins with a word that only the sentence before explains."""
    return _OPENING_BACK.match(sentence) is not None


@lru_cache(maxsize=20_000)
def sentence_terms(text: str) -> tuple[str, ...]:
    return tuple(terms_of(text))


def _is_heading(document: Document, span: Span) -> bool:
    return any(span.overlaps(heading.span) for heading in document.headings)
