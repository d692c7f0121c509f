"""A small embedding model whose vectors can be worked out by hand, for fast builds."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from datatypes import Passage
from index.text.chunker import embedding_text
from index.text.folding import terms_of

Floats = NDArray[np.float32]


class PredictableEmbedder:
    """Adds one to dimension crc32(term) mod 64 for every term, and to dimension 0 for the text.

    `embedded` counts the passages it has read, `n_questions` the questions.
    """

    name = "predictable"
    sha256 = "01" * 32
    dimensions = 64
    max_tokens = 254
    score_range = (0.0, 1.0)

    def __init__(self) -> None:
        self.embedded = 0
        self.n_questions = 0

    def embed_questions(self, questions: Sequence[str]) -> Floats:
        self.n_questions += len(questions)
        return np.stack([self._vector(question) for question in questions])

    def embed_passages(self, passages: Sequence[Passage]) -> Iterator[tuple[Floats, Floats]]:
        for passage in passages:
            self.embedded += 1
            sentences = [span.of(passage.document.text) for span in passage.sentences]
            yield (
                self._vector(embedding_text(passage)),
                np.stack([self._vector(sentence) for sentence in sentences]),
            )

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def _vector(self, text: str) -> Floats:
        vector = np.zeros(self.dimensions, dtype=np.float32)
        vector[0] = 1
        for term in terms_of(text):
            vector[zlib.crc32(term.encode()) % self.dimensions] += 1
        unit: Floats = vector / np.linalg.norm(vector)
        return unit
