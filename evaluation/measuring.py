"""One system, asked every question: its run, its measures, and for each question what happened."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import TYPE_CHECKING

from datatypes import Answer, Hit, Passage
from evaluation.formats.trec import Qrels, Run, field
from evaluation.measures.abstention import Outcome, figures, reliability, risk_coverage
from evaluation.measures.exactness import Originals
from evaluation.measures.qrels import PassagesOf, Unit, derived_qrels, right_passages
from evaluation.measures.quoting import exact_match, f1, highlighted, quote_success, right_page
from evaluation.measures.retrieval import by_query, depth_of
from evaluation.measures.significance import Interval, mean_interval
from evaluation.memory import peak_bytes, reset_peak
from evaluation.question import Documents, Question
from evaluation.report.explaining import Explainer, given, in_place
from evaluation.report.report import Figure, GivenAnswer, QuestionResult, RankedPassage, RunReport
from retriever.run import run_lines

if TYPE_CHECKING:
    from ir_measures import Measure

Ask = Callable[[str], tuple[Sequence[Hit], Answer | None]]
"""A question → hits, best first, and from an answering system its answer."""

N_HITS_SHOWN = 5
N_RECALL_POINTS = 50
DEEP = 1000
"""Hits searched for a right passage that was not among the run's."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A run report and the same in TREC's form."""

    report: RunReport
    run: Run
    lines: tuple[str, ...]
    qrels: Qrels


@dataclass(frozen=True, slots=True)
class System:
    """What is measured, under which condition, and on which documents."""

    name: str
    mode: str
    condition: str
    unit: Unit
    ask: Ask
    deeper: Callable[[str], Sequence[Hit]]
    documents: Documents
    passages_of: PassagesOf
    explainer: Explainer
    originals: Originals | None


@dataclass(frozen=True, slots=True)
class _Asked:
    question: Question
    hits: Sequence[Hit]
    answer: Answer | None
    seconds: float


def measured(
    system: System,
    questions: Sequence[tuple[Question, str]],
    measures: Sequence[Measure],
    *,
    progress: Callable[[int], object] = lambda n: None,
) -> Measured:
    """`questions`: each as it is put, and the wording it had before slips were made."""
    qrels = derived_qrels([question for question, _ in questions], system.unit, system.passages_of)
    depth = depth_of(measures)
    system.ask(questions[0][0].query.text)  # what is loaded at the first question is not latency
    reset_peak()
    asked: list[_Asked] = []
    for question, _ in questions:
        start = time.perf_counter()
        hits, answer = system.ask(question.query.text)
        asked.append(_Asked(question, hits, answer, time.perf_counter() - start))
        progress(len(asked))
    memory = peak_bytes()
    lines = tuple(
        line
        for each in asked
        for line in run_lines(each.question.query_id, each.hits, k=depth, unit=system.unit)
    )
    run = _run_of(lines)
    values = _values(asked, by_query(measures, qrels, run), system.originals)
    results = tuple(
        _result(
            each, before, system, qrels=qrels, run=run, values=values[field(each.question.query_id)]
        )
        for each, (_, before) in zip(asked, questions, strict=True)
    )
    outcomes = list(_outcomes(results))
    seconds = sorted(each.seconds for each in asked)
    report = RunReport(
        name=system.name,
        mode=system.mode,
        condition=system.condition,
        unit=system.unit,
        figures=(*_means(results), *_set_figures(results, outcomes)),
        by_kind=_by_kind(results),
        latency_p50=_quantile(seconds, 50),
        latency_p95=_quantile(seconds, 95),
        peak_bytes=memory,
        recall_by_k=_recall_by_k(qrels, run),
        risk_coverage=risk_coverage(outcomes),
        reliability=reliability(outcomes),
        questions=results,
    )
    return Measured(report, run, lines, qrels)


def _run_of(lines: Sequence[str]) -> Run:
    """From the very lines that are written, so that another tool finds the same figures."""
    run: Run = defaultdict(dict)
    for line in lines:
        query_id, _, name, _, score, _ = line.split(" ")
        run[query_id][name] = float(score)
    return dict(run)


def _values(
    asked: Sequence[_Asked], retrieval: Mapping[str, Mapping[str, float]], files: Originals | None
) -> dict[str, dict[str, float]]:
    """Query id → measure → value."""
    values: dict[str, dict[str, float]] = {}
    for each in asked:
        query_id = field(each.question.query_id)
        own = {name: found[query_id] for name, found in retrieval.items() if query_id in found}
        if each.answer is not None:
            own |= _quoting(each.question, each.answer, files)
        values[query_id] = own
    return values


def _quoting(question: Question, answer: Answer, files: Originals | None) -> dict[str, float]:
    own: dict[str, float] = {}
    if question.answerable:
        own["quote_success@1"] = quote_success(answer, question, k=1)
        own["quote_success@3"] = quote_success(answer, question, k=3)
    if question.answerable and question.answers:
        own["highlight_EM"] = exact_match(highlighted(answer), question.answers)
        own["highlight_F1"] = f1(highlighted(answer), question.answers)
    page = right_page(answer, question)
    if page is not None:
        own["page_correct"] = page
    return own


def _result(
    each: _Asked,
    before: str,
    system: System,
    *,
    qrels: Qrels,
    run: Run,
    values: Mapping[str, float],
) -> QuestionResult:
    question, text = each.question, each.question.query.text
    query_id = field(question.query_id)
    relevant = {name for name, grade in qrels.get(query_id, {}).items() if grade > 0}

    def is_right(passage: Passage) -> bool:
        by_document = system.unit == "document"
        name = passage.document.document_id if by_document else passage.passage_id
        return field(name) in relevant

    ranking = list(run.get(query_id, {}))
    rank = next((place for place, name in enumerate(ranking, start=1) if name in relevant), None)
    hits = tuple(
        system.explainer.ranked(hit, text, right=is_right(hit.passage))
        for hit in each.hits[:N_HITS_SHOWN]
    )
    return QuestionResult(
        query_id=question.query_id,
        text=before,
        asked=text,
        kind=question.kind,
        split=question.split,
        note=question.note,
        answerable=question.answerable,
        expected=question.answers,
        evidence=in_place(question.evidence, system.documents),
        seconds=round(each.seconds, 6),
        measures={name: round(value, 6) for name, value in values.items()},
        rank=rank,
        right_passage=_right_passage(each, system, is_right) if relevant else None,
        hits=hits,
        answer=given(each.answer, question, system.originals) if each.answer else None,
    )


def _right_passage(
    each: _Asked, system: System, is_right: Callable[[Passage], bool]
) -> RankedPassage | None:
    """As it was found, or found by looking deeper, or as it stands in the collection."""
    text = each.question.query.text
    for hits in (each.hits, None):
        found = system.deeper(text) if hits is None else hits
        for hit in found:
            if is_right(hit.passage):
                return system.explainer.ranked(hit, text, right=True)
    right = right_passages(each.question.evidence, system.passages_of)
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
    return tuple(
        figure(name, interval, len(values))
        for name, values in by_measure.items()
        if (interval := mean_interval(values))
    )


def _set_figures(
    results: Sequence[QuestionResult], outcomes: Sequence[Outcome]
) -> tuple[Figure, ...]:
    answers: list[GivenAnswer] = [each.answer for each in results if each.answer]
    compared = Counter(quote.exact for answer in answers for quote in answer.quotes)
    n_compared = compared[True] + compared[False]
    exact = (
        [Figure("quote_exactness", compared[True] / n_compared, None, None, n_compared)]
        if n_compared
        else []
    )
    if not outcomes:
        return tuple(exact)
    found = figures(outcomes).items()
    return (*exact, *(figure(name, interval, len(outcomes)) for name, interval in found))


def _by_kind(results: Sequence[QuestionResult]) -> dict[str, tuple[Figure, ...]]:
    kinds = sorted({each.kind for each in results if each.kind})
    return {kind: _means([each for each in results if each.kind == kind]) for kind in kinds}


def _recall_by_k(qrels: Qrels, run: Run) -> tuple[float, ...]:
    relevant = {
        query_id: {name for name, grade in judged.items() if grade > 0}
        for query_id, judged in qrels.items()
    }
    found = [0.0] * N_RECALL_POINTS
    for query_id, names in relevant.items():
        for place, name in enumerate(list(run.get(query_id, {}))[:N_RECALL_POINTS]):
            if name in names:
                for k in range(place, N_RECALL_POINTS):
                    found[k] += 1 / len(names)
    return tuple(round(total / len(relevant), 6) for total in found) if relevant else ()


def figure(measure: str, interval: Interval, n: int) -> Figure:
    return Figure(measure, interval.value, interval.low, interval.high, n)


def _quantile(ordered: Sequence[float], percent: int) -> float:
    if len(ordered) < 2:
        return ordered[0]
    return quantiles(ordered, n=100, method="inclusive")[percent - 1]
