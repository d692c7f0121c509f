"""Which of several runs is better, and is that more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import fmean

from evaluation.measures.significance import holm, mean_figure, randomisation_p

Values = Mapping[str, Mapping[str, float]]
"""measure → query id → value"""

LOWER_IS_BETTER = frozenset(("AURC", "false_answers", "false_abstentions", "ECE"))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Run `b` less run `a` on the questions both were judged on.

    `low` and `high` are the difference's 95 % interval. `p` is two-sided, of the paired
    randomisation test; `p_holm` is adjusted for all comparisons of the same measure.
    """

    measure: str
    a: str
    b: str
    n: int
    mean_a: float
    mean_b: float
    difference: float
    low: float | None
    high: float | None
    p: float
    p_holm: float


def compare_systems(
    systems: Mapping[str, Values], pairs: Sequence[tuple[str, str]] | None = None
) -> tuple[Comparison, ...]:
    """Pairs of systems (all, by default) on every measure that single questions have.

    Over the questions that both were judged on. Holm's correction is over all pairs of a measure.
    """
    pairs = list(combinations(systems, 2)) if pairs is None else pairs
    measures = dict.fromkeys(measure for values in systems.values() for measure in values)
    comparisons: list[Comparison] = []
    for measure in measures:
        rows = [row for a, b in pairs if (row := _compare(measure, a, b, systems))]
        adjusted = holm([row.p for row in rows])
        comparisons += [replace(row, p_holm=p) for row, p in zip(rows, adjusted, strict=True)]
    return tuple(comparisons)


def _compare(measure: str, a: str, b: str, systems: Mapping[str, Values]) -> Comparison | None:
    values_a, values_b = systems[a].get(measure, {}), systems[b].get(measure, {})
    both = [query_id for query_id in values_a if query_id in values_b]
    differences = [values_b[query_id] - values_a[query_id] for query_id in both]
    mean_difference = mean_figure(measure, differences)
    if mean_difference is None:
        return None
    p = randomisation_p(differences)
    return Comparison(
        measure=measure,
        a=a,
        b=b,
        n=len(both),
        mean_a=fmean(values_a[query_id] for query_id in both),
        mean_b=fmean(values_b[query_id] for query_id in both),
        difference=mean_difference.value,
        low=mean_difference.low,
        high=mean_difference.high,
        p=p,
        p_holm=p,
    )
