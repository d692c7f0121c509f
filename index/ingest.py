"""A folder's documents as they are staged: read, cut into passages, hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from datatypes import Document, Passage
from errors import DocumentError, Problem
from index.build_report import IngestReport
from index.embedder import Embedder
from index.readers.folder import Loaded, load_folder
from index.storage.records import PassageRecord
from index.text.chunker import embedding_text, passages_of

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done, how much of it is done, and of how much (None: not known)."""


def loaded_documents(folder: Path, report: IngestReport) -> Iterator[Loaded]:
    """Those that can be read; what is wrong with the others goes into the report."""
    try:
        for loaded in load_folder(folder):
            if isinstance(loaded, Problem):
                report.problems.append(loaded)
            else:
                yield loaded
    except DocumentError as error:
        for problem in report.problems:  # not one document: say why with each file
            error.add_note(str(problem))
        raise


def input_sha256(passage: Passage, model_sha256: str) -> bytes:
    """The hash of all that a passage's vectors depend on: model, text and bounds of sentences."""
    bounds = [(span.start - passage.span.start, len(span)) for span in passage.sentences]
    content = f"{bounds}\0{embedding_text(passage)}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(bytes.fromhex(model_sha256) + content).digest()


def passage_records(
    document: Document, embedder: Embedder, passage_tokens: int
) -> list[PassageRecord]:
    """The document's passages, which grow to `passage_tokens`."""
    passages = passages_of(
        document,
        count_tokens=embedder.count_tokens,
        max_tokens=embedder.max_tokens,
        passage_tokens=passage_tokens,
    )
    return [
        PassageRecord(
            passage,
            input_sha256(passage, embedder.sha256),
            embedder.count_tokens(embedding_text(passage)),
        )
        for passage in passages
    ]


def was_skipped(source: str, skipped: set[str]) -> bool:
    """Whether the file or a folder above it was skipped: what was indexed from it stays."""
    parts = source.split("/")
    return any("/".join(parts[:n]) in skipped for n in range(1, len(parts) + 1))
