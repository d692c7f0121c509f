"""Intervals and tests against examples that were worked out by others, or by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from evaluation.measures.comparison import compare_systems
from evaluation.measures.significance import holm, mean_figure, randomisation_p

# Darwin's maize, crossed less self-fertilised, in eighths of an inch. Fisher (The Design of
# Experiments, 1935, § 21) counted 863 of the 32,768 sums as great as the one observed.
MAIZE = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]


def test_the_randomisation_test_finds_fishers_count_on_darwins_maize() -> None:
    assert randomisation_p(MAIZE, one_sided=True) == pytest.approx(863 / 32768, abs=0.004)
    assert randomisation_p(MAIZE) == pytest.approx(2 * 863 / 32768, abs=0.008)


def test_few_questions_are_tested_exactly() -> None:
    assert randomisation_p([1, 2, 3, 4, 5]) == 2 / 32
    sums = [
        sum(s * d for s, d in zip(signs, MAIZE[:10], strict=True))
        for signs in product((1, -1), repeat=10)
    ]
    observed = sum(MAIZE[:10])
    expected = sum(abs(each) >= abs(observed) for each in sums) / 1024
    assert randomisation_p(MAIZE[:10]) == pytest.approx(expected)


def test_questions_without_a_difference_change_nothing() -> None:
    assert randomisation_p([0] * 500 + [1, 2, 3, 4, 5]) == 2 / 32


def test_equal_runs_do_not_differ_and_one_changed_question_proves_nothing() -> None:
    assert randomisation_p([0.0] * 60) == 1
    assert randomisation_p([0.0] * 60 + [-1.0]) == 1
    assert randomisation_p([0.0] * 60 + [-1.0], one_sided=True) == 0.5


def test_the_test_is_the_same_every_time() -> None:
    differences = np.random.default_rng(1).normal(0.1, 1, 200).tolist()
    assert randomisation_p(differences) == randomisation_p(differences)


def test_chance_is_called_significant_about_one_time_in_twenty() -> None:
    rng = np.random.default_rng(3)
    p_values = [randomisation_p(rng.choice([-1, 0, 1], size=40).tolist()) for _ in range(100)]
    assert 0 <= sum(p < 0.05 for p in p_values) <= 11  # 99.6 % of binomial(100, 0.05)


def test_the_interval_of_a_mean_is_that_of_the_normal_approximation() -> None:
    values = np.random.default_rng(5).normal(10, 2, 400).tolist()
    found = mean_figure("AP", values)
    half = 1.96 * np.std(values) / 20
    assert found is not None
    assert found.value == pytest.approx(np.mean(values))
    assert (found.low, found.high) == pytest.approx(
        (found.value - half, found.value + half), abs=0.03
    )


def test_a_single_question_has_no_interval() -> None:
    found = mean_figure("AP", [0.5])
    assert found is not None
    assert (found.value, found.low, found.high) == (0.5, None, None)
    assert mean_figure("AP", []) is None


def test_a_paired_difference_is_of_the_same_questions() -> None:
    a, b = [0.0, 0.5, 1.0, 0.2], [0.5, 1.0, 1.5, 0.7]
    systems = {
        name: {"AP": {f"q{place}": value for place, value in enumerate(values)}}
        for name, values in (("a", a), ("b", b))
    }
    (found,) = compare_systems(systems)
    assert found.difference == pytest.approx(0.5)
    assert found.low == pytest.approx(0.5)
    assert found.p == 2 / 16


def test_holm_adjusts_as_in_the_textbook() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_three_systems_are_compared_in_three_pairs_with_correction() -> None:
    def system(shift: float) -> dict[str, dict[str, float]]:
        return {"AP": {f"q{i}": shift for i in range(10)}}

    rows = compare_systems({"a": system(0), "b": system(0.1), "c": system(0.2)})
    assert [(each.a, each.b) for each in rows] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert all(each.p == 2 / 1024 and each.p_holm == pytest.approx(6 / 1024) for each in rows)


def test_only_questions_of_both_systems_are_compared() -> None:
    a = {"AP": {"q1": 0.0, "q2": 0.5}}
    b = {"AP": {"q2": 0.5, "q3": 1.0}}
    (row,) = compare_systems({"a": a, "b": b})
    assert (row.n, row.difference) == (1, 0)
