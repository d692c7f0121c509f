"""How sure is a figure, and is one system really better than another.

Intervals: percentile bootstrap over questions. Tests: the paired randomisation test, which Smucker,
Allan and Carterette (CIKM 2007) recommend for retrieval. Many comparisons: Holm (1979).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
N_RESAMPLES = 10_000
N_RESAMPLES_OF_SETS = 1_000
"""For figures of a whole set (AUROC …), each resample of which costs a sort."""

_SEED = 1963
_N_VALUES_AT_ONCE = 4_000_000
"""Resampled values held in memory, 32 MB."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure over `n` questions with its 95 % interval (None where it cannot be had)."""

    measure: str
    value: float
    low: float | None
    high: float | None
    n: int


def mean_figure(measure: str, values: Sequence[float]) -> Figure | None:
    """The mean of single questions' values; None where there are none."""
    from scipy.stats import bootstrap

    if not values:
        return None
    array = np.asarray(values, dtype=float)
    if len(array) < 2:
        return Figure(measure, float(array[0]), None, None, 1)
    result = bootstrap(
        (array,),
        np.mean,
        n_resamples=N_RESAMPLES,
        batch=max(1, _N_VALUES_AT_ONCE // len(array)),
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(_SEED),
    )
    low, high = result.confidence_interval
    return Figure(measure, float(array.mean()), float(low), float(high), len(array))


def mean_figures(values: Mapping[str, Iterable[float]]) -> tuple[Figure, ...]:
    """Of each measure that has values."""
    figures = (mean_figure(measure, list(of_it)) for measure, of_it in values.items())
    return tuple(figure for figure in figures if figure)


def set_figure(
    measure: str,
    function: Callable[[NDArray[np.float64]], float | None],
    rows: Sequence[Sequence[float]],
) -> Figure | None:
    """Of a figure that is no mean. `function` gets some of the rows; None: no value can be had."""
    table = np.asarray(rows, dtype=float)
    n = len(table)
    value = function(table) if n else None
    if value is None:
        return None
    rng = np.random.default_rng(_SEED)
    resampled = [
        of_sample
        for _ in range(N_RESAMPLES_OF_SETS)
        if (of_sample := function(table[rng.integers(n, size=n)])) is not None
    ]
    if n < 2 or not resampled:
        return Figure(measure, value, None, None, n)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(resampled, [tail, 1 - tail])
    return Figure(measure, value, float(low), float(high), n)


def randomisation_p(differences: Sequence[float], *, one_sided: bool = False) -> float:
    """How often chance signs give a mean difference at least as great; exact for up to 13.

    Questions without a difference change nothing and are left out, so that more cases are exact.
    `one_sided`: only as great in the same direction as the one observed.
    """
    from scipy.stats import permutation_test

    changed = np.asarray([value for value in differences if value != 0], dtype=float)
    if len(changed) == 0:
        return 1.0
    direction = "greater" if changed.mean() >= 0 else "less"
    if len(changed) == 1:  # scipy wants two; both signs are as likely
        return 0.5 if one_sided else 1.0
    result = permutation_test(
        (changed,),
        np.mean,
        permutation_type="samples",
        vectorized=True,
        n_resamples=N_RESAMPLES,
        batch=max(1, _N_VALUES_AT_ONCE // len(changed)),
        alternative=direction if one_sided else "two-sided",
        axis=-1,
        rng=np.random.default_rng(_SEED),
    )
    return float(result.pvalue)


def holm(p_values: Sequence[float]) -> list[float]:
    """The same p values, adjusted so that all may be read at once."""
    order = np.argsort(p_values, kind="stable")
    n_left = np.arange(len(p_values), 0, -1)
    adjusted = np.maximum.accumulate(np.minimum(1.0, n_left * np.asarray(p_values)[order]))
    restored: list[float] = adjusted[np.argsort(order)].tolist()
    return restored
