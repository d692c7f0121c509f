"""The tables of an index's SQLite file, and what stands in their rows."""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

from datatypes import Document, Heading, Metadata, Page, Passage, Span
from index.text.abbreviations import abbreviations_of
from index.text.folding import folded

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


def connect(path: Path) -> sqlite3.Connection:
    """For reading a finished generation's texts, by one thread at a time."""
    address = path.resolve().as_uri() + "?mode=ro&immutable=1"
    return sqlite3.connect(address, uri=True, check_same_thread=False)


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
