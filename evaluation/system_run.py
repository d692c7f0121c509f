"""One system, asked every question: its run, its measures, and for each question what happened."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np

from datatypes import Answer, Hit, Passage
from evaluation.formats.trec import Qrels, Run, run_of
from evaluation.measures.abstention import (
    Outcome,
    abstention_figures,
    reliability,
    risk_coverage,
)
from evaluation.measures.exactness import Originals
from evaluation.measures.memory import peak_bytes, reset_peak
from evaluation.measures.qrels import derived_qrels, right_passages
from evaluation.measures.quotes import exact_match, f1, highlighted, quote_success, right_page
from evaluation.measures.retrieval import by_query, depth_of
from evaluation.measures.significance import Figure, mean_figures
from evaluation.question import Question
from evaluation.report.explanation import Explainer, evidence_in_place, given_answer
from evaluation.report.report import RIGHT, PassageText, QuestionResult, RankedPassage, RunReport
from retriever.run import Unit, run_field, run_lines

if TYPE_CHECKING:
    from ir_measures import Measure

Ask = Callable[[str], tuple[Sequence[Hit], Answer | None]]
"""A question → hits, best first, and from an answering system its answer."""

N_HITS_SHOWN = 5
N_RECALL_POINTS = 50


@dataclass(frozen=True, slots=True)
class SystemRun:
    """A run's report; its lines and judgments are those of TREC's files.

    `passages`: the texts of all passages that were ranked under its condition so far.
    """

    report: RunReport
    lines: tuple[str, ...]
    qrels: Qrels
    passages: Mapping[str, PassageText]


@dataclass(frozen=True, slots=True)
class System:
    """What is measured, under which condition. `deeper` looks for a passage that `ask` missed."""

    name: str
    mode: str
    condition: str
    unit: Unit
    ask: Ask
    deeper: Callable[[str], Sequence[Hit]]
    explainer: Explainer
    originals: Originals | None


@dataclass(frozen=True, slots=True)
class _Reply:
    """`text`: the question's wording before slips were made in it."""

    question: Question
    text: str
    hits: Sequence[Hit]
    answer: Answer | None
    seconds: float


def run_system(
    system: System,
    questions: Sequence[tuple[Question, str]],
    measures: Sequence[Measure],
    *,
    progress: Callable[[int], object] = lambda n: None,
) -> SystemRun:
    """`questions`: each as it is put, and the wording it had before slips were made."""
    passages_of = system.explainer.passages_of
    qrels = derived_qrels([question for question, _ in questions], system.unit, passages_of)
    depth = depth_of(measures)
    system.ask(questions[0][0].query.text)  # what is loaded at the first question is not latency
    reset_peak()
    replies = list(_replies(system, questions, progress))
    memory = peak_bytes()
    # From the very lines that are written, so that another tool finds the same figures.
    lines = tuple(
        line
        for reply in replies
        for line in run_lines(reply.question.query_id, reply.hits, k=depth, unit=system.unit)
    )
    run = run_of(lines)
    retrieval = by_query(measures, qrels, run)
    results = tuple(_result(reply, system, qrels, run, retrieval) for reply in replies)
    outcomes = list(_outcomes(results))
    seconds = [reply.seconds for reply in replies]
    report = RunReport(
        name=system.name,
        mode=system.mode,
        condition=system.condition,
        unit=system.unit,
        figures=(*_means(results), *_exactness(results), *abstention_figures(outcomes)),
        by_kind=_by_kind(results),
        latency_p50=float(np.percentile(seconds, 50)),
        latency_p95=float(np.percentile(seconds, 95)),
        peak_bytes=memory,
        recall_by_k=_recall_by_k(qrels, run),
        risk_coverage=risk_coverage(outcomes),
        reliability=reliability(outcomes),
        questions=results,
    )
    return SystemRun(report, lines, qrels, system.explainer.passages)


def _replies(
    system: System, questions: Sequence[tuple[Question, str]], progress: Callable[[int], object]
) -> Iterator[_Reply]:
    for n_asked, (question, text) in enumerate(questions, start=1):
        start = time.perf_counter()
        hits, answer = system.ask(question.query.text)
        yield _Reply(question, text, hits, answer, time.perf_counter() - start)
        progress(n_asked)


