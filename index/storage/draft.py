"""The next generation while it is made: a copy of the one before, plus new documents.

New documents and passages get keys above all old ones. The documents they replace stay until
`settle`, so that after an interruption every document is there in one whole version.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from datatypes import Document, Passage
from index.metadata.letterhead import labels_of
from index.storage.faiss_store import Keys
from index.storage.generations import new_draft
from index.storage.lexical_index import LOCK_FILES, write_words
from index.storage.schema import (
    PASSAGE_FIELDS,
    SCHEMA,
    add_document,
    add_passage,
    passage_from,
    read_document,
    remove_document,
)
from index.text.folding import confusion_key, lexical_text, terms_of

_VOCABULARY_HELD = 200_000  # terms counted in memory before they are written
_ANEW_BELOW = 20_000
"""Passages. Below it, words are written anew (5 s at most) when any passage was removed: tantivy
counts removed ones in its statistics, and an updated index should answer as a fresh one does."""
_STALE_SHARE = 0.1  # above it, words are written anew when this share of the passages was removed


class Draft:
    def __init__(self, out: Path, old: Path | None) -> None:
        self.folder = new_draft(out)
        path = self.folder / "texts.sqlite"
        if old:
            shutil.copyfile(old / "texts.sqlite", path)
            words, locks = self.folder / "words", shutil.ignore_patterns(LOCK_FILES)
            shutil.copytree(old / "words", words, ignore=locks)
        self.database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        # a draft is thrown away when anything fails: no journal, and synced once at the end
        self.database.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN;")
        if not old:
            for statement in SCHEMA.split(";"):
                self.database.execute(statement)
        self.last_old_passage = self._number("SELECT max(key) FROM passages")
        self._replaced: dict[int, int] = {}  # new document key → old one

    def stage(
        self,
        document: Document,
        passages: Sequence[tuple[Passage, int]],
        *,
        source: str,
        sha256: bytes,
        replaces: int | None,
    ) -> None:
        """Adds a document with its passages and their lengths in word pieces."""
        key = add_document(self.database, document, source=source, sha256=sha256)
        for passage, n_pieces in passages:
            add_passage(self.database, passage, document_key=key, n_pieces=n_pieces)
        if replaces is not None:
            self._replaced[key] = replaces

    def n_new_passages(self) -> int:
        return self._number("SELECT count(*) FROM passages WHERE key > ?", self.last_old_passage)

    def new_passages(self) -> Iterator[tuple[int, Passage]]:
        """Key and passage, in the order of keys."""
        return passages_in(
            self.database,
            f"SELECT {PASSAGE_FIELDS} FROM passages WHERE key > ? ORDER BY key",
            self.last_old_passage,
        )

    def leaving(self, vanished: Iterable[int]) -> Iterator[tuple[int, Passage]]:
        """Key and passage of the old documents that are replaced or gone."""
        for key in [*self._replaced.values(), *vanished]:
            query = f"SELECT {PASSAGE_FIELDS} FROM passages WHERE document_key = ?"
            yield from passages_in(self.database, query, key)

    def settle(self, *, vanished: Iterable[int], n_embedded: int) -> Keys:
        """Drops what must not stay; returns the keys of the old passages dropped, ascending.

        Only the first `n_embedded` new passages have vectors. A document that lacks some is not
        taken in, and what it was to replace stays.
        """
        last_embedded = self.last_old_passage + n_embedded
        unfinished = [
            key
            for (key,) in self.database.execute(
                "SELECT DISTINCT document_key FROM passages WHERE key > ?", (last_embedded,)
            )
        ]
        for key in unfinished:
            remove_document(self.database, key)
            self._replaced.pop(key, None)
        dropped: list[int] = []
        frequencies: Counter[str] = Counter()
        for key in [*self._replaced.values(), *vanished]:
            query = f"SELECT {PASSAGE_FIELDS} FROM passages WHERE document_key = ?"
            for passage_key, passage in passages_in(self.database, query, key):
                dropped.append(passage_key)
                frequencies.subtract(_distinct_terms(passage))
            remove_document(self.database, key)
            if len(frequencies) > _VOCABULARY_HELD:
                self._count(frequencies)
        self._count(frequencies)
        return np.array(sorted(dropped), dtype=np.int64)

    def write_words(self, dropped: Keys, *, n_stale: int) -> int:
        """Words and vocabulary of the settled draft; returns how many removed passages linger."""
        n_passages = self._number("SELECT count(*) FROM passages")
        n_stale += len(dropped)
        limit = 0 if n_passages < _ANEW_BELOW else _STALE_SHARE * n_passages
        removed: Iterable[int] = dropped.tolist()
        after = self.last_old_passage
        if n_stale > limit:
            shutil.rmtree(self.folder / "words", ignore_errors=True)
            self.database.execute("DELETE FROM vocabulary")
            n_stale, after, removed = 0, 0, []
        query = f"SELECT {PASSAGE_FIELDS} FROM passages WHERE key > ? ORDER BY key"
        rows = passages_in(self.database, query, after)
        write_words(self.folder / "words", removed=removed, added=self._counted(rows))
        self.database.execute("DELETE FROM vocabulary WHERE n_passages <= 0")
        return n_stale

    def content_sha256(self) -> str:
        digest = hashlib.sha256()
        for document_id, sha256 in self.database.execute(
            "SELECT document_id, sha256 FROM documents ORDER BY document_id"
        ):
            digest.update(f"{document_id}\0".encode() + sha256)
        return digest.hexdigest()

    def counts(self) -> tuple[int, int, int]:
        """Documents, passages, and the longest passage in word pieces."""
        return (
            self._number("SELECT count(*) FROM documents"),
            self._number("SELECT count(*) FROM passages"),
            self._number("SELECT max(n_pieces) FROM passages"),
        )

    def close(self) -> None:
        """Everything written, not yet synced."""
        self.database.execute("COMMIT")
        self.database.close()

    def discard(self) -> None:
        self.database.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _counted(self, rows: Iterable[tuple[int, Passage]]) -> Iterator[tuple[int, str, str]]:
        """What the lexical index takes, its terms counted into the vocabulary on the way."""
        frequencies: Counter[str] = Counter()
        for key, passage in rows:
            heading, body = _heading_and_body(passage)
            frequencies.update({*heading, *body})
            if len(frequencies) > _VOCABULARY_HELD:
                self._count(frequencies)
            yield key, " ".join(heading), " ".join(body)
        self._count(frequencies)

    def _count(self, frequencies: Counter[str]) -> None:
        self.database.executemany(
            "INSERT INTO vocabulary VALUES (?, ?, ?)"
            " ON CONFLICT (term) DO UPDATE SET n_passages = n_passages + excluded.n_passages",
            ((term, confusion_key(term), n) for term, n in sorted(frequencies.items())),
        )
        frequencies.clear()

    def _number(self, query: str, *values: int) -> int:
        return int(self.database.execute(query, values).fetchone()[0] or 0)


def passages_in(
    database: sqlite3.Connection, query: str, *values: int
) -> Iterator[tuple[int, Passage]]:
    """Key and passage of each row; `query` selects PASSAGE_FIELDS, document after document."""
    document_key, document = -1, None
    for row in database.execute(query, values):
        if document is None or row[1] != document_key:
            document_key, document = row[1], read_document(database, row[1])
        yield row[0], passage_from(document, row)


def _heading_and_body(passage: Passage) -> tuple[list[str], list[str]]:
    """The terms of both; what a letterhead's line is counts as a heading over it."""
    heading, body = (terms_of(text) for text in lexical_text(passage))
    return [*heading, *labels_of(passage.document, passage.span)], body


def _distinct_terms(passage: Passage) -> set[str]:
    return {term for terms in _heading_and_body(passage) for term in terms}
