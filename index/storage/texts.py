"""Documents and passages in one SQLite file, read on demand.

Reading is safe from many threads: each borrows a connection of its own. The file of a finished
generation never changes, which SQLite is told (`immutable`), so that it neither locks nor writes.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from cachetools import LRUCache

from datatypes import Document, Passage
from index.storage.base import DocumentCard
from index.storage.records import (
    DocumentRecord,
    PassageRecord,
    document_from,
    passage_from,
    passage_json,
)
from index.text.folding import folded

SCHEMA = Path(__file__).with_name("texts.sql").read_text(encoding="utf-8")

_PASSAGES = "SELECT key, document_key, passage, input_sha256, n_tokens FROM passages"

_CACHED_CHARACTERS = 20_000_000
"""Text kept in memory for documents read lately, about 20 to 80 MB."""


class SqliteTexts:
    """A `TextStore` over the file, for reading."""

    def __init__(self, path: Path) -> None:
        self._address = path.resolve().as_uri() + "?mode=ro&immutable=1"
        self._free: deque[sqlite3.Connection] = deque()
        self._documents: LRUCache[int, Document] = LRUCache(
            _CACHED_CHARACTERS, lambda document: min(len(document.text), _CACHED_CHARACTERS)
        )
        self._lock = threading.Lock()  # guards the cached documents

    def passages(self, keys: Sequence[int]) -> list[Passage]:
        query = f"{_PASSAGES} WHERE key IN (SELECT value FROM json_each(?))"
        rows = {row[0]: row for row in self._rows(query, json.dumps(list(keys)))}
        return [passage_from(self._document(rows[key][1]), rows[key][2]) for key in keys]

    def passages_of(self, document_id: str) -> list[Passage]:
        query = f"{_PASSAGES} JOIN documents USING (document_key) WHERE document_id = ?"
        rows = self._rows(f"{query} ORDER BY key", document_id)
        return [passage_from(self._document(row[1]), row[2]) for row in rows]

    def all_passages(self) -> Iterator[Passage]:
        with self._borrowed() as database:
            for _, record in stored_passages(database):
                yield record.passage

    def document(self, document_id: str) -> Document | None:
        key = self._document_key(document_id)
        return self._document(key) if key else None

    def stored_document(self, document_id: str) -> Document | None:
        key = self._document_key(document_id)
        return self._read_document(key) if key else None

    def document_ids(self) -> list[str]:
        rows = self._rows("SELECT document_id FROM documents ORDER BY document_id")
        return [document_id for (document_id,) in rows]

    def cards(
        self, *, search: str = "", offset: int = 0, limit: int = 50
    ) -> tuple[int, list[DocumentCard]]:
        words = folded(search).split()
        where = " AND ".join(["instr(searched, ?) > 0"] * len(words)) or "1"
        ((n_found,),) = self._rows(f"SELECT count(*) FROM documents WHERE {where}", *words)
        query = f"SELECT card FROM documents WHERE {where} ORDER BY title COLLATE NOCASE"
        rows = self._rows(f"{query}, document_id LIMIT ? OFFSET ?", *words, limit, offset)
        return n_found, [msgspec.json.decode(card, type=DocumentCard) for (card,) in rows]

    def abbreviations(self) -> list[tuple[str, str]]:
        return self._rows("SELECT DISTINCT short, long FROM abbreviations ORDER BY 1, 2")

    def record_sha256(self, document_id: str) -> bytes | None:
        rows = self._rows("SELECT sha256 FROM documents WHERE document_id = ?", document_id)
        return next((sha256 for (sha256,) in rows), None)

    def sources(self) -> Iterator[tuple[str, str]]:
        with self._borrowed() as database:
            yield from database.execute("SELECT document_id, source FROM documents")

    def keys_of_inputs(self, input_sha256s: Sequence[bytes]) -> dict[bytes, int]:
        query = "SELECT input_sha256, key FROM passages WHERE input_sha256 = ? LIMIT 1"
        return dict(row for sha256 in input_sha256s for row in self._rows(query, sha256))

    def close(self) -> None:
        """Whoever is still reading finishes; connections borrowed now close when collected."""
        while self._free:
            self._free.pop().close()

    @contextmanager
    def _borrowed(self) -> Iterator[sqlite3.Connection]:
        """A connection for this thread alone, kept for the next reader afterwards."""
        try:
            database = self._free.pop()
        except IndexError:
            database = sqlite3.connect(self._address, uri=True, check_same_thread=False)
        try:
            yield database
        finally:
            self._free.append(database)

    def _rows(self, query: str, *values: object) -> list[Any]:
        with self._borrowed() as database:
            return database.execute(query, values).fetchall()

    def _read_document(self, key: int) -> Document:
        with self._borrowed() as database:
            return read_document(database, key)

    def _document_key(self, document_id: str) -> int | None:
        rows = self._rows("SELECT document_key FROM documents WHERE document_id = ?", document_id)
        return next((key for (key,) in rows), None)

    def _document(self, key: int) -> Document:
        with self._lock:
            document = self._documents.get(key)
        if document is None:
            document = self._read_document(key)
            with self._lock:
                self._documents[key] = document
        return document


def stored_passages(
    database: sqlite3.Connection, where: str = "1", *values: object
) -> Iterator[tuple[int, PassageRecord]]:
    """By key. Each document is read once: its passages have keys in a row."""
    document_key, document = -1, None
    for key, *row in database.execute(f"{_PASSAGES} WHERE {where} ORDER BY key", values):
        if document is None or row[0] != document_key:
            document_key, document = row[0], read_document(database, row[0])
        yield key, PassageRecord(passage_from(document, row[1]), *row[2:])


def read_document(database: sqlite3.Connection, key: int) -> Document:
    query = "SELECT structure, text FROM texts WHERE document_key = ?"
    structure, text = database.execute(query, (key,)).fetchone()
    return document_from(structure, text.decode("utf-8"))


def add_document(
    database: sqlite3.Connection, record: DocumentRecord, passages: Sequence[PassageRecord]
) -> None:
    document, text = record.document, record.document.text
    about = (document.document_id, document.title)
    values = [v if isinstance(v, str) else " ".join(v) for v in document.metadata.values()]
    card = msgspec.json.encode(DocumentCard(*about, len(text), document.metadata))
    kept = (record.source, record.sha256, card, folded(" ".join([*about, *values])))
    key = _insert(database, "documents", None, *about, *kept)
    _insert(database, "texts", key, record.structure, text.encode("utf-8"))
    for short, long in record.abbreviations:
        _insert(database, "abbreviations", key, short, long)
    for passage, *rest in passages:
        _insert(database, "passages", None, key, passage_json(passage), *rest)


def _insert(database: sqlite3.Connection, table: str, *values: object) -> int | None:
    """Returns the row's key."""
    marks = ",".join("?" * len(values))
    return database.execute(f"INSERT INTO {table} VALUES ({marks})", values).lastrowid
