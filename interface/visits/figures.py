"""What the visit log holds, as figures: read without hindering the server that writes it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from datatypes import Span
from errors import SettingError
from interface.visits.database import BUSY_SECONDS, check_owner


@dataclass(frozen=True, slots=True)
class Sums:
    """`asked`: by the door they came through. `seconds`: how many answers took how long (two
    digits of it).
    """

    asked: Counter[str] = field(default_factory=Counter)
    n_not_found: int = 0
    seconds: Counter[float] = field(default_factory=Counter)

    @property
    def n_asked(self) -> int:
        return self.asked.total()

    @property
    def median_seconds(self) -> float:
        return median(self.seconds)


@dataclass(frozen=True, slots=True)
class DayFigures(Sums):
    """Of one day and language."""

    day: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class PassageUse:
    """How often a passage answered on one day; `digest` is that of its text then."""

    day: str
    language: str
    document_id: str
    start: int
    end: int
    digest: str
    n: int

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    day: str
    language: str
    found: bool
    text: str
    n: int


@dataclass(frozen=True, slots=True)
class VisitFigures(Sums):
    """Of all days. The newest comes first; passages and questions the most frequent first."""

    days: Sequence[DayFigures] = ()
    passages: Sequence[PassageUse] = ()
    questions: Sequence[AskedQuestion] = ()


def median(counted: Mapping[float, int]) -> float:
    """The lower one of two; 0 of nothing."""
    left = (sum(counted.values()) + 1) // 2
    for value in sorted(counted):
        left -= counted[value]
        if left <= 0:
            return value
    return 0.0


def read_visits(path: Path, *, since: date | None = None) -> VisitFigures:
    """Of all days, or of those from `since` on. Raises SettingError where it cannot be read."""
    if not path.is_file():
        raise SettingError(
            f"There is no log of visits at {path}.",
            "It is made by a server (python app.py) unless it is told --log none.",
        )
    try:
        uri = f"{path.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)) as connection:
            check_owner(connection, path)
            connection.execute("BEGIN")  # all tables as they were at one moment
            return _read(connection, since.isoformat() if since else "")
    except sqlite3.OperationalError as error:
        raise SettingError(f"{path} cannot be read ({error}).", "Allow reading it.") from error
    except sqlite3.Error as error:
        raise SettingError(
            f"{path} is damaged ({error}).",
            "A server that is started on it moves it aside and begins anew.",
        ) from error


def days_back(n: int) -> date:
    """The first of the last `n` days; today is one of them."""
    return date.today() - timedelta(days=n - 1)


_Row = TypeVar("_Row", PassageUse, AskedQuestion)


def most_used(passages: Iterable[PassageUse]) -> list[PassageUse]:
    """The most frequent first, whatever the day."""
    return _merged(passages, lambda use: (use.document_id, use.start, use.end, use.digest))


def asked_most(questions: Iterable[AskedQuestion], *, found: bool) -> list[AskedQuestion]:
    """The most frequent first, whatever the day and the last sign."""
    asked = (question for question in questions if question.found == found)
    return _merged(asked, lambda question: (question.text.casefold().rstrip(" ?.!"),))


def _merged(rows: Iterable[_Row], key: Callable[[_Row], tuple[Any, ...]]) -> list[_Row]:
    """Rows of one key made one, of the newest day."""
    merged: dict[tuple[Any, ...], _Row] = {}
    for row in sorted(rows, key=lambda row: row.day):
        before = merged.get(key(row))
        merged[key(row)] = replace(row, n=row.n + before.n) if before else row
    return sorted(merged.values(), key=lambda row: (-row.n, key(row)))


def _read(connection: sqlite3.Connection, since: str) -> VisitFigures:
    if connection.execute("PRAGMA user_version").fetchone() == (0,):
        return VisitFigures()  # begun, and the power went

    def rows(columns: str, table: str, order: str) -> list[tuple[Any, ...]]:
        return connection.execute(
            f"SELECT day, language, {columns} FROM {table} WHERE day >= ? "
            f"ORDER BY day DESC, language, {order}",
            (since,),
        ).fetchall()

    visits = rows("door, found, milliseconds, n", "visits", "door")
    passages = rows("document_id, start, stop, digest, n", "passages", "n DESC, document_id, start")
    questions = rows("found, question, n", "questions", "found, n DESC, question")
    return VisitFigures(
        *_sums(visits),
        [DayFigures(*_sums(same), *day) for day, same in groupby(visits, lambda row: row[:2])],
        [PassageUse(*row) for row in passages],
        [AskedQuestion(*row) for row in questions],
    )


def _sums(visits: Iterable[tuple[Any, ...]]) -> tuple[Counter[str], int, Counter[float]]:
    asked, seconds = Counter[str](), Counter[float]()
    n_not_found = 0
    for _, _, door, found, milliseconds, n in visits:
        asked[door] += n
        seconds[milliseconds / 1000] += n
        n_not_found += 0 if found else n
    return asked, n_not_found, seconds
