"""Vectors of passages and of their sentences on disk; the only module that knows FAISS.

    keys.i64        passage keys, ascending: row i of the vectors belongs to keys[i]
    vectors.f32     unit vectors, one row a passage
    bounds.i64      passage i has the rows bounds[i] to bounds[i + 1] of the sentences
    sentences.i8    sentence vectors, scaled so that the largest value is 127
    cells.faiss     from EXACT_BELOW passages on: the same vectors in 8 bits, in cells

Plain numbers without a header, mapped into memory and read where needed. Below EXACT_BELOW
passages every vector is compared; above, the nearest cells are searched and what is found there is
scored again exactly, so that a score never depends on the kind of index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import faiss
import numpy as np
from numpy.typing import NDArray

from index.storage.base import EmbeddedPassage, Floats, Keys, PassageVectors
from index.storage.recipe import VectorKind

EXACT_BELOW = 100_000
"""Passages. Comparing all of 100,000 takes 6 ms of one thread, of a million 55 ms."""

_FILES = {"keys.i64": "<i8", "vectors.f32": "<f4", "bounds.i64": "<i8", "sentences.i8": "i1"}
_EXACT = VectorKind()
_WANTED_RECALL = 0.97
_CELLS_PER_ROOT = 4  # cells = 4 * sqrt(passages), FAISS's own advice below a million
_TRAINED_PER_CELL = 40  # FAISS warns below 39
_TRAINING_ROUNDS = 10
_GROWTH_TO_TRAIN_AGAIN = 1.5
_CANDIDATES_PER_HIT = 4  # scored again exactly
_SAMPLED = 200  # passages whose neighbours are looked for to measure recall
_BLOCK = 20_000  # rows copied at a time, 30 MB


class Block(NamedTuple):
    """Passages' vectors: keys (n,), vectors (n, d), counts (n,), sentences (sum of counts, d)."""

    keys: Keys
    vectors: Floats
    counts: Keys
    sentences: NDArray[np.int8]

    @classmethod
    def of(cls, passages: Sequence[EmbeddedPassage]) -> Block:
        """At least one passage, by key."""
        keys, _, vectors = zip(*passages, strict=True)
        rows, sentences = zip(*vectors, strict=True)
        counts = [len(passage_sentences) for passage_sentences in sentences]
        return cls(np.array(keys), np.stack(rows), np.array(counts), np.concatenate(sentences))


class FaissVectors:
    """A `VectorStore` in a folder, for reading; safe from many threads."""

    def __init__(self, folder: Path, *, dimensions: int, kind: VectorKind = _EXACT) -> None:
        self.kind = kind
        self.cells_path = folder / "cells.faiss"
        self._cells: Any = None
        if kind != _EXACT:
            self._cells = faiss.read_index(str(self.cells_path), faiss.IO_FLAG_MMAP)
        keys, rows, bounds, sentences = (_mapped(folder / name, _FILES[name]) for name in _FILES)
        self.keys: Keys = keys
        self.rows: Floats = rows.reshape(-1, dimensions)
        self._bounds: Keys = bounds
        self._sentences: NDArray[np.int8] = sentences.reshape(-1, dimensions)

    def nearest(self, vectors: Floats, *, k: int) -> list[list[tuple[int, float]]]:
        questions = np.ascontiguousarray(vectors, dtype=np.float32)
        k = min(k, len(self.keys))
        if k <= 0:
            return [[] for _ in questions]
        if self._cells is None:
            _, rows = faiss.knn(questions, self.rows, k, metric=faiss.METRIC_INNER_PRODUCT)
            candidates = self.keys[rows]
        else:
            settings = faiss.SearchParametersIVF()
            settings.nprobe = self.kind.n_probes
            n_candidates = k * _CANDIDATES_PER_HIT
            _, candidates = self._cells.search(questions, n_candidates, params=settings)
        hits = []
        for question, row in zip(questions, candidates, strict=True):
            keys = row[row >= 0]  # -1 fills up where the cells held fewer
            scored = zip(keys.tolist(), self.scores(question, keys).tolist(), strict=True)
            hits.append(sorted(scored, key=lambda hit: (-hit[1], hit[0]))[:k])
        return hits

    def scores(self, vector: Floats, keys: Sequence[int] | Keys) -> Floats:
        # einsum, not @: two threads of BLAS wait for one another longer than this takes
        scores: Floats = np.einsum("kd,d->k", self.rows[self._rows_of(keys)], vector)
        return scores

    def sentence_scores(self, vector: Floats, keys: Sequence[int]) -> list[Floats]:
        by_key = [made.sentences for made in self.stored(keys)]
        if not by_key:
            return []
        sentences = np.concatenate(by_key).astype(np.float32)
        products = np.einsum("sd,d->s", sentences, vector)
        norms = np.sqrt(np.einsum("sd,sd->s", sentences, sentences))
        ends = np.cumsum([len(rows) for rows in by_key])
        return np.split(products / np.maximum(norms, 1), ends[:-1])

    def stored(self, keys: Sequence[int]) -> list[PassageVectors]:
        return [
            PassageVectors(self.rows[row], self._sentences_of(row, row + 1))
            for row in self._rows_of(keys).tolist()
        ]

    def blocks(self, *, without: Sequence[int] = ()) -> Iterator[Block]:
        """Everything but the passages with the keys `without`."""
        for start in range(0, len(self.keys), _BLOCK):
            keys = self.keys[start : start + _BLOCK]
            stop = start + len(keys)
            counts = np.diff(self._bounds[start : stop + 1])
            kept = ~np.isin(keys, without)
            sentences = self._sentences_of(start, stop)[np.repeat(kept, counts)]
            yield Block(keys[kept], self.rows[start:stop][kept], counts[kept], sentences)

    def _rows_of(self, keys: Sequence[int] | Keys) -> NDArray[np.intp]:
        wanted = np.asarray(keys, dtype=np.int64)
        rows = np.searchsorted(self.keys, wanted)
        known = rows < len(self.keys)
        if not known.all() or not np.array_equal(self.keys[rows], wanted):
            raise KeyError(f"not all of {wanted.tolist()} are passages of the index")
        return rows

    def _sentences_of(self, start: int, stop: int) -> NDArray[np.int8]:
        return self._sentences[self._bounds[start] : self._bounds[stop]]


