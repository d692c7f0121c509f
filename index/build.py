"""Makes or updates an index: reads what is new, embeds it, writes the next generation."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from datatypes import Collection
from errors import SettingError
from index.build_report import IngestReport
from index.embedder import Embedder
from index.embedding import Embedding
from index.ingest import Comparison, Progress, compare
from index.readers.folder import load_collection
from index.storage.draft import Draft
from index.storage.faiss_store import Keys, Part, write_cells, write_vectors
from index.storage.generations import building, publish
from index.storage.journal import Journal, remove_journal
from index.storage.passage_index import read_collection, write_collection
from index.storage.previous_index import InUse
from index.storage.recipe import (
    CHUNKING_VERSION,
    DOCENT_VERSION,
    FORMAT_VERSION,
    Making,
    Recipe,
    write_recipe,
)
from index.text.chunker import PASSAGE_TOKENS
from index.text.folding import FOLDING_VERSION


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
    making = Making(
        format_version=FORMAT_VERSION,
        model_sha256=embedder.sha256,
        dimensions=embedder.dimensions,
        max_pieces=embedder.max_tokens,
        passage_pieces=passage_tokens,
        chunking_version=CHUNKING_VERSION,
        folding_version=FOLDING_VERSION,
    )
    with _disk_faults(out), building(out), closing(InUse.opened(out, making)) as old:
        build = _Build(
            out=out,
            in_use=old,
            making=making,
            collection=collection,
            embedder=embedder,
            progress=progress,
            stopped=stopped,
        )
        return build.run(documents)


@dataclass(slots=True)
class _Build:
    """One run over the folder. `in_use` is what readers have now, `old` what can be built upon."""

    out: Path
    in_use: InUse
    making: Making
    collection: Collection
    embedder: Embedder
    progress: Progress
    stopped: Callable[[], bool]
    draft: Draft | None = None
    n_read: int = 0

    @property
    def journal(self) -> Path:
        return self.out / "journal.sqlite"

    @property
    def old(self) -> InUse:
        return self.in_use if self.in_use.same else InUse()

    def run(self, documents: Path) -> IngestReport:
        try:
            compared = compare(
                documents,
                self.old.texts,
                self.drafted,
                embedder=self.embedder,
                passage_tokens=self.making.passage_pieces,
                progress=self.progress,
                stopped=self.stopped,
            )
            if self.nothing_to_do(compared):
                if not compared.interrupted:
                    remove_journal(self.journal)
                return self.unwritten(compared)
            return self.written(compared, self.drafted())
        finally:
            if self.draft:
                self.draft.discard()

    def drafted(self) -> Draft:
        if self.draft is None:
            generation = self.old.generation
            self.draft = Draft(self.out, generation.folder if generation else None)
        return self.draft

    def nothing_to_do(self, compared: Comparison) -> bool:
        if compared.interrupted and not (self.draft and self.draft.n_new_passages()):
            return True
        generation, recipe = self.old.generation, self.old.recipe
        return bool(
            generation
            and recipe
            and self.draft is None
            and not compared.vanished
            and not generation.warning
            and recipe.complete
            and read_collection(generation.folder / "collection.json") == self.collection
        )

    def written(self, compared: Comparison, draft: Draft) -> IngestReport:
        """Embeds the draft's passages and makes it the generation in use."""
        journal = Journal(
            self.journal,
            model_sha256=self.making.model_sha256,
            dimensions=self.making.dimensions,
        )
        with closing(journal):
            embedding = Embedding(journal, self.embedder)
            n_new = draft.n_new_passages()
            n_embedded = self.embed(draft, embedding, compared.vanished, n_new)
            complete = n_embedded == n_new and not compared.interrupted
            dropped = draft.settle(vanished=compared.vanished, n_embedded=n_embedded)
            if not complete and not self.worth_switching(draft):
                compared.interrupted = True
                return self.unwritten(compared)
            recipe = self.files(draft, embedding, dropped, complete=complete)
            draft.close()
            kept = self.in_use.generation
            number = publish(draft.folder, self.out, keep=kept.number if kept else None)
            self.draft = None
            if complete:
                journal.remove()
        return self.report(compared, recipe, generation=number, written=True)

    def embed(self, draft: Draft, embedding: Embedding, vanished: list[int], n_new: int) -> int:
        """How many new passages, from the first, have their vectors now."""
        if n_new and self.in_use.may_lend_to(self.making):
            embedding.take_from(
                self.in_use.vectors,
                draft.leaving(vanished) if self.in_use.same else self.in_use.passages(),
            )
        n_embedded = embedding.embed_all(
            draft.new_passages(),
            progress=lambda n: self.progress("Embedding passages", n, n_new),
            stopped=self.stopped,
        )
        self.n_read = embedding.n_read
        return n_embedded

    def worth_switching(self, draft: Draft) -> bool:
        """Whether an interrupted build has more to offer than the index in use."""
        made_otherwise = self.in_use.recipe is not None and not self.in_use.same
        return draft.n_new_passages() > 0 and not made_otherwise

    def files(self, draft: Draft, embedding: Embedding, dropped: Keys, *, complete: bool) -> Recipe:
        """Writes everything of the generation but its manifest."""
        old = self.old
        n_stale = draft.write_words(dropped, n_stale=old.recipe.n_words_stale if old.recipe else 0)
        folder, dimensions, before = draft.folder, self.making.dimensions, None
        kept: Iterator[Part] = iter(())
        if old.generation and old.recipe:
            before = (old.generation.folder, old.recipe.vectors)
            kept = old.vectors.parts(without=dropped)
        new = embedding.parts(draft.new_passages())
        write_vectors(folder, chain(kept, new))
        kind = write_cells(folder, dimensions=dimensions, old=before, removed=dropped)
        n_documents, n_passages, longest = draft.counts()
        recipe = Recipe(
            making=self.making,
            docent_version=DOCENT_VERSION,
            model=self.embedder.name,
            vectors=kind,
            n_documents=n_documents,
            n_passages=n_passages,
            longest_passage_pieces=longest,
            n_words_stale=n_stale,
            content_sha256=draft.content_sha256(),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            complete=complete,
        )
        write_recipe(recipe, folder / "recipe.json")
        write_collection(self.collection, folder / "collection.json")
        return recipe

    def unwritten(self, compared: Comparison) -> IngestReport:
        """The report of a build that leaves the index in use as it is."""
        generation = self.in_use.generation
        number = generation.number if generation else 0
        return self.report(compared, self.in_use.recipe, generation=number, written=False)

    def report(
        self, compared: Comparison, recipe: Recipe | None, *, generation: int, written: bool
    ) -> IngestReport:
        before = self.in_use.generation
        return IngestReport(
            n_new=compared.n_new,
            n_unchanged=compared.n_unchanged,
            n_changed=compared.n_changed,
            n_removed=len(compared.vanished),
            n_kept=compared.n_kept,
            n_documents=recipe.n_documents if recipe else 0,
            n_passages=recipe.n_passages if recipe else 0,
            n_embedded=self.n_read,
            longest_passage_pieces=recipe.longest_passage_pieces if recipe else 0,
            problems=tuple(compared.problems),
            generation=generation,
            written=written,
            complete=bool(recipe and recipe.complete and not compared.interrupted),
            warning=before.warning if before and not written else None,
        )


@contextmanager
def _disk_faults(out: Path) -> Iterator[None]:
    """What the disk refuses becomes one line; the index in use is untouched by it."""
    try:
        yield
    except shutil.Error as error:  # what copying a folder met: (from, to, why) for each file
        raise _unwritable(out, str(error.args[0][0][2])) from error
    except OSError as error:
        raise _unwritable(out, error.strerror or str(error)) from error
    except sqlite3.OperationalError as error:
        raise _unwritable(out, str(error)) from error


def _unwritable(out: Path, why: str) -> SettingError:
    return SettingError(
        f"The index in {out} cannot be written ({why}).",
        "Free some space or mend the folder's permissions, then run it again.",
    )
