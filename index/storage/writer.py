"""The index on disk while its next generation is made: a copy of the one before, and what is new.

New documents and passages get keys above all old ones. The documents they replace stay until it is
published, so that after an interruption every document is there in one whole version.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cached_property
from itertools import chain
from pathlib import Path

from datatypes import Collection
from errors import IndexDamaged, IndexMissing, SettingError
from index.storage.base import EmbeddedPassage
from index.storage.faiss_store import Block, FaissVectors, VectorFiles, write_cells, write_vectors
from index.storage.generations import NewerFormat, building, publish
from index.storage.lexical_index import LOCK_FILES, TantivyWriter
from index.storage.passage_index import PassageIndex
from index.storage.recipe import DOCENT_VERSION, IndexSettings, Recipe, VectorKind, write_json
from index.storage.records import DocumentRecord, PassageRecord
from index.storage.texts import SCHEMA, add_document, stored_passages

_ANEW_BELOW = 20_000
"""Passages. Below it, terms are written anew (5 s at most) when any passage was removed: tantivy
counts removed ones in its statistics, and an updated index should answer as a fresh one does."""
_STALE_SHARE = 0.1  # above it, terms are written anew when this share of the passages was removed

_LEAVING = """
SELECT old.document_key FROM documents AS old JOIN documents AS new USING (document_id)
WHERE old.document_key < new.document_key
UNION SELECT document_key FROM documents WHERE document_id IN (SELECT value FROM json_each(?))
"""  # replaced by a newer document of their id, or removed


@contextmanager
def writing(out: Path, settings: IndexSettings) -> Iterator[IndexWriter]:
    """The only writer of the index in `out`; what it did not publish is gone afterwards.

    Raises IndexBusy while another process writes there, SettingError where the disk does not take
    it, NewerFormat where a newer Docent wrote the index; the index in use is then as it was.
    """
    with _disk_faults(out), building(out), ExitStack() as opened:
        previous = None
        try:
            previous = PassageIndex.load(out)
            opened.callback(previous.close)
        except NewerFormat:
            raise
        except (IndexMissing, IndexDamaged):
            pass  # it is made anew
        yield IndexWriter(out, previous, settings, opened)


class IndexWriter:
    """A `StoreWriter`. It touches the disk when first something is staged or published.

    `opened` closes what it opens.
    """

    def __init__(
        self, out: Path, previous: PassageIndex | None, settings: IndexSettings, opened: ExitStack
    ) -> None:
        same = previous is not None and previous.recipe.settings == settings
        self.previous = previous
        self.base = previous if same else None
        self._out = out
        self._folder = out / "next.draft"
        self._settings = settings
        self._opened = opened
        self._removed: list[str] = []
        self._n_stale = self.base.recipe.n_stale if self.base else 0
        self._last_old = int(self.base.vectors.keys.max(initial=0)) if self.base else 0
        self._last_written = self._last_old

    def stage(self, record: DocumentRecord, passages: Sequence[PassageRecord]) -> None:
        add_document(self._database, record, passages)

    def remove(self, document_ids: Sequence[str]) -> None:
        self._removed += document_ids

    def staged(self) -> Iterator[tuple[int, PassageRecord]]:
        return stored_passages(self._database, "key > ?", self._last_old)

    def write(self, passages: Sequence[EmbeddedPassage]) -> None:
        if passages:
            self._vectors.add(Block.of(passages))
            for key, passage, _ in passages:
                self._lexical.add(key, passage)
            self._last_written = passages[-1].key

    def publish(self, *, model: str, collection: Collection, complete: bool) -> tuple[int, Recipe]:
        anew = self._terms_anew  # decided before anything is taken out
        dropped = self._settle()
        self._finish_terms(dropped, anew=anew)
        kind = self._finish_vectors(dropped)
        recipe = Recipe(
            settings=self._settings,
            docent_version=DOCENT_VERSION,
            model=model,
            vectors=kind,
            n_documents=self._number("SELECT count(*) FROM documents"),
            n_passages=self._number("SELECT count(*) FROM passages"),
            longest_passage_tokens=self._number("SELECT max(n_tokens) FROM passages"),
            n_stale=self._n_stale,
            content_sha256=self._content_sha256(),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            complete=complete,
        )
        write_json(recipe, self._folder / "recipe.json")
        write_json(collection, self._folder / "collection.json")
        self._database.execute("COMMIT")
        self._database.close()
        kept = self.previous.generation if self.previous else None
        return publish(self._folder, self._out, keep=kept), recipe

    @cached_property
    def _database(self) -> sqlite3.Connection:
        path = self._folder / "texts.sqlite"
        self._folder.mkdir()
        if self.base:
            shutil.copyfile(self.base.folder / path.name, path)
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._opened.callback(database.close)
        # a draft is thrown away when anything fails: no journal, and synced once at the end
        pragmas = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;"
        database.executescript(f"{pragmas} {'' if self.base else SCHEMA} BEGIN;")
        return database

    @cached_property
    def _lexical(self) -> TantivyWriter:
        folder = self._folder / "lexical"
        if self.base and not self._terms_anew:
            locks = shutil.ignore_patterns(LOCK_FILES)
            shutil.copytree(self.base.folder / folder.name, folder, ignore=locks)
        lexical = TantivyWriter(folder)
        self._opened.callback(lexical.close)
        return lexical

    @cached_property
    def _vectors(self) -> VectorFiles:
        # apart from the old ones, which come first, until it is certain which of these stay
        files = VectorFiles(self._folder / "new" if self.base else self._folder)
        self._opened.callback(files.close)
        return files

    @cached_property
    def _terms_anew(self) -> bool:
        """Whether the terms of all passages are written, not those of the new ones alone."""
        leaving = f"SELECT count(*) FROM passages WHERE document_key IN ({_LEAVING})"
        n_leaving = self._number(leaving, json.dumps(self._removed))
        n_passages = self._number("SELECT count(*) FROM passages") - n_leaving
        n_allowed = 0 if n_passages < _ANEW_BELOW else _STALE_SHARE * n_passages
        return self._n_stale + n_leaving > n_allowed

    def _settle(self) -> list[int]:
        """Takes out what is not whole, replaced or removed; the keys of old passages among it."""
        database, removed = self._database, (json.dumps(self._removed),)
        remove = "DELETE FROM documents WHERE document_key IN"
        unfinished = "SELECT document_key FROM passages WHERE key > ?"
        database.execute(f"{remove} ({unfinished})", (self._last_written,))
        query = f"SELECT key FROM passages WHERE document_key IN ({_LEAVING}) ORDER BY key"
        dropped = [key for (key,) in database.execute(query, removed)]
        database.execute(f"{remove} ({_LEAVING})", removed)
        return dropped

    def _finish_terms(self, dropped: Sequence[int], *, anew: bool) -> None:
        if anew:
            self._n_stale = 0
            for key, record in stored_passages(self._database, "key <= ?", self._last_old):
                self._lexical.add(key, record.passage)
        else:
            self._n_stale += len(dropped)
            self._lexical.remove(dropped)
        self._lexical.commit()

    def _finish_vectors(self, dropped: Sequence[int]) -> VectorKind:
        self._vectors.close()
        dimensions = self._settings.dimensions
        old = self.base.vectors if self.base else None
        if old:
            new = FaissVectors(self._folder / "new", dimensions=dimensions)
            write_vectors(self._folder, chain(old.blocks(without=dropped), new.blocks()))
            shutil.rmtree(self._folder / "new")
        return write_cells(self._folder, dimensions=dimensions, old=old, removed=dropped)

    def _content_sha256(self) -> str:
        digest = hashlib.sha256()
        query = "SELECT document_id, sha256 FROM documents ORDER BY document_id"
        for document_id, sha256 in self._database.execute(query):
            digest.update(f"{document_id}\0".encode() + sha256)
        return digest.hexdigest()

    def _number(self, query: str, *values: object) -> int:
        return int(self._database.execute(query, values).fetchone()[0] or 0)


@contextmanager
def _disk_faults(out: Path) -> Iterator[None]:
    """What the disk refuses becomes one line."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        why = getattr(error, "strerror", None) or error
        if isinstance(error, shutil.Error):  # what copying a folder met: (from, to, why) for each
            why = error.args[0][0][2]
        raise SettingError(
            f"The index in {out} cannot be written ({why}).",
            "Free some space, mend the folder's permissions, or name another one with --out.",
        ) from error