class VectorFiles:
    """Written block after block, whose keys ascend. What is there is overwritten."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._files = {name: (folder / name).open("wb") for name in _FILES}
        self._files["bounds.i64"].write(bytes(8))  # the first one is 0
        self._n_sentences = 0

    def add(self, block: Block) -> None:
        bounds = self._n_sentences + np.cumsum(block.counts)
        arrays: list[NDArray[Any]] = [block.keys, block.vectors, bounds, block.sentences]
        for array, (name, kind) in zip(arrays, _FILES.items(), strict=True):
            self._files[name].write(array.astype(kind).tobytes())
        self._n_sentences += len(block.sentences)

    def close(self) -> None:
        for file in self._files.values():
            file.close()


def write_vectors(folder: Path, blocks: Iterable[Block]) -> None:
    with closing(VectorFiles(folder)) as files:
        for block in blocks:
            files.add(block)


def write_cells(
    folder: Path, *, dimensions: int, old: FaissVectors | None, removed: Sequence[int]
) -> VectorKind:
    """Chooses the kind of index by the number of vectors in `folder`, and makes it.

    `old`: the index before, whose cells are used again while they fit; `removed` are its passages
    that are gone. Raises OSError where the disk is full.
    """
    exact = FaissVectors(folder, dimensions=dimensions)
    n = len(exact.keys)
    if n < EXACT_BELOW:
        return _EXACT
    if old and old.kind != _EXACT and n <= old.kind.n_trained * _GROWTH_TO_TRAIN_AGAIN:
        cells: Any = faiss.read_index(str(old.cells_path))  # a copy in memory
        cells.remove_ids(np.asarray(removed, dtype=np.int64))
        added = int(np.searchsorted(exact.keys, old.keys.max(initial=0), side="right"))
        n_lists, n_trained = old.kind.n_lists, old.kind.n_trained
    else:
        n_lists, n_trained, added = int(_CELLS_PER_ROOT * n**0.5), n, 0
        cells = faiss.index_factory(dimensions, f"IVF{n_lists},SQ8", faiss.METRIC_INNER_PRODUCT)
        cells.cp.niter = _TRAINING_ROUNDS
        cells.train(_sample(exact, n_lists * _TRAINED_PER_CELL))
    for start in range(added, n, _BLOCK):
        block = slice(start, start + _BLOCK)
        cells.add_with_ids(np.ascontiguousarray(exact.rows[block]), exact.keys[block])
    try:
        faiss.write_index(cells, str(folder / "cells.faiss"))
    except RuntimeError as error:  # the only type FAISS raises
        raise OSError(str(error)) from error
    return _with_enough_probes(folder, exact, VectorKind("ivf-sq8", n_lists, 8, 0, n_trained))


def _with_enough_probes(folder: Path, exact: FaissVectors, kind: VectorKind) -> VectorKind:
    """With the fewest probes, doubling, that reach the wanted recall@10; and that recall."""
    sample = _sample(exact, _SAMPLED)
    wanted = exact.nearest(sample, k=10)
    while True:
        found = FaissVectors(folder, dimensions=sample.shape[1], kind=kind).nearest(sample, k=10)
        pairs = zip(found, wanted, strict=True)
        n_found = sum(len(dict(hits).keys() & dict(best).keys()) for hits, best in pairs)
        recall = n_found / sum(map(len, wanted))
        if recall >= _WANTED_RECALL or kind.n_probes >= kind.n_lists:
            return replace(kind, recall_at_10=round(recall, 4))
        kind = replace(kind, n_probes=min(2 * kind.n_probes, kind.n_lists))


def _sample(vectors: FaissVectors, size: int) -> Floats:
    """The same rows every time, ascending so that the disk is read in order."""
    n = len(vectors.keys)
    chosen = np.random.default_rng(0).choice(n, size=min(n, size), replace=False)
    return vectors.rows[np.sort(chosen)]


def _mapped(path: Path, kind: str) -> NDArray[Any]:
    is_empty = path.stat().st_size == 0  # cannot be mapped
    return np.empty(0, dtype=kind) if is_empty else np.memmap(path, dtype=kind, mode="r")
