"""Folding: what is matched, and the map back to what is shown."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datatypes import Document, Passage, Span
from index.text.folding import (
    confusion_key,
    fold,
    folded,
    lexical_text,
    terms_of,
    terms_with_spans,
)

_REAL = [
    "The agree-\n  ment of the Größe; Straße, Ægir, cœur, Łódź, Øst, naïve façade.",
    "eﬃcient oﬃce ﬁnds the ﬂow; Congreſs of the Uniteſd",
    "“Quoted” — ‘single’, «guillemets» „German“ pages 3–5, 78.6 percent, 1,204 men",
    "북한의 조선로동당은 1963년 5월에\n전원회의를 열었다.",
    "第6回総会は1963年に開かれた。ガイド ｶﾞｲﾄﾞ が",
    "soft\u00adhyphen zero\u200bwidth no\u00a0break\u2009space İstanbul ıssız ǅ ﷺ ½ x² `tick´",
    "Ελλάδος ΟΔΟΣ Москва́ עברית العربية हिन्दी ไทย",
    "co-\noperation Anti-\nSoviet 10-\n12 well-\nknown end-\n",
]
_TEXTS = st.one_of(
    st.sampled_from(_REAL),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
    st.lists(st.sampled_from([*"aAéß-\n ¬\u00adſﬁ`´½1.,가が¨"]), max_size=40).map("".join),
)


@given(_TEXTS)
def test_the_copy_with_a_map_is_the_copy_without(text: str) -> None:
    assert fold(text).text == folded(text)


@given(_TEXTS)
def test_every_folded_character_stands_in_the_original_it_names(text: str) -> None:
    copy = fold(text)
    for place, sign in enumerate(copy.text):
        span = copy.original(place, place + 1)
        assert sign in folded(span.of(text)) or (sign == " " and span.of(text).isspace())


@given(_TEXTS)
def test_the_map_back_ascends(text: str) -> None:
    copy = fold(text)
    assert list(copy.origins) == sorted(copy.origins)
    assert len(copy.origins) == len(copy.text)


@given(_TEXTS)
def test_terms_with_places_are_the_terms(text: str) -> None:
    assert [term.text for term in terms_with_spans(text)] == terms_of(text)


@given(_TEXTS)
@settings(max_examples=300)
def test_a_terms_place_holds_the_term(text: str) -> None:
    terms = terms_with_spans(text)
    assert all(first.span.start < second.span.end for first, second in pairwise(terms))
    for term in terms:
        assert term.text in terms_of(term.span.of(text))


def test_places_are_moved_on_by_the_offset() -> None:
    text = "Kim Il Sung headed the delegation."
    (moved,) = [t.span for t in terms_with_spans(text[7:], offset=7) if t.text == "deleg"]
    assert moved.of(text) == "delegation"


def test_folding_a_folded_text_changes_nothing() -> None:
    for text in _REAL[:-1]:
        assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Größe GRÖSSE Straße", ["gross", "gross", "strass"]),
        ("oﬃce Congreſs", ["offic", "congress"]),
        ("agree-\n  ment agree\u00ad\nment agree¬\nment", ["agreement"] * 3),
        ("Anti-\nSoviet 10-\n12", ["anti", "soviet", "10", "12"]),
        ("well-known", ["well", "known"]),
        ("78.6 percent of 1,204 in 1963", ["78.6", "percent", "of", "1204", "in", "1963"]),
        ("delegations' delegation’s", ["deleg", "deleg", "s"]),
        ("第6回", ["第", "6", "回"]),
        ("Łódź Øst cœur Ægir naïve", ["lodz", "ost", "coeur", "aegir", "naiv"]),
        ("zero\u200bwidth soft\u00adhyphen", ["zerowidth", "softhyphen"]),
        ("", []),
        ("… — □", []),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert terms_of(text) == expected


def test_korean_is_matched_by_whole_words() -> None:
    terms = terms_with_spans("조선로동당 전원회의")
    assert [term.span for term in terms] == [Span(0, 5), Span(6, 10)]
    assert terms[0].text == terms_of("조선로동당")[0]


def test_a_word_cut_at_the_line_end_is_shown_whole() -> None:
    text = "an agree-\n  ment was"
    (term,) = [term for term in terms_with_spans(text) if term.text == "agreement"]
    assert term.span.of(text) == "agree-\n  ment"


@pytest.mark.parametrize(
    ("read", "meant"),
    [("II", "Il"), ("Kirn", "Kim"), ("vvar", "war"), ("c1ose", "close"), ("5oviet", "Soviet")],
)
def test_what_scanners_confuse_has_one_key(read: str, meant: str) -> None:
    (wrong,), (right,) = terms_of(read), terms_of(meant)
    assert confusion_key(wrong) == confusion_key(right)


def test_years_are_not_confused_with_one_another() -> None:
    assert confusion_key("1963") == "1963"
    assert len({confusion_key(year) for year in ("1950", "1955", "1905")}) == 3


def test_lexical_text_is_title_and_heading_and_the_body() -> None:
    document = Document("d", "Title", "A body.")
    passage = Passage(document, Span(0, 7), "Heading", (Span(0, 7),))
    assert lexical_text(passage) == ("Title Heading", "A body.")
