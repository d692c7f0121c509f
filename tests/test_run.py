"""TREC run lines: `query_id Q0 document_id rank score tag`."""

from __future__ import annotations

import ir_measures

from datatypes import Document, Hit, Passage, Span
from retriever.run import run_lines

LETTER = Document("letter", "A letter", "One sentence. Another sentence.")
DIARY = Document("a diary", "A diary", "Nothing but one sentence.")


def hits() -> list[Hit]:
    spans = [(LETTER, Span(14, 31)), (LETTER, Span(0, 13)), (DIARY, Span(0, 25))]
    return [
        Hit(Passage(document, span, None, (span,)), 3.0 - rank / 2, rank)
        for rank, (document, span) in enumerate(spans, start=1)
    ]


def test_a_document_is_ranked_once_by_its_best_passage() -> None:
    assert list(run_lines("q1", hits(), k=10)) == [
        "q1 Q0 letter 1 2.500000 docent",
        "q1 Q0 a_diary 2 1.500000 docent",
    ]


def test_passages_are_ranked_one_by_one_under_their_own_names() -> None:
    lines = list(run_lines("q1", hits(), k=10, unit="passage"))
    assert [line.split()[2:4] for line in lines] == [
        ["letter#14-31", "1"],
        ["letter#0-13", "2"],
        ["a_diary#0-25", "3"],
    ]


def test_k_counts_documents_and_not_their_passages() -> None:
    assert [line.split()[2] for line in run_lines("q1", hits(), k=2)] == ["letter", "a_diary"]
    assert [line.split()[2] for line in run_lines("q1", hits(), k=1)] == ["letter"]


def test_a_line_has_six_fields_whatever_spaces_the_names_hold() -> None:
    lines = run_lines("question\tof\u00a0the day\n", hits(), k=10)
    assert {line.split()[0] for line in lines} == {"question_of_the_day_"}
    assert {len(line.split()) for line in run_lines("a b", hits(), k=10)} == {6}


def test_nothing_found_is_no_line() -> None:
    assert not list(run_lines("q1", [], k=10))


def test_ir_measures_reads_the_run_as_it_was_meant() -> None:
    text = "\n".join(run_lines("q1", hits(), k=10))
    run = list(ir_measures.read_trec_run(text))  # type: ignore[no-untyped-call]
    assert [(each.query_id, each.doc_id, each.score) for each in run] == [
        ("q1", "letter", 2.5),
        ("q1", "a_diary", 1.5),
    ]
