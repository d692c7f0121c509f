"""How sure is a figure, and is one system really better than another.

Intervals: percentile bootstrap over questions. Tests: the paired randomisation test, which Smucker,
Allan and Carterette (CIKM 2007) recommend for retrieval. Many comparisons: Holm (1979).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
class Interval:
    """A value and the bounds of its 95 % interval; no bounds where they cannot be had."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Of two runs on the same questions: mean of b less mean of a, and how sure it is.

    `p`: two-sided, of the paired randomisation test.
    """

    n: int
    mean_a: float
    mean_b: float
    interval: Interval
    p: float


def mean_interval(values: Sequence[float]) -> Interval | None:
    """None where there are no values."""
    import numpy as np

    if not values:
        return None
    return _interval(np.asarray(values, dtype=float))


def set_interval(
    figure: Callable[[NDArray[np.float64]], float | None], rows: Sequence[Sequence[float]]
) -> Interval | None:
    """Of a figure that is no mean. `figure` gets some of the rows; None: it cannot be had there."""
    import numpy as np

    table = np.asarray(rows, dtype=float)
    value = figure(table) if len(table) else None
    if value is None:
        return None
    rng = np.random.default_rng(_SEED)
    resampled = [
        found
        for _ in range(N_RESAMPLES_OF_SETS)
        if (found := figure(table[rng.integers(len(table), size=len(table))])) is not None
    ]
    if len(table) < 2 or not resampled:
        return Interval(value)
    return Interval(value, *_bounds(np.asarray(resampled)))


def paired_difference(a: Sequence[float], b: Sequence[float]) -> Difference:
    """`a[i]` and `b[i]` belong to one question."""
    import numpy as np

    first, second = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    differences = second - first
    return Difference(
        len(differences),
        float(first.mean()),
        float(second.mean()),
        _interval(differences),
        randomisation_p(differences.tolist()),
    )


def randomisation_p(differences: Sequence[float], *, one_sided: bool = False) -> float:
    """How often chance signs give a mean difference at least as great; exact for up to 13.

    Questions without a difference change nothing and are left out, so that more cases are exact.
    `one_sided`: only as great in the same direction as the one observed.
    """
    import numpy as np
    from scipy.stats import permutation_test

    changed = np.asarray([each for each in differences if each != 0], dtype=float)
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
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted


def _interval(values: NDArray[np.float64]) -> Interval:
    import numpy as np
    from scipy.stats import bootstrap

    value = float(values.mean())
    if len(values) < 2:
        return Interval(value)
    result = bootstrap(
        (values,),
        np.mean,
        n_resamples=N_RESAMPLES,
        batch=max(1, _N_VALUES_AT_ONCE // len(values)),
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(_SEED),
    )
    low, high = result.confidence_interval
    return Interval(value, float(low), float(high))


def _bounds(resampled: NDArray[np.float64]) -> tuple[float, float]:
    import numpy as np

    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(resampled, [tail, 1 - tail])
    return float(low), float(high)
