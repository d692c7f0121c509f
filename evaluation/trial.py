"""Another setting, tried on test questions beside the shipped one; visitors never get it.

A trial is a `Ranking` with other values, and perhaps an index of passages of another size, in the
work folder. What it answers is calibrated anew before anybody sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from answerer.extractive import ExtractiveAnswerer
from answerer.reader import Reader
from errors import SettingError
from evaluation.calibration import calibrated_on
from evaluation.question import Question
from retriever.hybrid import Mode, Retriever
from retriever.ranking import Ranking


@dataclass(frozen=True, slots=True)
class Trial:
    """What differs from the shipped setting; by default nothing.

    `passage_tokens`: the size that passages grow to, in tokens. `meaning`: how much nearness in
    meaning counts in the hybrid score, 1 as shipped, 0 not at all. `not_found`: the confidence
    below which the documents do not say. `mode`: how the passages that answers come from are
    searched, `n_read`: how many of them are read. `reader`: the folder of another one, or "none".
    """

    passage_tokens: int | None = None
    meaning: float = 1.0
    not_found: float | None = None
    mode: Mode = "hybrid"
    n_read: int | None = None
    reader: Path | Literal["none"] | None = None

    def retriever(self, folder: Path) -> Retriever:
        """Raises what Retriever.load raises."""
        retriever = Retriever.load(folder)
        return retriever.with_ranking(self._changed(retriever.ranking))

    def answerer(
        self,
        folder: Path,
        development: Sequence[Question],
        *,
        progress: Callable[[int], object] = lambda n: None,
    ) -> ExtractiveAnswerer:
        """Calibrated on the development questions, where another threshold is not all that is new.

        Raises SettingError where it cannot be.
        """
        shipped = ExtractiveAnswerer.load(Retriever.load(folder))
        if self.reader == "none":  # for which weights of its own are shipped
            shipped = ExtractiveAnswerer.build(shipped.retriever, None)
        retriever, reader = shipped.retriever, shipped.reader
        ranking = self._changed(retriever.ranking)
        if isinstance(self.reader, Path):
            reader = Reader.load(self.reader)
            ranking = replace(ranking, reader_sha256=reader.sha256)
        if ranking != retriever.ranking or self.mode != "hybrid" or self.passage_tokens:
            answerer = ExtractiveAnswerer.build(retriever, reader, ranking=ranking, mode=self.mode)
            ranking = calibrated_on(development, answerer, progress=progress)
        if self.not_found is not None:
            if ranking.weights is None:
                raise SettingError(
                    "Without calibration there is no confidence to set a threshold for.",
                    "Leave the threshold as it is.",
                )
            ranking = replace(ranking, weights=replace(ranking.weights, not_found=self.not_found))
        return ExtractiveAnswerer.build(retriever, reader, ranking=ranking, mode=self.mode)

    def _changed(self, ranking: Ranking) -> Ranking:
        return replace(
            ranking,
            passage_scale=self.meaning * ranking.passage_scale,
            sentence_scale=self.meaning * ranking.sentence_scale,
            n_read=self.n_read or ranking.n_read,
        )
