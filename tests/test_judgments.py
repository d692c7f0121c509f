"""Judgments are by evidence, and hold for passages of any size."""

from __future__ import annotations

from datatypes import Document, Evidence, Passage, Query, Span
from evaluation.measures.qrels import PassagesOf, derived_qrels
from evaluation.question import Question

TEXT = "One two three four five six seven eight nine ten"
DOCUMENT = Document("d", "D", TEXT)


def cut(*spans: tuple[int, int]) -> PassagesOf:
    passages = [Passage(DOCUMENT, Span(*span), None, (Span(*span),)) for span in spans]
    return lambda document_id: passages if document_id == "d" else []


def asked(*spans: tuple[int, int], **more: object) -> Question:
    evidence = tuple(Evidence("d", Span(*span)) for span in spans)
    return Question(Query("q", "?", evidence), bool(spans or more), **more)  # type: ignore[arg-type]


def test_every_passage_that_holds_the_evidence_is_relevant() -> None:
    passages = cut((0, 20), (10, 30), (30, 48))
    assert derived_qrels([asked((12, 18))], "passage", passages) == {
        "q": {"d#0-20": 1, "d#10-30": 1}
    }


def test_the_same_evidence_is_found_in_passages_of_another_size() -> None:
    assert derived_qrels([asked((12, 18))], "passage", cut((0, 48))) == {"q": {"d#0-48": 1}}


def test_evidence_that_no_passage_holds_counts_where_most_of_it_is() -> None:
    passages = cut((0, 14), (14, 48))
    assert derived_qrels([asked((12, 18))], "passage", passages) == {"q": {"d#14-48": 1}}


def test_alternatives_are_all_relevant() -> None:
    passages = cut((0, 14), (14, 48))
    found = derived_qrels([asked((0, 3), (20, 30))], "passage", passages)
    assert found == {"q": {"d#0-14": 1, "d#14-48": 1}}


def test_documents_are_relevant_by_evidence_or_by_judgment() -> None:
    assert derived_qrels([asked((0, 3))], "document", cut()) == {"q": {"d": 1}}
    assert derived_qrels([asked(relevant={"e": 2})], "document", cut()) == {"q": {"e": 2}}


def test_unanswerable_questions_are_not_judged() -> None:
    assert derived_qrels([asked()], "passage", cut((0, 48))) == {}
