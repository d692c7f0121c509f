"""FaissVectors on disk: exact below a size, in cells above it, kept up to date."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import index.storage.faiss_store
from index.storage.base import Floats, PassageVectors
from index.storage.faiss_store import Block, FaissVectors, write_cells, write_vectors
from index.storage.recipe import VectorKind

_D = 32


def unit_vectors(n: int, *, seed: int) -> Floats:
    """In clusters, as texts are."""
    chance = np.random.default_rng(seed)
    centres = np.random.default_rng(0).normal(size=(40, _D))
    vectors = centres[chance.integers(40, size=n)] + 0.6 * chance.normal(size=(n, _D))
    unit: Floats = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def block(keys: Sequence[int], *, seed: int = 1) -> Block:
    """Passage `key` has `key % 3 + 1` sentences; each is the passage's own vector."""
    vectors = unit_vectors(len(keys), seed=seed)
    counts = np.array([key % 3 + 1 for key in keys], dtype=np.int64)
    sentences = PassageVectors.of(vectors[:1], np.repeat(vectors, counts, axis=0)).sentences
    return Block(np.array(keys, dtype=np.int64), vectors, counts, sentences)


def written(folder: Path, *blocks: Block) -> FaissVectors:
    folder.mkdir(exist_ok=True)
    write_vectors(folder, blocks)
    return FaissVectors(folder, dimensions=_D)


def test_the_nearest_are_those_of_the_whole_product(tmp_path: Path) -> None:
    given = block(range(10, 400, 3))
    vectors = written(tmp_path, given)
    questions = unit_vectors(25, seed=9)
    for question, hits in zip(questions, vectors.nearest(questions, k=7), strict=True):
        scores = given.vectors @ question
        best = np.argsort(-scores)[:7]
        assert [key for key, _ in hits] == given.keys[best].tolist()
        assert [score for _, score in hits] == pytest.approx(scores[best].tolist(), abs=1e-5)


def test_scores_are_those_of_the_search(tmp_path: Path) -> None:
    vectors = written(tmp_path, block(range(50)))
    (question,) = unit_vectors(1, seed=3)
    (hits,) = vectors.nearest(question[None], k=50)
    keys = [key for key, _ in hits]
    scores = [score for _, score in hits]
    assert vectors.scores(question, keys).tolist() == pytest.approx(scores, abs=1e-5)


def test_equal_passages_are_ordered_by_key(tmp_path: Path) -> None:
    same = np.tile(unit_vectors(1, seed=1), (5, 1))
    keys = np.array([2, 4, 6, 8, 9], dtype=np.int64)
    given = Block(
        keys, same, np.ones(5, dtype=np.int64), PassageVectors.of(same[0], same).sentences
    )
    (hits,) = written(tmp_path, given).nearest(same[:1], k=5)
    assert [key for key, _ in hits] == [2, 4, 6, 8, 9]


def test_an_unknown_key_is_an_error(tmp_path: Path) -> None:
    vectors = written(tmp_path, block([1, 5, 9]))
    for keys in ([2], [10], [1, 6]):
        with pytest.raises(KeyError):
            vectors.scores(unit_vectors(1, seed=1)[0], keys)
        with pytest.raises(KeyError):
            vectors.sentence_scores(unit_vectors(1, seed=1)[0], keys)


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    vectors = written(tmp_path)
    assert vectors.nearest(unit_vectors(2, seed=1), k=5) == [[], []]
    assert list(vectors.blocks()) == []


def test_more_hits_than_passages_cannot_be_had(tmp_path: Path) -> None:
    (hits,) = written(tmp_path, block([3, 5])).nearest(unit_vectors(1, seed=1), k=10)
    assert sorted(key for key, _ in hits) == [3, 5]


def test_sentences_keep_their_cosine_to_half_a_hundredth(tmp_path: Path) -> None:
    given = block(range(30))
    vectors = written(tmp_path, given)
    (question,) = unit_vectors(1, seed=4)
    keys = [7, 3, *range(30)]
    by_key = vectors.sentence_scores(question, keys)
    for key, scores in zip(keys, by_key, strict=True):
        expected = [float(given.vectors[key] @ question)] * (key % 3 + 1)
        assert scores.tolist() == pytest.approx(expected, abs=0.005)
    assert vectors.sentence_scores(question, []) == []


def test_parts_are_everything_but_what_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.storage.faiss_store, "_BLOCK", 7)
    given = block(range(40))
    vectors = written(tmp_path / "old", given)
    gone = [0, 6, 7, 8, 9, 10, 11, 12, 13, 39]
    kept = written(tmp_path / "new", *vectors.blocks(without=gone))
    assert kept.keys.tolist() == [key for key in range(40) if key not in gone]
    keys = kept.keys.tolist()
    for own, expected in zip(kept.stored(keys), vectors.stored(keys), strict=True):
        assert np.array_equal(own.passage, expected.passage)
        assert np.array_equal(own.sentences, expected.sentences)


