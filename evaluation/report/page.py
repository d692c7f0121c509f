"""A Report → report.html: one file for a curator, which needs no network and no server."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import datetime

from errors import QuestionError
from evaluation.report import plots
from evaluation.report.plain_language import per_hundred, sentence
from evaluation.report.question_sections import (
    found_passages,
    kind_measures,
    kind_rows,
    question_sections,
)
from evaluation.report.report import Report, RunReport
from evaluation.report.tables import figure_rows
from evaluation.report.templates import FOLDER, template_environment

_N_IN_FULL = 2000
"""Questions with a section of their own, the gravest failures first: a browser stays quick."""
_N_RUNS_DRAWN = 8

_Plot = tuple[str, str, str]
"""Heading, SVG, and what it shows in a sentence."""


def page_html(report: Report) -> str:
    """Raises QuestionError for a baseline, from which the texts were taken."""
    if not any(result.text for run in report.runs for result in run.questions):
        raise QuestionError(
            "A baseline has no texts to show.", "Give the report.json that run --out wrote."
        )
    main = report.main_run
    questions = question_sections(report)
    in_full = questions[:_N_IN_FULL]
    shown_passages = dict.fromkeys(
        row.passage_id
        for section in in_full
        for finding in section.findings
        for row in found_passages(finding[0][1])
    )
    script = _asset("page.js")
    return (
        template_environment()
        .get_template("page.html.jinja")
        .render(
            report=report,
            setting=report.setting,
            request=report.setting.request,
            main=main,
            created=_written(report.created),
            style=_asset("parts.css") + _asset("page.css"),
            script=script,
            script_sha256=b64encode(hashlib.sha256(script.encode()).digest()).decode(),
            n_judged=sum(section.result.judged for section in questions),
            n_failed=sum(section.result.failed for section in questions),
            rows=figure_rows({run.name: run.figures for run in report.runs}),
            pairs=list(dict.fromkeys((row.a, row.b) for row in report.comparisons)),
            plots=list(_plots(report.runs, main)),
            kinds=kind_rows(main),
            kind_measures=kind_measures(main),
            questions=questions,
            all_kinds=sorted({each.result.kind for each in questions if each.result.kind}),
            in_full=in_full,
            passages={
                passage_id: (number, report.passages[passage_id])
                for number, passage_id in enumerate(shown_passages, start=1)
            },
        )
    )


def _asset(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _plots(runs: Sequence[RunReport], main: RunReport) -> Iterator[_Plot]:
    searching = [run for run in runs if run.recall_by_k][:_N_RUNS_DRAWN]
    if searching:
        yield "How deep one has to look", plots.recall_by_k(searching), _of_recall(main)
    answering = [run for run in runs if run.risk_coverage][:_N_RUNS_DRAWN]
    if answering:
        yield "What caution would bring", plots.risk_coverage(answering), _of_risk(main)
        dots = "Dots on the dashed line: of ten questions it gives 70 %, seven have an answer. "
        caption = dots + _sentence("ECE", main)
        yield "Can its confidence be believed", plots.reliability(main), caption
    apart = "The further apart the two, the better it can tell what the documents do not say. "
    confidences = [
        (result.answer.confidence, result.answerable)
        for result in main.questions
        if result.answer and result.answer.confidence is not None
    ]
    if confidences:
        drawn = plots.histograms(confidences, label="confidence")
        yield "With and without an answer", drawn, apart + _sentence("AUROC", main)
    scores = [
        (result.hits[0].score or 0.0, result.answerable) for result in main.questions if result.hits
    ]
    if scores:
        drawn = plots.histograms(scores, label="score of the first passage")
        yield "The score of the first passage", drawn, apart


def _sentence(measure: str, run: RunReport) -> str:
    figure = run.figure(measure)
    return sentence(figure, run.unit) if figure else ""


def _of_recall(run: RunReport) -> str:
    first = per_hundred(run.recall_by_k[0]) if run.recall_by_k else "0"
    fifth = per_hundred(run.recall_by_k[min(4, len(run.recall_by_k) - 1)])
    return (
        f"Of 100 {run.unit}s in which an answer stands, {first} are the first found, and {fifth} "
        f"are among the first 5 ({run.name})."
    )


def _of_risk(run: RunReport) -> str:
    half = min(run.risk_coverage, key=lambda point: abs(point.coverage - 0.5))
    return (
        f"Of the {per_hundred(half.coverage)} in 100 questions it is surest of, "
        f"{per_hundred(half.risk)} of 100 are not answered rightly; of all questions "
        f"{per_hundred(run.risk_coverage[-1].risk)} of 100. The lower on the left, the "
        "better it knows when it is right."
    )


def _written(created: str) -> str:
    date = datetime.fromisoformat(created)
    return f"{date.day} {date:%B %Y, %H:%M} UTC"
