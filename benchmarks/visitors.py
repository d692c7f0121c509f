"""Many visitors asking at once, each over HTTP against one `python app.py`.

Every visitor asks about a festival of his own and then follows up with "it", so that an answer
given to the wrong one would show. The visitors run on the machine that answers them.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit

from benchmarks.sources import ROOT, markdown_table
from errors import SettingError

ASK_PATH = "/gradio_api/call/turn"
PATIENCE_S = 120

_FIRST = ("Al", "Bor", "Cel", "Dun", "Er", "Fal", "Gor", "Hel", "Is", "Jor")
_LAST = ("avia", "ebourg", "idale", "omont", "ustadt")
_MONTHS = ("March", "April", "May", "June", "July", "August", "September")


@dataclass(frozen=True, slots=True)
class Town:
    """What one visitor asks about; the document that says it is among the others."""

    name: str
    month: str
    founder: str

    @property
    def document(self) -> dict[str, str]:
        text = (
            f"The harvest festival of {self.name} takes place in {self.month}. "
            f"{self.name} was founded by the miller {self.founder}. "
            "Visitors come from the whole valley, and the bells ring for an hour."
        )
        return {"_id": self.name, "title": f"The festival of {self.name}", "text": text}

    @property
    def question(self) -> str:
        return f"When does the harvest festival of {self.name} take place?"

    follow_up = "And who founded it?"


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visitor was shown, and how long he waited for each answer, in seconds."""

    town: Town
    first: str
    second: str
    waits: tuple[float, float]


def towns(n: int) -> list[Town]:
    names = [first + last for first in _FIRST for last in _LAST]
    if n > len(names):
        raise SettingError(f"There are {len(names)} towns for {n} visitors.", "Ask for fewer.")
    return [
        Town(name, _MONTHS[number % len(_MONTHS)], f"Anna {name[::-1].capitalize()}")
        for number, name in enumerate(names[:n])
    ]


def measure(n: int) -> dict[str, Any]:
    """All visitors come at once; times are of questions, in seconds, memory is the server's."""
    with tempfile.TemporaryDirectory() as scratch:
        asked_about = towns(n)
        with serving(asked_about, Path(scratch)) as (address, process):
            _visit(address, asked_about[0])
            before = memory_mb(process.pid)
            visits = visit_together(address, asked_about)
            after = memory_mb(process.pid)
    waits = sorted(wait for visit in visits for wait in visit.waits)
    return {
        "visitors": n,
        "questions": len(waits),
        "p50_s": statistics.median(waits),
        "p95_s": statistics.quantiles(waits, n=20)[-1],
        "slowest_s": waits[-1],
        "memory_before_mb": before,
        "memory_after_mb": after,
        "cores": os.cpu_count(),
        "load_average": os.getloadavg()[0],
    }


def table(measured: dict[str, Any]) -> Iterator[str]:
    cells = {
        "visitors at once": "{visitors}",
        "p50, s": "{p50_s:.2f}",
        "p95, s": "{p95_s:.2f}",
        "slowest, s": "{slowest_s:.2f}",
        "memory before → after, MB": "{memory_before_mb:.0f} → {memory_after_mb:.0f}",
        "load": "{load_average:.1f} on {cores} cores",
    }
    yield from markdown_table(list(cells), [[cell.format(**measured) for cell in cells.values()]])


@contextmanager
def serving(asked_about: list[Town], scratch: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address and process of an app that knows the towns."""
    documents = scratch / "documents"
    documents.mkdir()
    lines = (json.dumps(town.document) + "\n" for town in asked_about)
    (documents / "corpus.jsonl").write_text("".join(lines), encoding="utf-8")
    with started("--documents", str(documents), "--index", str(scratch / "index")) as app:
        yield app


@contextmanager
def started(
    *arguments: str, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address and process of `python app.py`; None: the environment of this process."""
    command = [sys.executable, "app.py", "--port", "0", *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            said = process.stdout.readline() if process.stdout else ""
            if not said:
                raise SettingError("The app did not start.", "Its message says why.")
            yield said.split()[-1], process
        finally:
            process.terminate()


def visit_together(address: str, asked_about: list[Town]) -> list[Visit]:
    """One visit to each town, all beginning at the same moment."""
    everyone_is_here = Barrier(len(asked_about))

    def visit(town: Town) -> Visit:
        everyone_is_here.wait()
        return _visit(address, town)

    with ThreadPoolExecutor(len(asked_about)) as visitors:
        return list(visitors.map(visit, asked_about))


def _visit(address: str, town: Town) -> Visit:
    began = time.perf_counter()
    first = ask_server(address, town.question, "")
    between = time.perf_counter()
    second = ask_server(address, town.follow_up, first["turn_id"])
    waits = between - began, time.perf_counter() - between
    return Visit(town, first["html"], second["html"], waits)


def ask_server(address: str, question: str, turn_id: str) -> dict[str, str]:
    """As the page does it: hand the question in, then wait for the event that has the answer."""
    event = send(address, "POST", ASK_PATH, {"data": [question, turn_id, "en"]})
    events = send(address, "GET", f"{ASK_PATH}/{json.loads(event)['event_id']}")
    complete = re.search(r"event: complete\ndata: (.*)", events)
    if complete is None:
        raise SettingError(f"There was no answer to {question!r}: {events[-200:]}", "See the app.")
    answer: dict[str, str] = json.loads(complete[1])[0]
    return answer


def send(address: str, method: str, path: str, content: object = None) -> str:
    """What the app at `address` answers, whatever its status."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE_S)
    with closing(connection):
        body = json.dumps(content)
        connection.request(method, path, body, {"Content-Type": "application/json"})
        return connection.getresponse().read().decode()


def memory_mb(pid: int | str, kind: str = "VmRSS") -> float:
    """Resident memory of the whole process (VmHWM: its peak); nan where the system does not say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return float("nan")
    size = re.search(rf"{kind}:\s+(\d+) kB", status)
    return int(size[1]) / 1024 if size else float("nan")
