"""Question → candidates by meaning and by words → one ranking."""

from __future__ import annotations

import math
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from datatypes import Hit, Passage
from index.embedder import Embedder, load_embedder
from index.storage.base import PassageStore
from index.storage.passage_index import PassageIndex
from retriever.lexical import (
    AskedTerm,
    Names,
    asked_terms,
    content_pairs,
    content_terms,
    weighted_terms,
)
from retriever.ranking import Ranking, ranking_for
from retriever.spelling import as_spelled

Mode = Literal["hybrid", "dense", "lexical"]
MODES: tuple[Mode, ...] = ("hybrid", "dense", "lexical")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """A question as it is searched for: its vector, its words, and how rare they are.

    `question` is spelled as the documents spell it.
    `rarity`: inverse document frequency, as BM25 has it, of each asked word in its most frequent
    form. `vector` has the length 1.
    """

    question: str
    vector: NDArray[np.float32]
    asked: tuple[AskedTerm, ...]
    rarity: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage with all that ranks it. `sentence_scores`: one cosine for each of its sentences."""

    key: int
    hit: Hit
    sentence_scores: NDArray[np.float32]

    @property
    def passage(self) -> Passage:
        return self.hit.passage


class Retriever:
    """Safe from many threads. Without a `ranking`, passages are ranked as is known of the model."""

    def __init__(
        self, index: PassageStore, embedder: Embedder, ranking: Ranking | None = None
    ) -> None:
        self.index = index
        self.embedder = embedder
        self.ranking = ranking or ranking_for(embedder)
        glossary = index.collection.glossary
        self._names = Names(
            [*((name, *others) for name, others in glossary.items()), *index.texts.abbreviations()]
        )

    @classmethod
    def load(cls, folder: Path) -> Retriever:
        """With the index's own model. Raises IndexMissing, IndexDamaged or ModelError."""
        index = PassageIndex.load(folder)
        embedder = load_embedder(index.recipe.model)
        index.recipe.require_model(embedder.name, embedder.sha256)
        return cls(index, embedder)

    def with_ranking(self, ranking: Ranking) -> Retriever:
        """The same index, ranked otherwise."""
        other = copy(self)
        other.ranking = ranking
        return other

    def parse(self, question: str) -> ParsedQuestion:
        """Spelled, split into terms, and embedded: once for all that is asked of it."""
        question = question.encode(errors="replace").decode()  # half a surrogate is no character
        question = as_spelled(question, self.index, is_word=self._is_word, names=self._names.terms)
        asked = asked_terms(question, self.index, self._names)
        forms = {form for term in asked for form in term.forms}
        forms |= {part for term in asked for name in term.names for part in name}
        n_passages = self.index.lexical.document_frequency(sorted(forms))
        total = self.index.recipe.n_passages
        rarity = {term.text: idf(_n_holding(term, n_passages), total) for term in asked}
        return ParsedQuestion(question, self.embedder.embed_questions([question])[0], asked, rarity)

    def retrieve(self, question: str, *, k: int = 10, mode: Mode = "hybrid") -> tuple[Hit, ...]:
        """The `k` best passages, best first."""
        candidates = self.candidates(self.parse(question), k=k, mode=mode)
        return tuple(candidate.hit for candidate in candidates)

    def candidates(
        self, question: ParsedQuestion, *, k: int, mode: Mode = "hybrid"
    ) -> tuple[Candidate, ...]:
        """The same with what the answerer needs of each."""
        keys, lexical = self._keys_found(question, mode, at_least=k)
        if not keys:
            return ()
        dense = self.index.vectors.scores(question.vector, keys).astype(np.float64)
        sentences = self.index.vectors.sentence_scores(question.vector, keys)
        nearest = [max(scores, default=own) for scores, own in zip(sentences, dense, strict=True)]
        fused = self._fused(mode, lexical, dense, np.array(nearest, dtype=np.float64))
        # pairs only raise a score: no passage behind these can become one of the best k
        n_paired = self.ranking.n_paired if mode == "hybrid" else 0
        best = np.argsort(-fused, kind="stable")[: max(k, n_paired)].tolist()
        passages = dict(
            zip(best, self.index.texts.passages([keys[row] for row in best]), strict=True)
        )
        for row in best[:n_paired]:
            fused[row] += self.ranking.pair_scale * _paired_rarity(question, passages[row])
        candidates = []
        for rank, row in enumerate(sorted(best, key=lambda row: (-fused[row], row))[:k], start=1):
            explanation = {"dense": float(dense[row]), "lexical": float(lexical[row])}
            hit = Hit(passages[row], float(fused[row]), rank, explanation)
            candidates.append(Candidate(keys[row], hit, sentences[row]))
        return tuple(candidates)

    def _keys_found(
        self, question: ParsedQuestion, mode: Mode, *, at_least: int
    ) -> tuple[list[int], Floats]:
        """Passages near in meaning, and with the question's words: ascending keys, their BM25."""
        depth = min(max(self.ranking.n_candidates, at_least), self.index.recipe.n_passages)
        terms = weighted_terms(question.asked)
        bm25 = dict(self.index.lexical.matching(terms, k=depth)) if mode != "dense" else {}
        if mode != "lexical":
            (nearest,) = self.index.vectors.nearest(question.vector[None], k=depth)
            bm25 |= self.index.lexical.bm25(terms, [key for key, _ in nearest if key not in bm25])
        keys = sorted(bm25)
        return keys, np.array([bm25[key] for key in keys])

    def _fused(self, mode: Mode, lexical: Floats, dense: Floats, sentence: Floats) -> Floats:
        """One score for each passage from its BM25, its cosine, and that of its best sentence."""
        ranking = self.ranking
        if mode == "lexical":
            return lexical.copy()
        if mode == "dense":
            return (1 - ranking.own_sentence) * dense + ranking.own_sentence * sentence
        return lexical + ranking.passage_scale * dense + ranking.sentence_scale * sentence

    def _is_word(self, text: str) -> bool:
        """The embedding model has a token of its own for each frequent word."""
        return self.embedder.count_tokens(text) == 1


def idf(n_holding: int, n_passages: int) -> float:
    """Inverse document frequency as BM25 has it, of a term that so many of all passages hold."""
    return math.log(1 + (n_passages - n_holding + 0.5) / (n_holding + 0.5))


def _paired_rarity(question: ParsedQuestion, passage: Passage) -> float:
    """The rarity of the question's word pairs that stand together in the passage."""
    asked = content_pairs(content_terms(question.question))
    together = asked & _content_pairs(passage.text) if asked else set()
    return sum(question.rarity[first] + question.rarity[second] for first, second in together)


def _n_holding(term: AskedTerm, n_passages: Mapping[str, int]) -> int:
    """How many passages have the word in its most frequent form."""
    forms = [n_passages[form] for form in term.forms]
    return max(forms + [min(n_passages[part] for part in name) for name in term.names])


@lru_cache(maxsize=4_000)
def _content_pairs(text: str) -> set[tuple[str, str]]:
    return content_pairs(content_terms(text))
