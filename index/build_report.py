"""What a build did, for the person who started it."""

from __future__ import annotations

from collections.abc import Iterator
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

    def lines(self) -> Iterator[str]:
        """The report as a person reads it; skipped files first, suspicious ones after them."""
        counts = {
            "new": self.n_new,
            "changed": self.n_changed,
            "unchanged": self.n_unchanged,
            "removed": self.n_removed,
            "kept though unreadable now": self.n_kept,
        }
        parts = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
        yield f"Read {_counted(self.n_read, 'document')}{f' ({parts})' if parts else ''}."
        for title, skipped in (("Skipped", True), ("Suspicious", False)):
            problems = [problem for problem in self.problems if problem.skipped is skipped]
            if problems:
                yield f"{title}: {len(problems):,}"
                yield from (f"  {problem}" for problem in problems)
        if self.warning:
            yield self.warning
        state = f"{_counted(self.n_documents, 'document')}, {_counted(self.n_passages, 'passage')}"
        if self.recipe and self.n_passages:
            state += f", the longest of {self.recipe.longest_passage_tokens} word pieces"
        if not self.complete:
            yield f"Interrupted. The index holds {state}; run the same command again to go on."
        elif self.written:
            yield f"The index holds {state}; {_counted(self.n_embedded, 'passage')} embedded."
        else:
            yield f"The index is up to date: {state}."


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
