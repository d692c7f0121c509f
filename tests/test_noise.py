"""Noise is seeded, of the promised strength, and evidence moves with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from rapidfuzz.distance import Levenshtein

from datatypes import Document, Evidence, Heading, Page, Query, Span
from evaluation.noise import carried_along, mistyped, scanned
from evaluation.question import Question

TEXT = next(Path(__file__).parent.parent.glob("documents/*.md")).read_text(encoding="utf-8")
DOCUMENT = Document(
    "d",
    "D",
    TEXT,
    (Page(Span(0, 5000), 1), Page(Span(5000, len(TEXT)), 2)),
    (Heading(Span(2, 15), 1),),
)


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.10])
def test_about_the_promised_share_of_characters_is_confused(rate: float) -> None:
    noisy = scanned(DOCUMENT, rate=rate).document.text
    assert Levenshtein.normalized_distance(TEXT, noisy) == pytest.approx(rate, rel=0.35)


def test_without_noise_nothing_changes() -> None:
    noisy = scanned(DOCUMENT, rate=0)
    assert noisy.document == DOCUMENT
    assert noisy.moved(Span(10, 40)) == Span(10, 40)


def test_noise_is_the_same_every_time_and_another_in_another_document() -> None:
    again = scanned(DOCUMENT, rate=0.1).document.text
    other = scanned(Document("e", "E", TEXT), rate=0.1).document.text
    assert scanned(DOCUMENT, rate=0.1).document.text == again != other


def test_every_word_is_found_at_its_new_place() -> None:
    noisy = scanned(DOCUMENT, rate=0.3)
    moved, position = [], 0
    for word in TEXT.split():
        start = TEXT.index(word, position)
        position = start + len(word)
        moved.append(noisy.moved(Span(start, position)).of(noisy.document.text))
    assert moved == noisy.document.text.split()  # no confusion makes or eats a space


def test_a_span_of_one_character_stays_a_span() -> None:
    noisy = scanned(Document("d", "D", "modern corn rn rn rn"), rate=1)
    for place in range(len(noisy.clean.text)):
        assert len(noisy.moved(Span(place, place + 1))) >= 1


def test_pages_and_headings_move_too() -> None:
    noisy = scanned(DOCUMENT, rate=0.3)
    first, second = noisy.document.pages
    assert (first.span.start, second.span.end) == (0, len(noisy.document.text))
    assert first.span.end == second.span.start
    assert noisy.document.headings[0].span == noisy.moved(Span(2, 15))


def test_evidence_and_answers_are_carried_along() -> None:
    start = TEXT.index("78.6 percent of voters")
    evidence = Evidence("d", Span(start, start + 22))
    question = Question(Query("q", "How many?", (evidence,)), True, ("78.6 percent",))
    noisy = scanned(DOCUMENT, rate=0.9)
    moved = carried_along(question, {"d": noisy})
    wording = moved.evidence[0].span.of(noisy.document.text)
    assert wording != evidence.span.of(TEXT)
    assert wording.startswith(moved.answers[0])
    assert moved.answers[0] != "78.6 percent"


def test_a_mistyped_question_has_a_slip_and_stays_readable() -> None:
    text = "Which delegation negotiated about the Soviet credits in May?"
    put = [mistyped(Question(Query(f"q{i}", text), True)).query.text for i in range(20)]
    assert put == [mistyped(Question(Query(f"q{i}", text), True)).query.text for i in range(20)]
    assert len(set(put)) > 10
    for each in put:
        assert 1 <= Levenshtein.distance(text, each) <= 2
        assert len(each.split()) == len(text.split())


def test_a_question_of_short_words_stays_as_it_is() -> None:
    assert mistyped(Question(Query("q", "Who is he?"), True)).query.text == "Who is he?"
