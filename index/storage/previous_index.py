"""The index that a build finds in its folder: what it can keep of it, or take over."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from errors import IndexDamaged, IndexMissing
from index.embedding import Numbered
from index.storage.draft import passages_in
from index.storage.faiss_store import Vectors
from index.storage.generations import Generation, NewerFormat, open_generation
from index.storage.recipe import Making, Recipe, VectorKind, read_recipe
from index.storage.schema import PASSAGE_FIELDS, connect


@dataclass(frozen=True, slots=True)
class InUse:
    """The index in use, if any. `same`: its documents can be kept; it is made anew otherwise."""

    generation: Generation | None = None
    recipe: Recipe | None = None
    texts: sqlite3.Connection | None = None
    same: bool = False

    @classmethod
    def opened(cls, out: Path, making: Making) -> InUse:
        try:
            generation = open_generation(out)
        except NewerFormat:
            raise
        except (IndexMissing, IndexDamaged):
            return cls()
        try:
            recipe = read_recipe(generation.folder / "recipe.json")
        except IndexDamaged:  # whole, but of a format that this Docent has left behind
            return cls(generation)
        texts = connect(generation.folder / "texts.sqlite")
        return cls(generation, recipe, texts, recipe.making == making)

    def may_lend_to(self, making: Making) -> bool:
        """Whether its vectors can be read, and come from the same model."""
        if self.recipe is None:
            return False
        mine = self.recipe.making
        same_format = mine.format_version == making.format_version
        return same_format and mine.model_sha256 == making.model_sha256

    def passages(self) -> Iterator[Numbered]:
        if not self.texts:
            raise ValueError("there is no index yet")
        query = f"SELECT {PASSAGE_FIELDS} FROM passages ORDER BY key"
        return passages_in(self.texts, query)

    @property
    def vectors(self) -> Vectors:
        if not self.generation or not self.recipe:
            raise ValueError("there is no index yet")
        folder, dimensions = self.generation.folder, self.recipe.dimensions
        return Vectors(folder, dimensions=dimensions, kind=VectorKind())

    def close(self) -> None:
        if self.texts:
            self.texts.close()
        if self.generation:
            self.generation.close()
