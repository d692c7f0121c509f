"""Test questions as pages show them: what failed first, and what every run did with each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby

from evaluation.report.plain_language import Ending, ending
from evaluation.report.report import QuestionResult, RankedPassage, Report, RunReport

ResultOfRun = tuple[RunReport, QuestionResult]


@dataclass(frozen=True, slots=True)
class QuestionSection:
    """`result` is that of the main run, `number` the question's place in it, from 1.

    `findings`: the results of all runs, those together that found the same.
    """

    number: int
    result: QuestionResult
    ending: Ending
    findings: tuple[tuple[ResultOfRun, ...], ...]

    @property
    def n_failed(self) -> int:
        return sum(result.failed for finding in self.findings for _, result in finding)


def question_sections(report: Report) -> list[QuestionSection]:
    """The gravest failures first; otherwise in the order of the file."""
    main = report.main_run
    by_id = [(run, {result.query_id: result for result in run.questions}) for run in report.runs]
    sections = []
    for number, result in enumerate(main.questions, start=1):
        query_id = result.query_id
        results = [(run, of_run[query_id]) for run, of_run in by_id if query_id in of_run]
        findings = tuple(tuple(same) for _, same in groupby(results, key=_what_was_found))
        sections.append(QuestionSection(number, result, ending(result, main.unit), findings))
    return sorted(sections, key=_gravity)


def _what_was_found(pair: ResultOfRun) -> tuple[object, ...]:
    run, result = pair
    return result.asked, result.right_passage, result.hits, run.condition


def _gravity(section: QuestionSection) -> tuple[float, ...]:
    result = section.result
    sureness = (result.answer and result.answer.confidence) or 0.0
    rank = math.inf if result.rank is None and result.answerable else result.rank or 0
    return (section.ending.gravity, -section.n_failed, -sureness, -rank, section.number)


def found_passages(result: QuestionResult) -> tuple[RankedPassage, ...]:
    """The right passage after those that came before it; what was found where none is right."""
    right = result.right_passage
    if not result.answerable or right is None:
        return result.hits
    return (*result.beaten_by, right)
