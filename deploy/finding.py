"""One line of the doctor's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """`found` and `mend` are sentences; `mend` is there wherever the state is not OK."""

    state: State
    what: str
    found: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.state:<4}  {self.what}: {self.found} {self.mend}".rstrip()


def ok(what: str, found: str) -> Finding:
    return Finding(State.OK, what, found)


def warn(what: str, found: str, mend: str) -> Finding:
    return Finding(State.WARN, what, found, mend)


def fail(what: str, found: str, mend: str) -> Finding:
    return Finding(State.FAIL, what, found, mend)
