"""How often which scores are given, to questions with an answer and to those without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

N_BARS = 20


@dataclass(frozen=True, slots=True)
class Histogram:
    """Numbers of questions in bars of equal width from `low` to `high`."""

    low: float
    high: float
    answerable: list[int]
    unanswerable: list[int]


def histogram(
    scores: Sequence[float], answerable: Sequence[bool], low: float, high: float
) -> Histogram:
    values, has_answer = np.array(scores), np.array(answerable, dtype=bool)
    high = high if high > low else low + 1
    above, _ = np.histogram(values[has_answer], N_BARS, (low, high))
    below, _ = np.histogram(values[~has_answer], N_BARS, (low, high))
    return Histogram(low, high, above.tolist(), below.tolist())
