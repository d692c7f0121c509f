"""A report on disk: `report.json`, a page to read, a baseline for the gate, TREC runs and qrels."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from errors import QuestionError
from evaluation.formats.trec import qrels_lines
from evaluation.measures.comparison import Values
from evaluation.question import FEW_QUESTIONS, few_questions
from evaluation.report.page import page_html
from evaluation.report.report import FORMAT_VERSION, Report, RunReport
from evaluation.system_run import SystemRun

NAME = "report.json"
PAGE = "report.html"
BASELINE = "baseline.json"
_TEXTS = {"text", "asked", "note", "expected", "evidence", "right_passage", "hits", "answer"}
_CURVES = {"by_kind", "recall_by_k", "risk_coverage", "reliability"}
_NOT_IN_A_BASELINE = {
    **dict.fromkeys(("comparisons", "passages"), True),
    "runs": {"__all__": {**dict.fromkeys(_CURVES, True), "questions": {"__all__": _TEXTS}}},
}


def write_report(report: Report, runs: Iterable[SystemRun], folder: Path) -> None:
    """Writes everything into `folder`, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        NAME: report_json(report),
        PAGE: page_html(report),
        BASELINE: baseline_json(report),
    }
    for run in runs:
        plain = re.sub(r"\W+", "-", run.report.name)
        texts[f"{plain}.run"] = _text(run.lines)
        texts[f"{plain}.qrels"] = _text(qrels_lines(run.qrels))
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def report_json(report: Report) -> str:
    """Two reports of one measurement differ in few lines: every question has its own."""
    return _json(report)


def baseline_json(report: Report) -> str:
    """What the gate needs, small enough to be kept with the source: no texts, no rankings."""
    return _json(report, exclude=_NOT_IN_A_BASELINE)


def _json(report: Report, **options: Any) -> str:
    from pydantic import TypeAdapter

    fields = TypeAdapter(Report).dump_python(report, mode="json", **options)
    text = json.dumps(fields, ensure_ascii=False, allow_nan=False)
    return text.replace('{"query_id": ', '\n{"query_id": ') + "\n"


def read_report(path: Path) -> Report:
    """`path`: the file, or the folder that `run --out` wrote. Raises QuestionError."""
    from pydantic import TypeAdapter, ValidationError

    if path.is_dir():
        path = path / NAME
    try:
        text = path.read_bytes()
        if json.loads(text).get("format_version") != FORMAT_VERSION:
            raise QuestionError(
                f"{path} was written by another version of Docent.", "Measure again with this one."
            )
        return TypeAdapter(Report).validate_json(text)
    except OSError as error:
        raise QuestionError(
            f"There is no report {path}.", "Make one with: python -m evaluation run … --out DIR"
        ) from error
    except (ValueError, AttributeError, ValidationError) as error:
        raise QuestionError(
            f"{path} is no report of Docent's.", "Give the report.json that run --out wrote."
        ) from error


def values_of_runs(names: Sequence[str]) -> tuple[dict[str, Values], list[str]]:
    """The runs of several reports by name, and what is doubtful about comparing them.

    `DIR:RUN` takes one run of a report. Raises QuestionError.
    """
    runs: list[tuple[str, RunReport]] = []
    asked: set[str] = set()
    n_questions = 0
    for name in names:
        path, run_name = (name, None) if Path(name).exists() else name.rpartition(":")[::2]
        report = read_report(Path(path or name))
        asked.add(report.setting.questions_sha256)
        n_questions = max(n_questions, report.n_questions)
        chosen = [run for run in report.runs if run_name in (None, run.name)]
        if not chosen:
            known = ", ".join(run.name for run in report.runs)
            raise QuestionError(f"{path} has no run {run_name}.", f"It has {known}.")
        runs += [(path, run) for run in chosen]
    if len(runs) < 2:
        raise QuestionError("One run cannot be compared.", "Give two reports, or more.")
    unique = len({run.name for _, run in runs}) == len(runs)
    values: dict[str, Values] = {
        run.name if unique else f"{path}:{run.name}": run.values() for path, run in runs
    }
    warnings = [few_questions(n_questions)] if n_questions < FEW_QUESTIONS else []
    if len(asked) > 1:
        warnings.append("The reports are of different questions; only common ones are compared.")
    return values, warnings


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
