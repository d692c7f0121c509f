"""Makes or updates an index: reads what is new, embeds it, writes the next generation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from datatypes import Collection
from index.build_report import IngestReport
from index.embedder import Embedder
from index.ingest import Progress, loaded_documents, passage_records, was_skipped
from index.journal import Journal, remove_journal
from index.metadata.collection import load_collection
from index.storage.base import EmbeddedPassage, PassageVectors, StoreWriter
from index.storage.recipe import CHUNKING_VERSION, IndexSettings
from index.storage.records import DocumentRecord, PassageRecord
from index.storage.writer import writing
from index.text.chunker import PASSAGE_TOKENS
from index.text.folding import FOLDING_VERSION

_BATCH = 64
"""Passages embedded between two looks at Ctrl-C and two entries into the journal: half a second."""


def build_index(
    documents: Path,
    out: Path,
    *,
    embedder: Embedder,
    passage_tokens: int = PASSAGE_TOKENS,
    progress: Progress = lambda what, done, total: None,
    stopped: Callable[[], bool] = lambda: False,
) -> IngestReport:
    """Brings the index in `out` up to date with the folder `documents`.

    `passage_tokens`: the size that passages grow to; an index of another size is made anew.

    When `stopped()` turns true, the documents finished by then are switched in. Raises IndexBusy,
    DocumentError if not one document can be read, SettingError if the disk does not take it,
    IndexDamaged if a newer Docent wrote the index; the index in use is then as it was.
    """
    collection = load_collection(documents)
    with writing(out, settings_with(embedder, passage_tokens)) as writer:
        build = Build(
            writer=writer,
            collection=collection,
            journal_path=out / "journal.sqlite",
            embedder=embedder,
            passage_tokens=passage_tokens,
            progress=progress,
            stopped=stopped,
        )
        return build.run(documents)


def settings_with(embedder: Embedder, passage_tokens: int = PASSAGE_TOKENS) -> IndexSettings:
    """Those of an index that is made with this model by this Docent."""
    return IndexSettings(
        model_sha256=embedder.sha256,
        dimensions=embedder.dimensions,
        max_tokens=embedder.max_tokens,
        passage_tokens=passage_tokens,
        chunking_version=CHUNKING_VERSION,
        folding_version=FOLDING_VERSION,
    )


@dataclass(slots=True)
class Build:
    """One run over a folder into whatever store `writer` writes.

    The journal is a file here, whatever the store is: it is worth the time of embedding.
    """

    writer: StoreWriter
    collection: Collection
    journal_path: Path
    embedder: Embedder
    progress: Progress
    stopped: Callable[[], bool]
    passage_tokens: int = PASSAGE_TOKENS
    n_written: int = 0
    report: IngestReport = field(default_factory=IngestReport)

    def run(self, documents: Path) -> IngestReport:
        report = self.report
        if previous := self.writer.previous:
            report.generation, report.recipe = previous.generation, previous.recipe
            report.warning = previous.warning
        self.compare(documents)
        if self.nothing_to_do():
            if not report.interrupted:
                remove_journal(self.journal_path)
            return report
        self.writer.remove(report.vanished)
        with closing(Journal(self.journal_path, dimensions=self.embedder.dimensions)) as journal:
            self.embed(journal)
        report.interrupted |= self.n_written < report.n_staged
        if report.interrupted and not self.worth_switching():
            return report
        report.generation, report.recipe = self.writer.publish(
            model=self.embedder.name, collection=self.collection, complete=not report.interrupted
        )
        report.written, report.warning = True, None
        if report.complete:
            remove_journal(self.journal_path)
        return report

    def compare(self, folder: Path) -> None:
        """Reads the folder once and stages what is new or changed."""
        report = self.report
        indexed = self.writer.base.texts if self.writer.base else None
        seen: set[str] = set()
        for loaded in loaded_documents(folder, report):
            if self.stopped():
                report.interrupted = True
                return
            record = DocumentRecord.of(loaded.document, loaded.source)
            document_id = loaded.document.document_id
            seen.add(document_id)
            known_sha256 = indexed.record_sha256(document_id) if indexed else None
            if record.sha256 == known_sha256:
                report.n_unchanged += 1
            else:
                report.n_new += known_sha256 is None
                report.n_changed += known_sha256 is not None
                passages = passage_records(loaded.document, self.embedder, self.passage_tokens)
                report.n_staged += len(passages)
                self.writer.stage(record, passages)
            self.progress("Reading documents", report.n_read, None)
        skipped = {problem.source for problem in report.problems if problem.skipped}
        for document_id, source in indexed.sources() if indexed else ():
            if document_id not in seen:
                if was_skipped(source, skipped):
                    report.n_kept += 1
                else:
                    report.vanished.append(document_id)

    def nothing_to_do(self) -> bool:
        if self.report.interrupted:
            return self.report.n_staged == 0
        base = self.writer.base
        return bool(
            base
            and self.report.n_new == self.report.n_changed == self.report.n_removed == 0
            and not base.warning
            and base.recipe.complete
            and base.collection == self.collection
        )

    def worth_switching(self) -> bool:
        """Whether an interrupted build has more to offer than the index in use."""
        made_otherwise = self.writer.previous is not None and self.writer.base is None
        return self.n_written > 0 and not made_otherwise

    def embed(self, journal: Journal) -> None:
        """Writes the staged documents with their vectors, each when all its passages have them.

        That is all of them unless `stopped()` turns true.
        """
        waiting: list[EmbeddedPassage] = []
        for batch in _batches(self.writer.staged()):
            stopped = self.stopped()
            if not stopped:
                waiting += self.embedded(batch, journal)
                n_done = self.n_written + len(waiting)
                self.progress("Embedding passages", n_done, self.report.n_staged)
            # the document at the end of the batch may go on in the next
            unfinished = batch[0 if stopped else -1][1].passage.document.document_id
            whole = [p for p in waiting if p.passage.document.document_id != unfinished]
            waiting = waiting[len(whole) :]
            self.write(whole)
            if stopped:
                return
        self.write(waiting)

    def write(self, passages: Sequence[EmbeddedPassage]) -> None:
        self.writer.write(passages)
        self.n_written += len(passages)

    def embedded(
        self, batch: Sequence[tuple[int, PassageRecord]], journal: Journal
    ) -> list[EmbeddedPassage]:
        """With vectors made now where neither the index in use nor the journal has them."""
        vectors = self.known([record.input_sha256 for _, record in batch], journal)
        unknown = {
            record.input_sha256: record.passage
            for _, record in batch
            if record.input_sha256 not in vectors
        }
        made = self.embedder.embed_passages(list(unknown.values()))
        new = {
            sha256: PassageVectors.of(passage, sentences)
            for sha256, (passage, sentences) in zip(unknown, made, strict=True)
        }
        journal.put(new.items())
        self.report.n_embedded += len(new)
        vectors |= new
        return [
            EmbeddedPassage(key, record.passage, vectors[record.input_sha256])
            for key, record in batch
        ]

    def known(
        self, input_sha256s: Sequence[bytes], journal: Journal
    ) -> dict[bytes, PassageVectors]:
        """So a document is not embedded again when its name, metadata or another page changes."""
        known = {sha256: made for sha256 in input_sha256s if (made := journal.get(sha256))}
        if previous := self.writer.previous:
            keys = previous.texts.keys_of_inputs(input_sha256s)
            known |= zip(keys, previous.vectors.stored(list(keys.values())), strict=True)
        return known


def _batches(
    staged: Iterable[tuple[int, PassageRecord]],
) -> Iterator[list[tuple[int, PassageRecord]]]:
    remaining = iter(staged)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
