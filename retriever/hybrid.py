"""Question → candidates by meaning and by words → one ranking."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from datatypes import Hit, Passage
from index.embedder import Embedder, load_embedder
from index.passage_index import PassageIndex
from retriever.fusion import best, fused
from retriever.lexical import content_pairs, content_terms, weighted_terms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Mode = Literal["hybrid", "dense", "lexical"]
MODES: tuple[Mode, ...] = ("hybrid", "dense", "lexical")

N_CANDIDATES = 100
"""Passages taken from each index before they are scored together."""

_OWN_SENTENCE = 0.7
"""Of a passage's cosine in dense mode: the share of its best sentence."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as it is searched for: its vector, its weighted terms and their rarity."""

    question: str
    vector: NDArray[np.float32]
    terms: Mapping[str, float]
    rarity: Mapping[str, float]
    """Inverse document frequency of each term, as BM25 has it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage with all that ranks it. `sentences`: one cosine for each of its sentences."""

    key: int
    passage: Passage
    hit: Hit
    sentences: tuple[float, ...]


class Retriever:
    """Safe from many threads."""

    def __init__(self, index: PassageIndex, embedder: Embedder) -> None:
        self.index = index
        self._embedder = embedder
        self._names = [(name, *others) for name, others in index.collection.glossary.items()]

    @classmethod
    def load(cls, folder: Path) -> Retriever:
        """With the index's own model. Raises IndexMissing, IndexDamaged or ModelError."""
        index = PassageIndex.load(folder)
        embedder = load_embedder(index.recipe.model)
        index.recipe.require_model(embedder.name, embedder.sha256)
        return cls(index, embedder)

    def read(self, question: str) -> Reading:
        terms = weighted_terms(question, self.index, names=self._names)
        frequency = self.index.document_frequency(list(terms))
        rarity = {term: self._rarity(frequency[term]) for term in terms}
        return Reading(question, self._embedder.embed([question])[0], terms, rarity)

    def retrieve(self, question: str, *, k: int = 10, mode: Mode = "hybrid") -> tuple[Hit, ...]:
        """The `k` best passages, best first."""
        found = self.candidates(self.read(question), k=k, mode=mode)
        return tuple(candidate.hit for candidate in found)

    def candidates(
        self, reading: Reading, *, k: int, mode: Mode = "hybrid"
    ) -> tuple[Candidate, ...]:
        """The same with what the answerer needs of each."""
        depth = max(N_CANDIDATES, k)
        near = (
            dict(self.index.nearest(reading.vector[None], k=depth)[0]) if mode != "lexical" else {}
        )
        worded = dict(self.index.matching(reading.terms, k=depth)) if mode != "dense" else {}
        keys = sorted({*near, *worded})
        if not keys:
            return ()
        bm25 = worded | self.index.bm25(reading.terms, [key for key in keys if key not in worded])
        cosine = near | self.index.cosines(reading.vector, [key for key in keys if key not in near])
        sentences = {key: self.index.sentence_cosines(reading.vector, key) for key in keys}
        nearest_sentence = {key: max(sentences[key], default=cosine[key]) for key in keys}
        passages = dict(zip(keys, self.index.passages(keys), strict=True))
        if mode == "lexical":
            scores = bm25
        elif mode == "dense":
            scores = {
                key: (1 - _OWN_SENTENCE) * cosine[key] + _OWN_SENTENCE * nearest_sentence[key]
                for key in keys
            }
        else:
            scores = fused(
                bm25=bm25,
                passage_cosine=cosine,
                sentence_cosine=nearest_sentence,
                pairs=self._pairs(reading, passages),
            )
        return tuple(
            Candidate(
                key,
                passages[key],
                Hit(passages[key], scores[key], rank, {"dense": cosine[key], "lexical": bm25[key]}),
                tuple(sentences[key]),
            )
            for rank, key in enumerate(best(scores, k=k), start=1)
        )

    def _pairs(self, reading: Reading, passages: Mapping[int, Passage]) -> dict[int, float]:
        """For each passage the rarity of the question's word pairs that stand side by side in it."""
        asked = content_pairs(content_terms(reading.question))
        weight = {pair: reading.rarity[pair[0]] + reading.rarity[pair[1]] for pair in asked}
        return {
            key: sum(weight[pair] for pair in asked & content_pairs(_content(passage)))
            if asked
            else 0.0
            for key, passage in passages.items()
        }

    def _rarity(self, n_passages: int) -> float:
        total = self.index.n_passages
        return math.log(1 + (total - n_passages + 0.5) / (n_passages + 0.5))


def _content(passage: Passage) -> Sequence[str]:
    return content_terms(passage.text)
