"""Documents and passages in SQLite: read on demand, from many threads."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import index.storage.texts
from datatypes import Document, Heading, Page, Passage, Span
from index.storage.records import DocumentRecord, PassageRecord
from index.storage.texts import SCHEMA, SqliteTexts, add_document

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


def letter(number: int, **options: object) -> Document:
    given: dict[str, object] = {
        "document_id": f"letters/{number}",
        "title": f"Letter {number}",
        "text": f"The Korean Workers Party (KWP) wrote letter {number}. It is short.",
        "metadata": {"archive": "SAPMO-BA", "recipients": ("Politburo", "Müller")},
    }
    return Document(**(given | options))  # type: ignore[arg-type]


def write(path: Path, *documents: Document, removed: int | None = None) -> SqliteTexts:
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(f"PRAGMA foreign_keys=ON; {SCHEMA}")
        for document in documents:
            middle = len(document.text) // 2
            spans = (Span(0, middle), Span(middle, len(document.text))) if middle else ()
            passages = [
                PassageRecord(Passage(document, span, "Heading", (span,)), b"", 7) for span in spans
            ]
            add_document(database, DocumentRecord.of(document, "a.md"), passages)
        if removed is not None:
            database.execute("DELETE FROM documents WHERE document_key = ?", (removed,))
    return SqliteTexts(path)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    text = draw(_TEXT)
    spans = st.builds(
        lambda start, length: Span(start, start + length), st.integers(0, 50), st.integers(1, 9)
    )
    pages = st.builds(Page, spans, st.integers(1, 99), st.none() | _TEXT)
    return Document(
        draw(_TEXT),
        draw(_TEXT),
        text,
        pages=tuple(draw(st.lists(pages, max_size=3))),
        headings=tuple(draw(st.lists(st.builds(Heading, spans, st.integers(1, 6)), max_size=3))),
        metadata=draw(st.dictionaries(_TEXT, _TEXT | st.lists(_TEXT).map(tuple), max_size=3)),
    )


@given(documents())
@settings(deadline=None, max_examples=40)
def test_a_document_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, document: Document
) -> None:
    store = write(tmp_path_factory.mktemp("store") / "texts.sqlite", document)
    found = store.document(document.document_id)
    assert found == document
    assert found is not None
    assert (found.text, found.metadata) == (document.text, document.metadata)


@given(documents(), documents())
def test_documents_have_one_fingerprint_only_if_they_are_equal(
    first: Document, second: Document
) -> None:
    same = DocumentRecord.of(first, "a.md").sha256 == DocumentRecord.of(second, "b.md").sha256
    assert same == (first == second)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other"},
        {"text": "Other"},
        {"metadata": {"archive": "other"}},
        {"pages": (Page(Span(0, 3), 1, "1"),)},
        {"headings": (Heading(Span(0, 3), 2),)},
    ],
)
def test_every_part_of_a_document_is_in_its_fingerprint(change: dict[str, object]) -> None:
    changed, before = (DocumentRecord.of(letter(1, **each), "a.md") for each in (change, {}))
    assert changed.sha256 != before.sha256


def test_passages_come_in_the_order_asked_for(tmp_path: Path) -> None:
    store = write(tmp_path / "texts.sqlite", *(letter(n) for n in range(400)))
    keys = list(range(800, 0, -1))
    passages = store.passages([*keys, 5])
    assert [passage.document.document_id for passage in passages[:2]] == ["letters/399"] * 2
    assert passages[-1] == passages[keys.index(5)]
    assert passages[0].heading == "Heading"
    with pytest.raises(KeyError):
        store.passages([1, 801])


def test_a_removed_document_is_gone_with_all_it_had(tmp_path: Path) -> None:
    store = write(tmp_path / "texts.sqlite", letter(1), letter(2), removed=1)
    assert store.document("letters/1") is None
    assert store.document_ids() == ["letters/2"]
    with pytest.raises(KeyError):
        store.passages([1])
    assert store.abbreviations() == [("KWP", "Korean Workers Party")]


def test_abbreviations_are_told_once(tmp_path: Path) -> None:
    store = write(tmp_path / "texts.sqlite", letter(1), letter(2))
    assert store.abbreviations() == [("KWP", "Korean Workers Party")]


def test_the_list_of_documents_is_searched_by_every_word_and_turned_by_pages(
    tmp_path: Path,
) -> None:
    store = write(tmp_path / "texts.sqlite", *(letter(n) for n in range(12)))
    total, cards = store.cards(offset=3, limit=2)
    assert (total, len(cards)) == (12, 2)
    assert [card.title for card in store.cards(search="MULLER letter 11")[1]] == ["Letter 11"]
    assert store.cards(search="letter absent") == (0, [])
    assert store.cards(search="%") == (0, [])
    assert cards[0].metadata["recipients"] == ("Politburo", "Müller")


def test_many_threads_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # hardly anything stays in memory
    monkeypatch.setattr(index.storage.texts, "_CACHED_CHARACTERS", 200)
    store = write(tmp_path / "texts.sqlite", *(letter(n) for n in range(50)))

    def read(number: int) -> str:
        (passage,) = store.passages([number % 100 + 1])
        return passage.document.document_id

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(read, range(500)))
    assert found == [f"letters/{number % 100 // 2}" for number in range(500)]
    store.close()


def test_the_path_may_hold_signs_of_addresses(tmp_path: Path) -> None:
    folder = tmp_path / "50% of #1? yes"
    folder.mkdir()
    assert write(folder / "texts.sqlite", letter(1)).document_ids() == ["letters/1"]
