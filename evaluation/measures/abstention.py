"""Does it know when the documents do not say: measures of confidence over a set of questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evaluation.measures.significance import Interval, set_interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

N_BINS = 10


@dataclass(frozen=True, slots=True)
class Outcome:
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


def figures(outcomes: Sequence[Outcome]) -> dict[str, Interval]:
    """AUROC, average precision, AURC, F1, error rates and calibration error, each with interval.

    A figure that needs both kinds of questions is missing where there is only one kind.
    `false_answers`: the share of unanswerable questions that got an answer. `false_abstentions`:
    the share of answerable ones that got none.
    """
    rows = [(each.confidence, each.answerable, each.found, each.right) for each in outcomes]
    named = {
        "AUROC": _auroc,
        "average_precision": _average_precision,
        "AURC": _aurc,
        "answer_F1": _f1,
        "false_answers": _false_answers,
        "false_abstentions": _false_abstentions,
        "ECE": _ece,
    }
    found = {name: set_interval(figure, rows) for name, figure in named.items()}
    return {name: interval for name, interval in found.items() if interval}


def risk_coverage(outcomes: Sequence[Outcome]) -> tuple[CurvePoint, ...]:
    """One point for each confidence, the highest first. An abstention counts as wrong."""
    points: list[CurvePoint] = []
    n = n_wrong = 0
    for threshold in sorted({each.confidence for each in outcomes}, reverse=True):
        tied = [each for each in outcomes if each.confidence == threshold]
        n += len(tied)
        n_wrong += sum(not each.right for each in tied)
        points.append(CurvePoint(n / len(outcomes), n_wrong / n, threshold))
    return tuple(points)


def reliability(outcomes: Sequence[Outcome]) -> tuple[Bin, ...]:
    """Bins of equally many questions, from low to high confidence."""
    import numpy as np

    ordered = sorted(outcomes, key=lambda each: each.confidence)
    parts = np.array_split(np.arange(len(ordered)), max(1, min(N_BINS, len(ordered))))
    bins = [[ordered[place] for place in part] for part in parts]
    return tuple(
        Bin(
            sum(each.confidence for each in members) / len(members),
            sum(each.answerable for each in members) / len(members),
            len(members),
        )
        for members in bins
        if members
    )


def _auroc(rows: NDArray[np.float64]) -> float | None:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(rows[:, 1], rows[:, 0])) if _both_kinds(rows) else None


def _average_precision(rows: NDArray[np.float64]) -> float | None:
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(rows[:, 1], rows[:, 0])) if _both_kinds(rows) else None


def _aurc(rows: NDArray[np.float64]) -> float:
    """Area under the risk–coverage curve: the mean risk over all coverages (Geifman et al., 2019).

    Questions of one confidence come in no order, so each has the mean of their errors.
    """
    import numpy as np

    levels, place = np.unique(-rows[:, 0], return_inverse=True)
    n_tied = np.bincount(place, minlength=len(levels))
    wrong = np.bincount(place, weights=1 - rows[:, 3], minlength=len(levels)) / n_tied
    errors = np.cumsum(np.repeat(wrong, n_tied))
    return float(np.mean(errors / np.arange(1, len(rows) + 1)))


def _f1(rows: NDArray[np.float64]) -> float | None:
    """Of finding the answerable ones, at the shipped threshold."""
    n_both = float((rows[:, 1] * rows[:, 2]).sum())
    n_either = float(rows[:, 1].sum() + rows[:, 2].sum())
    return 2 * n_both / n_either if _both_kinds(rows) else None


def _false_answers(rows: NDArray[np.float64]) -> float | None:
    unanswerable = rows[rows[:, 1] == 0]
    return float(unanswerable[:, 2].mean()) if len(unanswerable) else None


def _false_abstentions(rows: NDArray[np.float64]) -> float | None:
    answerable = rows[rows[:, 1] == 1]
    return float(1 - answerable[:, 2].mean()) if len(answerable) else None


def _ece(rows: NDArray[np.float64]) -> float:
    """Expected calibration error over bins of equal mass (Nixon et al., CVPR workshops 2019)."""
    import numpy as np

    ordered = rows[np.argsort(rows[:, 0], kind="stable")]
    parts = np.array_split(ordered, min(N_BINS, len(ordered)))
    gaps = [len(part) * abs(part[:, 0].mean() - part[:, 1].mean()) for part in parts]
    return float(sum(gaps) / len(rows))


def _both_kinds(rows: NDArray[np.float64]) -> bool:
    return bool(0 < rows[:, 1].sum() < len(rows))
