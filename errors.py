"""What a person can put right. Each error says what is wrong and, as `remedy`, what to do."""

from __future__ import annotations

from dataclasses import dataclass


def printable(text: str) -> str:
    """`text` with everything that does not print (line ends, bidi marks, bad bytes) escaped."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape", "surrogatepass").decode()
        for sign in text
    )


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file, or one line of it, was `skipped`, or (not skipped) was read but is suspicious.

    `what` and `remedy` are sentences; `str()` is the one line that a person sees. `source` is the
    file's POSIX path from its folder, empty until whoever knows it fills it in.
    """

    what: str
    remedy: str
    skipped: bool = False
    source: str = ""
    line: int | None = None

    def __str__(self) -> str:
        place = self.source if self.line is None else f"{self.source}, line {self.line}"
        return printable(f"{place}: {self.what} {self.remedy}")


class DocentError(Exception):
    """A fault that a person can mend; its text is one line: what is wrong, then the remedy."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(printable(f"{what} {remedy}"))
        self.what = what
        self.remedy = remedy


class DocumentError(DocentError):
    """A file that cannot be read as a document. `line` counts from 1 in it, where it is known."""

    def __init__(self, what: str, remedy: str, *, line: int | None = None) -> None:
        super().__init__(what, remedy)
        self.line = line

    def place(self, file: object) -> str:
        return f"{file}" if self.line is None else f"{file}, line {self.line}"


class IndexMissing(DocentError):
    """There is no index where one was looked for."""


class IndexDamaged(DocentError):
    """An index is there and cannot be trusted: truncated, altered, or written by a newer Docent."""


class IndexBusy(DocentError):
    """Another process is building the same index."""


class ModelError(DocentError):
    """A model is missing, altered, or not the one the index was made with."""


class QuestionError(DocentError):
    """A question, or a file of questions, that cannot be read."""


class SettingError(DocentError):
    """A setting given by flag, environment or collection.toml that cannot be used."""
