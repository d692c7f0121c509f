"""How good are retrieval and answers on questions that nothing was chosen on?

The `test` articles of SQuAD 2.0's development set, asked of all its paragraphs, and the `test`
questions of the default document. Beside them what other systems reach on the same paragraphs and
questions, with the same embedding model (`peers.json`: RETRIEVAL's measures, versions as named).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.sources import DEFAULT_QUESTIONS, ROOT, markdown_table, squad_file
from evaluation.evaluate import evaluate
from evaluation.request import Request

SPLIT = "test"
PEERS = Path(__file__).with_name("peers.json")
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


def measure(data: Path) -> dict[str, Any]:
    """The figures of all runs of the two question sets, without the questions."""
    return {
        "squad": _measured(squad_file(data), None),
        "default": _measured(DEFAULT_QUESTIONS, ROOT / "documents"),
    }


def _measured(questions: Path, documents: Path | None) -> dict[str, Any]:
    request = Request(questions, documents=documents, split=SPLIT, modes=tuple(ROWS))
    report = evaluate(request).report
    return {
        "created": report.created,
        "n_questions": report.n_questions,
        "n_answerable": report.n_answerable,
        "seconds": {run.name: (run.latency_p50, run.latency_p95) for run in report.runs},
        "runs": {run.name: {f.measure: asdict(f) for f in run.figures} for run in report.runs},
    }


def table(measured: dict[str, Any]) -> Iterator[str]:
    squad, default = measured["squad"], measured["default"]
    yield f"Measured {squad['created'][:10]} by: make bench-quality"
    yield ""
    yield f"Retrieval, {squad['n_answerable']} answerable questions of SQuAD's test articles"
    yield ""
    peers = json.loads(PEERS.read_text("utf-8"))
    rows = [[name, *(f"{value:.3f}" for value in values)] for name, values in peers.items()]
    for mode, name in ROWS.items():
        run = squad["runs"][mode]
        rows.append([f"Docent, {name}", *(_cell(run.get(measure)) for measure in RETRIEVAL)])
    yield from markdown_table(["system", *RETRIEVAL], rows)
    yield ""
    yield "Answers, with 95 % intervals"
    yield ""
    header = [f"SQuAD test articles ({squad['n_questions']} questions)"]
    header += [f"default document, test ({default['n_questions']})"]
    answers = [each["runs"]["answer"] for each in (squad, default)]
    rows = [
        [what, *(_cell(run.get(measure)) for run in answers)] for measure, what in ANSWERS.items()
    ]
    seconds = [each["seconds"]["answer"] for each in (squad, default)]
    times = [f"{p50 * 1000:.0f} / {p95 * 1000:.0f} ms" for p50, p95 in seconds]
    yield from markdown_table(["", *header], [*rows, ["question to answer, p50 / p95", *times]])


def _cell(figure: dict[str, Any] | None) -> str:
    if figure is None:
        return "–"
    interval = "" if figure["low"] is None else f" [{figure['low']:.3f}, {figure['high']:.3f}]"
    return f"{figure['value']:.3f}{interval}"
