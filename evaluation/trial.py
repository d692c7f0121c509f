"""Another setting, tried on test questions beside the shipped one; visitors never get it.

A trial changes what is measured and nothing that is kept: the answering room's constants stay as
they are, and an index of other passages goes to the work folder.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from datatypes import Passage
from errors import SettingError
from index.embedder import Embedder, load_embedder
from index.storage.base import PassageStore
from index.storage.passage_index import PassageIndex
from index.text.chunker import PASSAGE_PIECES
from retriever.fusion import best, fused
from retriever.hybrid import N_CANDIDATES, Candidate, Mode, Reading, Retriever

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from answerer.pipeline import Pipeline


@dataclass(frozen=True, slots=True)
class Trial:
    """What differs from the shipped setting; by default nothing.

    `passage_pieces`: the size that passages grow to, in word pieces. `meaning`: how much nearness
    in meaning counts in the hybrid score, 1 as shipped, 0 not at all. `not_found`: the confidence
    below which the documents do not say. `mode`: how the passages that answers come from are
    searched, `n_read`: how many of them are read. `reader`: the folder of another one, or "none".
    """

    passage_pieces: int | None = None
    meaning: float = 1.0
    not_found: float | None = None
    mode: Mode = "hybrid"
    n_read: int | None = None
    reader: Path | Literal["none"] | None = None

    def embedder(self, model: str) -> Embedder:
        """The model, counting so that the chunker's passages have the tried size.

        Raises SettingError where the model does not read passages of that size.
        """
        embedder = load_embedder(model)
        if self.passage_pieces is None:
            return embedder
        if not 20 <= self.passage_pieces <= embedder.max_pieces:
            raise SettingError(
                f"Passages of {self.passage_pieces} word pieces cannot be tried.",
                f"The model {embedder.name} reads 20 to {embedder.max_pieces}.",
            )
        return _Recounting(embedder, PASSAGE_PIECES / self.passage_pieces)

    def retriever(self, folder: Path) -> Retriever:
        """Raises what Retriever.load raises."""
        retriever = Retriever.load(folder)
        if self.meaning == 1.0:
            return retriever
        embedder = load_embedder(retriever.index.recipe.model)
        return _Weighed(retriever.index, embedder, self.meaning)

    def pipeline(self, folder: Path) -> Pipeline:
        from answerer.confidence import Judge
        from answerer.extractive import ExtractiveAnswerer
        from answerer.pipeline import Pipeline
        from answerer.reader import Reader

        answerer = ExtractiveAnswerer.load(self.retriever(folder))
        if self.reader == "none":
            answerer = replace(answerer, reader=None, judge=Judge.load("plain"))
        elif self.reader is not None:
            answerer = replace(answerer, reader=Reader.load(self.reader))
        answerer = replace(answerer, mode=self.mode, n_read=self.n_read or answerer.n_read)
        if self.not_found is not None:
            weights = replace(answerer.judge.weights, not_found=self.not_found)
            answerer = replace(answerer, judge=replace(answerer.judge, weights=weights))
        return Pipeline(folder, answerer)

    def model_of(self, folder: Path) -> str:
        """The model that an index was made with: its trial has the same."""
        index = PassageIndex.load(folder)
        try:
            return index.recipe.model
        finally:
            index.close()


class _Recounting:
    """An embedder to which every text seems `factor` times as long, its own room included.

    So all of the chunker's sizes keep their proportions, and no passage outgrows the model.
    """

    def __init__(self, embedder: Embedder, factor: float) -> None:
        self._embedder = embedder
        self._factor = factor
        self.name = embedder.name
        self.dimensions = embedder.dimensions
        self.max_pieces = math.floor(embedder.max_pieces * factor)

    @property
    def sha256(self) -> str:
        return self._embedder.sha256

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._embedder.embed(texts)

    def embed_passages(
        self, passages: Sequence[Passage], *, progress: Callable[[int], object] | None = None
    ) -> Iterable[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        return self._embedder.embed_passages(passages, progress=progress)

    def count_pieces(self, text: str) -> int:
        return math.ceil(self._embedder.count_pieces(text) * self._factor)


class _Weighed(Retriever):
    """The hybrid ranking with another weight of meaning."""

    def __init__(self, index: PassageStore, embedder: Embedder, meaning: float) -> None:
        super().__init__(index, embedder)
        self._meaning = meaning

    def candidates(
        self, reading: Reading, *, k: int, mode: Mode = "hybrid"
    ) -> tuple[Candidate, ...]:
        if mode != "hybrid":
            return super().candidates(reading, k=k, mode=mode)
        found = {each.key: each for each in super().candidates(reading, k=2 * max(k, N_CANDIDATES))}
        near = fused(
            bm25=dict.fromkeys(found, 0.0),
            passage_cosine={key: each.hit.scores["dense"] for key, each in found.items()},
            sentence_cosine={
                key: max(each.sentences, default=each.hit.scores["dense"])
                for key, each in found.items()
            },
        )
        scores = {
            key: each.hit.score + (self._meaning - 1) * near[key] for key, each in found.items()
        }
        return tuple(
            replace(found[key], hit=replace(found[key].hit, score=scores[key], rank=rank))
            for rank, key in enumerate(best(scores, k=k), start=1)
        )
