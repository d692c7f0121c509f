"""Measuring in the background: one run at a time, seen from any page, and ended on request."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from errors import DocentError, SettingError
from evaluation.report.report import Report
from evaluation.trial import Trial
from evaluation.workbench import Workbench

State = Literal["running", "done", "stopped", "failed"]

MOST_RUNS = 20
"""Runs that are kept; each holds the texts of its passages."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Run:
    """`before`: the run that this one is compared with. `done` of `total` counts `doing`."""

    run_id: str
    number: int
    file: str
    split: str | None
    trial: Trial
    before: Run | None
    state: State = "running"
    doing: str = ""
    done: int = 0
    total: int | None = None
    report: Report | None = None
    problem: str = ""
    stop: threading.Event = field(default_factory=threading.Event)


class _Stopped(Exception):
    """The curator has ended the run."""


class Runs:
    """Safe from many threads."""

    def __init__(self, bench: Workbench, *, failed: str) -> None:
        """`failed`: what is said of a run that something unforeseen has ended."""
        self._bench = bench
        self._failed = failed
        self._runs: dict[str, Run] = {}
        self._n_begun = 0
        self._lock = threading.Lock()

    def start(self, file: str, split: str | None, trial: Trial, before: Run | None) -> Run:
        """Raises SettingError while another is running."""
        with self._lock:
            if any(run.state == "running" for run in self._runs.values()):
                raise SettingError("A run is going on.", "Wait until it is over, or stop it.")
            self._n_begun += 1
            run = Run(secrets.token_hex(8), self._n_begun, file, split, trial, before)
            self._runs[run.run_id] = run
            for run_id in list(self._runs)[:-MOST_RUNS]:
                del self._runs[run_id]
        threading.Thread(target=self._measure, args=(run,), daemon=True).start()
        return run

    def find(self, run_id: str) -> Run | None:
        with self._lock:
            return self._runs.get(run_id)

    def latest(self) -> Sequence[Run]:
        """The newest first."""
        with self._lock:
            return list(reversed(self._runs.values()))

    def _measure(self, run: Run) -> None:
        def progress(what: str, done: int, total: int | None) -> None:
            if run.stop.is_set():
                raise _Stopped
            run.doing, run.done, run.total = what, done, total

        try:
            run.report = self._bench.measure(run.file, run.split, run.trial, progress)
            run.state = "done"
        except _Stopped:
            run.state = "stopped"
        except DocentError as error:
            run.problem, run.state = str(error), "failed"
        except Exception:
            _log.exception("A run has failed")
            run.problem, run.state = self._failed, "failed"
