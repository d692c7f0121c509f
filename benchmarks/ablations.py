"""What is each part of the answers worth? One is taken out, or changed, at a time.

On the questions of `quality`, on which nothing was chosen. For float32 the reader's checkpoints are
needed:
python -m training reader-export --last 2 --exact --out build/training/reader-float32
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.quality import SPLIT
from benchmarks.sources import DEFAULT_QUESTIONS, ROOT, markdown_table, squad_file
from evaluation.evaluate import evaluate
from evaluation.request import Request
from evaluation.trial import Trial

FLOAT32 = ROOT / "build" / "training" / "reader-float32"

PARTS = {
    "**as shipped**": Trial(),
    "without the reader": Trial(reader="none"),
    "searched by vectors alone": Trial(mode="dense"),
    "searched by words alone": Trial(mode="lexical"),
    "reader in float32": Trial(reader=FLOAT32),
    "1 passage read": Trial(n_read=1),
    "3 passages read": Trial(n_read=3),
    "8 passages read": Trial(n_read=8),
}

MEASURES = {
    "Success@1": "first passage",
    "quote_success@1": "first quote",
    "highlight_F1": "marked words, F1",
    "AUROC": "AUROC",
}


def measure(data: Path) -> dict[str, Any]:
    """For each collection and part: the measures, and seconds from question to answer (p50)."""
    parts = {name: of for name, of in PARTS.items() if of.reader != FLOAT32 or FLOAT32.is_dir()}
    collections = {
        "SQuAD's test articles": (squad_file(data), None),
        "default document, test": (DEFAULT_QUESTIONS, ROOT / "documents"),
    }
    return {
        name: {part: _run(*collection, trial) for part, trial in parts.items()}
        for name, collection in collections.items()
    }


def table(measured: dict[str, Any]) -> Iterator[str]:
    for collection, parts in measured.items():
        rows = []
        for name, (values, seconds) in parts.items():
            cells = ["–" if value is None else f"{value:.3f}" for value in values]
            rows.append([name, *cells, f"{seconds * 1000:.0f} ms"])
        yield collection
        yield ""
        yield from markdown_table(["", *MEASURES.values(), "p50"], rows)
        yield ""


def _run(questions: Path, documents: Path | None, trial: Trial) -> tuple[list[float | None], float]:
    request = Request(questions, documents=documents, split=SPLIT, modes=("answer",), trial=trial)
    (run,) = evaluate(request).report.runs
    figures = [run.figure(name) for name in MEASURES]
    return [figure.value if figure else None for figure in figures], run.latency_p50
