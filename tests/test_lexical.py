"""The words of a question, and the forms in which the documents have them."""

from __future__ import annotations

from pathlib import Path

import pytest
from predictable import PredictableEmbedder

from index.build import build_index
from index.storage.passage_index import PassageIndex
from retriever.lexical import (
    AskedTerm,
    Names,
    asked_terms,
    content_pairs,
    content_terms,
    coverage,
    weighted_terms,
)

PAPERS = {
    "harbour": "Kim II Sung came to the harbour. The harbour was rnodern, said Kim Il Sung.",
    "weather": "Heavy rain delayed the locomotive and the celebrations in March 1907.",
    "meeting": "The committee met in the evening. A commitee paper from 1970 was read.",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> PassageIndex:
    folder = tmp_path_factory.mktemp("papers")
    for name, text in PAPERS.items():
        (folder / f"{name}.txt").write_text(text)
    build_index(folder, folder / "index", embedder=PredictableEmbedder())
    return PassageIndex.load(folder / "index")


def asked(question: str, index: PassageIndex, *groups: tuple[str, ...]) -> dict[str, AskedTerm]:
    return {term.text: term for term in asked_terms(question, index, Names(groups))}


def test_function_words_are_left_out_unless_there_is_nothing_else() -> None:
    assert content_terms("What is the rain like in the harbour?") == ["rain", "like", "harbour"]
    assert content_terms("What is it about?") == ["what", "is", "it", "about"]
    assert content_terms("?!") == []


def test_a_word_asked_twice_is_one_term_that_weighs_twice(index: PassageIndex) -> None:
    (rain, march) = asked_terms("Rain, rain in March", index, Names(()))
    assert (rain.text, rain.weight) == ("rain", 2.0)
    assert (march.text, march.weight) == ("march", 1.0)


@pytest.mark.parametrize(("word", "variant"), [("Il", "ii"), ("II", "il"), ("modern", "rnodern")])
def test_a_word_brings_what_a_scanner_makes_of_it(
    index: PassageIndex, word: str, variant: str
) -> None:
    (term,) = asked(word, index).values()
    assert variant in term.variants
    assert 0 < term.variants[variant] < term.weight


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("harbuor", "harbour"),  # two signs exchanged
        ("hrbour", "harbour"),  # one left out
        ("cellebbrations", "celebr"),  # two slips in a long word
        ("rainn", "rain"),
    ],
)
def test_an_unknown_word_brings_its_nearest_spelling(
    index: PassageIndex, word: str, nearest: str
) -> None:
    (term,) = asked(word, index).values()
    assert list(term.variants) == [nearest]


@pytest.mark.parametrize(
    "word",
    [
        "committee",  # known, though "commitee" is near
        "fain",  # another first letter
        "ran",  # too short to tell
        "1908",  # a number is meant as it stands
        "hbr",
        "haroub",  # two slips in a short word
        "Kimberley",
    ],
)
def test_no_spelling_is_guessed_where_it_would_be_a_guess(index: PassageIndex, word: str) -> None:
    (term,) = asked(word, index).values()
    assert not term.variants


def test_of_equally_near_spellings_the_more_frequent_is_taken(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The castle burned.")
    (tmp_path / "b.txt").write_text("Cattle were sold.")
    (tmp_path / "c.txt").write_text("More cattle came.")
    build_index(tmp_path, tmp_path / "index", embedder=PredictableEmbedder())
    (term,) = asked("catle", PassageIndex.load(tmp_path / "index")).values()
    assert list(term.variants) == ["cattl"]


def test_every_name_of_a_thing_brings_the_others(index: PassageIndex) -> None:
    group = ("DPRK", "Democratic People's Republic of Korea", "North Korea")
    north = asked("Rain in North Korea", index, group)
    assert ("dprk",) in north["north"].names
    assert ("dprk",) in north["korea"].names
    assert not north["rain"].names
    assert ("north", "korea") in asked("the DPRK", index, group)["dprk"].names


def test_half_a_name_is_not_the_name(index: PassageIndex) -> None:
    group = ("DPRK", "North Korea")
    assert not asked("Korea, and rain in the north", index, group)["korea"].names


def test_a_name_within_a_longer_name_is_none(index: PassageIndex) -> None:
    groups = (("ROK", "Republic of Korea"), ("DPRK", "Democratic People's Republic of Korea"))
    for people in ("People's", "People’s", "Peoples'", "Peoples"):
        north = asked(f"the Democratic {people} Republic of Korea", index, *groups)
        assert north["korea"].names == (("dprk",),)
    both = asked("the Republic of Korea and the DPRK", index, *groups)
    assert both["korea"].names == (("rok",),)
    assert both["dprk"].names


def test_a_name_that_no_document_has_is_no_slip(index: PassageIndex) -> None:
    term = asked("HARBOR", index)["harbor"]
    assert list(term.variants) == ["harbour"]
    named = asked("HARBOR", index, ("HARBOR", "Honoured Artists"))["harbor"]
    assert not named.variants


def test_two_things_of_one_name_are_told_apart(index: PassageIndex) -> None:
    groups = (("CC", "Central Committee"), ("CC", "Coal Council"))
    short = asked("the CC", index, *groups)["cc"]
    assert set(short.names) == {("central", "committe"), ("coal", "council")}
    central = asked("the Central Committee", index, *groups)["central"]
    assert central.names == (("cc",),)


def test_a_name_for_itself_is_no_group(index: PassageIndex) -> None:
    assert not asked("rain", index, ("Rain", "RAIN", "rains", ""))["rain"].names


def test_other_forms_are_searched_for_at_less_than_the_asked_word() -> None:
    terms = [
        AskedTerm("il", variants={"ii": 0.5}),
        AskedTerm("spa", 2.0, names=(("suprem", "assembl", "of", "state"),)),
        AskedTerm("ii", 1.0),
    ]
    weights = weighted_terms(terms)
    assert weights["il"] == 1.0
    assert weights["ii"] == 1.0  # asked for itself too
    assert weights["spa"] == 2.0
    assert 0 < weights["suprem"] < 1
    assert "of" not in weights


def test_a_text_holds_a_word_by_its_best_form() -> None:
    term = AskedTerm("il", variants={"ii": 0.5}, names=(("great", "leader"),))
    assert term.held_by({"il", "ii"}) == 1.0
    assert term.held_by({"ii"}) == 0.5
    assert term.held_by({"great"}) == 0
    assert term.held_by({"great", "leader", "ii"}) > 0.5


def test_coverage_is_the_share_of_the_rare_words() -> None:
    terms = (AskedTerm("rare"), AskedTerm("usual"))
    rarity = {"rare": 3.0, "usual": 1.0}
    assert coverage(terms, rarity, {"rare", "usual"}) == 1.0
    assert coverage(terms, rarity, {"rare"}) == 0.75
    assert coverage(terms, rarity, {"usual"}) == 0.25
    assert coverage(terms, rarity, set()) == 0.0
    assert coverage((), {}, {"rare"}) == 0.0


def test_pairs_are_neighbours_in_order() -> None:
    assert content_pairs(["heavy", "rain", "rain", "fell"]) == {("heavy", "rain"), ("rain", "fell")}
    assert content_pairs(["alone"]) == set()
