"""Does it know when the documents do not say: measures of confidence over a set of questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evaluation.measures.significance import Figure, set_figure

_Rows = NDArray[np.float64]
"""Outcomes as rows: confidence, answerable, found, right."""

N_BINS = 10


class Outcome(NamedTuple):
    """`right`: answerable, and the first quote is right. `found`: it answered at all."""

    confidence: float
    answerable: bool
    found: bool
    right: bool


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """`risk`: the share of wrong ones among the `coverage` (share) with the most confidence."""

    coverage: float
    risk: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of like confidence: their mean confidence, and the share that is answerable."""

    confidence: float
    answerable: float
    n: int


def abstention_figures(outcomes: Sequence[Outcome]) -> list[Figure]:
    """AUROC, average precision, AURC, F1 and calibration error, each with its interval.

    A figure that needs both kinds of questions is missing where there is only one kind.
    """

    def of_both_kinds(score: Callable[[_Rows], float]) -> Callable[[_Rows], float | None]:
        return lambda rows: float(score(rows)) if 0 < rows[:, 1].sum() < len(rows) else None

    functions = {
        "AUROC": of_both_kinds(_auroc),
        "average_precision": of_both_kinds(_average_precision),
        "AURC": _aurc,
        "answer_F1": of_both_kinds(_f1),
        "ECE": _ece,
    }
    figures = (set_figure(name, function, outcomes) for name, function in functions.items())
    return [figure for figure in figures if figure]


def risk_coverage(outcomes: Sequence[Outcome]) -> tuple[CurvePoint, ...]:
    """One point for each confidence, the highest first. An abstention counts as wrong."""
    points: list[CurvePoint] = []
    n = n_wrong = 0
    for threshold in sorted({outcome.confidence for outcome in outcomes}, reverse=True):
        tied = [outcome for outcome in outcomes if outcome.confidence == threshold]
        n += len(tied)
        n_wrong += sum(not outcome.right for outcome in tied)
        points.append(CurvePoint(n / len(outcomes), n_wrong / n, threshold))
    return tuple(points)


def reliability(outcomes: Sequence[Outcome]) -> tuple[Bin, ...]:
    """Bins of equally many questions, from low to high confidence."""
    rows = np.asarray(outcomes, dtype=float)
    return tuple(
        Bin(float(part[:, 0].mean()), float(part[:, 1].mean()), len(part))
        for part in _bins_of_equal_mass(rows)
    )


def _at_levels(rows: _Rows) -> _Rows:
    """How many are answerable, and how many are not, at each confidence, the highest first."""
    _, level = np.unique(-rows[:, 0], return_inverse=True)
    kinds = (rows[:, 1], 1 - rows[:, 1])
    return np.array([np.bincount(level, weights=kind) for kind in kinds])


def _auroc(rows: _Rows) -> float:
    """Mann and Whitney's U as a share; equal confidences count half.

    The same as scikit-learn's, a hundred times faster: intervals ask for it a thousand times.
    """
    answerable, others = _at_levels(rows)
    behind = others.sum() - np.cumsum(others) + others / 2
    return float(answerable @ behind / (answerable.sum() * others.sum()))


def _average_precision(rows: _Rows) -> float:
    answerable, others = _at_levels(rows)
    n_answerable = np.cumsum(answerable)
    precision = n_answerable / (n_answerable + np.cumsum(others))
    return float(answerable @ precision / answerable.sum())


def _aurc(rows: _Rows) -> float:
    """Area under the risk–coverage curve: the mean risk over all coverages (Geifman et al., 2019).

    Questions of one confidence come in no order, so each has the mean of their errors.
    """
    _, level, n_tied = np.unique(-rows[:, 0], return_inverse=True, return_counts=True)
    wrong = np.bincount(level, weights=1 - rows[:, 3]) / n_tied
    errors = np.cumsum(np.repeat(wrong, n_tied))
    return float(np.mean(errors / np.arange(1, len(rows) + 1)))


def _f1(rows: _Rows) -> float:
    """Of finding the answerable ones, at the shipped threshold."""
    n_both = (rows[:, 1] * rows[:, 2]).sum()
    return float(2 * n_both / (rows[:, 1].sum() + rows[:, 2].sum()))


def _ece(rows: _Rows) -> float:
    """Expected calibration error over bins of equal mass (Nixon et al., CVPR workshops 2019)."""
    parts = _bins_of_equal_mass(rows)
    gaps = [len(part) * abs(part[:, 0].mean() - part[:, 1].mean()) for part in parts]
    return float(sum(gaps) / len(rows))


def _bins_of_equal_mass(rows: _Rows) -> list[_Rows]:
    """Rows by rising confidence, cut into parts of equally many; no part is empty."""
    ordered = rows[np.argsort(rows[:, 0], kind="stable")] if len(rows) else rows
    return np.array_split(ordered, min(N_BINS, len(ordered))) if len(ordered) else []
