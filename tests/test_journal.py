"""The journal of an unfinished build: what is damaged in it counts as absent."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from datatypes import Document, Passage, Span
from index.ingest import input_sha256
from index.journal import Journal, remove_journal
from index.storage.base import PassageVectors

_N = 60
_NAMES = [bytes([number]) * 32 for number in range(_N)]


def opened(path: Path) -> Journal:
    return Journal(path, dimensions=8)


def made(number: int) -> PassageVectors:
    chance = np.random.default_rng(number)
    sentences = chance.integers(-127, 127, size=(number % 4 + 1, 8)).astype(np.int8)
    return PassageVectors(chance.normal(size=8).astype(np.float32), sentences)


def is_as_made(number: int, found: PassageVectors) -> bool:
    vector, sentences = made(number)
    return np.array_equal(found[0], vector) and np.array_equal(found[1], sentences)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "journal.sqlite"
    with closing(opened(path)) as journal:
        journal.put([(name, made(number)) for number, name in enumerate(_NAMES)])
    return path


def test_what_was_put_is_there_for_the_next_build(path: Path) -> None:
    with closing(opened(path)) as journal:
        for number, name in enumerate(_NAMES):
            found = journal.get(name)
            assert found is not None
            assert is_as_made(number, found)
        assert journal.get(b"\xff" * 32) is None


@pytest.mark.parametrize("seed", range(40))
def test_an_altered_journal_gives_right_vectors_or_none_and_takes_new_ones(
    path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    content = bytearray(path.read_bytes())
    for _ in range(30):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(content[: chance.choice([len(content), len(content) - 2_000])])
    with closing(opened(path)) as journal:
        for number, name in enumerate(_NAMES):
            found = journal.get(name)
            assert found is None or is_as_made(number, found)
        journal.put([(name, made(number)) for number, name in enumerate(_NAMES)])


@pytest.mark.parametrize("content", [b"", b"no database at all " * 500])
def test_a_file_that_is_no_journal_is_replaced(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with closing(opened(path)) as journal:
        assert journal.get(_NAMES[0]) is None
        journal.put([(_NAMES[0], made(0))])
        found = journal.get(_NAMES[0])
        assert found is not None
        assert is_as_made(0, found)


def test_a_journal_of_another_shape_is_replaced(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE vectors (name BLOB PRIMARY KEY, vector BLOB)")
    with closing(opened(path)) as journal:
        assert journal.get(_NAMES[0]) is None
        journal.put([(_NAMES[0], made(0))])
        assert journal.get(_NAMES[0]) is not None


def test_a_passage_is_named_by_model_text_and_sentences() -> None:
    document, other = Document("d", "t", "One. Two."), Document("d", "u", "One. Two.")
    bounds = (Span(0, 4), Span(5, 9))
    whole = Passage(document, Span(0, 9), None, bounds)
    names = {
        input_sha256(whole, "01" * 32),
        input_sha256(whole, "02" * 32),
        input_sha256(Passage(other, Span(0, 9), None, bounds), "01" * 32),
        input_sha256(Passage(document, Span(0, 9), None, (Span(0, 9),)), "01" * 32),
    }
    assert len(names) == 4


def test_a_removed_journal_leaves_nothing(path: Path) -> None:
    remove_journal(path)
    assert list(path.parent.iterdir()) == []
