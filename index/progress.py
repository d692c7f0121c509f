"""Progress on standard error, for the person who waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from index.ingest import Progress


@contextmanager
def progress_bars(*, disable: bool | None = None) -> Iterator[Progress]:
    """A bar for each kind of work, closed before anything else is said.

    `disable`: by default where standard error is no terminal.
    """
    from tqdm import tqdm

    bars: dict[str, tqdm[Any]] = {}

    def progress(what: str, done: int, total: int | None) -> None:
        if what not in bars:
            for bar in bars.values():
                bar.close()
            unit = what.rpartition(" ")[2]
            bars[what] = tqdm(desc=what, total=total, unit=f" {unit}", disable=disable)
        bars[what].update(done - bars[what].n)

    try:
        yield progress
    finally:
        for bar in bars.values():
            bar.close()
