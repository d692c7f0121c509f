"""Sentences and passages: spans that hold the whole text, in order, and fit the model."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datatypes import Document, Heading, Span
from index.embedder import Embedder
from index.text.chunker import (
    PASSAGE_TOKENS,
    embedding_text,
    introduction,
    passages_of,
    sentences_of,
)


def _joined(words: list[str]) -> str:
    return " ".join(words).replace("¶", "\n").replace("~", "\u00a0")


_WORDS = st.sampled_from(
    "Die the Kim II Sung 1963 3. Dr. Lt. U.S. [sic] (KWP) end. end! und? ; : — … □ é ﬁ 가나 第一 "  # noqa: SIM905
    "。 „Ja“ a) - x ¶ ¶¶ ~".split()
)
_TEXTS = st.one_of(
    st.lists(_WORDS, max_size=80).map(_joined),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
)
_LIMITS = st.integers(min_value=12, max_value=300)


def n_words(text: str) -> int:
    return len(text.split())


def document(text: str, *headings: Span, title: str = "Title") -> Document:
    return Document("d", title, text, headings=tuple(Heading(span, 1) for span in headings))


@st.composite
def documents(draw: st.DrawFn) -> Document:
    text = draw(_TEXTS)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    spans = [Span(start, end) for start, end in list(pairwise(cuts))[::2]]
    return document(text, *spans, title=draw(st.text("abc é第", max_size=300)))


def sentences(text: str) -> list[str]:
    return [span.of(text) for span in sentences_of(document(text))]


@given(documents())
@settings(deadline=None)
def test_sentences_are_in_order_and_do_not_overlap(document: Document) -> None:
    spans = sentences_of(document)
    assert all(first.end <= second.start for first, second in pairwise(spans))


@given(documents())
@settings(deadline=None)
def test_every_letter_and_figure_lies_in_a_sentence(document: Document) -> None:
    inside = {place for span in sentences_of(document) for place in range(span.start, span.end)}
    lost = [s for place, s in enumerate(document.text) if s.isalnum() and place not in inside]
    assert lost == []


@given(documents())
@settings(deadline=None)
def test_no_sentence_begins_or_ends_with_space(document: Document) -> None:
    texts = [span.of(document.text) for span in sentences_of(document)]
    assert texts == [text.strip() for text in texts]


@given(documents(), _LIMITS)
@settings(deadline=None)
def test_passages_are_runs_of_their_sentences(document: Document, limit: int) -> None:
    for passage in passages_of(document, count_tokens=n_words, max_tokens=limit):
        bounds = Span(passage.sentences[0].start, passage.sentences[-1].end)
        assert passage.span == bounds
        assert passage.text == document.text[bounds.start : bounds.end]
        assert all(first.end <= second.start for first, second in pairwise(passage.sentences))


@given(documents(), st.integers(min_value=160, max_value=300))
@settings(deadline=None)
def test_no_passage_with_its_introduction_is_longer_than_the_model_reads(
    document: Document, limit: int
) -> None:
    def n_bytes(text: str) -> int:  # the hardest model to please: a piece for every byte
        return len(text.encode())

    for passage in passages_of(document, count_tokens=n_bytes, max_tokens=limit):
        assert n_bytes(embedding_text(passage)) <= limit


@given(documents(), _LIMITS)
@settings(deadline=None)
def test_every_sentence_stands_whole_in_a_passage_unless_it_is_too_long(
    document: Document, limit: int
) -> None:
    passages = passages_of(document, count_tokens=n_words, max_tokens=limit)
    held = {span for passage in passages for span in passage.sentences}
    parts = sorted(held)
    for sentence in sentences_of(document):
        if n_words(sentence.of(document.text)) + n_words(document.title) < limit - 120:
            assert sentence in held
        letters = {i for i in range(sentence.start, sentence.end) if document.text[i].isalnum()}
        kept = {i for part in parts if sentence.holds(part) for i in range(part.start, part.end)}
        assert letters <= kept


def test_neighbours_share_their_last_and_first_sentence() -> None:
    text = " ".join(f"The {number}th sentence is about a thing." for number in range(200))
    passages = passages_of(document(text), count_tokens=n_words, max_tokens=254)
    assert len(passages) > 5
    for first, second in pairwise(passages):
        assert first.sentences[-1] == second.sentences[0]
        assert PASSAGE_TOKENS - 8 <= n_words(first.text) <= PASSAGE_TOKENS


def test_a_long_sentence_is_not_repeated() -> None:
    long = " ".join(["word"] * (PASSAGE_TOKENS // 4 + 1)).capitalize() + "."
    text = " ".join([long] * 8)
    passages = passages_of(document(text), count_tokens=n_words, max_tokens=254)
    assert all(first.span.end < second.span.start for first, second in pairwise(passages))


def test_a_passage_carries_the_heading_above_it() -> None:
    body = " ".join(["Nothing happened there."] * 40)
    text = f"Berlin\n\n{body}\n\nMoscow\n\n{body}"
    found = document(text, Span(0, 6), Span(text.index("Moscow"), text.index("Moscow") + 6))
    passages = passages_of(found, count_tokens=n_words, max_tokens=254)
    assert [passage.heading for passage in passages] == ["Berlin", "Moscow"]
    assert passages[1].text.startswith("Moscow\n\nNothing")
    assert embedding_text(passages[1]).startswith("Moscow\nMoscow\n\nNothing")


def test_a_passage_under_a_long_heading_leaves_room_for_it_where_a_short_one_follows() -> None:
    long = "word " * 22 + "end"
    text = f"{long}\n\nShort one.\n\nB\n\n" + " ".join(["Nothing happened there."] * 100)
    place = text.index("\nB\n") + 1
    found = document(text, Span(0, len(long)), Span(place, place + 1))
    for passage in passages_of(found, count_tokens=n_words, max_tokens=50):
        assert n_words(embedding_text(passage)) <= 50


def test_passages_of_the_default_model_fit_it(
    default_embedder: Embedder, default_document: Document
) -> None:
    korean = "제6차 전원회의는 1963년 5월에 열렸다. " * 60
    runs = "x" * 30_000 + " " + "lorem ipsum " * 2_000
    for text, title in (
        (default_document.text, default_document.title),
        (korean, korean),
        (runs, "…" * 500),
        ("\n".join(["Spalte\t1963\t78,6 %"] * 900), "Tabelle"),
    ):
        given = document(text, title=title)
        passages = passages_of(
            given,
            count_tokens=default_embedder.count_tokens,
            max_tokens=default_embedder.max_tokens,
        )
        longest = max(default_embedder.count_tokens(embedding_text(each)) for each in passages)
        assert longest + 2 <= 256
        assert max(len(passage.span) for passage in passages) <= 256 * 16


def test_an_introduction_is_cut_between_signs() -> None:
    assert introduction(None, "第" * 100) == "第" * 40
    assert introduction("Heading", "Title") == "Heading"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Dr. J. R. R. Smith met Lt. Gen. Park at 5 p.m. on Jan. 3. They left.",
            ["Dr. J. R. R. Smith met Lt. Gen. Park at 5 p.m. on Jan. 3.", "They left."],
        ),
        (
            "The [GDR] plan [cf. note 3. above] failed. It was No. 5, p. 12 ff. of vol. II.",
            [
                "The [GDR] plan [cf. note 3. above] failed.",
                "It was No. 5, p. 12 ff. of vol. II.",
            ],
        ),
        (
            "1. First point here. It matters.\n2. Second point.",
            ["1. First point here.", "It matters.", "2. Second point."],
        ),
        ("a) one thing\nb) another\n- a third", ["a) one thing", "b) another", "- a third"]),
        ("first line\n\nb) second line", ["first line", "b) second line"]),
        (
            "Im the crisis ended;\n\n. DPRK party leaders moved . ~ |",
            ["Im the crisis ended;", "DPRK party leaders moved ."],
        ),
        ("**D**reemphasis on the role.", ["**D**reemphasis on the role."]),
        (
            "The objective of this visit\n\nwill be to coordinate positions.",
            ["The objective of this visit\n\nwill be to coordinate positions."],
        ),
        ("One title\n\nÄnderung folgt.", ["One title", "Änderung folgt."]),
        ("no stop here\nand none there", ["no stop here\nand none there"]),
        (
            "Er sprach z. B. am 3. Mai 1963. Dr. Müller, d. h. er, ging.",
            ["Er sprach z. B. am 3. Mai 1963.", "Dr. Müller, d. h. er, ging."],
        ),
        (
            "북한은 회의를 열었다. 그것은 중요했다.",
            ["북한은 회의를 열었다.", "그것은 중요했다."],
        ),
        ("会议召开。「很重要！」为什么？", ["会议召开。", "「很重要！」", "为什么？"]),
        ("They won. It was so. [citation needed]", ["They won.", "It was so. [citation needed]"]),
        ('"Where is it?" he asked. Nobody knew.', ['"Where is it?" he asked.', "Nobody knew."]),
        ("They won. Yes. It was so.", ["They won.", "Yes. It was so."]),
        ("□□ □ □", []),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_sentences_of_the_default_document_are_sane(default_document: Document) -> None:
    found = [span.of(default_document.text) for span in sentences_of(default_document)]
    assert len(found) == 113
    assert "Currently about 3 million workers are participating in this movement." in found
    assert "Apparently, right now this influence is overall very low." in found
    assert (
        "The objective of this visit\n\nwill be to coordinate positions of both parties ahead of "
        "the upcoming meeting between delegations of the CPSU central committee and the CCP "
        "central committee."
    ) in found
    assert any(sentence.startswith("DPRK party and government leaders have") for sentence in found)
    assert any(sentence.startswith("**D**reemphasis on the role") for sentence in found)
    assert [s for s in found if s[0] in ".,;:)] " or s[-1] in " ,([" or s[0].islower()] == [
        "https://wilson-center-digital-archive.dvincitest.com/document/110118"
    ]
