"""Has it become worse, beyond what chance does?

A drop counts when it is greater than allowed and, on single questions, one-sided p < 0.05 in the
paired randomisation test; a figure of the whole set must leave the baseline's interval.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from errors import QuestionError, SettingError
from evaluation.measures.comparison import LOWER_IS_BETTER
from evaluation.measures.significance import Figure, randomisation_p
from evaluation.report.report import Report, RunReport

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Verdict:
    """`drop`: how much worse, whichever way the measure counts. `p`: None for a set's figure."""

    run: str
    measure: str
    before: float
    now: float
    drop: float
    allowed: float
    p: float | None
    regressed: bool


def gate_verdicts(
    baseline: Report, now: Report, max_drops: Mapping[str, float]
) -> tuple[Verdict, ...]:
    """One for every run of the baseline and every measure it has; inexact quotes always regress.

    Raises QuestionError where both did not ask the same questions, SettingError for a measure
    that no run of the baseline has.
    """
    if baseline.setting.questions_sha256 != now.setting.questions_sha256:
        raise QuestionError(
            "The questions have changed since the baseline.",
            "Make a new one: python -m evaluation run … --out DIR, and keep its baseline.json.",
        )
    for measure in max_drops:
        if not any(run.figure(measure) for run in baseline.runs):
            known = dict.fromkeys(row.measure for run in baseline.runs for row in run.figures)
            raise SettingError(
                f"The baseline has no measure {measure}.", f"It has {', '.join(known)}."
            )
    verdicts: list[Verdict] = []
    for before in baseline.runs:
        run = next((run for run in now.runs if run.name == before.name), None)
        if run is None:
            raise SettingError(
                f"The run {before.name} is not there any more.",
                "Measure it, or renew the baseline.",
            )
        for measure, allowed in max_drops.items():
            if old := before.figure(measure):
                verdicts.append(_verdict(before, run, old, allowed))
        exact = run.figure("quote_exactness")
        if exact and exact.value < 1:
            drop = 1 - exact.value
            verdicts.append(
                Verdict(run.name, exact.measure, 1.0, exact.value, drop, 0.0, None, regressed=True)
            )
    return tuple(verdicts)


def parse_allowed_drops(words: Iterable[str]) -> dict[str, float]:
    """`nDCG@10=0.01` and the like. Raises SettingError."""
    allowed = {}
    for word in words:
        measure, _, drop = word.rpartition("=")
        try:
            allowed[measure] = float(drop)
        except ValueError:
            measure = ""
        if not measure or not 0 <= allowed[measure] <= 1:
            raise SettingError(f"--max-drop {word} is not understood.", "Write nDCG@10=0.01.")
    return allowed


def _verdict(before: RunReport, now: RunReport, old: Figure, allowed: float) -> Verdict:
    new = now.figure(old.measure)
    if new is None:
        known = ", ".join(figure.measure for figure in now.figures)
        raise SettingError(f"{now.name} has no measure {old.measure}.", f"It has {known}.")
    drop = (new.value - old.value) * (1 if old.measure in LOWER_IS_BETTER else -1)
    p = _p_of_drop(before, now, old.measure)
    beyond_noise = p < ALPHA if p is not None else _is_outside(old, new)
    # a rounding error more than allowed is no drop
    regressed = drop > allowed + 1e-9 and beyond_noise
    return Verdict(now.name, old.measure, old.value, new.value, drop, allowed, p, regressed)


def _p_of_drop(before: RunReport, now: RunReport, measure: str) -> float | None:
    """None for a figure that single questions do not have."""
    old, new = before.values().get(measure), now.values().get(measure)
    if not old or not new:
        return None
    differences = [new[query_id] - old[query_id] for query_id in old if query_id in new]
    return randomisation_p(differences, one_sided=True)


def _is_outside(old: Figure, new: Figure) -> bool:
    if old.low is None or old.high is None:
        return True
    return new.value > old.high if old.measure in LOWER_IS_BETTER else new.value < old.low
