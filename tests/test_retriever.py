"""A question → ranked hits, with the real model over small real indexes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from predictable import PredictableEmbedder

from datatypes import Hit
from errors import IndexMissing, ModelError
from index.build import build_index
from index.embedder import Embedder
from index.storage.passage_index import PassageIndex
from retriever.hybrid import MODES, Mode, Retriever

PAPERS = {
    "doctor": "The doctor wrote a prescription for the sick child.",
    "statue": "A bronze statue of Kim II Sung was unveiled in the capital.",
    "trade": "The DPRK sold iron ore and zinc to its neighbours.",
    "strike": "Miners of the Coal Board of Wales (CBW) laid down their tools in the valley.",
    "pit": "Nobody at the CBW wanted to reopen the eastern pit.",
    "orchestra": "The orchestra played three symphonies by Brahms at the opening.",
    "garden": "Tulips and roses grow beside the old greenhouse.",
    "café": "The Café Müller was the meet-\ning place of the writers' co-\noperative.",
}
COLLECTION = """
[collection]
title = "Papers"
[collection.glossary]
DPRK = "North Korea"
"""
QUESTIONS = (
    "Who gave the sick child something?",
    "Where is the statue of Kim Il Sung?",
    "What did North Korea sell?",
    "What about the?",
    "Xyzzy plugh?",
    "한국 사람",
    "",
    "\0",
    "😀",
    "half a \ud83d surrogate",
    "word " * 1_000,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, default_embedder: Embedder) -> Path:
    papers = tmp_path_factory.mktemp("papers")
    for name, text in PAPERS.items():
        (papers / f"{name}.txt").write_text(text)
    (papers / "collection.toml").write_text(COLLECTION)
    build_index(papers, papers / "index", embedder=default_embedder)
    return papers / "index"


@pytest.fixture(scope="module")
def retriever(folder: Path) -> Retriever:
    return Retriever.load(folder)


@pytest.fixture(scope="module")
def default_retriever(default_folder: Path) -> Retriever:
    return Retriever.load(default_folder)


def names(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.passage.document.document_id for hit in hits]


def worded(question: str, retriever: Retriever) -> list[str]:
    """What the words alone find."""
    return names(retriever.retrieve(question, mode="lexical"))


@pytest.mark.parametrize("question", ["Kim Il Sung", "Kim II Sung", "kim il sung", "KIM IL SUNG?"])
def test_a_name_is_found_as_the_scanner_read_it(retriever: Retriever, question: str) -> None:
    assert worded(question, retriever) == ["statue"]
    assert names(retriever.retrieve(question))[0] == "statue"


@pytest.mark.parametrize("mode", ["hybrid", "lexical"])
def test_both_readings_of_a_name_in_the_default_document_are_found(
    default_retriever: Retriever, mode: Mode
) -> None:
    for question in ("Kim Il Sung", "Kim II Sung"):
        best = default_retriever.retrieve(question, k=2, mode=mode)
        text = "\n".join(hit.passage.text for hit in best)
        assert "Kim II Sung" in text
        assert "Kim Il Sung" in text


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("prescripton", "doctor"),
        ("Who played the symphonys?", "orchestra"),
        ("brosne statue", "statue"),
        ("grenhouse", "garden"),
    ],
)
def test_a_slip_of_the_fingers_finds_the_word(
    retriever: Retriever, question: str, found: str
) -> None:
    assert worded(question, retriever)[0] == found


def test_a_name_of_the_glossary_finds_the_other(retriever: Retriever) -> None:
    assert worded("North Korea", retriever) == ["trade"]
    assert names(retriever.retrieve("What did North Korea sell?"))[0] == "trade"


def test_an_abbreviation_of_one_document_is_understood_in_all(retriever: Retriever) -> None:
    assert set(worded("Coal Board of Wales", retriever)) == {"strike", "pit"}
    assert set(worded("CBW", retriever)) == {"strike", "pit"}


def test_accents_case_and_line_end_hyphens_do_not_matter(retriever: Retriever) -> None:
    for question in (
        "cafe muller",
        "CAFÉ MÜLLER",
        "Cafe\u0301 Mu\u0308ller",
        "cooperative meeting",
    ):
        assert worded(question, retriever)[0] == "café"


def test_meaning_finds_what_words_do_not(retriever: Retriever) -> None:
    question = "Which physician helped an ill boy?"
    assert worded(question, retriever) == []
    assert names(retriever.retrieve(question, mode="dense"))[0] == "doctor"
    assert names(retriever.retrieve(question))[0] == "doctor"


def test_words_find_what_meaning_cannot_know(retriever: Retriever) -> None:
    assert names(retriever.retrieve("CBW", mode="lexical"))[0] in ("pit", "strike")
    assert set(names(retriever.retrieve("CBW", k=2))) == {"pit", "strike"}


def test_a_question_of_function_words_only_still_finds_something(retriever: Retriever) -> None:
    assert worded("What was the?", retriever)
    for mode in MODES:
        assert retriever.retrieve("What was the?", mode=mode)


def test_words_that_no_document_has_are_found_by_meaning_alone(retriever: Retriever) -> None:
    assert worded("Xyzzy plugh", retriever) == []
    hits = retriever.retrieve("Xyzzy plugh", k=3)
    assert len(hits) == 3
    assert {hit.scores["lexical"] for hit in hits} == {0.0}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("question", QUESTIONS)
def test_ranks_count_from_1_without_gaps_and_scores_fall(
    retriever: Retriever, question: str, mode: Mode
) -> None:
    hits = retriever.retrieve(question, k=5, mode=mode)
    assert len(hits) == 5 or mode == "lexical"
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert len({hit.passage.passage_id for hit in hits}) == len(hits)


@pytest.mark.parametrize("mode", MODES)
def test_the_best_k_are_the_beginning_of_a_longer_ranking(
    default_retriever: Retriever, mode: Mode
) -> None:
    question = "How many workers take part in the Chollima movement?"
    everything = default_retriever.retrieve(question, k=10**12, mode=mode)
    assert len(everything) == default_retriever.index.recipe.n_passages
    for k in (1, 3, 10):
        assert default_retriever.retrieve(question, k=k, mode=mode) == everything[:k]


def test_the_three_modes_rank_by_different_evidence(default_retriever: Retriever) -> None:
    question = "How does the embassy see the relations with Moscow?"
    rankings = {
        tuple(hit.passage.passage_id for hit in default_retriever.retrieve(question, mode=mode))
        for mode in MODES
    }
    assert len(rankings) == 3


def test_a_hit_says_what_meaning_and_words_gave_it(retriever: Retriever) -> None:
    best = retriever.retrieve("Where was the bronze statue unveiled?")[0]
    assert best.scores.keys() == {"dense", "lexical"}
    assert 0.5 < best.scores["dense"] <= 1
    assert (
        best.scores["lexical"]
        == retriever.retrieve("Where was the bronze statue unveiled?", mode="lexical")[0].score
    )


def test_words_that_stand_together_in_the_question_should_in_the_passage(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Old road, stone bridge, new town.")
    (tmp_path / "b.txt").write_text("Road bridge, old stone, new town.")
    embedder = PredictableEmbedder()  # to which both texts are the same words
    build_index(tmp_path, tmp_path / "index", embedder=embedder)
    retriever = Retriever(PassageIndex.load(tmp_path / "index"), embedder)
    assert names(retriever.retrieve("old road"))[0] == "a"
    assert names(retriever.retrieve("old stone"))[0] == "b"


def test_the_same_question_has_the_same_answer_today_and_tomorrow(
    folder: Path, retriever: Retriever
) -> None:
    again = Retriever.load(folder)
    for question in QUESTIONS:
        for mode in MODES:
            first = retriever.retrieve(question, mode=mode)
            assert first == retriever.retrieve(question, mode=mode)
            opened_anew = again.retrieve(question, mode=mode)
            assert [(hit.passage.passage_id, hit.score) for hit in opened_anew] == [
                (hit.passage.passage_id, hit.score) for hit in first
            ]


def test_eight_threads_find_what_one_finds(folder: Path) -> None:
    retriever = Retriever.load(folder)  # with cold caches
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(retriever.retrieve, QUESTIONS * 8))
    assert together == [retriever.retrieve(question) for question in QUESTIONS] * 8


def test_where_no_index_is_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="python -m index"):
        Retriever.load(tmp_path / "nowhere")


def test_vectors_of_another_model_are_not_compared(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "a.txt").write_text("A letter.")
    another = PredictableEmbedder()
    another.name = PassageIndex.load(folder).recipe.model  # the name alone says nothing
    build_index(tmp_path, tmp_path / "index", embedder=another)
    with pytest.raises(ModelError, match="its files differ"):
        Retriever.load(tmp_path / "index")
