"""One line of the doctor's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial


class State(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """`found` and `mend` are sentences; `mend` is there wherever the state is not OK.

    `what` was looked at; who calls the check knows it, where the check does not say.
    """

    state: State
    found: str
    mend: str = ""
    what: str = ""

    def about(self, what: str) -> Finding:
        return replace(self, what=self.what or what)

    def __str__(self) -> str:
        return f"{self.state:<4}  {self.what}: {self.found} {self.mend}".rstrip()


ok = partial(Finding, State.OK)
warn = partial(Finding, State.WARN)
fail = partial(Finding, State.FAIL)
