"""What the visit log holds, as figures: read without hindering the server that writes it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from datatypes import Span
from errors import SettingError
from interface.visits.database import BUSY_SECONDS, checked


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day and language. `seconds`: how many answers took how long (two digits of it)."""

    day: str
    language: str
    asked: Mapping[str, int]  # by the door they came through
    n_not_found: int
    seconds: Mapping[float, int]

    @property
    def n_asked(self) -> int:
        return sum(self.asked.values())

    @property
    def median_seconds(self) -> float:
        return median(self.seconds)


@dataclass(frozen=True, slots=True)
class PassageUse:
    """How often a passage answered on one day; `digest` is that of its text then."""

    day: str
    language: str
    document_id: str
    span: Span
    digest: str
    n: int


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    day: str
    language: str
    found: bool
    text: str
    n: int


@dataclass(frozen=True, slots=True)
class VisitFigures:
    """The newest day first; passages and questions the most frequent first."""

    days: Sequence[DayFigures] = ()
    passages: Sequence[PassageUse] = ()
    questions: Sequence[AskedQuestion] = ()

    @property
    def n_asked(self) -> int:
        return sum(each.n_asked for each in self.days)

    @property
    def n_not_found(self) -> int:
        return sum(each.n_not_found for each in self.days)

    @property
    def median_seconds(self) -> float:
        seconds: Counter[float] = Counter()
        for each in self.days:
            seconds.update(each.seconds)
        return median(seconds)

    @property
    def asked(self) -> Mapping[str, int]:
        """By the door they came through, the widest first."""
        doors: Counter[str] = Counter()
        for each in self.days:
            doors.update(each.asked)
        return dict(doors.most_common())


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
            checked(connection, path)
            connection.execute("BEGIN")  # all tables as they were at one moment
            return _read(connection, since.isoformat() if since else "")
    except sqlite3.OperationalError as error:
        raise SettingError(f"{path} cannot be read ({error}).", "Allow reading it.") from error
    except sqlite3.Error as error:
        raise SettingError(
            f"{path} is damaged ({error}).",
            "A server that is started on it moves it aside and begins anew.",
        ) from error


def days_back(n: int, today: date | None = None) -> date:
    """The first of the last `n` days; today is one of them."""
    return (today or date.today()) - timedelta(days=n - 1)


def most_used(passages: Iterable[PassageUse]) -> list[PassageUse]:
    """The same passage on several days made one (its newest day), the most frequent first."""
    found: dict[tuple[str, Span, str], PassageUse] = {}
    for each in sorted(passages, key=lambda each: each.day):
        key = (each.document_id, each.span, each.digest)
        before = found[key].n if key in found else 0
        found[key] = PassageUse(
            each.day, each.language, each.document_id, each.span, each.digest, each.n + before
        )
    return sorted(found.values(), key=lambda each: (-each.n, each.document_id, each.span))


def asked_most(questions: Iterable[AskedQuestion], *, found: bool) -> list[AskedQuestion]:
    """The same words on several days made one (its newest day), the most frequent first."""
    kept: dict[str, AskedQuestion] = {}
    for each in sorted(questions, key=lambda each: each.day):
        if each.found is found:
            key = each.text.casefold().rstrip(" ?.!")
            before = kept[key].n if key in kept else 0
            kept[key] = AskedQuestion(each.day, each.language, found, each.text, each.n + before)
    return sorted(kept.values(), key=lambda each: (-each.n, each.text))


def _read(connection: sqlite3.Connection, since: str) -> VisitFigures:
    if connection.execute("PRAGMA user_version").fetchone() == (0,):
        return VisitFigures()  # begun, and the power went
    passages = connection.execute(
        "SELECT day, language, document_id, start, stop, digest, n FROM passages "
        "WHERE day >= ? ORDER BY day DESC, language, n DESC, document_id, start",
        (since,),
    )
    questions = connection.execute(
        "SELECT day, language, found, question, n FROM questions "
        "WHERE day >= ? ORDER BY day DESC, language, found, n DESC, question",
        (since,),
    )
    return VisitFigures(
        _days(connection, since),
        [
            PassageUse(day, language, document_id, Span(start, stop), wording, n)
            for day, language, document_id, start, stop, wording, n in passages
        ],
        [
            AskedQuestion(day, language, bool(found), text, n)
            for day, language, found, text, n in questions
        ],
    )


def _days(connection: sqlite3.Connection, since: str) -> list[DayFigures]:
    rows = connection.execute(
        "SELECT day, language, door, found, milliseconds, n FROM visits "
        "WHERE day >= ? ORDER BY day DESC, language",
        (since,),
    )
    days: dict[tuple[str, str], DayFigures] = {}
    for day, language, door, found, milliseconds, n in rows:
        before = days.get((day, language), DayFigures(day, language, {}, 0, {}))
        days[day, language] = DayFigures(
            day,
            language,
            Counter(before.asked) + Counter({door: n}),
            before.n_not_found + (0 if found else n),
            Counter(before.seconds) + Counter({milliseconds / 1000: n}),
        )
    return list(days.values())
