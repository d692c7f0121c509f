"""Measures are trec_eval's, and their means are over all judged queries."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping

import pytest

from errors import SettingError
from evaluation.measures.retrieval import DEFAULT_MEASURES, by_query, depth_of, parsed_measures

QRELS = {"q1": {"d1": 2, "d2": 1, "d3": 0}, "q2": {"d4": 1}, "q3": {"d5": 1}}
RUN = {"q1": {"d2": 3.0, "d1": 2.0, "d3": 1.0}, "q2": {"d9": 2.0, "d8": 1.5, "d4": 1.0}}
# worked out by hand; q3 is silent
KNOWN = {
    "Success@1": [1, 0, 0],
    "Success@5": [1, 1, 0],
    "R@10": [1, 1, 0],
    "P@5": [2 / 5, 1 / 5, 0],
    "RR@10": [1, 1 / 3, 0],
    "AP": [1, 1 / 3, 0],
    "nDCG@10": [(1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3)), 1 / 2, 0],
}


def test_measures_have_their_known_values_and_silent_queries_count_zero() -> None:
    found = by_query(parsed_measures(DEFAULT_MEASURES), QRELS, RUN)
    assert found.keys() == KNOWN.keys()
    for measure, values in KNOWN.items():
        assert list(found[measure]) == ["q1", "q2", "q3"]
        assert list(found[measure].values()) == pytest.approx(values, abs=1e-6), measure


def test_measures_equal_trec_eval_on_a_run_of_a_thousand_lines() -> None:
    import pytrec_eval

    rng = random.Random(7)
    qrels = {f"q{q}": {f"d{d}": rng.choice([0, 0, 1, 2]) for d in range(60)} for q in range(20)}
    run = {
        f"q{q}": {f"d{d}": rng.gauss(0, 1) for d in rng.sample(range(90), 50)} for q in range(20)
    }
    names = {
        "Success@1": "success_1",
        "R@10": "recall_10",
        "P@5": "P_5",
        "AP": "map",
        "nDCG@10": "ndcg_cut_10",
        "RR": "recip_rank",
    }
    judge = pytrec_eval.RelevanceEvaluator(qrels, set(names.values()))
    reference = judge.evaluate(run)
    found = by_query(parsed_measures(" ".join(names)), qrels, run)
    for ours, theirs in names.items():
        for query_id, value in found[ours].items():
            assert value == pytest.approx(reference[query_id][theirs], abs=5e-5)
        assert mean(found[ours]) == pytest.approx(
            sum(each[theirs] for each in reference.values()) / 20, abs=5e-5
        )


def mean(values: Mapping[str, float]) -> float:
    return sum(values.values()) / len(values)


def test_an_empty_run_scores_zero_everywhere() -> None:
    found = by_query(parsed_measures("AP nDCG@10"), QRELS, {})
    assert found == {name: {"q1": 0, "q2": 0, "q3": 0} for name in ("AP", "nDCG@10")}


def test_queries_that_nobody_judged_do_not_count() -> None:
    found = by_query(parsed_measures("RR"), QRELS, {**RUN, "q9": {"d1": 1.0}})
    assert found["RR"].keys() == QRELS.keys()


def test_measures_may_have_settings_apart_by_spaces() -> None:
    found = parsed_measures("AP(rel=2, judged_only=True) R(rel=2)@5")
    assert by_query(found, QRELS, RUN) == {
        "AP(rel=2,judged_only=True)": {"q1": 0.5, "q2": 0, "q3": 0},
        "R(rel=2)@5": {"q1": 1, "q2": 0, "q3": 0},
    }


def test_any_measure_that_ir_measures_names_is_taken() -> None:
    found = by_query(parsed_measures("nDCG@10 RR Judged@10"), QRELS, RUN)
    assert found["Judged@10"] == pytest.approx({"q1": 1.0, "q2": 1 / 3, "q3": 0})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nDGC@10", "Did you mean nDCG@10?"),
        ("P@x", "There is no measure P@x"),
        ("AP )", r"There is no measure \)"),
        ("RBP", "is not installed"),
        ("", "No measure is named"),
    ],
)
def test_what_is_no_measure_is_refused_with_the_nearest(text: str, said: str) -> None:
    with pytest.raises(SettingError, match=said):
        parsed_measures(text)


def test_runs_are_as_deep_as_the_measures_look() -> None:
    assert depth_of(parsed_measures("AP nDCG@10")) == 100
    assert depth_of(parsed_measures("R@500 nDCG@10")) == 500
