"""The index on disk, open for reading: vectors, terms and texts of one generation."""

from __future__ import annotations

from pathlib import Path

from datatypes import Collection
from errors import IndexDamaged
from index.storage.faiss_store import FaissVectors
from index.storage.generations import Generation, open_generation, read_pointer
from index.storage.lexical_index import TantivyIndex
from index.storage.recipe import Recipe, read_collection, read_recipe
from index.storage.texts import SqliteTexts


class PassageIndex:
    """A `PassageStore`. Dropping the last reference to it closes it, too."""

    def __init__(self, out: Path, generation: Generation) -> None:
        self._out = out
        self._generation = generation
        self.folder = generation.folder
        self.generation = generation.number
        self.warning = generation.warning
        self.recipe: Recipe = read_recipe(self.folder / "recipe.json")
        self.collection: Collection = read_collection(self.folder / "collection.json")
        self.lexical = TantivyIndex(self.folder / "lexical", has_removed=self.recipe.n_stale > 0)
        self.texts = SqliteTexts(self.folder / "texts.sqlite")
        self.vectors = FaissVectors(
            self.folder, dimensions=self.recipe.settings.dimensions, kind=self.recipe.vectors
        )
        if len(self.vectors.keys) != self.recipe.n_passages:
            raise IndexDamaged(
                f"The index in {out} holds {len(self.vectors.keys)} vectors for "
                f"{self.recipe.n_passages} passages.",
                f"Remove {out} and make it anew with: python -m index FOLDER --out {out}",
            )

    @classmethod
    def load(cls, out: Path) -> PassageIndex:
        """Every file is compared with its checksum first. Raises IndexMissing or IndexDamaged."""
        generation = open_generation(out)
        try:
            return cls(out, generation)
        except BaseException:
            generation.close()
            raise

    def is_current(self) -> bool:
        try:
            pointer = read_pointer(self._out)
        except IndexDamaged:
            return True
        return pointer is None or pointer == self._generation.pointer

    def close(self) -> None:
        self.texts.close()
        self.lexical.close()
        self._generation.close()
