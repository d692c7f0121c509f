"""One score from several.

Scores are added, not ranks: a BM25 sum far above the next one means something that "rank 1" does
not say. On the SQuAD `train` and `dev` articles the scaled sum beats reciprocal rank fusion
(Cormack et al., SIGIR 2009) and min–max scaling; CONTRIBUTING.md has the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

PASSAGE_SCALE = 15.0
SENTENCE_SCALE = 15.0
"""BM25 points for a cosine of 1: of the whole passage, and of its best sentence."""

PAIR_SCALE = 0.2
"""BM25 points for each unit of inverse document frequency of a pair of neighbouring words."""


def fused(
    *,
    bm25: Mapping[int, float],
    passage_cosine: Mapping[int, float],
    sentence_cosine: Mapping[int, float],
) -> dict[int, float]:
    """A score for every key; all three hold the same keys. Pairs are added to the best later."""
    return {
        key: bm25[key] + PASSAGE_SCALE * passage_cosine[key] + SENTENCE_SCALE * sentence_cosine[key]
        for key in bm25
    }


def best(scores: Mapping[int, float], *, k: int) -> Sequence[int]:
    """The `k` best keys, equal ones by key."""
    return sorted(scores, key=lambda key: (-scores[key], key))[:k]
