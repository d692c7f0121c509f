"""Vectors of an unfinished build, so that a killed one does not embed again what it had.

Keyed by a hash of model, text and sentence bounds; every entry carries a checksum. The journal is
a cache: what is damaged in it counts as absent.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from datatypes import Passage

Made = tuple[NDArray[np.float32], NDArray[np.int8]]
"""A passage's vector (d) and its sentences' in 8 bits (n, d)."""

_FAULTS = (sqlite3.DatabaseError, UnicodeDecodeError)  # the latter where its names were altered
_OF_THE_DISK = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_NOMEM,
}


class Journal:
    def __init__(self, path: Path, *, model_sha256: str, dimensions: int) -> None:
        self._path = path
        self._model = bytes.fromhex(model_sha256)
        self._dimensions = dimensions
        try:
            self._database = self._opened()
        except _FAULTS as fault:
            if not _is_damage(fault):
                raise
            self._start_anew()

    def name(self, passage: Passage, embedding_text: str) -> bytes:
        bounds = [(span.start - passage.span.start, len(span)) for span in passage.sentences]
        content = f"{bounds}\0{embedding_text}".encode("utf-8", "surrogatepass")
        return hashlib.sha256(self._model + content).digest()

    def get(self, name: bytes) -> Made | None:
        try:
            row = self._database.execute(
                "SELECT vector, sentences, checksum FROM vectors WHERE name = ?", (name,)
            ).fetchone()
        except _FAULTS:
            return None
        if row is None or not all(isinstance(value, bytes) for value in row[:2]):
            return None
        if zlib.crc32(name + row[0] + row[1]) != row[2]:
            return None
        vector = np.frombuffer(row[0], dtype="<f4")
        return vector, np.frombuffer(row[1], dtype="i1").reshape(-1, self._dimensions)

    def put(self, entries: Sequence[tuple[bytes, Made]]) -> None:
        """On disk when it returns."""
        rows = []
        for name, (vector, sentences) in entries:
            first, second = vector.astype("<f4").tobytes(), sentences.tobytes()
            rows.append((name, first, second, zlib.crc32(name + first + second)))
        try:
            self._insert(rows)
        except _FAULTS as fault:
            if not _is_damage(fault):
                raise
            self.close()
            self._start_anew()
            self._insert(rows)

    def close(self) -> None:
        self._database.close()

    def remove(self) -> None:
        self.close()
        remove_journal(self._path)

    def _insert(self, rows: Sequence[tuple[bytes, bytes, bytes, int]]) -> None:
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO vectors VALUES (?,?,?,?)", rows)

    def _start_anew(self) -> None:
        remove_journal(self._path)
        self._database = self._opened()

    def _opened(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path)
        try:
            database.execute(
                "CREATE TABLE IF NOT EXISTS vectors"
                " (name BLOB PRIMARY KEY, vector BLOB, sentences BLOB, checksum INTEGER)"
            )
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                database.close()
            raise
        return database


def _is_damage(fault: Exception) -> bool:
    """The file's fault, not the disk's."""
    return getattr(fault, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF not in _OF_THE_DISK


def remove_journal(path: Path) -> None:
    """With SQLite's own notes beside it, which a new file of the name would be mistaken for."""
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink()
