"""The numbers by which what is found is ranked, as they were learned with one pair of models.

A score means another thing with each embedding model, so nothing that was learned with one is used
with another: a `Ranking` names the models that it is for, and lies as JSON in `rankings/`. With
others there is none. Then passages are found all the same, each score weighed by its model's range,
but nobody can say how sure an answer is.

Scores are added, not ranks: a BM25 sum far above the next one means something that "rank 1" does
not say. On the SQuAD `train` and `dev` articles the scaled sum beats reciprocal rank fusion
(Cormack et al., SIGIR 2009) and min–max scaling; CONTRIBUTING.md has the table.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from errors import ModelError
from index.embedder import Embedder

RANKINGS = Path(__file__).with_name("rankings")


@dataclass(frozen=True, slots=True)
class Linear:
    """`scale * (x - mean)` summed with weights, plus a bias; one value a feature."""

    features: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float

    def __call__(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """A score for each row of `table` (n, d)."""
        standard = (table - np.array(self.mean)) * np.array(self.scale)
        scores: NDArray[np.float64] = standard @ np.array(self.weights) + self.bias
        return scores


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learned about evidence by `python -m training evidence`; nothing is set by hand.

    `sentence` ranks sentences, `answer` gives the log odds that the best one answers. Below the
    confidence `not_found` the documents do not say. Sentences within `margin` of the best (in
    score) are quoted too, if they add something.
    """

    sentence: Linear
    answer: Linear
    not_found: float
    margin: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Defaults are for a model whose scores range from 0 to 1.

    `passage_scale`, `sentence_scale`: BM25 points for a score of 1, of the whole passage and of its
    best sentence; `pair_scale`: for each unit of inverse document frequency of a pair of
    neighbouring words. `own_sentence`: without words, the share of the best sentence's score in a
    passage's. `n_candidates` passages are taken from each index, the word pairs of the best
    `n_paired` are looked at (0.2 ms each), and the sentences of `n_read` are read.
    `behind_best`: logits of the reader's relevance by which a passage that a language model cites
    may stand behind the best one (98 of 100 that answer are less than 3 behind). `same_question`:
    the score from which two questions ask the same. `degrees`: scores from which a passage is close
    to the question, near, or loosely related.
    """

    embedder_sha256: str
    reader_sha256: str | None = None
    passage_scale: float = 15.0
    sentence_scale: float = 15.0
    pair_scale: float = 0.2
    own_sentence: float = 0.7
    n_candidates: int = 100
    n_paired: int = 30
    n_read: int = 5
    behind_best: float = 3.5
    same_question: float = 0.9
    degrees: tuple[float, float, float] = (0.6, 0.45, 0.3)
    weights: Weights | None = None

    @property
    def calibrated(self) -> bool:
        """Whether it is known how likely an answer is right."""
        return self.weights is not None


def ranking_for(embedder: Embedder, reader_sha256: str | None = None) -> Ranking:
    """What was learned with these models; else the defaults, over the range of the model's scores.

    Raises ModelError for a file that cannot be read.
    """
    learned = find_ranking(embedder.sha256, reader_sha256)
    if learned is not None:
        return learned
    low, high = embedder.score_range
    plain = Ranking(embedder.sha256, reader_sha256)
    close, near, loose = (low + (high - low) * degree for degree in plain.degrees)
    return replace(
        plain,
        passage_scale=plain.passage_scale / (high - low),
        sentence_scale=plain.sentence_scale / (high - low),
        same_question=low + (high - low) * plain.same_question,
        degrees=(close, near, loose),
    )


def find_ranking(
    embedder_sha256: str, reader_sha256: str | None, *, folder: Path = RANKINGS
) -> Ranking | None:
    """What was learned with these models. With another reader passages are ranked all the same."""
    known = [read_ranking(path) for path in sorted(folder.glob("*.json"))]
    own = [ranking for ranking in known if ranking.embedder_sha256 == embedder_sha256]
    for ranking in own:
        if ranking.reader_sha256 == reader_sha256:
            return ranking
    return replace(own[0], reader_sha256=reader_sha256, weights=None) if own else None


def read_ranking(path: Path) -> Ranking:
    """Raises ModelError where the file is missing or is no ranking."""
    try:
        entries = json.loads(path.read_text("utf-8"), object_hook=_with_tuples)
        weights = entries.pop("weights")
        sentence, answer = (Linear(**weights.pop(name)) for name in ("sentence", "answer"))
        return Ranking(**entries, weights=Weights(sentence, answer, **weights))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"The ranking {path} cannot be read ({error!r}).",
            "Restore the file from the project, or make it anew with: make weights",
        ) from error


def write_ranking(ranking: Ranking, path: Path) -> None:
    path.write_text(json.dumps(asdict(ranking), indent=1) + "\n", "utf-8")


def _with_tuples(row: dict[str, Any]) -> dict[str, Any]:
    """JSON has lists alone."""
    return {name: tuple(value) if type(value) is list else value for name, value in row.items()}
