"""What was learned about evidence: how sentences are scored, and how sure a score makes us.

The file is made by `python -m training evidence`; nothing in it is set by hand.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from errors import ModelError

WEIGHTS_FILE = Path(__file__).with_name("weights.json")


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
    """`sentence` ranks sentences, `answer` gives the log odds that the best one answers.

    Below the confidence `not_found` the documents do not say. Sentences within `margin` of the
    best (in score) are quoted too, if they add something.
    """

    sentence: Linear
    answer: Linear
    not_found: float
    margin: float


def load_weights(
    name: str, *, sentence: tuple[str, ...], answer: tuple[str, ...], path: Path = WEIGHTS_FILE
) -> Weights:
    """Raises ModelError where the file is missing or was made for other features."""
    remedy = "Restore the file from the project, or make it anew with: make weights"
    try:
        said = json.loads(path.read_text("utf-8"))[name]
        weights = Weights(
            sentence=_linear(said["sentence"]),
            answer=_linear(said["answer"]),
            not_found=float(said["not_found"]),
            margin=float(said["margin"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"The weights {path} cannot be read ({error!r}).", remedy) from error
    if (weights.sentence.features, weights.answer.features) != (sentence, answer):
        raise ModelError(f"The weights {path} are for other features.", remedy)
    return weights


def write_weights(name: str, weights: Weights, path: Path = WEIGHTS_FILE) -> None:
    """Puts them into the file beside those of other names."""
    said = json.loads(path.read_text("utf-8")) if path.exists() else {}
    said[name] = asdict(weights)
    path.write_text(json.dumps(said, indent=1) + "\n", "utf-8")


def _linear(said: dict[str, Any]) -> Linear:
    return Linear(
        features=tuple(said["features"]),
        mean=tuple(said["mean"]),
        scale=tuple(said["scale"]),
        weights=tuple(said["weights"]),
        bias=float(said["bias"]),
    )
