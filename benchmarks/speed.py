"""Docent beside a plain script: time to the first answer, building, asking, memory, size.

Every figure comes from a fresh process, the two systems in turn, several rounds; medians are
reported, and ratios within the same run, because machines differ and drift.
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
from errors import SettingError

ROOT = Path(__file__).resolve().parent.parent
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


def measure(data: Path, *, rounds: int) -> dict[str, Any]:
    """The medians of each system and the ratios plain/Docent, better above 1."""
    paragraphs, _ = _squad(data)
    found: dict[str, list[dict[str, float]]] = {name: [] for name in SYSTEMS}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as scratch:
            for name in SYSTEMS:
                found[name].append(_round(name, data, Path(scratch)))
    medians = {
        name: {figure: statistics.median(each[figure] for each in rows) for figure in FIGURES}
        for name, rows in found.items()
    }
    ratios = {
        figure: medians["docent"][figure] / medians["plain"][figure]
        if more
        else medians["plain"][figure] / medians["docent"][figure]
        for figure, (_, more) in FIGURES.items()
    }
    return {"rounds": rounds, "paragraphs": len(paragraphs), **medians, "times_better": ratios}


def table(measured: dict[str, Any]) -> Iterator[str]:
    yield "| | Docent | plain script | times better |"
    yield "|---|---|---|---|"
    for figure, (what, _) in FIGURES.items():
        own, plain = measured["docent"][figure], measured["plain"][figure]
        better = measured["times_better"][figure]
        yield f"| {what} | {own:,.1f} | {plain:,.1f} | {better:.1f} |"


def child(task: str, system: str, data: Path, folder: Path) -> None:
    """One task in this process; prints its figures as JSON."""
    began = float(os.environ["BENCHMARK_BEGAN"])
    tool = SYSTEMS[system]()
    if task == "first":
        tool.load(folder)
        tool.answer(QUESTION)
        figures = {"first_answer_s": time.time() - began}
    elif task == "build":
        figures = _build(tool, data, folder)
    else:
        tool.load(folder)
        figures = _ask(tool, _squad(data)[1])
    print(json.dumps({**figures, "peak_mb": _peak_mb()}))


def _peak_mb() -> float:
    """Of this process alone; what getrusage says includes the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _round(system: str, data: Path, scratch: Path) -> dict[str, float]:
    small, large = scratch / f"{system}-small", scratch / f"{system}-large"
    SYSTEMS[system]().build(_paragraphs(DOCUMENT.read_text(encoding="utf-8")), small)
    first = _run("first", system, data, small)
    build = _run("build", system, data, large)
    asked = _run("ask", system, data, large)
    size = sum(path.stat().st_size for path in large.rglob("*") if path.is_file())
    return {
        "first_answer_s": first["first_answer_s"],
        "build_passages_s": build["build_passages_s"],
        "query_p50_ms": asked["query_p50_ms"],
        "query_p95_ms": asked["query_p95_ms"],
        "build_peak_mb": build["peak_mb"],
        "query_peak_mb": asked["peak_mb"],
        "index_mb": size / 1e6,
    }


def _run(task: str, system: str, data: Path, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks", "child", task, system, str(data), str(folder)]
    environment = {**os.environ, "BENCHMARK_BEGAN": str(time.time()), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SettingError(f"{system} failed at {task}: {done.stderr[-400:]}", "See the message.")
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _build(tool: Any, data: Path, folder: Path) -> dict[str, float]:
    paragraphs = _squad(data)[0]
    began = time.perf_counter()
    n_passages = tool.build(paragraphs, folder)
    return {"build_passages_s": n_passages / (time.perf_counter() - began)}


def _ask(tool: Any, questions: list[str]) -> dict[str, float]:
    for question in questions[:N_WARMING]:
        tool.answer(question)
    times = []
    for question in questions[N_WARMING : N_WARMING + N_QUESTIONS]:
        began = time.perf_counter()
        tool.answer(question)
        times.append((time.perf_counter() - began) * 1000)
    return {
        "query_p50_ms": statistics.median(times),
        "query_p95_ms": statistics.quantiles(times, n=20)[-1],
    }


def _squad(data: Path) -> tuple[list[str], list[str]]:
    """All paragraphs and all questions, in their order."""
    try:
        with gzip.open(data / "squad" / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
            paragraphs = [str(json.loads(line)["text"]) for line in lines]
        with gzip.open(data / "squad" / "queries.jsonl.gz", "rt", encoding="utf-8") as lines:
            questions = [str(json.loads(line)["text"]) for line in lines]
    except OSError as error:
        raise SettingError(
            f"The test data {data}/squad cannot be read ({error.strerror}).",
            "Name the folder that holds squad/ with --data.",
        ) from error
    return paragraphs, questions


def _paragraphs(text: str) -> list[str]:
    return [block for block in text.split("\n\n") if block.strip()]
