"""Drafts are proposals with evidence, for a person to keep or drop."""

from __future__ import annotations

from itertools import count

from datatypes import Document
from evaluation.drafting import GAP, drafted

TEXT = (
    "The stone bridge at Ostrow was opened on 4 May 1894. "
    "About 300 workers were employed on the building site. "
    "Mayor Jan Dubsky praised the engineers of the company. "
    "It cost ninety thousand crowns in the end and nobody paid for it. "
    "The committee then asked Anna Novak for a report about the accident."
)
DOCUMENT = Document("d", "D", TEXT)


def drafts() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for question in drafted([DOCUMENT], count(1)):
        found.setdefault(question.kind, []).append((question.query.text, question.answers[0]))
    return found


def test_plain_statements_are_turned_into_questions() -> None:
    found = drafts()
    assert found["when"] == [("When was the stone bridge at Ostrow opened?", "4 May 1894")]
    assert found["how many"] == [("How many workers were employed on the building site?", "300")]
    assert found["who"] == [("Who praised the engineers of the company?", "Mayor Jan Dubsky")]


def test_facts_become_gaps() -> None:
    text = f"The committee then asked {GAP} for a report about the accident."
    assert (text, "Anna Novak") in drafts()["cloze-name"]


def test_statements_that_lean_on_the_one_before_are_left_out() -> None:
    assert not any("crowns" in question.query.text for question in drafted([DOCUMENT], count(1)))


def test_the_evidence_of_a_draft_holds_its_answer() -> None:
    questions = list(drafted([DOCUMENT], count(1)))
    assert len({question.query_id for question in questions}) == len(questions) > 3
    for question in questions:
        (evidence,) = question.evidence
        assert question.answers[0] in evidence.span.of(TEXT)
        assert question.answerable
        assert question.note.startswith("draft")
