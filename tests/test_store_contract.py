"""What every store of passages promises, asked of the one on disk and of one in memory."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import pytest
from memory_store import MemoryGenerations
from predictable import PredictableEmbedder

from datatypes import Collection
from index.build import Build, settings_with
from index.build_report import IngestReport
from index.storage.base import PassageStore, StoreWriter
from index.storage.passage_index import PassageIndex
from index.storage.recipe import IndexSettings
from index.storage.writer import writing
from index.text.folding import confusion_key
from retriever.hybrid import MODES, Mode, Retriever

LETTERS = {
    "arrival": "# Berlin\n\nThe ambassador came by train. He met the Korean Workers Party (KWP).",
    "harbour": "# Ships\n\nA ship of ore left the harbour. Rain fell.\n\n# Rain\n\nIt rained on.",
    "weather": "Heavy rain delayed the train. The ambassador waited for the ship.",
}


class Place(Protocol):
    """Where a store's generations are."""

    def load(self) -> PassageStore: ...

    def writing(self, settings: IndexSettings) -> AbstractContextManager[StoreWriter]: ...


class OnDisk:
    def __init__(self, out: Path) -> None:
        self._out = out

    def load(self) -> PassageStore:
        return PassageIndex.load(self._out)

    def writing(self, settings: IndexSettings) -> AbstractContextManager[StoreWriter]:
        return writing(self._out, settings)


class Bench:
    """A folder of letters and the place that an index of them is made in."""

    def __init__(self, folder: Path, place: Place) -> None:
        self.documents = folder / "letters"
        self.documents.mkdir()
        for name, text in LETTERS.items():
            self.write(name, text)
        self.place = place
        self.embedder = PredictableEmbedder()
        self._journal = folder / "journal.sqlite"

    def write(self, name: str, text: str) -> None:
        (self.documents / f"{name}.md").write_text(text)

    def build(self, *, stopped: Callable[[], bool] = lambda: False) -> IngestReport:
        with self.place.writing(settings_with(self.embedder)) as writer:
            return Build(
                writer=writer,
                collection=Collection(title="Letters"),
                journal_path=self._journal,
                embedder=self.embedder,
                progress=lambda *_: None,
                stopped=stopped,
            ).run(self.documents)


