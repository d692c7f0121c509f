"""The file behind the visit log: one SQLite database of sums, safe against power cuts.

Tables are sorted by their keys and have no row numbers, so nothing in them shows in which order
questions came. What is deleted is overwritten, also in the file beside it (`-wal`).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path

from errors import SettingError

VERSION = 1
APPLICATION_ID = 0x446F636E
"""Says that a database is Docent's log: nothing is written to another's."""

MOST_TEXTS_A_DAY = 5_000
"""Different questions of one day: whoever asks at random cannot fill the disk."""

BUSY_SECONDS = 5.0

VISITS, PASSAGES, QUESTIONS = "visits", "passages", "questions"
Key = tuple[str, tuple[str | int, ...]]
"""A table and a key in it; the day comes first in each."""

_SCHEMA = f"""
BEGIN IMMEDIATE;
{Path(__file__).with_name("database.sql").read_text(encoding="utf-8")}
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
COMMIT;
"""
_SETTINGS = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL; -- what is written stays when the power goes
PRAGMA secure_delete = ON;
PRAGMA temp_store = MEMORY;
"""
_Work = Callable[[sqlite3.Connection], None]


class _Damaged(sqlite3.DatabaseError):
    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


class VisitFile:
    """For one thread at a time. What hinders is raised as sqlite3.Error, OSError or SettingError.

    A damaged file is moved aside and a new one begun; `note` says so.
    """

    def __init__(self, path: Path) -> None:
        self.note = ""
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self._to_overwrite = False

    def add(self, sums: Mapping[Key, int]) -> None:
        """All of it or, where the power is cut meanwhile, nothing."""
        self._mended(lambda connection: _add(connection, sums))

    def forget(self, *, before: str, texts: bool) -> None:
        """Days earlier than `before` (YYYY-MM-DD), and with `texts` every question's text."""

        def work(connection: sqlite3.Connection) -> None:
            self._to_overwrite |= _delete(connection, before, texts) > 0
            if self._to_overwrite:
                _overwrite(connection)
            self._to_overwrite = False

        self._mended(work)
        for path in self._path.parent.glob(f"{self._path.name}.damaged-*"):
            with suppress(FileNotFoundError):  # another process was first
                if f"{datetime.fromtimestamp(path.stat().st_mtime):%Y-%m-%d}" < before:
                    path.unlink()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _mended(self, work: _Work) -> None:
        """Does the work; once more on a new file where this one turns out to be damaged."""
        try:
            work(self._opened())
        except sqlite3.DatabaseError as error:
            self.close()
            if not is_damage(error):
                raise
            self._set_aside(error)
            work(self._opened())

    def _opened(self) -> sqlite3.Connection:
        """The connection; a new one where the file was taken away from under it."""
        if self._connection is not None and self._inode == _inode(self._path):
            return self._connection
        self.close()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))  # for no other user to read
        # What the last process left there may hold what it was about to overwrite.
        left = self._path.with_name(f"{self._path.name}-wal")
        self._to_overwrite |= left.exists() and left.stat().st_size > 0
        self._connection = _connected(self._path)
        self._inode = _inode(self._path)
        return self._connection

    def _set_aside(self, error: sqlite3.Error) -> None:
        aside = f"{self._path.name}.damaged-{datetime.now():%Y%m%d-%H%M%S}"
        for ending in ("-wal", "-shm", ""):
            with suppress(FileNotFoundError):
                path = self._path.with_name(self._path.name + ending)
                path.rename(path.with_name(aside + ending))
        self.note = (
            f"{self._path} was damaged ({error}). It is now called {aside}, and counting begins "
            "anew. Delete it, or recover it with sqlite3."
        )


def check_owner(connection: sqlite3.Connection, path: Path) -> None:
    """Raises SettingError where the file is not Docent's or of a newer one."""
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (n_tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if n_tables and owner != APPLICATION_ID:
        raise SettingError(f"{path} is no log of Docent's.", "Move it away.")
    if version > VERSION:
        raise SettingError(f"{path} was written by a newer Docent.", "Use that one, or move it.")


def is_damage(error: sqlite3.Error) -> bool:
    """Not so a full disk, a locked file and the like."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _inode(path: Path) -> int:
    return path.stat().st_ino if path.exists() else 0


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level="IMMEDIATE", check_same_thread=False
    )
    with ExitStack() as where_it_fails:
        where_it_fails.callback(connection.close)
        check_owner(connection, path)
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise _Damaged(" ".join(verdict.split()))
        connection.executescript(_SETTINGS)
        if connection.execute("PRAGMA user_version").fetchone() != (VERSION,):
            connection.executescript(_SCHEMA)
        where_it_fails.pop_all()
    return connection


def _add(connection: sqlite3.Connection, sums: Mapping[Key, int]) -> None:
    with connection:
        for (table, key), n in sums.items():
            if table == QUESTIONS and not _has_room(connection, key):
                continue
            places = ", ".join("?" * (len(key) + 1))
            connection.execute(
                f"INSERT INTO {table} VALUES ({places}) "
                "ON CONFLICT DO UPDATE SET n = n + excluded.n",
                (*key, n),
            )


def _has_room(connection: sqlite3.Connection, key: tuple[str | int, ...]) -> bool:
    (n,) = connection.execute(f"SELECT count(*) FROM {QUESTIONS} WHERE day = ?", key[:1]).fetchone()
    return bool(n < MOST_TEXTS_A_DAY)


def _delete(connection: sqlite3.Connection, before: str, texts: bool) -> int:
    """How many sums were deleted."""
    with connection:
        n = sum(
            connection.execute(f"DELETE FROM {table} WHERE day < ?", (before,)).rowcount
            for table in (VISITS, PASSAGES, QUESTIONS)
        )
        if texts:
            n += connection.execute(f"DELETE FROM {QUESTIONS}").rowcount
    return n


def _overwrite(connection: sqlite3.Connection) -> None:
    """Every page is written anew: moving rows leaves copies in the gaps of a page."""
    connection.execute("VACUUM")
    (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise sqlite3.OperationalError("another program is reading it")
