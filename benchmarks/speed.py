"""Docent beside a plain script: time to the first answer, building, asking, memory, size.

Every figure comes from a fresh process (`python -m benchmarks.speed TASK SYSTEM DATA FOLDER`), the
two systems in turn, several rounds; medians are reported, and ratios within the same run, because
machines differ and drift.
"""

from __future__ import annotations

import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.plain import SYSTEMS
from benchmarks.sources import ROOT, markdown_table, squad_file
from benchmarks.visitors import memory_mb
from errors import SettingError

DOCUMENT = ROOT / "documents" / "1963-06-20-gdr-embassy-on-kwp-policy.md"
QUESTION = "How many workers take part in the Chollima movement?"
N_QUESTIONS = 300
N_WARMING = 20  # questions asked before the clock runs

FIGURES = {
    "first_answer_s": ("process start to first answer, s", False),
    "build_passages_s": ("building, passages/s", True),
    "query_p50_ms": ("question p50, ms", False),
    "query_p95_ms": ("question p95, ms", False),
    "build_peak_mb": ("peak memory while building, MB", False),
    "query_peak_mb": ("peak memory while answering, MB", False),
    "index_mb": ("index on disk, MB", False),
}
"""Name → what it says, and whether more is better."""


def measure(data: Path, rounds: int) -> dict[str, Any]:
    """The medians of each system and the ratios plain/Docent, better above 1."""
    n_paragraphs = len(_squad(data, "corpus"))
    rows: dict[str, list[dict[str, float]]] = {name: [] for name in SYSTEMS}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as scratch:
            for name in SYSTEMS:
                rows[name].append(_round(name, data, Path(scratch)))
    medians = {
        name: {figure: statistics.median(row[figure] for row in of_system) for figure in FIGURES}
        for name, of_system in rows.items()
    }
    ratios = {}
    for figure, (_, more_is_better) in FIGURES.items():
        ratio = medians["docent"][figure] / medians["plain"][figure]
        ratios[figure] = ratio if more_is_better else 1 / ratio
    return {"rounds": rounds, "paragraphs": n_paragraphs, **medians, "times_better": ratios}


def table(measured: dict[str, Any]) -> Iterator[str]:
    columns = [measured[name] for name in ("docent", "plain", "times_better")]
    rows = [
        [what, *(f"{column[figure]:,.1f}" for column in columns)]
        for figure, (what, _) in FIGURES.items()
    ]
    yield from markdown_table(["", "Docent", "plain script", "times better"], rows)


def _round(system: str, data: Path, scratch: Path) -> dict[str, float]:
    small, large = scratch / f"{system}-small", scratch / f"{system}-large"
    blocks = DOCUMENT.read_text(encoding="utf-8").split("\n\n")
    SYSTEMS[system]().build([block for block in blocks if block.strip()], small)
    figures = _run("first", system, data, small)
    figures |= _run("build", system, data, large) | _run("ask", system, data, large)
    size = sum(path.stat().st_size for path in large.rglob("*") if path.is_file())
    return {**figures, "index_mb": size / 1e6}


def _run(task: str, system: str, data: Path, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.speed", task, system, str(data), str(folder)]
    environment = {**os.environ, "BENCHMARK_BEGAN": str(time.time()), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SettingError(f"{system} failed at {task}: {done.stderr[-400:]}", "See the message.")
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def main(task: str, system: str, data: str, folder: str) -> None:
    """One task in this process, of which the figures are printed as JSON."""
    tool: Any = SYSTEMS[system]()
    figures = {"first": _first, "build": _build, "ask": _ask}[task](tool, Path(data), Path(folder))
    print(json.dumps(figures))


def _first(tool: Any, _: Path, folder: Path) -> dict[str, float]:
    tool.load(folder)
    tool.answer(QUESTION)
    return {"first_answer_s": time.time() - float(os.environ["BENCHMARK_BEGAN"])}


def _build(tool: Any, data: Path, folder: Path) -> dict[str, float]:
    paragraphs = _squad(data, "corpus")
    began = time.perf_counter()
    speed = tool.build(paragraphs, folder) / (time.perf_counter() - began)
    return {"build_passages_s": speed, "build_peak_mb": memory_mb("self", "VmHWM")}


def _ask(tool: Any, data: Path, folder: Path) -> dict[str, float]:
    tool.load(folder)
    times = []
    for question in _squad(data, "queries")[: N_WARMING + N_QUESTIONS]:
        began = time.perf_counter()
        tool.answer(question)
        times.append((time.perf_counter() - began) * 1000)
    return {
        "query_p50_ms": statistics.median(times[N_WARMING:]),
        "query_p95_ms": statistics.quantiles(times[N_WARMING:], n=20)[-1],
        "query_peak_mb": memory_mb("self", "VmHWM"),
    }


def _squad(data: Path, name: str) -> list[str]:
    """All texts of the corpus or of the queries, in their order."""
    with gzip.open(squad_file(data, f"{name}.jsonl.gz"), "rt", encoding="utf-8") as lines:
        return [str(json.loads(line)["text"]) for line in lines]


if __name__ == "__main__":
    main(*sys.argv[1:])
