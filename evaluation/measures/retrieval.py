"""Retrieval measures by ir_measures, which has them from trec_eval. Means are over all judged
queries; one for which a run is silent counts zero.

Success@k: is any relevant one among the first k. R@k: the share of the relevant ones among them.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from errors import SettingError

if TYPE_CHECKING:
    from ir_measures import Measure

_MEASURE = re.compile(r"(?:\([^)]*\)|\S)+")  # "AP(rel=2, judged_only=True)" is one word

DEFAULT_MEASURES = "Success@1 Success@5 R@10 P@5 RR@10 AP nDCG@10"


def parsed_measures(text: str) -> tuple[Measure, ...]:
    """The measures that `text` names, apart by spaces. Raises SettingError for another word."""
    import ir_measures

    measures: list[Measure] = []
    for word in _MEASURE.findall(text):
        try:
            measure = ir_measures.parse_measure(word)
            supported = _supported(measure)
        except (NameError, ValueError, TypeError, KeyError, AssertionError) as error:
            raise SettingError(f"There is no measure {word}.", _similar(word)) from error
        if not supported:
            raise SettingError(
                f"{word} needs a package of ir_measures that is not installed.",
                "See pypi's page of ir-measures, or leave the measure out.",
            )
        measures.append(measure)
    if not measures:
        raise SettingError("No measure is named.", f'Write --measures "{DEFAULT_MEASURES}".')
    return tuple(dict.fromkeys(measures))


def depth_of(measures: Sequence[Measure]) -> int:
    """How many hits a run needs for these measures to see all they look at; at least 100."""
    cutoffs = [measure.params.get("cutoff") for measure in measures]
    return max(100, *(cutoff for cutoff in cutoffs if isinstance(cutoff, int)), 0)


def by_query(
    measures: Sequence[Measure],
    qrels: Mapping[str, Mapping[str, int]],
    run: Mapping[str, Mapping[str, float]],
) -> dict[str, dict[str, float]]:
    """Measure → query id → value, for every judged query and in the order of the judgments."""
    import ir_measures

    values = {str(measure): dict.fromkeys(qrels, 0.0) for measure in measures}
    judged = {query_id: dict(run[query_id]) for query_id in qrels if run.get(query_id)}
    if not judged:
        return values
    graded = {query_id: dict(grades) for query_id, grades in qrels.items()}
    try:
        for metric in ir_measures.iter_calc(list(measures), graded, judged):
            values[str(metric.measure)][metric.query_id] = float(metric.value)
    except (RuntimeError, OSError) as error:  # some measures are programs of their own
        raise SettingError(
            f"ir_measures cannot work out {' '.join(values)} ({error}).", "Leave one of them out."
        ) from error
    return values


def _supported(measure: Measure) -> bool:
    from ir_measures import DefaultPipeline

    return any(
        provider.is_available() and provider.supports(measure)
        for provider in DefaultPipeline.providers
    )


def _similar(word: str) -> str:
    from ir_measures.measures import registry

    name, at, cutoff = word.partition("@")
    near = difflib.get_close_matches(name, registry, n=1, cutoff=0.5)
    return f"Did you mean {near[0]}{at}{cutoff}?" if near else f"Known: {DEFAULT_MEASURES} …"
