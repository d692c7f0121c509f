"""A folder compared with what is indexed of it: what is new, changed, unchanged and gone."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from errors import DocumentError
from index.embedder import Embedder
from index.readers.folder import Loaded, Problem, load_folder
from index.storage.draft import Draft
from index.storage.schema import fingerprint
from index.text.chunker import embedding_text, passages_of

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done, how much of it is done, and of how much (None: not known)."""


@dataclass(slots=True)
class Comparison:
    """Counts of documents. `vanished`: keys of indexed ones that the folder no longer has.

    `n_kept`: indexed documents whose file is there and cannot be read now.
    """

    n_new: int = 0
    n_unchanged: int = 0
    n_changed: int = 0
    n_kept: int = 0
    vanished: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    interrupted: bool = False


def compare(
    folder: Path,
    indexed: sqlite3.Connection | None,
    draft: Callable[[], Draft],
    *,
    embedder: Embedder,
    passage_tokens: int,
    progress: Progress,
    stopped: Callable[[], bool],
) -> Comparison:
    """Reads the folder once and stages what is new or changed in `draft()`, made when needed."""
    result = Comparison()
    seen: set[int] = set()
    for loaded in _loaded(folder, result):
        if stopped():
            result.interrupted = True
            return result
        document = loaded.document
        sha256 = hashlib.sha256(fingerprint(document).encode()).digest()
        key, known_sha256 = _known(indexed, document.document_id)
        if key is not None:
            seen.add(key)
        if sha256 == known_sha256:
            result.n_unchanged += 1
        else:
            result.n_new += key is None
            result.n_changed += key is not None
            passages = passages_of(
                document,
                count_tokens=embedder.count_tokens,
                max_tokens=embedder.max_tokens,
                passage_tokens=passage_tokens,
            )
            draft().stage(
                document,
                [(each, embedder.count_tokens(embedding_text(each))) for each in passages],
                source=loaded.source,
                sha256=sha256,
                replaces=key,
            )
        progress("Reading documents", result.n_new + result.n_unchanged + result.n_changed, None)
    unreadable = {problem.source for problem in result.problems if problem.skipped}
    for key, source in _unseen(indexed, seen):
        if _unreadable(source, unreadable):
            result.n_kept += 1
        else:
            result.vanished.append(key)
    return result


def _loaded(folder: Path, result: Comparison) -> Iterator[Loaded]:
    try:
        for each in load_folder(folder):
            if isinstance(each, Problem):
                result.problems.append(each)
            else:
                yield each
    except DocumentError as error:
        for problem in result.problems:  # not one document: say why with each file
            error.add_note(str(problem))
        raise


def _known(indexed: sqlite3.Connection | None, document_id: str) -> tuple[int | None, bytes]:
    row = (
        indexed
        and indexed.execute(
            "SELECT document_key, sha256 FROM documents WHERE document_id = ?", (document_id,)
        ).fetchone()
    )
    return row or (None, b"")


def _unseen(indexed: sqlite3.Connection | None, seen: set[int]) -> Iterator[tuple[int, str]]:
    if indexed:
        for key, source in indexed.execute("SELECT document_key, source FROM documents"):
            if key not in seen:
                yield key, source


def _unreadable(source: str, unreadable: set[str]) -> bool:
    """A file or a folder above it was skipped: what was indexed from it stays."""
    parts = source.split("/")
    return any("/".join(parts[:n]) in unreadable for n in range(1, len(parts) + 1))
