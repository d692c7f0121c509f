"""Question → candidates by meaning and by words → one ranking."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from datatypes import Hit, Passage
from index.embedder import Embedder, load_embedder
from index.storage.base import PassageStore
from index.storage.passage_index import PassageIndex
from retriever.fusion import PAIR_SCALE, best, fused
from retriever.lexical import (
    AskedTerm,
    Names,
    asked_terms,
    content_pairs,
    content_terms,
    weighted_terms,
)
from retriever.spelling import as_spelled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Mode = Literal["hybrid", "dense", "lexical"]
MODES: tuple[Mode, ...] = ("hybrid", "dense", "lexical")

N_CANDIDATES = 100
"""Passages taken from each index before they are scored together."""

_N_PAIRED = 30
"""The best of them whose word pairs are looked at, which takes 0.2 ms a passage."""

_OWN_SENTENCE = 0.7
"""Of a passage's cosine in dense mode: the share of its best sentence."""


@dataclass(frozen=True, slots=True)
class Reading:
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
    """A passage with all that ranks it. `sentences`: one cosine for each of its sentences."""

    key: int
    passage: Passage
    hit: Hit
    sentences: tuple[float, ...]


class Retriever:
    """Safe from many threads."""

    def __init__(self, index: PassageStore, embedder: Embedder) -> None:
        self.index = index
        self._embedder = embedder
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

    def read(self, question: str) -> Reading:
        question = question.encode(errors="replace").decode()  # half a surrogate is no character
        question = as_spelled(question, self.index, is_word=self._is_word, names=self._names.terms)
        asked = asked_terms(question, self.index, self._names)
        forms = {form for term in asked for form in (term.text, *term.variants)}
        forms |= {part for term in asked for name in term.names for part in name}
        n_passages = self.index.lexical.document_frequency(sorted(forms))
        rarity = {term.text: self._rarity(_n_holding(term, n_passages)) for term in asked}
        return Reading(question, self._embedder.embed([question])[0], asked, rarity)

    def retrieve(self, question: str, *, k: int = 10, mode: Mode = "hybrid") -> tuple[Hit, ...]:
        """The `k` best passages, best first."""
        found = self.candidates(self.read(question), k=k, mode=mode)
        return tuple(candidate.hit for candidate in found)

    def candidates(
        self, reading: Reading, *, k: int, mode: Mode = "hybrid"
    ) -> tuple[Candidate, ...]:
        """The same with what the answerer needs of each."""
        depth = min(max(N_CANDIDATES, k), self.index.recipe.n_passages)
        near = (
            dict(self.index.vectors.nearest(reading.vector[None], k=depth)[0])
            if mode != "lexical"
            else {}
        )
        terms = weighted_terms(reading.asked)
        worded = dict(self.index.lexical.matching(terms, k=depth)) if mode != "dense" else {}
        keys = sorted({*near, *worded})
        if not keys:
            return ()
        bm25 = worded | self.index.lexical.bm25(terms, [key for key in keys if key not in worded])
        others = [key for key in keys if key not in near]
        scores_of_others = self.index.vectors.scores(reading.vector, others).tolist()
        cosine = near | dict(zip(others, scores_of_others, strict=True))
        sentence_scores = self.index.vectors.sentence_scores(reading.vector, keys)
        sentences = dict(zip(keys, (each.tolist() for each in sentence_scores), strict=True))
        nearest_sentence = {key: max(sentences[key], default=cosine[key]) for key in keys}
        passages = dict(zip(keys, self.index.texts.passages(keys), strict=True))
        if mode == "lexical":
            scores = bm25
        elif mode == "dense":
            scores = {
                key: (1 - _OWN_SENTENCE) * cosine[key] + _OWN_SENTENCE * nearest_sentence[key]
                for key in keys
            }
        else:
            scores = fused(bm25=bm25, passage_cosine=cosine, sentence_cosine=nearest_sentence)
            pairs = self._pairs(reading, {key: passages[key] for key in best(scores, k=_N_PAIRED)})
            scores |= {key: scores[key] + PAIR_SCALE * pairs[key] for key in pairs}
        return tuple(
            Candidate(
                key,
                passages[key],
                Hit(passages[key], scores[key], rank, {"dense": cosine[key], "lexical": bm25[key]}),
                tuple(sentences[key]),
            )
            for rank, key in enumerate(best(scores, k=k), start=1)
        )

    def _is_word(self, text: str) -> bool:
        """The embedding model knows frequent words whole, others by their pieces."""
        return self._embedder.count_pieces(text) == 1

    def _pairs(self, reading: Reading, passages: Mapping[int, Passage]) -> dict[int, float]:
        """For each passage the rarity of the question's word pairs that stand together in it."""
        asked = content_pairs(content_terms(reading.question))
        rarity = reading.rarity
        return {
            key: sum(rarity[a] + rarity[b] for a, b in asked & _content_pairs(passage.text))
            for key, passage in (passages if asked else {}).items()
        }

    def _rarity(self, n_passages: int) -> float:
        total = self.index.recipe.n_passages
        return math.log(1 + (total - n_passages + 0.5) / (n_passages + 0.5))


def _n_holding(term: AskedTerm, n_passages: Mapping[str, int]) -> int:
    """How many passages have the word in its most frequent form."""
    forms = [n_passages[form] for form in (term.text, *term.variants)]
    return max(forms + [min(n_passages[part] for part in name) for name in term.names])


@lru_cache(maxsize=4_000)
def _content_pairs(text: str) -> set[tuple[str, str]]:
    return content_pairs(content_terms(text))
