"""Which of several runs is better, and is that more than chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from evaluation.measures.significance import holm, paired_difference
from evaluation.report.report import Comparison, RunReport

Values = Mapping[str, Mapping[str, float]]
"""measure → query id → value"""


def compared_runs(runs: Sequence[RunReport]) -> tuple[Comparison, ...]:
    """Runs of one condition with each other, and each run with its mode's under the first one."""
    pairs = [
        (a.name, b.name)
        for a, b in combinations(runs, 2)
        if a.condition == b.condition or (a.mode == b.mode and a.condition == runs[0].condition)
    ]
    return compared({run.name: values_of(run) for run in runs}, pairs)


def compared(
    systems: Mapping[str, Values], pairs: Sequence[tuple[str, str]] | None = None
) -> tuple[Comparison, ...]:
    """Pairs of systems (all, by default) on every measure that single questions have.

    Over the questions that both were judged on. Holm's correction is over all pairs of a measure.
    """
    pairs = list(combinations(systems, 2)) if pairs is None else pairs
    shared = (set(systems[a]) & set(systems[b]) for a, b in pairs)
    measures = dict.fromkeys(measure for values in systems.values() for measure in values)
    common: set[str] = set().union(*shared)
    found: list[Comparison] = []
    for measure in measures:
        if measure not in common:
            continue
        rows = [row for a, b in pairs if (row := _pair(measure, a, b, systems))]
        adjusted = holm([row.p for row in rows])
        found += [replace(row, p_holm=p) for row, p in zip(rows, adjusted, strict=True)]
    return tuple(found)


def values_of(run: RunReport) -> dict[str, dict[str, float]]:
    values: dict[str, dict[str, float]] = {}
    for question in run.questions:
        for measure, value in question.measures.items():
            values.setdefault(measure, {})[question.query_id] = value
    return values


def _pair(measure: str, a: str, b: str, systems: Mapping[str, Values]) -> Comparison | None:
    first, second = systems[a].get(measure, {}), systems[b].get(measure, {})
    both = [query_id for query_id in first if query_id in second]
    if not both:
        return None
    found = paired_difference(_of(first, both), _of(second, both))
    return Comparison(
        measure,
        a,
        b,
        found.n,
        found.mean_a,
        found.mean_b,
        found.interval.value,
        found.interval.low,
        found.interval.high,
        found.p,
        found.p,
    )


def _of(values: Mapping[str, float], query_ids: Iterable[str]) -> list[float]:
    return [values[query_id] for query_id in query_ids]
