"""A small embedding model whose vectors can be worked out by hand, for fast builds."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from datatypes import Passage
from index.text.chunker import embedding_text
from index.text.folding import terms_of

Floats = NDArray[np.float32]


class PredictableEmbedder:
    """Adds one to dimension crc32(term) mod 64 for every term, and to dimension 0 for the text.

    `embedded` counts the passages it has read.
    """

    name = "predictable"
    sha256 = "01" * 32
    dimensions = 64
    max_pieces = 254

    def __init__(self) -> None:
        self.embedded = 0

    def embed(self, texts: Sequence[str]) -> Floats:
        return np.stack([self._vector(text) for text in texts])

    def embed_passages(
        self, passages: Sequence[Passage], *, progress: Callable[[int], object] | None = None
    ) -> Iterable[tuple[Floats, Floats]]:
        for passage in passages:
            self.embedded += 1
            sentences = [span.of(passage.document.text) for span in passage.sentences]
            yield self._vector(embedding_text(passage)), self.embed(sentences)

    def count_pieces(self, text: str) -> int:
        return len(text.split())

    def _vector(self, text: str) -> Floats:
        vector = np.zeros(self.dimensions, dtype=np.float32)
        vector[0] = 1
        for term in terms_of(text):
            vector[zlib.crc32(term.encode()) % self.dimensions] += 1
        unit: Floats = vector / np.linalg.norm(vector)
        return unit
