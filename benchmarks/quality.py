"""How good are retrieval and answers on questions that nothing was chosen on?

The `test` articles of SQuAD 2.0's development set, asked of all its paragraphs, and the `test`
questions of the default document. Beside them what other systems reach on the same paragraphs and
questions, with the same embedding model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from errors import SettingError
from evaluation.evaluate import evaluate
from evaluation.report.report import Report, RunReport
from evaluation.request import Request

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_QUESTIONS = ROOT / "evaluation" / "questions" / "gdr-1963.jsonl"
SPLIT = "test"

ROWS = {
    "dense": "vectors",
    "lexical": "words",
    "hybrid": "**hybrid**",
    "answer": "**hybrid, then read**",
}
RETRIEVAL = ("Success@1", "Success@5", "RR@10", "nDCG@10")
ANSWERS = {
    "quote_success@1": "the first quote answers",
    "quote_success@3": "one of three quotes answers",
    "highlight_F1": "marked words, F1",
    "quote_exactness": "quotes identical to the file",
    "AUROC": "answerable told from unanswerable, AUROC",
    "false_abstentions": "answerable, but refused",
    "false_answers": "unanswerable, but answered",
    "ECE": "expected calibration error",
}

# Measured on the same questions and paragraphs, each with all-MiniLM-L6-v2 (versions as named).
PEERS = {
    "bm25s 0.3.16": (0.842, 0.958, 0.893, 0.915),
    "txtai 9.14.0, vectors": (0.735, 0.918, 0.815, 0.850),
    "txtai 9.14.0, hybrid": (0.888, 0.977, 0.928, 0.942),
    "llama-index-core 0.14.25, hybrid": (0.836, 0.975, 0.895, 0.917),
    "langchain-community 0.4.2, hybrid": (0.752, 0.910, 0.824, 0.855),
}


def measure(data: Path) -> dict[str, Any]:
    """The two reports, by name."""
    return {
        "squad": evaluate(
            Request(
                squad_questions(data), split=SPLIT, modes=("dense", "lexical", "hybrid", "answer")
            )
        ).report,
        "default": evaluate(
            Request(
                DEFAULT_QUESTIONS,
                documents=ROOT / "documents",
                split=SPLIT,
                modes=("dense", "lexical", "hybrid", "answer"),
            )
        ).report,
    }


def squad_questions(data: Path) -> Path:
    """Raises SettingError where they are not there."""
    squad = data / "squad" / "dev-v2.0.json.gz"
    if not squad.is_file():
        raise SettingError(
            f"The test data {squad} is missing.", "Name the folder that holds squad/ with --data."
        )
    return squad


def table(measured: dict[str, Any]) -> Iterator[str]:
    squad, default = measured["squad"], measured["default"]
    yield f"Measured {squad.created[:10]} by: make bench-quality"
    yield ""
    yield f"Retrieval, {squad.n_answerable} answerable questions of SQuAD's test articles"
    yield ""
    yield "| system | " + " | ".join(RETRIEVAL) + " |"
    yield "|---|" + "---|" * len(RETRIEVAL)
    for name, values in PEERS.items():
        yield f"| {name} | " + " | ".join(f"{value:.3f}" for value in values) + " |"
    for mode, name in ROWS.items():
        yield f"| Docent, {name} | " + _figures(_run(squad, mode), RETRIEVAL) + " |"
    yield ""
    yield "Answers, with 95 % intervals"
    yield ""
    yield (
        f"| | SQuAD test articles ({squad.n_questions} questions) "
        f"| default document, test ({default.n_questions}) |"
    )
    yield "|---|---|---|"
    for measure_name, what in ANSWERS.items():
        cells = [_figures(_run(each, "answer"), (measure_name,)) for each in (squad, default)]
        yield f"| {what} | " + " | ".join(cells) + " |"
    times = [
        f"{run.latency_p50 * 1000:.0f} / {run.latency_p95 * 1000:.0f} ms"
        for run in (_run(squad, "answer"), _run(default, "answer"))
    ]
    yield "| question to answer, p50 / p95 | " + " | ".join(times) + " |"


def as_json(measured: dict[str, Any]) -> dict[str, Any]:
    """The figures of all runs, without the questions."""
    return {
        name: {run.name: [asdict(figure) for figure in run.figures] for run in report.runs}
        for name, report in measured.items()
    }


def _run(report: Report, mode: str) -> RunReport:
    return next(run for run in report.runs if run.mode == mode)


def _figures(run: RunReport, names: tuple[str, ...]) -> str:
    shown = []
    for name in names:
        figure = run.figure(name)
        if figure is None:
            shown.append("–")
        elif figure.low is None or figure.high is None:
            shown.append(f"{figure.value:.3f}")
        else:
            shown.append(f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]")
    return " | ".join(shown)
