"""A folder compared with what is indexed of it: what is new, changed, unchanged and gone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from datatypes import Document, Passage
from errors import DocumentError
from index.embedder import Embedder
from index.readers.folder import Loaded, Problem, load_folder
from index.storage.base import StoreWriter
from index.storage.records import DocumentRecord, PassageRecord
from index.text.chunker import embedding_text, passages_of

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done, how much of it is done, and of how much (None: not known)."""


@dataclass(slots=True)
class Comparison:
    """Counts of documents. `vanished`: ids of indexed ones that the folder no longer has.

    `n_kept`: indexed documents whose file is there and cannot be read now. `n_staged` counts the
    passages of the new and the changed ones.
    """

    n_new: int = 0
    n_unchanged: int = 0
    n_changed: int = 0
    n_kept: int = 0
    n_staged: int = 0
    vanished: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    interrupted: bool = False


def compare(
    folder: Path,
    writer: StoreWriter,
    *,
    embedder: Embedder,
    progress: Progress,
    stopped: Callable[[], bool],
) -> Comparison:
    """Reads the folder once and stages what is new or changed."""
    result = Comparison()
    indexed = writer.base.texts if writer.base else None
    seen: set[str] = set()
    for loaded in _loaded(folder, result):
        if stopped():
            result.interrupted = True
            return result
        record = DocumentRecord.of(loaded.document, loaded.source)
        document_id = loaded.document.document_id
        seen.add(document_id)
        known_sha256 = indexed.record_sha256(document_id) if indexed else None
        if record.sha256 == known_sha256:
            result.n_unchanged += 1
        else:
            result.n_new += known_sha256 is None
            result.n_changed += known_sha256 is not None
            passages = _passage_records(loaded.document, embedder)
            result.n_staged += len(passages)
            writer.stage(record, passages)
        progress("Reading documents", result.n_new + result.n_unchanged + result.n_changed, None)
    unreadable = {problem.source for problem in result.problems if problem.skipped}
    for document_id, source in indexed.sources() if indexed else ():
        if document_id in seen:
            continue
        if _unreadable(source, unreadable):
            result.n_kept += 1
        else:
            result.vanished.append(document_id)
    return result


def input_sha256(passage: Passage, model_sha256: str) -> bytes:
    """The hash of all that a passage's vectors depend on: model, text and bounds of sentences."""
    bounds = [(span.start - passage.span.start, len(span)) for span in passage.sentences]
    content = f"{bounds}\0{embedding_text(passage)}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(bytes.fromhex(model_sha256) + content).digest()


def _passage_records(document: Document, embedder: Embedder) -> list[PassageRecord]:
    return [
        PassageRecord(
            passage,
            input_sha256(passage, embedder.sha256),
            embedder.count_pieces(embedding_text(passage)),
        )
        for passage in passages_of(
            document, count_pieces=embedder.count_pieces, max_pieces=embedder.max_pieces
        )
    ]


def _loaded(folder: Path, result: Comparison) -> Iterator[Loaded]:
    try:
        for loaded in load_folder(folder):
            if isinstance(loaded, Problem):
                result.problems.append(loaded)
            else:
                yield loaded
    except DocumentError as error:
        for problem in result.problems:  # not one document: say why with each file
            error.add_note(str(problem))
        raise


def _unreadable(source: str, unreadable: set[str]) -> bool:
    """A file or a folder above it was skipped: what was indexed from it stays."""
    parts = source.split("/")
    return any("/".join(parts[:n]) in unreadable for n in range(1, len(parts) + 1))
