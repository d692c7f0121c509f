"""Claims of a model become statements where what they cite says so."""

from __future__ import annotations

from answerer.generative.checking import Checker
from answerer.generative.reply import Claim
from datatypes import Document, Quote, Span

TEXT = "Ri Hyo-sun heads the department. He visited Peking in June. The harvest was good in June."
DOCUMENT = Document("report", "A report", TEXT)


def quote(words: str) -> Quote:
    start = TEXT.index(words)
    return Quote(DOCUMENT, Span(start, start + len(words)))


def test_whom_he_means_may_stand_in_the_sentence_before() -> None:
    checker = Checker([quote("He visited Peking in June.")])
    assert checker.take(Claim("Ri Hyo-sun visited Peking in June.", (1,)))
    assert not checker.take(Claim("Kim Il Sung visited Peking in June.", (1,)))


def test_a_sentence_that_points_back_to_nobody_takes_no_name_from_before() -> None:
    checker = Checker([quote("The harvest was good in June.")])
    assert not checker.take(Claim("The harvest of Ri Hyo-sun was good in June.", (1,)))
    assert checker.dropped
