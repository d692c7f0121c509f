"""What Docent asks of a store of passages, whatever engine is behind it.

`retriever/` and what stands to its right read a `PassageStore`, one finished generation; a build
fills a `StoreWriter`, the next one. Nothing here speaks of files: a generation may as well be a
collection on a server, and publishing it the change of an alias. What may go over a network is
asked for in batches, once a question instead of once a passage.

A passage's key is a number that the store gives it; keys are comparable within one generation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from datatypes import Collection, Document, Metadata, Passage
from index.storage.recipe import Recipe
from index.storage.records import DocumentRecord, PassageRecord

Floats = NDArray[np.float32]
Keys = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DocumentCard:
    """What a list of documents shows, without the text."""

    document_id: str
    title: str
    n_characters: int
    metadata: Metadata = field(hash=False)


class PassageVectors(NamedTuple):
    """A passage's unit vector, shape (d,), and its sentences' in 8 bits, shape (n, d).

    Of a sentence the direction is kept alone, to about 0.005 of a cosine.
    """

    passage: Floats
    sentences: NDArray[np.int8]

    @classmethod
    def of(cls, passage: Floats, sentences: Floats) -> PassageVectors:
        """Each sentence's vector is scaled by itself: a cosine needs its direction only."""
        largest = np.abs(sentences).max(axis=1, keepdims=True, initial=1e-12)
        in_8_bits = np.rint(sentences / largest * 127).astype(np.int8)
        return cls(passage.astype(np.float32), in_8_bits)


class EmbeddedPassage(NamedTuple):
    key: int
    passage: Passage
    vectors: PassageVectors


class VectorStore(Protocol):
    """Vectors of passages and of their sentences. Scores are cosines: higher is nearer."""

    def nearest(self, vectors: Floats, *, k: int) -> list[list[tuple[int, float]]]:
        """For each unit vector, a row of shape (q, d), its `k` best passages: (key, score).

        Best first, equal ones by key; fewer where the store holds fewer.
        """

    def scores(self, vector: Floats, keys: Sequence[int]) -> Floats:
        """One score for each of `keys`, in their order, shape (n,): those `nearest` would give.

        `vector` has shape (d,). Raises KeyError for a key that no passage has.
        """

    def sentence_scores(self, vector: Floats, keys: Sequence[int]) -> list[Floats]:
        """For each of `keys` one score a sentence, as `Passage.sentences` has them, to about 0.005.

        `vector` has shape (d,), the arrays (n_sentences,). Raises KeyError as `scores` does.
        """

    def stored(self, keys: Sequence[int]) -> list[PassageVectors]:
        """What is kept of each, in the order of `keys`, so that a build need not make it again."""


class LexicalIndex(Protocol):
    """Terms of passages, folded and stemmed (`index.text.folding`), scored by BM25."""

    def matching(self, weighted_terms: Mapping[str, float], *, k: int) -> list[tuple[int, float]]:
        """The `k` best (passage key, BM25 summed over terms and fields), best first, then by key.

        Terms of the title and the heading count for less than those of the body.
        """

    def bm25(self, weighted_terms: Mapping[str, float], keys: Sequence[int]) -> dict[int, float]:
        """The score that `matching` would give each of `keys`; 0 where no term occurs."""

    def document_frequency(self, terms: Sequence[str]) -> dict[str, int]:
        """Number of passages that hold the term, in heading or body; 0 where unknown."""

    def terms_like(self, key: str) -> dict[str, int]:
        """Terms whose `folding.confusion_key` is `key`, and the number of passages that hold each.

        An engine may count passages here that were removed since.
        """

    def terms_beginning(self, prefix: str, *, shortest: int, longest: int) -> dict[str, int]:
        """The same for terms with this beginning and a length (characters) between the two."""


class TextStore(Protocol):
    """Documents and passages, exactly as they were read: what quotes are cut from."""

    def passages(self, keys: Sequence[int]) -> list[Passage]:
        """In the order of `keys`. Raises KeyError for a key that no passage has."""

    def passages_of(self, document_id: str) -> list[Passage]:
        """A document's passages in the order of its text; none for an unknown document."""

    def all_passages(self) -> Iterator[Passage]:
        """Every passage by key, read one after the other."""

    def document(self, document_id: str) -> Document | None: ...

    def stored_document(self, document_id: str) -> Document | None:
        """Read anew, whatever is cached: what quotes are compared with before they are shown."""

    def document_ids(self) -> list[str]:
        """All of them, sorted."""

    def cards(
        self, *, search: str = "", offset: int = 0, limit: int = 50
    ) -> tuple[int, list[DocumentCard]]:
        """How many documents the search finds, and some of them by title.

        `search`: every one of its words occurs in title, id or metadata, case and accents aside.
        """

    def abbreviations(self) -> list[tuple[str, str]]:
        """Each (short form, long form) that some document introduces, once."""

    def record_sha256(self, document_id: str) -> bytes | None:
        """`DocumentRecord.sha256` of the document as it was staged; None for an unknown one."""

    def sources(self) -> Iterator[tuple[str, str]]:
        """Every document's id, and its file's path within the folder of documents."""

    def keys_of_inputs(self, input_sha256s: Sequence[bytes]) -> dict[bytes, int]:
        """For each hash that is known (`PassageRecord.input_sha256`) a passage with that input."""


class PassageStore(Protocol):
    """One generation, open for reading by many threads.

    It stays as it is while the next one is made. `warning` says, where it is not None, why it is
    not the newest one.
    """

    generation: int
    warning: str | None
    recipe: Recipe
    collection: Collection

    @property
    def vectors(self) -> VectorStore: ...

    @property
    def lexical(self) -> LexicalIndex: ...

    @property
    def texts(self) -> TextStore: ...

    def is_current(self) -> bool:
        """Whether no other generation has been switched in since; cheap enough to ask often."""

    def close(self) -> None:
        """Lets builders remove this generation. Call it when no thread is reading any more."""


class StoreWriter(Protocol):
    """The next generation while it is made, beside the one in use. Nobody else writes meanwhile.

    First documents are staged and removed, then the staged passages are written with their vectors,
    then all is published. What was not published is as if it had never been.
    """

    @property
    def previous(self) -> PassageStore | None:
        """The generation in use, if any: its vectors serve again for passages of the same input."""

    @property
    def base(self) -> PassageStore | None:
        """`previous` where it was made with the same settings, so that its documents are kept."""

    def stage(self, record: DocumentRecord, passages: Sequence[PassageRecord]) -> None:
        """A new document, or one that replaces the document of its id in `base`."""

    def remove(self, document_ids: Sequence[str]) -> None:
        """Documents of `base` that the next generation is not to have."""

    def staged(self) -> Iterator[tuple[int, PassageRecord]]:
        """Each with its key, document after document, in the order in which they were staged."""

    def write(self, passages: Sequence[EmbeddedPassage]) -> None:
        """Whole documents of the staged ones, in their order."""

    def publish(self, *, model: str, collection: Collection, complete: bool) -> tuple[int, Recipe]:
        """Switches to the documents kept and those written, all at once; number and recipe.

        A document whose passages were not written is not in it, and what it was to replace is.
        `model`: the name by which the embedding model is loaded.
        """
