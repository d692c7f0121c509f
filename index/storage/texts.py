"""Documents, passages and the vocabulary in one SQLite file, read on demand.

Reading is safe from many threads: each borrows a connection of its own. The file of a finished
generation never changes, which SQLite is told (`immutable`), so that it neither locks nor writes.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from datatypes import Document, Metadata, Passage
from index.storage.schema import PASSAGE_FIELDS, connect, metadata_from, passage_from, read_document
from index.text.folding import folded

_Value = TypeVar("_Value", int, str)

_CACHED_CHARACTERS = 20_000_000
"""Text kept in memory for documents read lately, about 20 to 80 MB."""

_VARIABLES = 500
"""Values bound to one statement; SQLite's own limit is higher everywhere."""


@dataclass(frozen=True, slots=True)
class DocumentCard:
    """What a list of documents shows, without the text."""

    document_id: str
    title: str
    n_characters: int
    metadata: Metadata = field(hash=False)


@dataclass(frozen=True, slots=True)
class VocabularyTerm:
    """A folded, stemmed term and the number of passages that hold it."""

    text: str
    n_passages: int


class Store:
    """The read side."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._free: deque[sqlite3.Connection] = deque()
        self._documents: OrderedDict[int, Document] = OrderedDict()
        self._n_cached_characters = 0
        self._lock = threading.Lock()  # guards the cached documents

    def passages(self, keys: Sequence[int]) -> list[Passage]:
        """In the order of `keys`. Raises KeyError for a key that no passage has."""
        with self.reading() as database:
            found = {
                row[0]: row
                for part in _parts(keys)
                for row in database.execute(
                    f"SELECT {PASSAGE_FIELDS} FROM passages WHERE key IN ({_marks(part)})", part
                )
            }
            rows = [found[key] for key in keys]
            return [passage_from(self._document(database, row[1]), row) for row in rows]

    def all_passages(self) -> Iterator[Passage]:
        with self.reading() as database:
            rows = database.execute(f"SELECT {PASSAGE_FIELDS} FROM passages ORDER BY key")
            for row in rows:
                yield passage_from(self._document(database, row[1]), row)

    def passages_of(self, document_id: str) -> list[Passage]:
        """In the order of the text; none for an unknown document."""
        with self.reading() as database:
            key = _document_key(database, document_id)
            if key is None:
                return []
            document = self._document(database, key)
            rows = database.execute(
                f"SELECT {PASSAGE_FIELDS} FROM passages WHERE document_key = ? ORDER BY start",
                (key,),
            )
            return [passage_from(document, row) for row in rows]

    def document(self, document_id: str) -> Document | None:
        with self.reading() as database:
            key = _document_key(database, document_id)
            return None if key is None else self._document(database, key)

    def stored_document(self, document_id: str) -> Document | None:
        """Read from the disk, whatever is kept in memory."""
        with self.reading() as database:
            key = _document_key(database, document_id)
            return None if key is None else read_document(database, key)

    def document_ids(self) -> list[str]:
        with self.reading() as database:
            rows = database.execute("SELECT document_id FROM documents ORDER BY document_id")
            return [document_id for (document_id,) in rows]

    def cards(self, search: str, offset: int, limit: int) -> tuple[int, list[DocumentCard]]:
        words = folded(search).split()
        where = " AND ".join(["instr(searched, ?) > 0"] * len(words)) or "1"
        with self.reading() as database:
            total = database.execute(
                f"SELECT count(*) FROM documents WHERE {where}", words
            ).fetchone()[0]
            rows = database.execute(
                f"SELECT document_id, title, n_characters, metadata FROM documents WHERE {where}"
                " ORDER BY title COLLATE NOCASE, document_id LIMIT ? OFFSET ?",
                [*words, limit, offset],
            )
            return total, [
                DocumentCard(document_id, title, n_characters, metadata_from(metadata))
                for document_id, title, n_characters, metadata in rows
            ]

    def abbreviations(self) -> list[tuple[str, str]]:
        """Every (short form, long form) that some document introduces, once."""
        with self.reading() as database:
            rows = database.execute("SELECT DISTINCT short, long FROM abbreviations ORDER BY 1, 2")
            return [(short, long) for short, long in rows]

    def document_frequency(self, terms: Sequence[str]) -> dict[str, int]:
        with self.reading() as database:
            found: dict[str, int] = dict.fromkeys(terms, 0)
            for part in _parts(terms):
                found |= database.execute(
                    f"SELECT term, n_passages FROM vocabulary WHERE term IN ({_marks(part)})", part
                ).fetchall()
            return found

    def terms_like(self, confusion_key: str) -> list[VocabularyTerm]:
        with self.reading() as database:
            rows = database.execute(
                "SELECT term, n_passages FROM vocabulary WHERE confusion_key = ?"
                " ORDER BY n_passages DESC, term",
                (confusion_key,),
            )
            return [VocabularyTerm(*row) for row in rows]

    def terms_beginning(self, prefix: str, *, shortest: int, longest: int) -> list[VocabularyTerm]:
        with self.reading() as database:
            rows = database.execute(
                "SELECT term, n_passages FROM vocabulary WHERE term >= ? AND term < ?"
                " AND length(term) BETWEEN ? AND ?",
                (prefix, prefix + "\U0010ffff", shortest, longest),
            )
            return [VocabularyTerm(*row) for row in rows]

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for this thread alone, kept for the next reader afterwards."""
        try:
            database = self._free.pop()
        except IndexError:
            database = connect(self._path)
        try:
            yield database
        finally:
            self._free.append(database)

    def close(self) -> None:
        """Whoever is still reading finishes; connections borrowed now close when collected."""
        while self._free:
            self._free.pop().close()

    def _document(self, database: sqlite3.Connection, key: int) -> Document:
        with self._lock:
            if key in self._documents:
                self._documents.move_to_end(key)
                return self._documents[key]
        document = read_document(database, key)
        with self._lock:
            if key not in self._documents:
                self._documents[key] = document
                self._n_cached_characters += len(document.text)
            while self._n_cached_characters > _CACHED_CHARACTERS and len(self._documents) > 1:
                _, oldest = self._documents.popitem(last=False)
                self._n_cached_characters -= len(oldest.text)
        return document


def _document_key(database: sqlite3.Connection, document_id: str) -> int | None:
    row = database.execute(
        "SELECT document_key FROM documents WHERE document_id = ?", (document_id,)
    ).fetchone()
    return int(row[0]) if row else None


def _parts(values: Sequence[_Value]) -> Iterator[Sequence[_Value]]:
    return (values[i : i + _VARIABLES] for i in range(0, len(values), _VARIABLES))


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