@pytest.fixture(params=["disk", "memory"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    return Bench(
        tmp_path, OnDisk(tmp_path / "index") if request.param == "disk" else MemoryGenerations()
    )


@pytest.fixture
def both(tmp_path: Path) -> list[PassageStore]:
    """The same letters in either store."""
    stores = []
    for name, place in (("disk", OnDisk(tmp_path / "index")), ("memory", MemoryGenerations())):
        (tmp_path / name).mkdir()
        bench = Bench(tmp_path / name, place)
        bench.build()
        bench.write("harbour", "# Ships\n\nAn old ship of ore left the harbour at night.")
        bench.build()
        stores.append(place.load())
    return stores


def test_a_build_can_be_asked(bench: Bench) -> None:
    report = bench.build()
    store = bench.place.load()
    assert (report.n_new, report.complete, report.written) == (3, True, True)
    assert (store.recipe.n_documents, store.recipe.complete) == (3, True)
    assert store.collection.title == "Letters"
    assert store.warning is None
    assert store.texts.document_ids() == sorted(LETTERS)
    assert store.texts.abbreviations() == [("KWP", "Korean Workers Party")]
    document = store.texts.document("harbour")
    assert document is not None
    assert document == store.texts.stored_document("harbour")
    assert [heading.span.of(document.text) for heading in document.headings] == ["Ships", "Rain"]
    assert len(list(store.texts.all_passages())) == store.recipe.n_passages
    assert [passage.document for passage in store.texts.passages_of("harbour")] == [document]


def test_what_nobody_has_is_none_or_an_error(bench: Bench) -> None:
    bench.build()
    store = bench.place.load()
    (vector,) = bench.embedder.embed_questions(["rain"])
    assert store.texts.document("absent") is None
    assert store.texts.passages_of("absent") == []
    assert store.lexical.document_frequency(["rain", "absent"]) == {"rain": 2, "absent": 0}
    assert store.lexical.bm25({"absent": 1.0}, []) == {}
    for ask in (store.texts.passages, lambda keys: store.vectors.scores(vector, keys)):
        with pytest.raises(KeyError):
            ask([4711])


def test_scores_of_chosen_passages_are_those_of_the_search(bench: Bench) -> None:
    bench.build()
    store = bench.place.load()
    (vector,) = bench.embedder.embed_questions(["The ambassador's ship"])
    (hits,) = store.vectors.nearest(vector[None], k=99)
    keys = [key for key, _ in hits]
    assert len(keys) == store.recipe.n_passages
    assert store.vectors.scores(vector, keys) == pytest.approx([score for _, score in hits])
    sentences = [len(passage.sentences) for passage in store.texts.passages(keys)]
    assert [len(scores) for scores in store.vectors.sentence_scores(vector, keys)] == sentences
    worded = dict(store.lexical.matching({"ship": 1.0}, k=99))
    assert store.lexical.bm25({"ship": 1.0}, keys) == pytest.approx(
        dict.fromkeys(keys, 0.0) | worded
    )


def test_what_is_unchanged_is_kept_and_what_is_known_is_not_embedded_again(bench: Bench) -> None:
    first = bench.build()
    assert not bench.build().written
    (bench.documents / "harbour.md").rename(bench.documents / "ore.md")  # its title is in it
    bench.write("arrival", "An empty page.")
    report = bench.build()
    assert (report.n_new, report.n_changed, report.n_removed, report.n_unchanged) == (1, 1, 1, 1)
    assert report.n_embedded == 1
    assert bench.embedder.embedded == first.n_embedded + 1
    store = bench.place.load()
    assert store.texts.document_ids() == ["arrival", "ore", "weather"]
    assert store.texts.abbreviations() == []
    assert store.lexical.document_frequency(["berlin", "page"]) == {"berlin": 0, "page": 1}
    assert store.lexical.matching({"berlin": 1.0}, k=9) == []


def test_readers_keep_their_generation(bench: Bench) -> None:
    bench.build()
    before = bench.place.load()
    assert before.is_current()
    bench.write("arrival", "Nobody came.")
    bench.build()
    after = bench.place.load()
    assert (before.is_current(), after.is_current()) == (False, True)
    assert after.generation > before.generation
    assert before.lexical.document_frequency(["ambassador", "nobodi"]) == {
        "ambassador": 2,
        "nobodi": 0,
    }
    assert after.lexical.document_frequency(["ambassador", "nobodi"]) == {
        "ambassador": 1,
        "nobodi": 1,
    }


def test_a_document_is_there_with_all_its_passages_or_as_it_was(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.build._BATCH", 2)
    bench.build()
    parts = [
        f"# Part {n}\n\nThe mine number{n} was closed. {'Ore is heavy. ' * 40}" for n in range(4)
    ]
    bench.write("arrival", "A short note.")
    bench.write("harbour", "\n\n".join(parts))
    before = bench.embedder.embedded
    report = bench.build(stopped=lambda: bench.embedder.embedded > before + 2)
    assert (report.complete, report.written) == (False, True)
    store = bench.place.load()
    assert store.lexical.document_frequency(["short", "number0"]) == {"short": 1, "number0": 0}
    assert store.lexical.document_frequency(["harbour"]) == {"harbour": 1}
    assert bench.build().complete
    assert bench.place.load().lexical.document_frequency(["number3"]) == {"number3": 1}
    assert bench.embedder.embedded == before + 5


def test_nothing_is_seen_of_what_was_not_published(bench: Bench) -> None:
    bench.build()
    bench.write("arrival", "Nobody came.")
    report = bench.build(stopped=lambda: True)
    assert not report.written
    assert bench.place.load().lexical.document_frequency(["nobodi"]) == {"nobodi": 0}


def test_either_store_gives_the_same_answers(both: list[PassageStore]) -> None:
    disk, memory = both
    assert disk.recipe.content_sha256 == memory.recipe.content_sha256
    assert disk.texts.cards(search="SHIPS") == memory.texts.cards(search="SHIPS")
    assert disk.texts.cards(limit=2, offset=1) == memory.texts.cards(limit=2, offset=1)
    for letter in "bhr":
        terms = disk.lexical.terms_beginning(letter, shortest=3, longest=9)
        assert terms
        assert terms == memory.lexical.terms_beginning(letter, shortest=3, longest=9)
    for key in (confusion_key("rain"), "rain"):
        assert disk.lexical.terms_like(key) == memory.lexical.terms_like(key)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("question", ["Who waited for the ship?", "What did the rain delay?"])
def test_either_store_is_ranked_the_same(
    both: list[PassageStore], question: str, mode: Mode
) -> None:
    disk, memory = (
        Retriever(store, PredictableEmbedder()).retrieve(question, k=9, mode=mode) for store in both
    )
    assert [hit.passage for hit in disk] == [hit.passage for hit in memory]
    assert [hit.score for hit in disk] == pytest.approx([hit.score for hit in memory], rel=1e-4)