def _result(
    reply: _Reply,
    system: System,
    qrels: Qrels,
    run: Run,
    retrieval: Mapping[str, Mapping[str, float]],
) -> QuestionResult:
    question, text = reply.question, reply.question.query.text
    query_id = run_field(question.query_id)
    relevant = {name for name, grade in qrels.get(query_id, {}).items() if grade > 0}

    def is_right(passage: Passage) -> bool:
        by_document = system.unit == "document"
        return (
            run_field(passage.document.document_id if by_document else passage.passage_id)
            in relevant
        )

    values = {name: of[query_id] for name, of in retrieval.items() if query_id in of}
    answer = reply.answer
    if answer is not None:
        values |= _answer_values(question, answer)
    explainer = system.explainer
    ranking = enumerate(run.get(query_id, {}), start=1)
    return QuestionResult(
        query_id=question.query_id,
        text=reply.text,
        asked=text,
        kind=question.kind,
        split=question.split,
        note=question.note,
        answerable=question.answerable,
        expected=question.answers,
        evidence=evidence_in_place(question.evidence, explainer.index.texts),
        seconds=round(reply.seconds, 6),
        measures={name: round(value, 6) for name, value in values.items()},
        rank=next((rank for rank, name in ranking if name in relevant), None),
        right_passage=_right_passage(reply, system, is_right) if relevant else None,
        hits=tuple(
            explainer.ranked(hit, text, right=is_right(hit.passage))
            for hit in reply.hits[:N_HITS_SHOWN]
        ),
        answer=given_answer(answer, question, system.originals) if answer else None,
    )


def _answer_values(question: Question, answer: Answer) -> dict[str, float]:
    """Measure → value of an answer by itself.

    `false_answers`: whether one without an answer in the documents got one. `false_abstentions`:
    whether one that has an answer got none.
    """
    if not question.answerable:
        return {RIGHT: float(not answer.found), "false_answers": float(answer.found)}
    first_is_right = quote_success(answer, question, k=1)
    values = {
        RIGHT: first_is_right,
        "quote_success@1": first_is_right,
        "quote_success@3": quote_success(answer, question, k=3),
        "false_abstentions": float(not answer.found),
    }
    if question.answers:
        values["highlight_EM"] = exact_match(highlighted(answer), question.answers)
        values["highlight_F1"] = f1(highlighted(answer), question.answers)
    page = right_page(answer, question)
    return values if page is None else values | {"page_correct": page}


def _right_passage(
    reply: _Reply, system: System, is_right: Callable[[Passage], bool]
) -> RankedPassage | None:
    """As it was found, or found by looking deeper, or as it stands in the collection."""
    text = reply.question.query.text

    def deeper_and_deeper() -> Iterator[Hit]:
        yield from reply.hits
        yield from system.deeper(text)

    for hit in deeper_and_deeper():
        if is_right(hit.passage):
            return system.explainer.ranked(hit, text, right=True)
    right = right_passages(reply.question.evidence, system.explainer.passages_of)
    return system.explainer.unranked(right[0], text, right=True) if right else None


def _outcomes(results: Sequence[QuestionResult]) -> Iterator[Outcome]:
    """Of the questions that were answered with a confidence; without calibration none is."""
    for result in results:
        answer = result.answer
        if answer is not None and answer.confidence is not None:
            right = result.measures.get("quote_success@1") == 1
            yield Outcome(answer.confidence, result.answerable, answer.found, right)


def _means(results: Sequence[QuestionResult]) -> tuple[Figure, ...]:
    """Of every measure that single questions have, over those that have it."""
    by_measure: dict[str, list[float]] = defaultdict(list)
    for result in results:
        for name, value in result.measures.items():
            by_measure[name].append(value)
    return mean_figures(by_measure)


def _exactness(results: Sequence[QuestionResult]) -> Iterator[Figure]:
    """The share of quotes that are as the files have them, of those that could be compared."""
    quotes = [quote for result in results if result.answer for quote in result.answer.quotes]
    compared = [quote.exact for quote in quotes if quote.exact is not None]
    if compared:
        share = sum(compared) / len(compared)
        yield Figure("quote_exactness", share, None, None, len(compared))


def _by_kind(results: Sequence[QuestionResult]) -> dict[str, tuple[Figure, ...]]:
    """The kinds that go worst first."""
    by_kind: dict[str, list[QuestionResult]] = defaultdict(list)
    for result in sorted(results, key=lambda result: result.kind):
        by_kind[result.kind].append(result)

    def share_failed(kind: str) -> float:
        judged = [result.failed for result in by_kind[kind] if result.judged]
        return fmean(judged) if judged else -1

    kinds = sorted(filter(None, by_kind), key=share_failed, reverse=True)
    return {kind: _means(by_kind[kind]) for kind in kinds}


def _recall_by_k(qrels: Qrels, run: Run) -> tuple[float, ...]:
    from ir_measures import R

    recalls = by_query([R @ k for k in range(1, N_RECALL_POINTS + 1)], qrels, run)
    return tuple(round(fmean(values.values()), 6) for values in recalls.values() if values)
