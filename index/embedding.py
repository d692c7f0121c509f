"""A draft's new passages → their vectors, each text read once and kept in the journal meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import numpy as np

from datatypes import Passage
from index.embedder import Embedder
from index.storage.faiss_store import Part, Vectors, in_8_bits
from index.storage.journal import Journal, Made
from index.text.chunker import embedding_text

_BATCH = 64
"""Passages embedded between two looks at Ctrl-C and two entries into the journal: half a second."""

Numbered = tuple[int, Passage]
"""A passage and its key."""


class Embedding:
    """One build's. `n_read` counts the passages that the model has read in it."""

    def __init__(self, journal: Journal, embedder: Embedder) -> None:
        self._journal = journal
        self._embedder = embedder
        self._old: Vectors | None = None
        self._old_keys: dict[bytes, int] = {}
        self.n_read = 0

    def take_from(self, old: Vectors, passages: Iterable[Numbered]) -> None:
        """What the index in use has of these passages serves for new ones that say the same.

        So a document is not embedded again when its name, metadata or another page changes.
        """
        self._old = old
        self._old_keys = {self._name(passage): key for key, passage in passages}

    def embed_all(
        self,
        passages: Iterable[Numbered],
        *,
        progress: Callable[[int], object],
        stopped: Callable[[], bool],
    ) -> int:
        """Returns how many passages, from the first, have their vectors now.

        That is all of them unless `stopped()` turned true. `progress` gets the count so far.
        """
        n_done = 0
        for batch in _batches(passages):
            if stopped():
                break
            self._embed(batch)
            n_done += len(batch)
            progress(n_done)
        return n_done

    def parts(self, passages: Iterable[Numbered]) -> Iterator[Part]:
        """What `embed_all` made, in blocks; what the journal lost meanwhile is embedded again."""
        for batch in _batches(passages):
            vectors, sentences = zip(*self._embed(batch), strict=True)
            yield Part(
                keys=np.array([key for key, _ in batch], dtype=np.int64),
                vectors=np.stack(vectors),
                counts=np.array([len(rows) for rows in sentences], dtype=np.int64),
                sentences=np.concatenate(sentences),
            )

    def _embed(self, batch: list[Numbered]) -> list[Made]:
        """The vectors of each passage; those that are known already are not made again."""
        names = [self._name(passage) for _, passage in batch]
        made = {name: known for name in names if (known := self._known(name))}
        missing = [row for row, name in enumerate(names) if name not in made]
        read = self._embedder.embed_passages([batch[row][1] for row in missing])
        fresh = [(vector.astype(np.float32), in_8_bits(sentences)) for vector, sentences in read]
        entries = [(names[row], vectors) for row, vectors in zip(missing, fresh, strict=True)]
        self.n_read += len(fresh)
        self._journal.put(entries)
        made.update(entries)
        return [made[name] for name in names]

    def _known(self, name: bytes) -> Made | None:
        key = self._old_keys.get(name)
        if key is not None and self._old:
            return self._old.of(key)
        return self._journal.get(name)

    def _name(self, passage: Passage) -> bytes:
        return self._journal.name(passage, embedding_text(passage))


def _batches(passages: Iterable[Numbered]) -> Iterator[list[Numbered]]:
    remaining = iter(passages)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
