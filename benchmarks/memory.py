"""The server's memory while it answers question after question over HTTP.

The questions are the default document's test questions, each a little different each time, so that
no answer is remembered. A visitor asks four, each following up the one before, then another comes.
"""

from __future__ import annotations

import itertools
import json
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import visitors
from benchmarks.sources import DEFAULT_QUESTIONS, markdown_table
from benchmarks.visitors import memory_mb, send, started
from errors import SettingError

EVERY = 500  # questions between two looks
A_VISIT = 4


def measure(n: int, door: str) -> dict[str, Any]:
    """Resident memory in MB, after each EVERY questions; the first look is after ten."""
    lines = DEFAULT_QUESTIONS.read_text(encoding="utf-8").splitlines()
    texts = itertools.cycle(json.loads(line)["text"] for line in lines)
    memory = {}
    turn = ""
    with tempfile.TemporaryDirectory() as scratch:
        flags = ["--kiosk"] if door == "kiosk" else []
        index = str(Path(scratch) / "build" / "index")
        with started(*flags, "--index", index) as (address, process):
            for number in range(1, n + 1):
                turn = _ask(address, f"{next(texts)} ({number})", turn, door)
                if number % A_VISIT == 0:
                    turn = _leave(address, turn, door)
                if number == 10 or number % EVERY == 0:
                    memory[number] = memory_mb(process.pid)
    return {"door": door, "questions": n, "memory_mb": memory, "mb_for_1000": _growth(memory)}


def table(measured: dict[str, Any]) -> Iterator[str]:
    rows = [[f"{n:,}", f"{megabytes:.1f}"] for n, megabytes in measured["memory_mb"].items()]
    yield from markdown_table([f"questions asked ({measured['door']})", "server, MB"], rows)
    if (growth := measured["mb_for_1000"]) is not None:
        yield f"\nFrom {EVERY} questions on: {growth:+.2f} MB for each 1,000 questions."


def _growth(memory: dict[int, float]) -> float | None:
    """Of a straight line through the looks, without the first, when all is not yet loaded."""
    looks = [(number, megabytes) for number, megabytes in memory.items() if number >= EVERY]
    if len(looks) < 2:
        return None
    return 1_000 * statistics.linear_regression(*zip(*looks, strict=True)).slope


def _ask(address: str, question: str, turn: str, door: str) -> str:
    """The turn that a question after this one follows up."""
    if door == "chat":
        return visitors.ask_server(address, question, turn)["turn_id"]
    content = {"question": question, "turn": turn, "language": "en"}
    answer: dict[str, str] = json.loads(send(address, "POST", "/kiosk/ask", content))
    if "turn" not in answer:
        raise SettingError(f"There was no answer to {question!r}: {answer}", "See the app.")
    return answer["turn"]


def _leave(address: str, turn: str, door: str) -> str:
    """The kiosk forgets a visitor, the chat remembers the last ten thousand answers."""
    if door == "kiosk":
        send(address, "POST", "/kiosk/forget", {"turn": turn})
    return ""
