"""Answers are judged without a judge: by place, by words, and by what confidence promised."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from datatypes import Answer, Document, Evidence, Page, Query, Quote, Span, Statement
from evaluation.measures.abstention import Outcome, abstention_figures, reliability, risk_coverage
from evaluation.measures.exactness import Originals
from evaluation.measures.quotes import exact_match, f1, highlighted, quote_success, right_page
from evaluation.question import Question

TEXT = "It rained.\nThe bridge was opened in 1894 by the mayor. It cost a lot."
DOCUMENT = Document(
    "d", "D", TEXT, pages=(Page(Span(0, 40), 1, "i"), Page(Span(40, len(TEXT)), 2, "ii"))
)
OPENED = Span(TEXT.index("opened"), TEXT.index(" by"))
QUESTION = Question(
    Query("q", "When was it opened?", (Evidence("d", OPENED),)), True, answers=("in 1894", "1894")
)


def quote(start: int, end: int, highlight: str = "", document: Document = DOCUMENT) -> Quote:
    place = TEXT.find(highlight)
    marked = Span(place, place + len(highlight)) if highlight else None
    return Quote(document, Span(start, end), marked)


def answer(*quotes: Quote) -> Answer:
    return Answer("?", tuple(Statement(each.text, (each,)) for each in quotes), (), 0.9)


@pytest.mark.parametrize(
    ("span", "right"),
    [
        ((11, 56), True),  # holds the evidence
        ((OPENED.start + 1, OPENED.end), True),  # lies in it
        ((0, OPENED.start + 3), False),  # only touches it
        ((57, 68), False),
    ],
)
def test_a_quote_is_right_that_contains_or_lies_in_the_evidence(
    span: tuple[int, int], right: bool
) -> None:
    assert quote_success(answer(quote(*span)), QUESTION, k=1) == right


def test_a_quote_of_another_document_is_wrong() -> None:
    other = Document("e", "E", TEXT)
    assert quote_success(answer(quote(11, 56, document=other)), QUESTION, k=3) == 0


def test_where_documents_were_judged_a_quote_of_a_relevant_one_is_right() -> None:
    judged = Question(Query("q", "?"), True, relevant={"d": 1, "e": 0})
    assert quote_success(answer(quote(0, 10)), judged, k=1) == 1
    other = Document("e", "E", TEXT)
    assert quote_success(answer(quote(0, 10, document=other)), judged, k=1) == 0


def test_success_looks_at_the_first_k_quotes() -> None:
    said = answer(quote(0, 10), quote(57, 68), quote(11, 56))
    assert [quote_success(said, QUESTION, k=k) for k in (1, 2, 3)] == [0, 0, 1]


def test_no_answer_is_no_success() -> None:
    assert quote_success(answer(), QUESTION, k=3) == 0


def test_highlights_are_compared_after_squads_normalisation() -> None:
    assert exact_match("The  Mayor!", ["mayor"]) == 1
    assert exact_match("mayors", ["mayor"]) == 0
    assert f1("opened in 1894", ["1894", "in 1894"]) == pytest.approx(0.8)
    assert f1("nothing", ["1894"]) == 0
    assert f1("", ["1894"]) == 0
    assert highlighted(answer(quote(0, 10), quote(11, 56, "1894"))) == "1894"


def test_a_page_is_right_where_the_evidence_stands_on_it() -> None:
    assert right_page(answer(quote(OPENED.start, OPENED.end)), QUESTION) == 1
    late = Question(Query("q", "?", (Evidence("d", Span(50, 55)),)), True)
    assert right_page(answer(quote(11, 56)), late) == 0  # the quote's page is the one before
    assert right_page(answer(quote(0, 10)), QUESTION) is None
    judged = Question(QUESTION.query, True, pages={QUESTION.evidence[0]: 2})
    assert right_page(answer(quote(OPENED.start, OPENED.end)), judged) == 0


OUTCOMES = [
    Outcome(0.9, True, True, True),
    Outcome(0.8, False, True, False),
    Outcome(0.7, True, True, True),
    Outcome(0.1, False, False, False),
]


def test_abstention_figures_are_those_worked_out_by_hand() -> None:
    found = {figure.measure: figure.value for figure in abstention_figures(OUTCOMES)}
    assert found == pytest.approx(
        {
            "AUROC": 3 / 4,
            "average_precision": (1 + 2 / 3) / 2,
            "AURC": (0 + 1 / 2 + 1 / 3 + 2 / 4) / 4,
            "answer_F1": 0.8,
            "ECE": (0.1 + 0.8 + 0.3 + 0.1) / 4,
        }
    )


def test_figures_that_need_both_kinds_are_missing_where_there_is_one() -> None:
    found = abstention_figures([OUTCOMES[0], OUTCOMES[2]])
    assert {figure.measure for figure in found} == {"AURC", "ECE"}


def test_the_risk_coverage_curve_steps_down_the_confidences() -> None:
    points = risk_coverage(OUTCOMES)
    assert [each.coverage for each in points] == [0.25, 0.5, 0.75, 1]
    assert [each.risk for each in points] == pytest.approx([0, 1 / 2, 1 / 3, 1 / 2])


def test_equal_confidences_are_one_point_whatever_their_order() -> None:
    tied = [Outcome(0.5, True, True, right) for right in (True, False, False, True)]
    assert [(each.coverage, each.risk) for each in risk_coverage(tied)] == [(1, 0.5)]
    (aurc,) = (each for each in abstention_figures(tied) if each.measure == "AURC")
    assert aurc in abstention_figures(tied[::-1])
    assert aurc.value == pytest.approx(0.5)


def test_calibration_bins_hold_equally_many() -> None:
    many = [Outcome(i / 100, i % 2 == 0, True, True) for i in range(100)]
    bins = reliability(many)
    assert [each.n for each in bins] == [10] * 10
    assert bins[0].confidence == pytest.approx(0.045)
    assert all(each.answerable == 0.5 for each in bins)


def test_exactness_is_judged_by_the_files_themselves(tmp_path: Path) -> None:
    above = "---\ntitle: D\nid: d\n---\n\n"
    (tmp_path / "any.md").write_bytes((above + TEXT).replace("\n", "\r\n").encode())
    row = {"_id": "c", "title": "C", "text": "The cafe\u0301."}
    (tmp_path / "corpus.jsonl").write_text(json.dumps(row) + "\n")
    originals = Originals(tmp_path)
    right = quote(11, 56)
    line = Quote(Document("c", "C", "The café."), Span(4, 8))
    moved = Quote(Document("d", "D", TEXT.replace("1894", "1849")), Span(11, 56))
    unknown = Quote(Document("x", "X", TEXT), Span(0, 5))
    assert [originals.exact(each) for each in (right, line, moved, unknown)] == [
        True,
        True,
        False,
        None,
    ]


def test_a_slice_that_is_one_place_off_is_not_exact(tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_text(TEXT)
    shifted = Document("d", "D", "x" + TEXT[:-1])
    assert Originals(tmp_path).exact(Quote(shifted, Span(12, 57))) is False


@pytest.mark.parametrize("seed", range(4))
def test_ranking_figures_are_those_of_scikit_learn(seed: int) -> None:
    from sklearn.metrics import average_precision_score, roc_auc_score

    dice = np.random.default_rng(seed)
    confidences = dice.integers(5, size=60) / 4 if seed % 2 else dice.random(60)
    answerable = dice.random(60) < 0.4
    rows = [
        Outcome(float(confidence), bool(known), True, bool(known))
        for confidence, known in zip(confidences, answerable, strict=True)
    ]
    figures = {figure.measure: figure.value for figure in abstention_figures(rows)}
    assert figures["AUROC"] == pytest.approx(roc_auc_score(answerable, confidences))
    expected = average_precision_score(answerable, confidences)
    assert figures["average_precision"] == pytest.approx(expected)
