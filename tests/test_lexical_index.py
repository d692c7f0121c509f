"""The lexical index: BM25 as the formula says, kept up to date, read from anywhere."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datatypes import Document, Passage, Span
from index.storage.lexical_index import TantivyIndex, TantivyWriter

_BODIES = {
    1: "kim visit china",
    2: "kim kim ship",
    3: "ship congress in berlin and the ship again",
    4: "china trade",
}


def passage(heading: str, body: str) -> Passage:
    return Passage(Document("d", heading, body), Span(0, len(body)), None, ())


def write(
    folder: Path, entries: Iterable[tuple[int, str, str]], removed: Sequence[int] = ()
) -> None:
    """Takes out passages by key, then puts in those of key, heading and body."""
    writer = TantivyWriter(folder)
    writer.remove(removed)
    for key, heading, body in entries:
        writer.add(key, passage(heading, body))
    writer.commit()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "lexical"
    write(path, [(key, "letter", body) for key, body in _BODIES.items()])
    return path


def by_formula(term: str, bodies: Mapping[int, str]) -> dict[int, float]:
    """BM25 with k1 1.2, b 0.75 (Robertson & Zaragoza 2009) and Lucene's idf, on short bodies."""
    lengths = {key: len(body.split()) for key, body in bodies.items()}
    mean = sum(lengths.values()) / len(lengths)
    holding = [key for key, body in bodies.items() if term in body.split()]
    idf = math.log(1 + (len(bodies) - len(holding) + 0.5) / (len(holding) + 0.5))
    scores = {}
    for key in holding:
        frequency = bodies[key].split().count(term)
        norm = 1.2 * (0.25 + 0.75 * lengths[key] / mean)
        scores[key] = idf * frequency * 2.2 / (frequency + norm)
    return scores


@pytest.mark.parametrize("term", ["kim", "ship", "berlin"])
def test_scores_are_bm25(folder: Path, term: str) -> None:
    found = dict(TantivyIndex(folder).matching({term: 1.0}, k=10))
    assert found == pytest.approx(by_formula(term, _BODIES), rel=1e-5)


def test_weights_multiply(folder: Path) -> None:
    words = TantivyIndex(folder)
    once, twice = (dict(words.matching({"kim": weight}, k=9)) for weight in (1.0, 2.0))
    assert twice == pytest.approx({key: 2 * score for key, score in once.items()})


def test_a_term_of_the_heading_weighs_half(tmp_path: Path) -> None:
    write(tmp_path / "lexical", [(1, "kim", "letter"), (2, "letter", "kim")])
    scores = dict(TantivyIndex(tmp_path / "lexical").matching({"kim": 1.0}, k=9))
    assert scores[1] == pytest.approx(scores[2] / 2)


def test_equal_scores_are_ordered_by_key(folder: Path) -> None:
    assert [key for key, _ in TantivyIndex(folder).matching({"letter": 1.0}, k=9)] == [1, 2, 3, 4]


def test_nothing_matches_nothing(folder: Path) -> None:
    words = TantivyIndex(folder)
    assert words.matching({}, k=9) == []
    assert words.matching({"kim": 1.0}, k=0) == []
    assert words.matching({"absent": 1.0}, k=9) == []
    assert words.bm25({"absent": 1.0}, [1, 2]) == {1: 0.0, 2: 0.0}
    assert words.bm25({}, [1]) == {1: 0.0}
    assert words.bm25({"kim": 1.0}, []) == {}


_VOCABULARY = [f"term{number}" for number in range(30)]


@given(
    st.dictionaries(st.sampled_from(_VOCABULARY), st.floats(0.1, 3), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
)
@settings(max_examples=10, deadline=None)
def test_scores_of_chosen_passages_are_those_of_the_search(
    tmp_path_factory: pytest.TempPathFactory, weighted: dict[str, float], chance: random.Random
) -> None:
    added = [(key, *_random_entry(chance)) for key in range(1, 60)]
    folder = tmp_path_factory.mktemp("words")
    write(folder, added)
    words = TantivyIndex(folder)
    every = dict(words.matching(weighted, k=1000))
    asked = list(range(1, 60))
    expected = {key: every.get(key, 0.0) for key in asked}
    assert words.bm25(weighted, asked) == pytest.approx(expected, rel=1e-5)
    best = words.matching(weighted, k=5)
    assert [score for _, score in best] == pytest.approx(
        sorted(every.values(), reverse=True)[:5], rel=1e-5
    )


def _random_entry(chance: random.Random) -> tuple[str, str]:
    return chance.choice(_VOCABULARY), " ".join(chance.choices(_VOCABULARY, k=20))


def test_removed_passages_are_gone_and_added_ones_found(folder: Path) -> None:
    write(folder, [(7, "letter", "kim trade")], removed=[2, 4])
    words = TantivyIndex(folder)
    assert {key for key, _ in words.matching({"letter": 1.0}, k=9)} == {1, 3, 7}
    assert words.bm25({"kim": 1.0}, [2, 7]).keys() == {2, 7}
    assert words.bm25({"kim": 1.0}, [2])[2] == 0.0


def test_a_reader_keeps_what_it_opened(folder: Path) -> None:
    words = TantivyIndex(folder)
    write(folder, [], removed=[1])
    assert 1 in dict(words.matching({"kim": 1.0}, k=9))


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    write(tmp_path / "lexical", [])
    assert TantivyIndex(tmp_path / "lexical").matching({"kim": 1.0}, k=9) == []


def test_many_threads_find_the_same(folder: Path) -> None:
    words = TantivyIndex(folder)
    expected = words.matching({"kim": 1.0, "ship": 0.5}, k=9)
    with ThreadPoolExecutor(8) as threads:
        found = threads.map(lambda _: words.matching({"kim": 1.0, "ship": 0.5}, k=9), range(400))
        assert all(hits == expected for hits in found)


def test_no_lock_file_is_left_by_the_writer(folder: Path) -> None:
    assert list(folder.glob(".tantivy*.lock")) == []


def test_the_vocabulary_is_found_by_beginning_and_by_what_scanners_confuse(tmp_path: Path) -> None:
    bodies = ["il", "il ii", "ii illness", "ii zebra zebra"]
    write(tmp_path / "lexical", [(key, "", body) for key, body in enumerate(bodies)])
    index = TantivyIndex(tmp_path / "lexical")
    assert index.terms_like("ll") == {"ii": 3, "il": 2}
    assert index.terms_like("zebra") == {"zebra": 1}
    assert index.terms_like("absent") == {}
    assert index.terms_beginning("il", shortest=2, longest=2) == {"il": 2}
    assert index.document_frequency(["ii", "zebra", "absent"]) == {
        "ii": 3,
        "zebra": 1,
        "absent": 0,
    }
    assert index.terms_beginning("%", shortest=0, longest=99) == {}


def test_a_term_of_heading_and_body_is_counted_once_a_passage(tmp_path: Path) -> None:
    write(tmp_path / "lexical", [(1, "kim", "kim"), (2, "kim", "trade"), (3, "letter", "kim kim")])
    assert TantivyIndex(tmp_path / "lexical").document_frequency(["kim"]) == {"kim": 3}


def test_removed_passages_are_not_counted(folder: Path) -> None:
    write(folder, [], removed=[2])
    index = TantivyIndex(folder, has_removed=True)
    assert index.document_frequency(["kim", "china"]) == {"kim": 1, "china": 2}
