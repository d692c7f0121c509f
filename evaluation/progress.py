"""Progress on standard error, for the person who waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from index.ingest import Progress


@contextmanager
def progress_bars() -> Iterator[Progress]:
    """A bar for each kind of work, closed before anything else is said."""
    from tqdm import tqdm

    shown: dict[str, tqdm[Any]] = {}

    def progress(what: str, done: int, total: int | None) -> None:
        if what not in shown:
            for bar in shown.values():
                bar.close()
            unit = what.rpartition(" ")[2]
            shown[what] = tqdm(desc=what, total=total, unit=f" {unit}", disable=None)
        bar = shown[what]
        bar.update(done - bar.n)

    try:
        yield progress
    finally:
        for bar in shown.values():
            bar.close()
