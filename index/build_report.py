"""What a build did, for the person who started it."""

from __future__ import annotations

from dataclasses import dataclass, field

from errors import Problem
from index.storage.recipe import Recipe


@dataclass(slots=True)
class IngestReport:
    """Filled in as the build goes on. Counts are of documents, but for `n_staged` and `n_embedded`.

    `n_kept`: those kept as they were, because their files cannot be read now. `vanished`: ids of
    those that the folder no longer has. `n_staged`: the passages of new and changed documents;
    `n_embedded`: those that the model read, the vectors of the others being known.
    `generation` and `recipe` are those of the index in use, `written` whether this build made it.
    """

    n_new: int = 0
    n_unchanged: int = 0
    n_changed: int = 0
    n_kept: int = 0
    n_staged: int = 0
    n_embedded: int = 0
    vanished: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    interrupted: bool = False
    generation: int = 0
    recipe: Recipe | None = None
    written: bool = False
    warning: str | None = None

    @property
    def n_read(self) -> int:
        return self.n_new + self.n_unchanged + self.n_changed

    @property
    def n_removed(self) -> int:
        return len(self.vanished)

    @property
    def n_skipped(self) -> int:
        return sum(problem.skipped for problem in self.problems)

    @property
    def n_documents(self) -> int:
        return self.recipe.n_documents if self.recipe else 0

    @property
    def n_passages(self) -> int:
        return self.recipe.n_passages if self.recipe else 0

    @property
    def complete(self) -> bool:
        """False after an interruption; the next build goes on."""
        return bool(self.recipe and self.recipe.complete and not self.interrupted)
