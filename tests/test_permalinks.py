"""A link to a quote shows the same words, wherever they moved to, or says that they are gone."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from answerer.citing.permalinks import parse_permalink, permalink, resolve
from datatypes import Document, Quote, Span
from errors import QuestionError

TEXT = (
    "The 6th Plenum met in May. Currently about 3 million workers take part. [Cuba] did prove it."
)


def quote_of(words: str, text: str = TEXT, document_id: str = "d") -> Quote:
    start = text.index(words)
    return Quote(Document(document_id, "T", text), Span(start, start + len(words)))


@given(st.data(), st.text(min_size=1), st.text(min_size=1))
def test_a_link_leads_back_to_its_quote(data: st.DataObject, document_id: str, text: str) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    quote = Quote(Document(document_id, "T", text), Span(start, end))
    link = permalink(quote)
    assert link.isascii()
    (decoded,) = parse_qs(link.removeprefix("?"), strict_parsing=True)["quote"]
    assert parse_permalink(link) == parse_permalink(decoded)
    assert parse_permalink(decoded)[:2] == (document_id, Span(start, end))
    assert resolve(link, quote.document) == resolve(decoded, quote.document) == quote


@given(st.text())
def test_a_malformed_link_is_refused_with_a_remedy(value: str) -> None:
    assume("~" not in value)
    with pytest.raises(QuestionError, match="Copy it again"):
        parse_permalink(value)


@pytest.mark.parametrize(
    "value",
    [
        "d~5-5~0123456789ab",
        "d~9-5~0123456789ab",
        "~1-5~0123456789ab",
        "d~1-5~0123456789",
        "d~-1-5~0123456789ab",
        "d~1-9999999999999~0123456789ab",
        "d~1-5~0123456789AB",
        "d~١-٥~0123456789ab",
        "?quote=%ff",
    ],
)
def test_a_link_altered_by_hand_is_refused(value: str) -> None:
    with pytest.raises(QuestionError):
        parse_permalink(value)


def test_words_that_moved_are_found_where_they_are_now() -> None:
    quote = quote_of("Currently about 3 million workers take part.")
    moved = Document("d", "T", "A new preface. " + TEXT)
    found = resolve(permalink(quote), moved)
    assert found is not None
    assert found.text == quote.text
    assert found.span.start == quote.span.start + len("A new preface. ")


def test_words_that_begin_with_a_bracket_are_found_too() -> None:
    found = resolve(permalink(quote_of("[Cuba] did prove")), Document("d", "T", "New. " + TEXT))
    assert found is not None
    assert found.text == "[Cuba] did prove"


@pytest.mark.parametrize(
    "text",
    [
        "New. " + TEXT.replace("3 million", "4 million"),
        f"New. {TEXT} {TEXT}",
        "New. " + TEXT.replace("Currently", "Incurrently"),
        "short",
    ],
)
def test_words_that_changed_or_stand_twice_are_not_guessed(text: str) -> None:
    link = permalink(quote_of("Currently about 3 million workers take part."))
    assert resolve(link, Document("d", "T", text)) is None


def test_a_word_that_is_also_part_of_another_word_is_not_guessed() -> None:
    link = permalink(quote_of("art", "art for all"))
    assert resolve(link, Document("d", "T", "we start art for all")) is None


def test_a_link_leads_to_no_other_document() -> None:
    quote = quote_of("May")
    assert resolve(permalink(quote), Document("e", "T", TEXT)) is None


def test_a_made_up_link_into_a_long_document_leads_nowhere() -> None:
    document = Document("d", "T", "All work and no play makes dull. " * 15_000)
    assert resolve("d~0-4000~000000000000", document) is None
    assert resolve("d~0-400000~000000000000", document) is None
