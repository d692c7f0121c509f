"""Words of a question that are none, put as the documents spell them."""

from __future__ import annotations

from pathlib import Path

import pytest
from predictable import PredictableEmbedder

from answerer.pipeline import Pipeline
from index.build import build_index
from index.storage.passage_index import PassageIndex
from retriever.spelling import as_spelled

PAPERS = {
    "harbour": "Kim II Sung came to the Harbour. The harbour was rnodern, said Kim Il Sung.",
    "weather": "Heavy rain delayed the locomotive and the celebrations in March 1907.",
    "meeting": "The committee met in the evening. A commitee paper from China was read.",
    "pupils": "Teachers celebrated. The teaching was new, each teacher said to the teachers.",
}
ENGLISH = {"when", "was", "the", "in", "of", "rain", "form"}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> PassageIndex:
    folder = tmp_path_factory.mktemp("papers")
    for name, text in PAPERS.items():
        (folder / f"{name}.txt").write_text(text)
    build_index(folder, folder / "index", embedder=PredictableEmbedder())
    return PassageIndex.load(folder / "index")


def spelled(question: str, index: PassageIndex, *names: str) -> str:
    return as_spelled(question, index, is_word=ENGLISH.__contains__, names=names)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("harbuor", "harbour"),  # two signs exchanged
        ("hrbour", "harbour"),  # one left out
        ("Harbuor", "Harbour"),
        ("cellebbrations", "celebrations"),  # two slips in a long word
        ("celebratted", "celebrated"),  # of a word's forms the nearest
        ("teachr", "teacher"),
        ("chian", "China"),
        ("Committtee", "Committee"),
    ],
)
def test_a_slip_is_put_right_by_the_documents(index: PassageIndex, typed: str, meant: str) -> None:
    assert spelled(f"When was the {typed}, of 1907?", index) == f"When was the {meant}, of 1907?"


@pytest.mark.parametrize(
    "word",
    [
        "committee",  # known, though "commitee" is near
        "commitee",
        "form",  # an English word, though no document's
        "xain",  # another first letter
        "ran",  # too short to tell
        "1908",  # a number is meant as it stands
        "haroub",  # two slips in a short word
        "Kimberley",
        "modern",  # documents have it as a scanner read it
        "Ⅻ—",
        "𠀀𠀁",
    ],
)
def test_nothing_is_guessed_where_it_would_be_a_guess(index: PassageIndex, word: str) -> None:
    question = f"When was the {word} in the rain?"
    assert spelled(question, index) == question


def test_a_name_that_the_collection_knows_stays(index: PassageIndex) -> None:
    assert spelled("When was the Chima in the rain?", index) == "When was the China in the rain?"
    assert spelled("When was the Chima?", index, "chima") == "When was the Chima?"


def test_a_question_in_another_language_stays(index: PassageIndex) -> None:
    question = "Wann waren die Celebrationen im Harbor von Chima?"
    assert spelled(question, index) == question


def test_of_equally_near_words_the_more_frequent_is_taken(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The castle burned.")
    (tmp_path / "b.txt").write_text("Cattle were sold.")
    (tmp_path / "c.txt").write_text("More cattle came.")
    build_index(tmp_path, tmp_path / "index", embedder=PredictableEmbedder())
    index = PassageIndex.load(tmp_path / "index")
    assert spelled("When was the catle?", index) == "When was the cattle?"


def test_an_answer_says_how_a_misspelt_question_was_understood(default_folder: Path) -> None:
    pipeline = Pipeline.load(default_folder)
    asked = "How many wokers take part in the Cholima movement?"
    meant = "How many workers take part in the Chollima movement?"
    answer = pipeline.ask(asked)
    assert (answer.question, answer.understood_as) == (asked, meant)
    right = pipeline.ask(meant)
    assert right.understood_as is None
    assert [c.quote for c in answer.citations] == [c.quote for c in right.citations] != []
    pipeline.close()
