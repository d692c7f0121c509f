"""Building and updating: what is new is embedded, what is unchanged is kept, what is gone goes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from predictable import PredictableEmbedder

from errors import DocentError, DocumentError, SettingError
from index.build import build_index
from index.build_report import IngestReport
from index.storage.generations import generation_numbers
from index.storage.passage_index import PassageIndex
from index.text.folding import terms_of

_QUESTIONS = ("workers and movement", "party congress in Berlin", "letter 7", "Ambassador Nr. 3")
Build = Callable[..., IngestReport]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "letters"
    path.mkdir()
    for number in range(12):
        (path / f"{number:02}.md").write_text(letter(number))
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def build(folder: Path, out: Path, embedder: PredictableEmbedder) -> Build:
    def build(**options: object) -> IngestReport:
        return build_index(folder, out, embedder=embedder, **options)  # type: ignore[arg-type]

    return build


def letter(number: int, *, last: str = "It ends here.") -> str:
    """Three passages, each under its own heading."""
    parts = [
        f"# Part {part} of letter {number}\n\n"
        + " ".join(f"Sentence {i} tells of workers, Berlin and case {number}." for i in range(12))
        for part in range(3)
    ]
    return "\n\n".join([*parts, last])


def state(index: PassageIndex) -> dict[str, tuple[object, ...]]:
    """Everything of every document, without the keys that differ between index and index."""
    answers: dict[str, tuple[object, ...]] = {}
    for document_id in index.texts.document_ids():
        document = index.texts.document(document_id)
        assert document is not None
        answers[document_id] = (document, document.text, document.metadata, document.headings)
    return answers


def answers(index: PassageIndex) -> list[object]:
    """What the index says to questions: passages and scores of both kinds."""
    said: list[object] = []
    for question in _QUESTIONS:
        (vector,) = PredictableEmbedder().embed_questions([question])
        terms = dict.fromkeys(terms_of(question), 1.0)
        (dense,) = index.vectors.nearest(vector[None], k=1000)
        lexical = index.lexical.matching(terms, k=1000)
        for hits in (dense, lexical):
            named = {
                index.texts.passages([key])[0].passage_id: (round(score, 4), key)
                for key, score in hits
            }
            said.append(sorted((name, score) for name, (score, _) in named.items()))
        keys = [key for key, _ in dense]
        said.append(sorted(zip(ids(index, keys), scores(index, vector, keys), strict=True)))
        said.append(index.lexical.document_frequency(list(terms)))
    return said


def ids(index: PassageIndex, keys: list[int]) -> list[str]:
    return [passage.passage_id for passage in index.texts.passages(keys)]


def scores(index: PassageIndex, vector: np.ndarray, keys: list[int]) -> list[list[float]]:
    return [scores.round(4).tolist() for scores in index.vectors.sentence_scores(vector, keys)]


def assert_like_a_fresh_one(folder: Path, out: Path) -> None:
    fresh = out.with_name("fresh")
    shutil.rmtree(fresh, ignore_errors=True)
    build_index(folder, fresh, embedder=PredictableEmbedder())
    updated, anew = PassageIndex.load(out), PassageIndex.load(fresh)
    assert state(updated) == state(anew)
    assert answers(updated) == answers(anew)
    assert updated.recipe.content_sha256 == anew.recipe.content_sha256
    assert (updated.recipe.n_documents, updated.recipe.n_passages) == (
        anew.recipe.n_documents,
        anew.recipe.n_passages,
    )


def test_every_passage_is_embedded_once(build: Build, embedder: PredictableEmbedder) -> None:
    report = build()
    assert (report.n_new, report.n_documents, report.n_passages) == (12, 12, 36)
    assert embedder.embedded == report.n_embedded == 36
    assert report.complete
    assert report.written


def test_what_is_unchanged_is_not_written_again(
    build: Build, embedder: PredictableEmbedder
) -> None:
    first, second = build(), build()
    assert embedder.embedded == 36
    assert (second.n_unchanged, second.written) == (12, False)
    assert second.generation == first.generation


def test_a_changed_document_is_replaced(
    build: Build, folder: Path, out: Path, embedder: PredictableEmbedder
) -> None:
    build()
    (folder / "05.md").write_text("# Anew\n\nNothing of the old letter is left in it.")
    report = build()
    assert (report.n_changed, report.n_unchanged, report.n_passages) == (1, 11, 34)
    assert embedder.embedded == 37
    assert_like_a_fresh_one(folder, out)


def test_of_a_changed_document_only_changed_passages_are_embedded(
    build: Build, folder: Path, out: Path, embedder: PredictableEmbedder
) -> None:
    build()
    (folder / "05.md").write_text(letter(5, last="It ends otherwise."))
    assert build().n_embedded == 1
    assert embedder.embedded == 37
    assert_like_a_fresh_one(folder, out)


def test_a_removed_document_is_gone(build: Build, folder: Path, out: Path) -> None:
    build()
    (folder / "03.md").unlink()
    report = build()
    assert (report.n_removed, report.n_documents, report.n_passages) == (1, 11, 33)
    assert PassageIndex.load(out).texts.document("03") is None
    assert_like_a_fresh_one(folder, out)


def test_a_renamed_document_is_not_embedded_again(
    build: Build, folder: Path, out: Path, embedder: PredictableEmbedder
) -> None:
    build()
    (folder / "03.md").rename(folder / "seventh.md")
    report = build()
    assert (report.n_new, report.n_removed, report.n_embedded) == (1, 1, 0)
    assert embedder.embedded == 36
    assert_like_a_fresh_one(folder, out)


def test_changed_metadata_is_taken_over_without_embedding(
    build: Build, folder: Path, out: Path, embedder: PredictableEmbedder
) -> None:
    build()
    (folder / "04.toml").write_text('archive = "SAPMO-BA"')
    report = build()
    assert (report.n_changed, report.n_embedded) == (1, 0)
    document = PassageIndex.load(out).texts.document("04")
    assert document is not None
    assert document.metadata == {"archive": "SAPMO-BA"}
    assert embedder.embedded == 36
    assert_like_a_fresh_one(folder, out)


def test_a_changed_collection_alone_is_taken_over(build: Build, folder: Path, out: Path) -> None:
    build()
    (folder / "collection.toml").write_text('[collection]\ntitle = "Letters"')
    report = build()
    assert (report.written, report.n_embedded) == (True, 0)
    assert PassageIndex.load(out).collection.title == "Letters"


def test_many_updates_in_a_row_end_as_a_fresh_index(
    build: Build, folder: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "index.storage.writer._ANEW_BELOW", 0
    )  # words are updated, not written anew
    monkeypatch.setattr("index.storage.writer._STALE_SHARE", 9.0)
    chance = np.random.default_rng(5)
    build()
    for step in range(8):
        for number in chance.integers(0, 20, size=4):
            path = folder / f"{number:02}.md"
            if path.exists() and chance.random() < 0.4:
                path.unlink()
            else:
                path.write_text(letter(int(number), last=f"Step {step}."))
        build()
    monkeypatch.setattr("index.storage.writer._STALE_SHARE", 0.0)
    (folder / "00.md").write_text(letter(0, last="The very last."))
    build()
    assert_like_a_fresh_one(folder, out)


def test_removed_passages_are_never_matched_though_words_are_only_updated(
    build: Build, folder: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.storage.writer._ANEW_BELOW", 0)
    monkeypatch.setattr("index.storage.writer._STALE_SHARE", 9.0)
    build()
    (folder / "03.md").unlink()
    (folder / "04.md").write_text(letter(4, last="Changed."))
    build()
    index = PassageIndex.load(out)
    (term,) = terms_of("workers")
    found = [key for key, _ in index.lexical.matching({term: 1.0}, k=1000)]
    assert len(found) == len(index.texts.passages(found)) == index.recipe.n_passages == 33
    assert index.lexical.document_frequency([term]) == {term: 33}
    assert index.recipe.n_stale == 6


def test_a_document_that_cannot_be_read_now_is_kept(build: Build, folder: Path, out: Path) -> None:
    build()
    (folder / "06.md").write_bytes(b"%PDF-1.4 \0\0 not text at all \0")
    report = build()
    assert (report.n_kept, report.n_removed, report.n_skipped) == (1, 0, 1)
    assert PassageIndex.load(out).texts.document("06") is not None


def test_a_folder_without_documents_leaves_the_index(build: Build, folder: Path, out: Path) -> None:
    build()
    for path in folder.iterdir():
        path.unlink()
    with pytest.raises(DocumentError):
        build()
    assert PassageIndex.load(out).recipe.n_documents == 12


def test_a_text_without_letters_is_a_document_without_passages(
    build: Build, folder: Path, out: Path
) -> None:
    for path in folder.iterdir():
        path.unlink()
    (folder / "signs.txt").write_text("--- *** ---")
    report = build()
    assert (report.n_documents, report.n_passages, report.complete) == (1, 0, True)
    index = PassageIndex.load(out)
    assert index.vectors.nearest(PredictableEmbedder().embed_questions(["x"]), k=3) == [[]]
    assert index.lexical.matching({"x": 1.0}, k=3) == []
    assert not build().written


def test_another_model_makes_the_index_anew(
    build: Build, out: Path, embedder: PredictableEmbedder
) -> None:
    build()
    embedder.sha256 = "02" * 32
    report = build()
    assert (report.n_new, report.n_embedded) == (12, 36)
    assert PassageIndex.load(out).recipe.settings.model_sha256 == "02" * 32


def test_an_index_of_an_earlier_docent_is_made_anew_without_embedding(
    build: Build, folder: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build()
    monkeypatch.setattr("index.build.FOLDING_VERSION", 99)
    report = build()
    assert (report.n_new, report.n_embedded, report.written) == (12, 0, True)
    assert_like_a_fresh_one(folder, out)


def test_abbreviations_are_read_anew_when_docent_reads_them_otherwise(
    build: Build, folder: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "00.md").write_text("The Korean Workers Party (KWP) met.")
    build()
    assert PassageIndex.load(out).texts.abbreviations() == [("KWP", "Korean Workers Party")]
    monkeypatch.setattr("index.storage.records.abbreviations_of", lambda text: iter([("A", "B")]))
    assert build().n_embedded == 0
    assert PassageIndex.load(out).texts.abbreviations() == [("A", "B")]


def test_old_generations_are_removed_but_the_last(build: Build, folder: Path, out: Path) -> None:
    for number in range(5):
        (folder / "00.md").write_text(letter(0, last=f"Version {number}."))
        build()
    assert generation_numbers(out) == [5, 4]


def test_only_plain_files_are_written(build: Build, out: Path) -> None:
    build()
    assert {path.name for path in out.iterdir()} == {"CURRENT", "lock", "generation-000001"}
    for path in out.rglob("*"):
        if path.is_file():
            assert not path.read_bytes().startswith((b"\x80\x04", b"\x80\x05"))  # as pickles begin
            assert path.suffix not in (".pkl", ".pickle", ".npy", ".npz", ".pt")


def test_a_place_that_cannot_be_written_is_named(
    folder: Path, tmp_path: Path, embedder: PredictableEmbedder
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match=r"cannot be written.*--out"):
        build_index(folder, tmp_path / "file" / "index", embedder=embedder)


def test_a_collection_with_a_fault_is_refused_before_anything_is_done(
    build: Build, folder: Path, out: Path
) -> None:
    (folder / "collection.toml").write_text("[collection\n")
    with pytest.raises(DocentError, match=r"collection\.toml"):
        build()
    assert not out.exists()


def test_a_corpus_is_read_line_by_line(
    tmp_path: Path, out: Path, embedder: PredictableEmbedder
) -> None:
    lines = [{"_id": f"d{n}", "title": "", "text": f"Text number {n}."} for n in range(100)]
    (tmp_path / "corpus").mkdir()
    corpus = tmp_path / "corpus" / "corpus.jsonl"
    corpus.write_text("\n".join(map(json.dumps, lines)))
    assert build_index(corpus.parent, out, embedder=embedder).n_documents == 100
    corpus.write_text("\n".join(map(json.dumps, lines[10:])))
    report = build_index(corpus.parent, out, embedder=embedder)
    assert (report.n_removed, report.n_unchanged, report.n_embedded) == (10, 90, 0)
