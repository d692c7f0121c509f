"""Makes or updates an index: reads what is new, embeds it, writes the next generation."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np

from datatypes import Collection
from errors import DocentError, IndexDamaged, IndexMissing, ModelError, SettingError
from index.chunker import PASSAGE_PIECES, embedding_text
from index.draft import Draft
from index.embedder import Embedder
from index.folding import FOLDING_VERSION
from index.generations import Generation, NewerFormat, building, open_generation, publish
from index.ingest import Comparison, Progress, compare
from index.journal import Journal, Vectors as Embedded
from index.loaders import Problem, load_collection
from index.passage_index import read_collection, write_collection
from index.recipe import (
    CHUNKING_VERSION,
    DOCENT_VERSION,
    FORMAT_VERSION,
    Making,
    Recipe,
    VectorKind,
    read_recipe,
    write_recipe,
)
from index.store import connect
from index.vectors import Keys, Part, Vectors, in_8_bits, write_cells, write_vectors

_BATCH = 64
"""Passages embedded between two looks at Ctrl-C and two entries into the journal: half a second."""

_DISK_FAULTS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What a build did. `complete` is false after an interruption; the next build goes on.

    `n_kept`: documents kept as they were, because their files cannot be read now. `generation` is
    the number of the generation in use, `written` whether this build made it.
    """

    n_new: int
    n_unchanged: int
    n_changed: int
    n_removed: int
    n_kept: int
    n_documents: int
    n_passages: int
    n_embedded: int
    longest_passage_pieces: int
    problems: tuple[Problem, ...]
    generation: int
    written: bool
    complete: bool
    warning: str | None = None

    @property
    def n_read(self) -> int:
        return self.n_new + self.n_unchanged + self.n_changed

    @property
    def n_skipped(self) -> int:
        return sum(problem.skipped for problem in self.problems)


def build_index(
    documents: Path,
    out: Path,
    *,
    embedder: Embedder,
    progress: Progress = lambda what, done, total: None,
    stopped: Callable[[], bool] = lambda: False,
) -> IngestReport:
    """Brings the index in `out` up to date with the folder `documents`.

    When `stopped()` turns true, the documents finished by then are switched in. Raises IndexBusy,
    DocumentError if not one document can be read, SettingError if the disk does not take it,
    IndexDamaged if a newer Docent wrote the index; the index in use is then as it was.
    """
    collection = load_collection(documents)
    making = Making(
        format_version=FORMAT_VERSION,
        model_sha256=embedder.sha256,
        dimensions=embedder.dimensions,
        max_pieces=embedder.max_pieces,
        passage_pieces=PASSAGE_PIECES,
        chunking_version=CHUNKING_VERSION,
        folding_version=FOLDING_VERSION,
    )
    with building(out), _disk_faults(out):
        old = _Old.opened(out, making)
        try:
            return _Build(out, old, making, collection, embedder, progress, stopped).run(documents)
        finally:
            if old:
                old.close()


@dataclass(frozen=True, slots=True)
class _Old:
    """The index in use. `same`: its documents can be kept; it is made anew otherwise."""

    generation: Generation
    recipe: Recipe
    texts: sqlite3.Connection
    same: bool

    @classmethod
    def opened(cls, out: Path, making: Making) -> _Old | None:
        try:
            generation = open_generation(out)
        except NewerFormat:
            raise
        except (IndexMissing, IndexDamaged):
            return None
        recipe = read_recipe(generation.folder / "recipe.json")
        texts = connect(generation.folder / "texts.sqlite")
        return cls(generation, recipe, texts, recipe.making == making)

    def close(self) -> None:
        self.texts.close()
        self.generation.close()


class _Build:
    def __init__(
        self,
        out: Path,
        old: _Old | None,
        making: Making,
        collection: Collection,
        embedder: Embedder,
        progress: Progress,
        stopped: Callable[[], bool],
    ) -> None:
        self._out = out
        self._in_use = old
        self._old = old if old and old.same else None
        self._making = making
        self._collection = collection
        self._embedder = embedder
        self._progress = progress
        self._stopped = stopped
        self._draft: Draft | None = None

    def run(self, documents: Path) -> IngestReport:
        try:
            compared = compare(
                documents,
                self._old.texts if self._old else None,
                self._drafted,
                embedder=self._embedder,
                progress=self._progress,
                stopped=self._stopped,
            )
            if self._nothing_to_do(compared):
                return self._unwritten(compared)
            return self._written(compared)
        except BaseException:
            if self._draft:
                self._draft.discard()
            raise

    def _drafted(self) -> Draft:
        if self._draft is None:
            self._draft = Draft(self._out, self._old.generation.folder if self._old else None)
        return self._draft

    def _nothing_to_do(self, compared: Comparison) -> bool:
        if compared.interrupted and not (self._draft and self._draft.n_new_passages()):
            return True
        return bool(
            self._old
            and self._draft is None
            and not compared.vanished
            and not self._old.generation.warning
            and self._old.recipe.complete
            and read_collection(self._old.generation.folder / "collection.json") == self._collection
        )
