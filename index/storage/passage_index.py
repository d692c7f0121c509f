"""The index on disk, open for reading: vectors, terms and texts of one generation."""

from __future__ import annotations

from pathlib import Path

from datatypes import Collection
from errors import IndexDamaged
from index.storage.faiss_store import FaissVectors
from index.storage.generations import Generation, open_generation, read_pointer
from index.storage.lexical_index import TantivyIndex
from index.storage.recipe import Recipe, read_json
from index.storage.texts import SqliteTexts


class PassageIndex:
    """A `PassageStore`. Dropping the last reference to it closes it, too."""

    def __init__(self, out: Path, generation: Generation) -> None:
        self._out = out
        self._generation = generation
        self.folder = folder = generation.folder
        self.generation = generation.number
        self.warning = generation.warning
        self.recipe = read_json(Recipe, folder / "recipe.json")
        self.collection = read_json(Collection, folder / "collection.json")
        self.texts = SqliteTexts(folder / "texts.sqlite")
        self.lexical = TantivyIndex(folder / "lexical", has_removed=self.recipe.n_stale > 0)
        dimensions = self.recipe.settings.dimensions
        self.vectors = FaissVectors(folder, dimensions=dimensions, kind=self.recipe.vectors)

    @classmethod
    def load(cls, out: Path) -> PassageIndex:
        """Every file is compared with its checksum first. Raises IndexMissing or IndexDamaged."""
        return cls(out, open_generation(out))

    def is_current(self) -> bool:
        try:
            pointer = read_pointer(self._out)
        except IndexDamaged:
            return True
        return pointer is None or pointer == self._generation.pointer

    def close(self) -> None:
        self.texts.close()
        self.lexical.close()
        self._generation.lock.close()
