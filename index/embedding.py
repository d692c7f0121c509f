"""A draft's new passages → their vectors, each embedded once and kept in the journal meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import numpy as np

from datatypes import Passage
from index.chunker import embedding_text
from index.embedder import Embedder
from index.journal import Journal, Vectors
from index.vectors import Part, in_8_bits

_BATCH = 64
"""Passages embedded between two looks at Ctrl-C and two entries into the journal: half a second."""

Numbered = tuple[int, Passage]


def embed_all(
    passages: Iterable[Numbered],
    journal: Journal,
    embedder: Embedder,
    *,
    progress: Callable[[int], object],
    stopped: Callable[[], bool],
) -> int:
    """Puts what the journal lacks into it. Returns how many passages, from the first, it holds.

    That is all of them unless `stopped()` turned true. `progress` gets the count so far.
    """
    n_done = 0
    for batch in _batches(passages):
        if stopped():
            break
        _embedded(batch, journal, embedder)
        n_done += len(batch)
        progress(n_done)
    return n_done


def parts_of(passages: Iterable[Numbered], journal: Journal, embedder: Embedder) -> Iterator[Part]:
    """What `embed_all` made, in blocks; what the journal lost meanwhile is embedded again."""
    for batch in _batches(passages):
        found = _embedded(batch, journal, embedder)
        yield Part(
            keys=np.array([key for key, _ in batch], dtype=np.int64),
            vectors=np.stack([vector for vector, _ in found]),
            counts=np.array([len(sentences) for _, sentences in found], dtype=np.int64),
            sentences=np.concatenate([sentences for _, sentences in found]),
        )


def _batches(passages: Iterable[Numbered]) -> Iterator[list[Numbered]]:
    remaining = iter(passages)
    while batch := list(islice(remaining, _BATCH)):
        yield batch


def _embedded(batch: Iterable[Numbered], journal: Journal, embedder: Embedder) -> list[Vectors]:
    passages = [passage for _, passage in batch]
    names = [journal.name(passage, embedding_text(passage)) for passage in passages]
    known = [journal.get(name) for name in names]
    missing = [row for row, vectors in enumerate(known) if vectors is None]
    fresh = [
        (vector.astype(np.float32), in_8_bits(sentences))
        for vector, sentences in embedder.embed_passages([passages[row] for row in missing])
    ]
    journal.put([(names[row], vectors) for row, vectors in zip(missing, fresh, strict=True)])
    made = dict(zip(missing, fresh, strict=True))
    return [vectors or made[row] for row, vectors in enumerate(known)]