def test_eight_bits_keep_the_direction() -> None:
    vectors = unit_vectors(100, seed=5)
    small = PassageVectors.of(vectors[0], vectors).sentences.astype(np.float32)
    cosines = (small * vectors).sum(axis=1) / np.linalg.norm(small, axis=1)
    assert cosines.min() > 0.9998


def recall(exact: FaissVectors, cells: FaissVectors) -> float:
    questions = unit_vectors(200, seed=77)
    pairs = zip(exact.nearest(questions, k=10), cells.nearest(questions, k=10), strict=True)
    return float(
        np.mean([len(dict(right).keys() & dict(found).keys()) / 10 for right, found in pairs])
    )


@pytest.fixture
def small_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.storage.faiss_store, "EXACT_BELOW", 1_000)


def opened(folder: Path, kind: VectorKind) -> tuple[FaissVectors, FaissVectors]:
    """Compared one by one, and in cells."""
    exact = FaissVectors(folder, dimensions=_D)
    return exact, FaissVectors(folder, dimensions=_D, kind=kind)


def cells_of(
    folder: Path, *, old: FaissVectors | None = None, removed: Sequence[int] = ()
) -> VectorKind:
    return write_cells(folder, dimensions=_D, old=old, removed=removed)


@pytest.mark.usefixtures("small_threshold")
def test_below_the_threshold_there_are_no_cells(tmp_path: Path) -> None:
    written(tmp_path, block(range(999)))
    assert cells_of(tmp_path) == VectorKind()
    assert not (tmp_path / "cells.faiss").exists()


@pytest.mark.usefixtures("small_threshold")
def test_cells_find_nearly_all_and_score_exactly(tmp_path: Path) -> None:
    written(tmp_path, block(range(0, 12_000, 3)))
    kind = cells_of(tmp_path)
    exact, cells = opened(tmp_path, kind)
    assert kind.kind == "ivf-sq8"
    assert kind.recall_at_10 >= 0.97
    assert kind.n_probes < kind.n_lists
    assert recall(exact, cells) >= 0.95
    (question,) = unit_vectors(1, seed=78)
    (hits,) = cells.nearest(question[None], k=10)
    scores = exact.scores(question, [key for key, _ in hits])
    assert [score for _, score in hits] == pytest.approx(scores.tolist(), abs=1e-6)


@pytest.mark.usefixtures("small_threshold")
def test_cells_follow_additions_and_removals(tmp_path: Path) -> None:
    before = written(tmp_path / "old", block(range(4_000)))
    old_kind = cells_of(tmp_path / "old")
    gone = range(500, 1_500)
    fresh = block(range(4_000, 5_500), seed=2)
    written(tmp_path / "new", *before.blocks(without=gone), fresh)
    kind = cells_of(tmp_path / "new", old=opened(tmp_path / "old", old_kind)[1], removed=gone)
    exact, cells = opened(tmp_path / "new", kind)
    assert (kind.n_lists, kind.n_trained) == (old_kind.n_lists, 4_000)
    assert recall(exact, cells) >= 0.95
    found = {key for hits in cells.nearest(unit_vectors(300, seed=6), k=50) for key, _ in hits}
    assert found.isdisjoint(gone)
    own = cells.nearest(fresh.vectors[:50], k=1)
    assert [hits[0][0] for hits in own] == list(range(4_000, 4_050))


@pytest.mark.usefixtures("small_threshold")
def test_cells_are_learned_again_after_much_growth(tmp_path: Path) -> None:
    before = written(tmp_path / "old", block(range(2_000)))
    old_kind = cells_of(tmp_path / "old")
    grown = block(range(2_000, 3_100), seed=2)
    written(tmp_path / "new", *before.blocks(), grown)
    kind = cells_of(tmp_path / "new", old=opened(tmp_path / "old", old_kind)[1])
    assert kind.n_trained == 3_100
    assert kind.n_lists > old_kind.n_lists


@pytest.mark.usefixtures("small_threshold")
def test_an_index_that_shrinks_is_exact_again(tmp_path: Path) -> None:
    before = written(tmp_path / "old", block(range(1_200)))
    old_kind = cells_of(tmp_path / "old")
    gone = range(400)
    written(tmp_path / "new", *before.blocks(without=gone))
    kind = cells_of(tmp_path / "new", old=opened(tmp_path / "old", old_kind)[1], removed=gone)
    assert kind == VectorKind()
