"""What is counted of visits, in `log.sqlite`: days, languages and passages, never visitors.

How much, the operator chooses:

    none       nothing
    counts     sums for each day, language and door: how many asked, how many found nothing, how
               long it took, which passages answered
    questions  the same, and the texts of questions, each with its day, its language and whether
               anything was found

There is no row of a visit, only sums. Of the time the day is kept, of the language its code, and
of the duration two digits; no address, no session and no order of questions. So nothing tells that
two questions came from one visitor.

`VisitLog.record` only adds to sums in memory, some microseconds; a thread of the log's own writes
them once a second. So no disk, slow, full or broken, is waited for by an answer, and what a power
cut can take is the last second or two.
"""

from __future__ import annotations

import logging
import re
import sqlite3
import threading
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Literal, get_args

from datatypes import Answer, Quote
from errors import SettingError
from interface.server.escaping import sendable
from interface.visits.database import PASSAGES, QUESTIONS, VISITS, Key, VisitFile

Level = Literal["none", "counts", "questions"]
LEVELS: tuple[Level, ...] = get_args(Level)
DOORS = ("chat", "kiosk", "embed", "api", "mcp")

MOST_WAITING = 20_000
"""Sums in memory while the disk takes none."""

WRITE_SECONDS = 1.0  # between two transactions: cards of small machines wear out
RETRY_SECONDS = 30.0  # after one that failed
LOOK_SECONDS = 3600.0  # how often it is asked whether a day has become too old
LONGEST_TEXT = 500  # characters
MOST_DAYS = 36_500
_LONGEST_SECONDS = 86_400.0

_UNKEPT = ("Cc", "Cs", "Zl", "Zp")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.DOTALL)
_log = logging.getLogger(__name__)


class VisitLog:
    """Safe from many threads. `close` it at the end: that writes what is still in memory."""

    def __init__(
        self,
        path: Path,
        level: Level,
        keep_days: int,
        *,
        today: Callable[[], date] = date.today,
    ) -> None:
        """`keep_days`: today and so many days before it; what is older is deleted for good.

        Below the level `questions`, texts that were kept before are deleted too. `note` says what
        an operator should know, as when the file cannot be written; answers do not depend on it.
        """
        self.path = path
        self.level = level
        self.keep_days = keep_days
        self.note = ""
        self._today = today
        self._file = VisitFile(path)
        self._waiting = Counter[Key]()
        self._tidied: date | None = None
        self._lock = threading.Lock()  # of what waits
        self._writing = threading.Lock()  # of the file
        self._wake = threading.Event()
        self._closed = threading.Event()
        if level != "none" or path.exists():
            self.flush()
            threading.Thread(target=self._keep_writing, name="visits", daemon=True).start()

    def record(self, answer: Answer, *, seconds: float, language: str, door: str) -> None:
        """Counts an answer; `seconds` it took. Raises nothing."""
        if self.level == "none":
            return
        try:
            sums = list(self._sums(answer, seconds, language, door))
        except Exception:
            _log.exception("A visit could not be counted")
            return
        with self._lock:
            for key in sums:
                if key in self._waiting or len(self._waiting) < MOST_WAITING:
                    self._waiting[key] += 1
        self._wake.set()

    def flush(self) -> bool:
        """Writes what waits, and deletes what is too old. False where the file hinders."""
        if self.level == "none" and not self.path.exists():
            return True
        with self._writing:
            with self._lock:
                sums, self._waiting = self._waiting, Counter()
            try:
                if sums:
                    self._file.add(sums)
                    sums = Counter()
                self._tidy()
                trouble = self._file.note
            except (sqlite3.Error, OSError, SettingError) as error:
                trouble = _trouble(self.path, error)
                with self._lock:
                    self._waiting += sums
            if trouble and trouble != self.note:
                _log.warning("%s", trouble)
            self.note = trouble
            return trouble == self._file.note

    def close(self) -> None:
        self._closed.set()
        self._wake.set()
        self.flush()
        with self._writing:
            self._file.close()

    def _tidy(self) -> None:
        """Once a day, and whenever it failed before."""
        today = self._today()
        if self._tidied != today:
            before = today - timedelta(days=self.keep_days)
            self._file.forget(before=before.isoformat(), texts=self.level != "questions")
            self._tidied = today

    def _keep_writing(self) -> None:
        while not self._closed.is_set():
            self._wake.wait(LOOK_SECONDS)
            self._wake.clear()
            done = self._closed.wait(WRITE_SECONDS) or self.flush()
            if not done and not self._closed.wait(RETRY_SECONDS):
                self._wake.set()

    def _sums(self, answer: Answer, seconds: float, language: str, door: str) -> Iterator[Key]:
        day, spoken = self._today().isoformat(), language_code(language)
        came = door if door in DOORS else "other"
        found = int(answer.found)
        yield VISITS, (day, spoken, came, found, _coarse_milliseconds(seconds))
        for key in dict.fromkeys(_passage(citation.quote, answer) for citation in answer.citations):
            yield PASSAGES, (day, spoken, *key)
        if self.level == "questions":
            yield QUESTIONS, (day, spoken, found, _plain(answer.question)[:LONGEST_TEXT])


def level_from(level: str) -> Level:
    """Raises SettingError where --log was given no level."""
    if level not in LEVELS:
        raise SettingError(f"--log {level} is no level.", f"Choose {', '.join(LEVELS)}.")
    return level


def days_from(flag: str, days: str) -> int:
    """Raises SettingError where the flag was given no number of days."""
    if not days.isdecimal() or not 1 <= int(days) <= MOST_DAYS:
        raise SettingError(
            f"{flag} {days} is no number of days.", f"Give one from 1 to {MOST_DAYS}."
        )
    return int(days)


def language_code(language: str) -> str:
    """`de` of `de-AT`; `und` (undetermined) of whatever is no code, which might be anything."""
    match = _LANGUAGE.fullmatch(language.lower())
    return match[1] if match else "und"


def digest(text: str) -> str:
    """By which a passage is known again; 48 bits."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _passage(quote: Quote, answer: Answer) -> tuple[str, int, int, str]:
    """The passage that a quote was cut from: where it stands, and its digest."""
    holding = (
        hit.passage.span
        for hit in answer.hits
        if hit.passage.document.document_id == quote.document.document_id
        and hit.passage.span.holds(quote.span)
    )
    span = next(holding, quote.span)
    passage_digest = digest(span.of(quote.document.text))
    return sendable(quote.document.document_id), span.start, span.end, passage_digest


def _coarse_milliseconds(seconds: float) -> int:
    """Two digits of it: enough for a median, and no two answers are told apart by it."""
    kept = min(max(0.0, seconds), _LONGEST_SECONDS)  # in this order NaN becomes 0
    return int(float(f"{1000 * kept:.2g}"))


def _plain(text: str) -> str:
    """One line, without control characters and what UTF-8 cannot hold."""
    kept = (" " if unicodedata.category(sign) in _UNKEPT else sign for sign in text)
    return " ".join("".join(kept).split())


def _trouble(path: Path, error: Exception) -> str:
    if isinstance(error, SettingError):
        return f"Visits are not counted. {error}"
    why = getattr(error, "strerror", None) or error
    return f"Visits are not counted: {path} cannot be written ({why}). Mend that, or use --log none"
