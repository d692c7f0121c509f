"""The server's memory while it answers question after question over HTTP.

The questions are the default document's test questions, each a little different each time, so that
no answer is remembered. A visitor asks four, each following up the one before, then another comes.
"""

from __future__ import annotations

import http.client
import json
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks import visitors
from benchmarks.visitors import PATIENCE_S, ROOT, memory_mb, started
from errors import SettingError

QUESTIONS = ROOT / "evaluation" / "questions" / "gdr-1963.jsonl"
EVERY = 500  # questions between two looks
A_VISIT = 4


def measure(n_questions: int, door: str) -> dict[str, Any]:
    """Resident memory in MB, after each EVERY questions; the first look is after ten."""
    ask = {"chat": _ask_chat, "kiosk": _ask_kiosk}[door]
    with tempfile.TemporaryDirectory() as scratch:
        flags = ["--kiosk"] if door == "kiosk" else []
        index = str(Path(scratch) / "build" / "index")
        with started(*flags, "--index", index) as (address, process):
            memory = {}
            turn = ""
            for number, question in enumerate(_questions(n_questions), start=1):
                turn = ask(address, question, turn)
                if number % A_VISIT == 0:
                    turn = _leave(address, turn, door)
                if number == 10 or number % EVERY == 0:
                    memory[number] = memory_mb(process)
    return {"door": door, "questions": n_questions, "memory_mb": memory, **_growth(memory)}


def table(measured: dict[str, Any]) -> Iterator[str]:
    yield f"| questions asked ({measured['door']}) | server, MB |"
    yield "|---|---|"
    for number, megabytes in measured["memory_mb"].items():
        yield f"| {number:,} | {megabytes:.1f} |"
    if (growth := measured["mb_for_1000"]) is not None:
        yield f"\nFrom {EVERY} questions on: {growth:+.2f} MB for each 1,000 questions."


def _growth(memory: dict[int, float]) -> dict[str, float | None]:
    """Of a straight line through the looks, without the first, when all is not yet loaded."""
    looks = [(number, megabytes) for number, megabytes in memory.items() if number >= EVERY]
    if len(looks) < 2:
        return {"mb_for_1000": None}
    return {"mb_for_1000": 1_000 * statistics.linear_regression(*zip(*looks, strict=True)).slope}


def _questions(n: int) -> Iterator[str]:
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    for number in range(n):
        yield f"{texts[number % len(texts)]} ({number})"


def _ask_chat(address: str, question: str, turn: str) -> str:
    return visitors.ask(address, question, turn)["turn_id"]


def _ask_kiosk(address: str, question: str, turn: str) -> str:
    said = _post(address, "/kiosk/ask", {"question": question, "turn": turn, "language": "en"})
    answer: dict[str, str] = json.loads(said)
    if "turn" not in answer:
        raise SettingError(f"There was no answer to {question!r}: {answer}", "See the app.")
    return answer["turn"]


def _leave(address: str, turn: str, door: str) -> str:
    """The kiosk forgets a visitor, the chat remembers the last ten thousand answers."""
    if door == "kiosk":
        _post(address, "/kiosk/forget", {"turn": turn})
    return ""


def _post(address: str, path: str, content: dict[str, str]) -> bytes:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE_S)
    try:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", path, json.dumps(content), headers)
        return connection.getresponse().read()
    finally:
        connection.close()
