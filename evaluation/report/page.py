"""A Report → report.html: one file for a curator, which needs no network and no server."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from datetime import datetime

from errors import QuestionError
from evaluation.report.histogram import histogram
from evaluation.report.question_sections import found_passages, question_sections
from evaluation.report.report import Report
from evaluation.report.tables import figure_rows
from evaluation.report.templates import FOLDER, template_environment

_N_IN_FULL = 2000
"""Questions with a section of their own, the gravest failures first: a browser stays quick."""


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
            main=main,
            created=_written(report.created),
            style=_asset("parts.css") + _asset("page.css"),
            script=script,
            script_sha256=b64encode(hashlib.sha256(script.encode()).digest()).decode(),
            rows=figure_rows({run.name: run.figures for run in report.runs}),
            pairs=list(dict.fromkeys((row.a, row.b) for row in report.comparisons)),
            histogram=histogram,
            questions=questions,
            in_full=in_full,
            passages={
                passage_id: (number, report.passages[passage_id])
                for number, passage_id in enumerate(shown_passages, start=1)
            },
        )
    )


def _asset(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _written(created: str) -> str:
    date = datetime.fromisoformat(created)
    return f"{date.day} {date:%B %Y, %H:%M} UTC"
