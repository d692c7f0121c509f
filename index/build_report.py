"""What a build did, for the person who started it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from errors import Problem


@dataclass(frozen=True, slots=True)
class IngestReport:
    """`complete` is false after an interruption; the next build goes on.

    `n_kept`: documents kept as they were, because their files cannot be read now. `generation` is
    the number of the generation in use, `written` whether this build made it. `n_embedded`: the
    passages that the model read; the vectors of others were there already.
    """

    n_new: int
    n_unchanged: int
    n_changed: int
    n_removed: int
    n_kept: int
    n_documents: int
    n_passages: int
    n_embedded: int
    longest_passage_pieces: int
    problems: tuple[Problem, ...]
    generation: int
    written: bool
    complete: bool
    warning: str | None = None

    @property
    def n_read(self) -> int:
        return self.n_new + self.n_unchanged + self.n_changed

    @property
    def n_skipped(self) -> int:
        return sum(problem.skipped for problem in self.problems)

    def lines(self) -> Iterator[str]:
        """The report as a person reads it; skipped files first, suspicious ones after them."""
        counts = {
            "new": self.n_new,
            "changed": self.n_changed,
            "unchanged": self.n_unchanged,
            "removed": self.n_removed,
            "kept though unreadable now": self.n_kept,
        }
        said = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
        yield f"Read {_counted(self.n_read, 'document')}{f' ({said})' if said else ''}."
        for title, skipped in (("Skipped", True), ("Suspicious", False)):
            found = [problem for problem in self.problems if problem.skipped is skipped]
            if found:
                yield f"{title}: {len(found):,}"
                yield from (f"  {problem}" for problem in found)
        if self.warning:
            yield self.warning
        size = f"{_counted(self.n_documents, 'document')}, {_counted(self.n_passages, 'passage')}"
        longest = f"the longest of {self.longest_passage_pieces} word pieces"
        state = f"{size}{f', {longest}' if self.n_passages else ''}"
        if not self.complete:
            yield f"Interrupted. The index holds {state}; run the same command again to go on."
        elif self.written:
            yield f"The index holds {state}; {_counted(self.n_embedded, 'passage')} embedded."
        else:
            yield f"The index is up to date: {state}."


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
