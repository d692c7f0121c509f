"""Vectors of passages and of their sentences on disk; the only module that knows FAISS.

    keys.i64             passage keys, ascending: row i of the vectors belongs to keys[i]
    vectors.f32          unit vectors, one row a passage
    sentence_ends.i64    where each passage's sentences end among the rows below
    sentences.i8         sentence vectors, scaled so that the largest value is 127
    cells.faiss          from EXACT_BELOW passages on: the same vectors in 8 bits, in cells

Plain numbers without a header, mapped into memory and read where needed. Below EXACT_BELOW
passages every vector is compared; above, the nearest cells are searched and what is found there is
scored again exactly, so that a score never depends on the kind of index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import faiss
import numpy as np
from numpy.typing import NDArray

from errors import SettingError
from index.storage.recipe import VectorKind

EXACT_BELOW = 100_000
"""Passages. Comparing all of 100,000 takes 6 ms of one thread, of a million 55 ms."""

_WANTED_RECALL = 0.97
_CELLS_PER_ROOT = 4  # cells = 4 * sqrt(passages), FAISS's own advice below a million
_TRAINED_PER_CELL = 40  # FAISS warns below 39
_TRAINING_ROUNDS = 10
_GROWTH_TO_TRAIN_AGAIN = 1.5
_CANDIDATES_PER_HIT = 4  # scored again exactly
_SAMPLED = 200  # passages whose neighbours are looked for to measure recall
_BLOCK = 20_000  # rows copied at a time, 30 MB

Floats = NDArray[np.float32]
Keys = NDArray[np.int64]


class Part(NamedTuple):
    """Passages' vectors: keys (n), vectors (n, d), counts (n), sentences (sum of counts, d)."""

    keys: Keys
    vectors: Floats
    counts: Keys
    sentences: NDArray[np.int8]


class Vectors:
    """A `VectorStore` in a folder, for reading; safe from many threads."""

    def __init__(self, folder: Path, *, dimensions: int, kind: VectorKind) -> None:
        self.keys: Keys = _mapped(folder / "keys.i64", "<i8")
        self.rows: Floats = _mapped(folder / "vectors.f32", "<f4").reshape(-1, dimensions)
        self._ends: Keys = _mapped(folder / "sentence_ends.i64", "<i8")
        self._sentences: NDArray[np.int8] = _mapped(folder / "sentences.i8", "i1").reshape(
            -1, dimensions
        )
        self._kind = kind
        self._cells: Any = None
        if kind.kind != "exact":
            self._cells = faiss.read_index(str(folder / "cells.faiss"), faiss.IO_FLAG_MMAP)

    def nearest(self, vectors: Floats, *, k: int) -> list[list[tuple[int, float]]]:
        """For each row of `vectors` the `k` best (passage key, cosine), best first, then by key."""
        questions = np.ascontiguousarray(vectors, dtype=np.float32)
        k = min(k, len(self.keys))
        if k <= 0:
            return [[] for _ in questions]
        if self._cells is None:
            scores, rows = faiss.knn(questions, self.rows, k, metric=faiss.METRIC_INNER_PRODUCT)
            return [
                _ranked(self.keys[found], score, k)
                for found, score in zip(rows, scores, strict=True)
            ]
        found = _in_cells(self._cells, questions, k * _CANDIDATES_PER_HIT, self._kind.n_probes)
        return [
            _ranked(keys, self._exactly(question, keys), k)
            for question, keys in zip(questions, found, strict=True)
        ]

    def scores(self, vector: Floats, keys: Sequence[int]) -> Floats:
        return self._exactly(vector, np.asarray(keys, dtype=np.int64))

    def sentence_scores(self, vector: Floats, keys: Sequence[int]) -> list[Floats]:
        rows = self._rows_of(np.asarray(keys, dtype=np.int64)).tolist()
        parts = [self._sentences_of(row, row + 1) for row in rows]
        if not parts:
            return []
        sentences = np.concatenate(parts).astype(np.float32)
        scores = sentences @ vector / np.maximum(np.linalg.norm(sentences, axis=1), 1)
        return np.split(scores, np.cumsum([len(part) for part in parts])[:-1])

    def of(self, key: int) -> tuple[Floats, NDArray[np.int8]]:
        """The passage's vector (d) and its sentences' (n, d)."""
        row = int(self._rows_of(np.array([key], dtype=np.int64))[0])
        return self.rows[row], self._sentences_of(row, row + 1)

    def parts(self, *, without: Keys) -> Iterator[Part]:
        """Everything but the passages `without`, in blocks."""
        for start in range(0, len(self.keys), _BLOCK):
            stop = min(start + _BLOCK, len(self.keys))
            keys, ends = self.keys[start:stop], self._ends[start:stop]
            first = self._ends[start - 1] if start else 0
            counts = np.diff(ends, prepend=first)
            kept = ~np.isin(keys, without)
            sentences = self._sentences_of(start, stop)[np.repeat(kept, counts)]
            yield Part(keys[kept], self.rows[start:stop][kept], counts[kept], sentences)

    def _exactly(self, vector: Floats, keys: Keys) -> Floats:
        scores: Floats = self.rows[self._rows_of(keys)] @ vector
        return scores

    def _rows_of(self, keys: Keys) -> NDArray[np.intp]:
        rows = np.searchsorted(self.keys, keys)
        known = rows < len(self.keys)
        if not known.all() or not np.array_equal(self.keys[rows], keys):
            raise KeyError(f"not all of {keys.tolist()} are passages of the index")
        return rows

    def _sentences_of(self, start: int, stop: int) -> NDArray[np.int8]:
        first = int(self._ends[start - 1]) if start else 0
        last = int(self._ends[stop - 1]) if stop else 0
        part: NDArray[np.int8] = self._sentences[first:last]
        return part


