"""Vectors of an unfinished build, so that a killed one does not embed again what it had.

Keyed by the hash of what the model read; every entry carries a checksum. The journal is a cache:
what is damaged in it counts as absent.
"""

from __future__ import annotations

import contextlib
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from index.storage.base import PassageVectors

_FAULTS = (sqlite3.DatabaseError, UnicodeDecodeError)  # the latter where its names were altered
_TABLE = """
CREATE TABLE IF NOT EXISTS vectors (input_sha256 BLOB PRIMARY KEY, vectors BLOB, checksum INTEGER)
"""


class Journal:
    def __init__(self, path: Path, *, dimensions: int) -> None:
        self._path = path
        self._dimensions = dimensions
        self._database = sqlite3.connect(path)
        try:
            self._database.execute(_TABLE)
        except _FAULTS as fault:
            self._start_anew(fault)

    def get(self, input_sha256: bytes) -> PassageVectors | None:
        query = "SELECT vectors, checksum FROM vectors WHERE input_sha256 = ?"
        try:
            row = self._database.execute(query, (input_sha256,)).fetchone()
        except _FAULTS:
            return None
        match row:
            case (bytes(both), checksum) if checksum == zlib.crc32(input_sha256 + both):
                passage = np.frombuffer(both, "<f4", count=self._dimensions)
                sentences = np.frombuffer(both, "i1", offset=passage.nbytes)
                return PassageVectors(passage, sentences.reshape(-1, self._dimensions))
        return None

    def put(self, entries: Iterable[tuple[bytes, PassageVectors]]) -> None:
        """On disk when it returns."""
        rows = []
        for input_sha256, vectors in entries:
            both = vectors.passage.astype("<f4").tobytes() + vectors.sentences.tobytes()
            rows.append((input_sha256, both, zlib.crc32(input_sha256 + both)))
        try:
            self._insert(rows)
        except _FAULTS as fault:
            self._start_anew(fault)
            self._insert(rows)

    def close(self) -> None:
        self._database.close()

    def _insert(self, rows: Sequence[tuple[bytes, bytes, int]]) -> None:
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO vectors VALUES (?,?,?)", rows)

    def _start_anew(self, fault: Exception) -> None:
        """Raises `fault` again where it is not the file's, but the disk's."""
        with contextlib.suppress(sqlite3.Error):
            self._database.close()
        code = getattr(fault, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        if isinstance(fault, sqlite3.OperationalError) and code != sqlite3.SQLITE_ERROR:
            raise fault
        remove_journal(self._path)
        self._database = sqlite3.connect(self._path)
        self._database.execute(_TABLE)


def remove_journal(path: Path) -> None:
    """With SQLite's own notes beside it, which a new file of the name would be mistaken for."""
    for part in path.parent.glob(f"{path.name}*"):
        part.unlink()
