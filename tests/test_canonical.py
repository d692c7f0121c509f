"""The canonical text: NFC, LF line ends, no control characters; spans move along."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datatypes import Span
from index.text.canonical import canonical, canonical_with_spans

# Letters that join, split, reorder or shrink under NFC, line ends, controls, half surrogates.
AWKWARD = (
    "ae\u0301\u0308\u0327\u0323\u0344\u0958\u1100\u1161\u11a8\u212b\ufb01\uf900 \t\x00\x85\ud800"
)
texts = st.text(st.one_of(st.sampled_from(AWKWARD + "\r\n"), st.characters()))
lines = st.text(st.sampled_from(AWKWARD + "ß😀"), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\rc\x85d\ne", "a\nb\nc\nd\ne"),
        ("page\x0cpage\x0bline", "page\npage\nline"),
        ("u\u0308", "ü"),
        ("a\x00b\x1bc\x9fd\te", "a b c d\te"),
        ("half \ud800 sign", "half \ufffd sign"),
        ("\ufb01rst ſt \u00a0 \u2028", "\ufb01rst ſt \u00a0 \u2028"),
    ],
)
def test_only_line_ends_controls_and_composition_change(text: str, expected: str) -> None:
    assert canonical(text) == expected


@given(texts)
def test_canonical_text_stays_as_it_is(text: str) -> None:
    settled = canonical(text)
    assert canonical(settled) == settled


@given(texts)
def test_canonical_text_is_composed_and_can_be_written(text: str) -> None:
    settled = canonical(text)
    assert unicodedata.is_normalized("NFC", settled)
    assert not any(unicodedata.category(sign) == "Cc" for sign in settled if sign not in "\n\t")
    settled.encode()


@given(st.lists(lines, min_size=1, max_size=8), st.sampled_from(["\n", "\n\n", "\t"]))
def test_spans_hold_what_they_held(parts: list[str], between: str) -> None:
    parts = [part.replace("\x85", "") or "x" for part in parts]  # would end a line at an edge
    spans, position = [], 0
    for part in parts:
        spans.append(Span(position, position + len(part)))
        position += len(part) + len(between)
    settled, moved = canonical_with_spans(between.join(parts), spans)
    assert settled == canonical(between.join(parts))
    assert [span.of(settled) for span in moved] == [canonical(part) for part in parts]


def test_spans_move_where_one_letter_grows_and_another_shrinks() -> None:
    # U+0958 becomes two characters, e and an accent become one: the length stays.
    settled, (first, last) = canonical_with_spans("\u0958\ne\u0301", [Span(0, 1), Span(2, 4)])
    assert (first.of(settled), last.of(settled)) == ("\u0915\u093c", "é")