def in_8_bits(vectors: Floats) -> NDArray[np.int8]:
    """Each row scaled by itself: a cosine needs its direction only."""
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=1e-12)
    scaled: NDArray[np.int8] = np.rint(vectors / largest * 127).astype(np.int8)
    return scaled


def write_vectors(folder: Path, parts: Iterable[Part]) -> None:
    """Writes the parts one after the other; their keys ascend. What is there is overwritten."""
    n_sentences = 0
    with (
        (folder / "keys.i64").open("wb") as keys,
        (folder / "vectors.f32").open("wb") as vectors,
        (folder / "sentence_ends.i64").open("wb") as ends,
        (folder / "sentences.i8").open("wb") as sentences,
    ):
        for part in parts:
            keys.write(part.keys.astype("<i8").tobytes())
            vectors.write(part.vectors.astype("<f4").tobytes())
            ends.write((n_sentences + np.cumsum(part.counts)).astype("<i8").tobytes())
            sentences.write(part.sentences.tobytes())
            n_sentences += int(part.counts.sum())


def write_cells(
    folder: Path, *, dimensions: int, old: tuple[Path, VectorKind] | None, removed: Keys
) -> VectorKind:
    """Chooses the kind of index by the number of vectors in `folder`, and makes it.

    `old`: the folder and kind of the index before, whose cells are used again while they fit;
    `removed` are its passages that are gone. Raises SettingError where the disk is full.
    """
    exact = Vectors(folder, dimensions=dimensions, kind=VectorKind())
    n = len(exact.keys)
    if n < EXACT_BELOW:
        return VectorKind()
    if old and old[1].kind != "exact" and n <= old[1].n_trained * _GROWTH_TO_TRAIN_AGAIN:
        cells: Any = faiss.read_index(str(old[0] / "cells.faiss"))
        cells.remove_ids(removed)
        known = _mapped(old[0] / "keys.i64", "<i8")
        added = int(np.searchsorted(exact.keys, known[-1], side="right")) if len(known) else 0
        n_lists, n_trained = old[1].n_lists, old[1].n_trained
    else:
        n_lists, n_trained, added = int(_CELLS_PER_ROOT * n**0.5), n, 0
        cells = _trained(exact.rows, n_lists)
    for start in range(added, n, _BLOCK):
        block = slice(start, min(start + _BLOCK, n))
        cells.add_with_ids(np.ascontiguousarray(exact.rows[block]), exact.keys[block])
    try:
        faiss.write_index(cells, str(folder / "cells.faiss"))
    except RuntimeError as error:  # the only type FAISS raises
        raise SettingError(
            f"The vectors of the index cannot be written to {folder}.",
            "Free some space or mend the folder's permissions, then run it again.",
        ) from error
    n_probes, recall = _enough_probes(cells, exact, n_lists)
    return VectorKind("ivf-sq8", n_lists, n_probes, round(recall, 4), n_trained)


def _trained(rows: Floats, n_lists: int) -> Any:
    dimensions = rows.shape[1]
    cells = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimensions),
        dimensions,
        n_lists,
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )
    cells.cp.niter = _TRAINING_ROUNDS
    cells.train(np.ascontiguousarray(rows[_sample(len(rows), n_lists * _TRAINED_PER_CELL)]))
    return cells


def _enough_probes(cells: Any, exact: Vectors, n_lists: int) -> tuple[int, float]:
    """The fewest probes, doubling, that reach the wanted recall@10; and the recall."""
    sample = np.ascontiguousarray(exact.rows[_sample(len(exact.keys), _SAMPLED)])
    wanted = [{key for key, _ in hits} for hits in exact.nearest(sample, k=10)]
    n_probes = 8
    while True:
        found = _in_cells(cells, sample, 10 * _CANDIDATES_PER_HIT, n_probes)
        shares = [
            len({key for key, _ in _ranked(keys, exact._exactly(row, keys), 10)} & right)
            for row, keys, right in zip(sample, found, wanted, strict=True)
        ]
        recall = sum(shares) / sum(map(len, wanted))
        if recall >= _WANTED_RECALL or n_probes >= n_lists:
            return n_probes, recall
        n_probes = min(2 * n_probes, n_lists)


def _in_cells(cells: Any, questions: Floats, k: int, n_probes: int) -> list[Keys]:
    settings = faiss.SearchParametersIVF()
    settings.nprobe = n_probes
    _, keys = cells.search(questions, k, params=settings)
    return [row[row >= 0] for row in keys]  # -1 fills up where the cells held fewer


def _ranked(keys: Keys, scores: Floats, k: int) -> list[tuple[int, float]]:
    hits = zip(keys.tolist(), scores.tolist(), strict=True)
    return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]


def _sample(n: int, size: int) -> NDArray[np.intp]:
    """Row numbers, the same ones every time, ascending so that the disk is read in order."""
    chosen = np.random.default_rng(0).choice(n, size=min(n, size), replace=False)
    return np.sort(chosen)


def _mapped(path: Path, kind: str) -> NDArray[Any]:
    if path.stat().st_size == 0:
        return np.empty(0, dtype=kind)  # an empty file cannot be mapped
    return np.memmap(path, dtype=kind, mode="r")
