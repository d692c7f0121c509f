"""A scripted answerer whose every figure can be worked out by hand, over a real index."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from datatypes import Answer, Document, Evidence, Hit, Query, Quote, Span, Statement
from evaluation.measures.exactness import Originals
from evaluation.measures.retrieval import parsed_measures
from evaluation.question import Question
from evaluation.report.explanation import Explainer
from evaluation.report.report import QuestionResult
from evaluation.system_run import System, SystemRun, run_system
from index.build import build_index
from index.embedder import load_embedder
from retriever.hybrid import Retriever

TEXTS = {
    "bridge": "The bridge was opened in 1894. It cost ninety thousand crowns.",
    "road": "The road was closed by Anna Novak after the flood of the year before.",
}
ASKED = {
    "opened": "When was it opened?",
    "closed": "Who closed the road?",
    "castle": "Who built it?",
}


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> SystemRun:
    folder = tmp_path_factory.mktemp("measuring")
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(text)
    build_index(folder, folder / "build", embedder=load_embedder(None))
    retriever = Retriever.load(folder / "build")
    index = retriever.index

    def place(document_id: str, wording: str) -> tuple[Document, Span]:
        document = index.texts.document(document_id)
        assert document is not None
        start = document.text.index(wording)
        return document, Span(start, start + len(wording))

    def question(query_id: str, document_id: str = "", answer: str = "") -> Question:
        evidence = (Evidence(document_id, place(document_id, answer)[1]),) if answer else ()
        answers = (answer,) if answer else ()
        return Question(Query(query_id, ASKED[query_id], evidence), bool(answer), answers)

    def ask(text: str) -> tuple[Sequence[Hit], Answer]:
        hits = retriever.retrieve(text, k=2)
        document, sentence = place("bridge", "The bridge was opened in 1894.")
        right = Quote(document, sentence, place("bridge", "in 1894")[1])
        forged = Quote(Document("road", "road", "The road was open all the time."), Span(0, 31))
        said = {
            ASKED["opened"]: Answer(text, (Statement(right.text, (right,)),), hits, 0.9),
            ASKED["closed"]: Answer(text, (), hits, 0.4),
            ASKED["castle"]: Answer(text, (Statement(forged.text, (forged,)),), hits, 0.6),
        }
        return hits, said[text]

    system = System(
        name="scripted",
        mode="answer",
        condition="clean",
        unit="passage",
        ask=ask,
        deeper=lambda text: retriever.retrieve(text, k=10),
        explainer=Explainer(index),
        originals=Originals(folder),
    )
    questions = [
        question("opened", "bridge", "1894"),
        question("closed", "road", "Anna Novak"),
        question("castle"),
    ]
    pairs = [(each, each.query.text) for each in questions]
    return run_system(system, pairs, parsed_measures("RR"))


def test_figures_are_those_worked_out_by_hand(result: SystemRun) -> None:
    figures = {each.measure: each for each in result.report.figures}
    expected = {
        "RR": (1, 2),
        "quote_success@1": (1 / 2, 2),
        "quote_success@3": (1 / 2, 2),
        "highlight_EM": (0, 2),
        "highlight_F1": ((2 / 3 + 0) / 2, 2),
        "quote_exactness": (1 / 2, 2),  # the forged quote is not in its file
        "AUROC": (1 / 2, 3),
        "answer_F1": (1 / 2, 3),
        "false_answers": (1, 1),
        "false_abstentions": (1 / 2, 2),
        "right": (1 / 3, 3),
    }
    for measure, (value, n) in expected.items():
        assert figures[measure].value == pytest.approx(value), measure
        assert figures[measure].n == n, measure


def by_id(result: SystemRun) -> dict[str, QuestionResult]:
    return {each.query_id: each for each in result.report.questions}


def test_each_question_keeps_its_answer_and_whether_it_failed(result: SystemRun) -> None:
    found = by_id(result)
    assert [each.failed for each in found.values()] == [False, True, True]
    answer = found["opened"].answer
    assert answer is not None
    (quote,) = answer.quotes
    assert quote.text == "The bridge was opened in 1894."
    assert quote.highlight is not None
    assert quote.highlight.of(TEXTS["bridge"]) == "in 1894"
    assert (quote.right, quote.exact, answer.confidence) == (True, True, 0.9)


def test_each_question_shows_its_evidence_in_its_place(result: SystemRun) -> None:
    (evidence,) = by_id(result)["closed"].evidence
    assert evidence.before.endswith("closed by ")
    assert evidence.text == "Anna Novak"
    assert evidence.after.startswith(" after the flood")


def test_risk_counts_abstentions_and_false_answers_as_wrong(result: SystemRun) -> None:
    assert [each.risk for each in result.report.risk_coverage] == pytest.approx([0, 1 / 2, 2 / 3])
