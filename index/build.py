"""Makes or updates an index: reads what is new, embeds it, writes the next generation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from datatypes import Collection
from index.build_report import IngestReport
from index.embedder import Embedder
from index.ingest import Comparison, Progress, compare
from index.readers.folder import load_collection
from index.storage.base import EmbeddedPassage, PassageVectors, StoreWriter
from index.storage.journal import Journal, remove_journal
from index.storage.recipe import CHUNKING_VERSION, IndexSettings, Recipe
from index.storage.records import PassageRecord
from index.storage.writer import writing
from index.text.chunker import PASSAGE_PIECES
from index.text.folding import FOLDING_VERSION

_BATCH = 64
"""Passages embedded between two looks at Ctrl-C and two entries into the journal: half a second."""


def build_index(
    documents: Path,
    out: Path,
    *,
    embedder: Embedder,
    progress: Progress = lambda what, done, total: None,
    stopped: Callable[[], bool] = lambda: False,
) -> IngestReport:
    """Brings the index in `out` up to date with the folder `documents`.

    When `stopped()` turns true, the documents finished by then are switched in. Raises IndexBusy,
    DocumentError if not one document can be read, SettingError if the disk does not take it,
    IndexDamaged if a newer Docent wrote the index; the index in use is then as it was.
    """
    collection = load_collection(documents)
    with writing(out, settings_with(embedder)) as writer:
        build = Build(
            writer=writer,
            collection=collection,
            journal_path=out / "journal.sqlite",
            embedder=embedder,
            progress=progress,
            stopped=stopped,
        )
        return build.run(documents)


def settings_with(embedder: Embedder) -> IndexSettings:
    """Those of an index that is made with this model by this Docent."""
    return IndexSettings(
        model_sha256=embedder.sha256,
        dimensions=embedder.dimensions,
        max_tokens=embedder.max_pieces,
        passage_tokens=PASSAGE_PIECES,
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
    n_embedded: int = 0
    n_written: int = 0

    def run(self, documents: Path) -> IngestReport:
        compared = compare(
            documents,
            self.writer,
            embedder=self.embedder,
            progress=self.progress,
            stopped=self.stopped,
        )
        if self.nothing_to_do(compared):
            if not compared.interrupted:
                remove_journal(self.journal_path)
            return self.unwritten(compared)
        self.writer.remove(compared.vanished)
        with closing(Journal(self.journal_path, dimensions=self.embedder.dimensions)) as journal:
            self.embed(compared.n_staged, journal)
        complete = self.n_written == compared.n_staged and not compared.interrupted
        if not complete and not self.worth_switching():
            compared.interrupted = True
            return self.unwritten(compared)
        number, recipe = self.writer.publish(
            model=self.embedder.name, collection=self.collection, complete=complete
        )
        if complete:
            remove_journal(self.journal_path)
        return self.report(compared, recipe, generation=number, written=True)

    def nothing_to_do(self, compared: Comparison) -> bool:
        if compared.interrupted:
            return compared.n_staged == 0
        base = self.writer.base
        return bool(
            base
            and compared.n_new == compared.n_changed == len(compared.vanished) == 0
            and not base.warning
            and base.recipe.complete
            and base.collection == self.collection
        )

    def worth_switching(self) -> bool:
        """Whether an interrupted build has more to offer than the index in use."""
        made_otherwise = self.writer.previous is not None and self.writer.base is None
        return self.n_written > 0 and not made_otherwise

    def embed(self, n_staged: int, journal: Journal) -> None:
        """Writes the staged documents with their vectors, each when all its passages have them.

        That is all of them unless `stopped()` turns true.
        """
        waiting: list[EmbeddedPassage] = []
        for batch in _batches(self.writer.staged()):
            stopped = self.stopped()
            if not stopped:
                waiting += self.embedded(batch, journal)
                self.progress("Embedding passages", self.n_written + len(waiting), n_staged)
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
        self.n_embedded += len(new)
        vectors |= new
        return [
            EmbeddedPassage(key, record.passage, vectors[record.input_sha256])
            for key, record in batch
        ]

    def known(
        self, input_sha256s: Sequence[bytes], journal: Journal
    ) -> dict[bytes, PassageVectors]:
        """So a document is not embedded again when its name, metadata or another page changes."""
        known = {sha256: found for sha256 in input_sha256s if (found := journal.get(sha256))}
        if previous := self.writer.previous:
            keys = previous.texts.keys_of_inputs(input_sha256s)
            known |= zip(keys, previous.vectors.stored(list(keys.values())), strict=True)
        return known

    def unwritten(self, compared: Comparison) -> IngestReport:
        """The report of a build that leaves the index in use as it is."""
        previous = self.writer.previous
        number, recipe = (previous.generation, previous.recipe) if previous else (0, None)
        return self.report(compared, recipe, generation=number, written=False)

    def report(
        self, compared: Comparison, recipe: Recipe | None, *, generation: int, written: bool
    ) -> IngestReport:
        previous = self.writer.previous
        return IngestReport(
            n_new=compared.n_new,
            n_unchanged=compared.n_unchanged,
            n_changed=compared.n_changed,
            n_removed=len(compared.vanished),
            n_kept=compared.n_kept,
            n_documents=recipe.n_documents if recipe else 0,
            n_passages=recipe.n_passages if recipe else 0,
            n_embedded=self.n_embedded,
            longest_passage_tokens=recipe.longest_passage_tokens if recipe else 0,
            problems=tuple(compared.problems),
            generation=generation,
            written=written,
            complete=bool(recipe and recipe.complete and not compared.interrupted),
            warning=previous.warning if previous and not written else None,
        )


def _batches(
    staged: Iterable[tuple[int, PassageRecord]],
) -> Iterator[list[tuple[int, PassageRecord]]]:
    remaining = iter(staged)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
