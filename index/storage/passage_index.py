"""The index, ready to be searched: vectors, words and texts of one generation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from datatypes import Collection, CollectionWords, Document, Passage
from errors import IndexDamaged
from index.storage.faiss_store import Vectors
from index.storage.generations import Generation, open_generation, read_pointer
from index.storage.lexical_index import HEADING_WEIGHT, Words
from index.storage.recipe import Recipe, read_recipe
from index.storage.texts import DocumentCard, Store, VocabularyTerm

if TYPE_CHECKING:
    from numpy.typing import NDArray


class PassageIndex:
    """Safe from many threads. `warning` says, where it is not None, why it is not the newest one.

    It stays as it is while a builder makes the next generation; whoever wants that one asks
    `is_current()` and loads again. Dropping the last reference releases everything.
    """

    def __init__(self, folder: Path, generation: Generation) -> None:
        self._out = folder
        self._generation = generation
        self.generation = generation.number
        self.warning = generation.warning
        self.recipe: Recipe = read_recipe(generation.folder / "recipe.json")
        self.collection: Collection = read_collection(generation.folder / "collection.json")
        self._store = Store(generation.folder / "texts.sqlite")
        self._words = Words(generation.folder / "words")
        self._vectors = Vectors(
            generation.folder, dimensions=self.recipe.dimensions, kind=self.recipe.vectors
        )
        if len(self._vectors.keys) != self.recipe.n_passages:
            raise IndexDamaged(
                f"The index in {folder} holds {len(self._vectors.keys)} vectors for "
                f"{self.recipe.n_passages} passages.",
                f"Remove {folder} and make it anew with: python -m index FOLDER --out {folder}",
            )

    @classmethod
    def load(cls, folder: Path) -> PassageIndex:
        """Every file is compared with its checksum first. Raises IndexMissing or IndexDamaged."""
        generation = open_generation(folder)
        try:
            return cls(folder, generation)
        except BaseException:
            generation.close()
            raise

    @property
    def n_passages(self) -> int:
        return self.recipe.n_passages

    @property
    def n_documents(self) -> int:
        return self.recipe.n_documents

    def nearest(self, vectors: NDArray[np.float32], *, k: int) -> list[list[tuple[int, float]]]:
        """For each unit vector (row) the `k` best (passage key, cosine), best first."""
        return self._vectors.nearest(vectors, k=k)

    def cosines(self, vector: NDArray[np.float32], keys: Sequence[int]) -> dict[int, float]:
        """Exact, as `nearest` gives them."""
        return self._vectors.cosines(vector, keys)

    def sentence_cosines(self, vector: NDArray[np.float32], key: int) -> list[float]:
        """One cosine for each of the passage's `sentences`, to about 0.005."""
        return self._vectors.sentence_cosines(vector, key)

    def scores(self, vector: NDArray[np.float32], keys: Sequence[int]) -> NDArray[np.float32]:
        """The cosine of each of the passages, exact."""
        return np.array([*self._vectors.cosines(vector, keys).values()], dtype=np.float32)

    def sentence_scores(
        self, vector: NDArray[np.float32], keys: Sequence[int]
    ) -> list[NDArray[np.float32]]:
        """For each of the passages one cosine a sentence, to about 0.005."""
        return [
            np.array(self._vectors.sentence_cosines(vector, key), dtype=np.float32) for key in keys
        ]

    def matching(
        self,
        weighted_terms: Mapping[str, float],
        *,
        k: int,
        body_weight: float = 1.0,
        heading_weight: float = HEADING_WEIGHT,
    ) -> list[tuple[int, float]]:
        """The `k` best (passage key, BM25 summed over terms and fields), best first."""
        return self._words.matching(
            weighted_terms, k=k, body_weight=body_weight, heading_weight=heading_weight
        )

    def bm25(
        self,
        weighted_terms: Mapping[str, float],
        keys: Sequence[int],
        *,
        body_weight: float = 1.0,
        heading_weight: float = HEADING_WEIGHT,
    ) -> dict[int, float]:
        """What `matching` gives the passages `keys`; 0 where no term occurs."""
        return self._words.bm25(
            weighted_terms, keys, body_weight=body_weight, heading_weight=heading_weight
        )

    def document_frequency(self, terms: Sequence[str]) -> dict[str, int]:
        """Number of passages that hold the term, in heading or body; 0 where unknown."""
        return self._store.document_frequency(terms)

    def abbreviations(self) -> list[tuple[str, str]]:
        """Each (short form, long form) that a document introduces: "Korean Workers Party (KWP)"."""
        return self._store.abbreviations()

    def terms_like(self, confusion_key: str) -> list[VocabularyTerm]:
        """The vocabulary's terms with this `folding.confusion_key`, the most frequent first."""
        return self._store.terms_like(confusion_key)

    def terms_beginning(self, prefix: str, *, shortest: int, longest: int) -> list[VocabularyTerm]:
        """The vocabulary's terms with this beginning and a length (characters) between the two."""
        return self._store.terms_beginning(prefix, shortest=shortest, longest=longest)

    def passage(self, key: int) -> Passage:
        return self._store.passages([key])[0]

    def passages(self, keys: Sequence[int]) -> list[Passage]:
        """In the order of `keys`. Raises KeyError for an unknown one."""
        return self._store.passages(keys)

    def passages_of(self, document_id: str) -> list[Passage]:
        """A document's passages in the order of its text; none for an unknown document."""
        return self._store.passages_of(document_id)

    def all_passages(self) -> Iterator[Passage]:
        """Every passage, read one after the other."""
        return self._store.all_passages()

    def document(self, document_id: str) -> Document | None:
        return self._store.document(document_id)

    def stored_document(self, document_id: str) -> Document | None:
        """Read anew from the disk: what quotes are compared with before they are shown."""
        return self._store.stored_document(document_id)

    def document_ids(self) -> list[str]:
        """All of them, sorted."""
        return self._store.document_ids()

    def documents(
        self, *, search: str = "", offset: int = 0, limit: int = 50
    ) -> tuple[int, list[DocumentCard]]:
        """How many there are, and some of them by title.

        `search`: every one of its words occurs in title, id or metadata, case and accents aside.
        """
        return self._store.cards(search, offset, limit)

    def is_current(self) -> bool:
        """Whether no other generation has been switched in since. Reads one small file."""
        try:
            pointer = read_pointer(self._out)
        except IndexDamaged:
            return True
        return pointer is None or pointer == self._generation.pointer

    def close(self) -> None:
        """Lets builders remove this generation. Call it when no thread is reading any more."""
        self._store.close()
        self._words.close()
        self._generation.close()


def write_collection(collection: Collection, path: Path) -> None:
    path.write_text(json.dumps(asdict(collection), indent=1, ensure_ascii=False) + "\n", "utf-8")


def read_collection(path: Path) -> Collection:
    said = json.loads(path.read_text("utf-8"))
    said["suggested_questions"] = tuple(said["suggested_questions"])
    said["glossary"] = {name: tuple(others) for name, others in said["glossary"].items()}
    said["translations"] = {
        code: CollectionWords(**words) for code, words in said.get("translations", {}).items()
    }
    return Collection(**said)
