"""Test questions as the page shows them: what failed first, and what every run did with each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from evaluation.report.plain_language import Outcome, outcome, placed, why_beaten
from evaluation.report.report import (
    Figure,
    GivenAnswer,
    QuestionResult,
    RankedPassage,
    Report,
    RunReport,
)

_KIND_MEASURES = ("Success@1", "quote_success@1", "RR@10")


@dataclass(frozen=True, slots=True)
class Reply:
    """What one run answered."""

    run: str
    outcome: Outcome
    seconds: float
    answer: GivenAnswer | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What runs found that all found the same. `rows`: the right passage and what beat it.

    `asked`: only where it differs from the question.
    """

    runs: tuple[str, ...]
    asked: str
    placed: str
    why: str
    rows: tuple[RankedPassage, ...]
    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class QuestionOnPage:
    """`result` is that of the main run. `n_failed`: in so many runs, of those that are judged."""

    number: int
    result: QuestionResult
    outcome: Outcome
    n_failed: int
    n_judged: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class KindRow:
    """`n_well`: without a failure, of `n_judged`; nothing is judged where only finding is measured
    and there is nothing to find.
    """

    kind: str
    n: int
    n_judged: int
    n_well: int
    figures: tuple[Figure | None, ...]


def main_run(report: Report) -> RunReport:
    """The one that a summary is about: it answers, if any does."""
    return next((run for run in report.runs if run.risk_coverage), report.runs[0])


def questions_on_page(report: Report) -> list[QuestionOnPage]:
    """The gravest failures first; otherwise in the order of the file."""
    main = main_run(report)
    by_id = [{each.query_id: each for each in run.questions} for run in report.runs]
    found = []
    for number, result in enumerate(main.questions, start=1):
        runs = [
            (run, results[result.query_id])
            for run, results in zip(report.runs, by_id, strict=True)
            if result.query_id in results
        ]
        found.append(
            QuestionOnPage(
                number,
                result,
                outcome(result, main.unit),
                sum(each.failed for _, each in runs),
                sum(is_judged(each) for _, each in runs),
                tuple(_findings(runs)),
            )
        )
    return sorted(found, key=_gravity)


def is_judged(result: QuestionResult) -> bool:
    """Whether it can fail: there is something to find, or something to say."""
    return result.answerable or result.answer is not None


def _gravity(question: QuestionOnPage) -> tuple[float, ...]:
    result = question.result
    sureness = (result.answer and result.answer.confidence) or 0.0
    rank = math.inf if result.rank is None and result.answerable else result.rank or 0
    return (question.outcome.gravity, -question.n_failed, -sureness, -rank, question.number)


def _findings(runs: Sequence[tuple[RunReport, QuestionResult]]) -> Iterator[Finding]:
    def found(pair: tuple[RunReport, QuestionResult]) -> tuple[object, ...]:
        run, result = pair
        return result.asked, result.right_passage, result.hits, run.condition

    for _, same in groupby(runs, key=found):
        members = list(same)
        result = members[0][1]
        yield Finding(
            tuple(run.name for run, _ in members),
            result.asked if result.asked != result.text else "",
            placed(result) if result.answerable else "",
            why_beaten(result),
            _rows(result),
            tuple(
                Reply(run.name, outcome(each, run.unit), each.seconds, each.answer)
                for run, each in members
            ),
        )


def _rows(result: QuestionResult) -> tuple[RankedPassage, ...]:
    right = result.right_passage
    if not result.answerable or right is None:
        return result.hits
    return (*result.beaten_by, right)


def kind_measures(run: RunReport) -> tuple[str, ...]:
    return tuple(measure for measure in _KIND_MEASURES if run.figure(measure))


def kind_rows(run: RunReport) -> list[KindRow]:
    """Those that go worst first."""
    rows = []
    for kind, figures in run.by_kind.items():
        questions = [each for each in run.questions if each.kind == kind]
        judged = [each for each in questions if is_judged(each)]
        by_measure = {figure.measure: figure for figure in figures}
        rows.append(
            KindRow(
                kind,
                len(questions),
                len(judged),
                sum(not each.failed for each in judged),
                tuple(by_measure.get(measure) for measure in kind_measures(run)),
            )
        )
    return sorted(rows, key=lambda row: row.n_well / row.n_judged if row.n_judged else 2)


def shown_passages(questions: Sequence[QuestionOnPage]) -> list[str]:
    """The ids of all passages that some question refers to, each once."""
    return list(
        dict.fromkeys(
            row.passage_id
            for question in questions
            for finding in question.findings
            for row in finding.rows
        )
    )
