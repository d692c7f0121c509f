"""What a store of passages is asked for, whatever engine is behind it.

`retriever/` and what stands to its right see these protocols alone. Everything that may go over a
network is asked for in batches: once a question, not once a passage.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class VectorStore(Protocol):
    """Vectors of passages and of their sentences. Scores are cosines: higher is nearer."""

    def nearest(self, vectors: NDArray[np.float32], *, k: int) -> list[list[tuple[int, float]]]:
        """For each unit vector, a row of shape (q, d), its `k` best passages: (key, score).

        Best first, equal ones by key; fewer where the store holds fewer.
        """

    def scores(self, vector: NDArray[np.float32], keys: Sequence[int]) -> NDArray[np.float32]:
        """One score for each of `keys`, in their order, shape (n,): those `nearest` would give.

        `vector` has shape (d,). Raises KeyError for a key that no passage has.
        """

    def sentence_scores(
        self, vector: NDArray[np.float32], keys: Sequence[int]
    ) -> list[NDArray[np.float32]]:
        """For each of `keys` one score a sentence, as `Passage.sentences` has them, to about 0.005.

        `vector` has shape (d,), the arrays (n_sentences,). Raises KeyError as `scores` does.
        """
