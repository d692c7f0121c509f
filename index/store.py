"""Documents, passages and the vocabulary in one SQLite file, read on demand.

Reading is safe from many threads: each borrows a connection of its own. The file of a finished
generation never changes, which SQLite is told (`immutable`), so that it neither locks nor writes.
"""

from __future__ import annotations

import json
import sqlite3
import struct
import threading
from collections import OrderedDict, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from datatypes import Document, Heading, Metadata, Page, Passage, Span
from index.abbreviations import abbreviations_of
from index.folding import folded

_Value = TypeVar("_Value", int, str)

SCHEMA = """
CREATE TABLE documents (
    document_key INTEGER PRIMARY KEY, document_id TEXT NOT NULL, title TEXT NOT NULL,
    source TEXT NOT NULL, sha256 BLOB NOT NULL, n_characters INTEGER NOT NULL,
    metadata TEXT NOT NULL, searched TEXT NOT NULL);
CREATE INDEX documents_by_id ON documents (document_id);
CREATE INDEX documents_by_title ON documents (title COLLATE NOCASE, document_id);
CREATE TABLE texts (
    document_key INTEGER PRIMARY KEY, text BLOB NOT NULL, pages TEXT NOT NULL,
    headings TEXT NOT NULL);
CREATE TABLE abbreviations (document_key INTEGER NOT NULL, short TEXT NOT NULL, long TEXT NOT NULL);
CREATE INDEX abbreviations_by_document ON abbreviations (document_key);
CREATE TABLE passages (
    key INTEGER PRIMARY KEY, document_key INTEGER NOT NULL, start INTEGER NOT NULL,
    end INTEGER NOT NULL, heading TEXT, sentences BLOB NOT NULL, n_pieces INTEGER NOT NULL);
CREATE INDEX passages_by_document ON passages (document_key);
CREATE TABLE vocabulary (
    term TEXT PRIMARY KEY, confusion_key TEXT NOT NULL, n_passages INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX vocabulary_by_confusion_key ON vocabulary (confusion_key);
"""

PASSAGE_FIELDS = "key, document_key, start, end, heading, sentences"
PassageRow = tuple[int, int, int, int, str | None, bytes]

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


def connect(path: Path) -> sqlite3.Connection:
    """For reading a finished generation's texts, by one thread at a time."""
    address = path.resolve().as_uri() + "?mode=ro&immutable=1"
    return sqlite3.connect(address, uri=True, check_same_thread=False)


def _document_key(database: sqlite3.Connection, document_id: str) -> int | None:
    row = database.execute(
        "SELECT document_key FROM documents WHERE document_id = ?", (document_id,)
    ).fetchone()
    return int(row[0]) if row else None


def passage_from(document: Document, row: PassageRow) -> Passage:
    """`row`: the values of PASSAGE_FIELDS."""
    _, _, start, end, heading, sentences = row
    spans = (Span(start + a, start + b) for a, b in struct.iter_unpack("<2I", sentences))
    return Passage(document, Span(start, end), heading, tuple(spans))


def read_document(database: sqlite3.Connection, key: int) -> Document:
    document_id, title, metadata, text, pages, headings = database.execute(
        "SELECT document_id, title, metadata, text, pages, headings FROM documents"
        " JOIN texts USING (document_key) WHERE document_key = ?",
        (key,),
    ).fetchone()
    return Document(
        document_id=document_id,
        title=title,
        text=text.decode("utf-8"),
        pages=tuple(Page(Span(*place), *rest) for *place, rest in json.loads(pages)),
        headings=tuple(Heading(Span(*place), level) for *place, level in json.loads(headings)),
        metadata=metadata_from(metadata),
    )


def add_document(
    database: sqlite3.Connection, document: Document, *, source: str, sha256: bytes
) -> int:
    """Returns the document's key."""
    title, said = document.title, _metadata_json(document.metadata)
    searched = folded(" ".join([title, document.document_id, *_flat(document.metadata)]))
    key = database.execute(
        "INSERT INTO documents VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)",
        (document.document_id, title, source, sha256, len(document.text), said, searched),
    ).lastrowid
    database.execute(
        "INSERT INTO texts VALUES (?, ?, ?, ?)",
        (key, document.text.encode("utf-8"), _pages_json(document), _headings_json(document)),
    )
    database.executemany(
        "INSERT INTO abbreviations VALUES (?, ?, ?)",
        ((key, short, long) for short, long in abbreviations_of(document.text)),
    )
    return int(key or 0)


def add_passage(
    database: sqlite3.Connection, passage: Passage, *, document_key: int, n_pieces: int
) -> None:
    start, end = passage.span.start, passage.span.end
    # sentence bounds as 32-bit numbers, counted from the passage's start
    bounds = [place - start for span in passage.sentences for place in (span.start, span.end)]
    sentences = struct.pack(f"<{len(bounds)}I", *bounds)
    database.execute(
        "INSERT INTO passages VALUES (NULL, ?, ?, ?, ?, ?, ?)",
        (document_key, start, end, passage.heading, sentences, n_pieces),
    )


def remove_document(database: sqlite3.Connection, key: int) -> None:
    for table in ("passages", "abbreviations", "texts", "documents"):
        database.execute(f"DELETE FROM {table} WHERE document_key = ?", (key,))


def fingerprint(document: Document) -> str:
    """Everything that is stored of a document, as one line of JSON."""
    return json.dumps(
        [
            document.document_id,
            document.title,
            document.text,
            _pages_json(document),
            _headings_json(document),
            _metadata_json(document.metadata),
            list(abbreviations_of(document.text)),
        ],
        ensure_ascii=True,
    )


def metadata_from(text: str) -> dict[str, str | tuple[str, ...]]:
    return {
        name: value if isinstance(value, str) else tuple(value)
        for name, value in json.loads(text).items()
    }


def _metadata_json(metadata: Metadata) -> str:
    return json.dumps(dict(metadata), ensure_ascii=False)


def _pages_json(document: Document) -> str:
    return json.dumps(
        [[p.span.start, p.span.end, [p.number, p.label]] for p in document.pages],
        ensure_ascii=False,
    )


def _headings_json(document: Document) -> str:
    return json.dumps([[h.span.start, h.span.end, h.level] for h in document.headings])


def _flat(metadata: Mapping[str, str | tuple[str, ...]]) -> Iterator[str]:
    for value in metadata.values():
        yield from (value,) if isinstance(value, str) else value


def _parts(values: Sequence[_Value]) -> Iterator[Sequence[_Value]]:
    return (values[i : i + _VARIABLES] for i in range(0, len(values), _VARIABLES))


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
