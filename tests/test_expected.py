"""What kind of answer a question asks for, and where a text has words of that kind."""

from __future__ import annotations

import pytest

from answerer.expected import KINDS, expected_kind, expressions, has_expression
from index.text.folding import terms_of
from language.base import Kind


def found(kind: Kind, text: str, *, asked: str = "") -> list[str]:
    return [span.of(text) for span in expressions(kind, text, terms_of(asked))]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many workers take part in the Chollima movement?", "number"),
        ("What share of its machine tools can the DPRK produce by herself?", "number"),
        ("how much more does the primary industry receive", "number"),
        ("What is the number of delegates?", "number"),
        ("When did the 6th Plenum of the KWP take place?", "date"),
        ("In what year was the treaty signed?", "date"),
        ("On which day did they meet?", "date"),
        ("Who heads the KWP delegation?", "person"),
        ("Whose government declaration was it?", "person"),
        ("Where is the steel factory?", "place"),
        ("In which city was it written?", "place"),
        ("Why do the broadcasts have no effect?", "reason"),
        ("What caused the delay?", "reason"),
        ("What does the Korean side want to use the Soviet credits for?", "other"),
        ("Tell me about the economy", "other"),
        ("", "other"),
    ],
)
def test_the_wording_of_a_question_tells_what_is_asked_for(question: str, kind: Kind) -> None:
    assert expected_kind(question) == kind


def test_a_word_that_only_begins_like_a_question_word_asks_for_nothing() -> None:
    assert expected_kind("The whole whereabouts of whenever") == "other"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("about 3 million workers", ["3 million"]),
        ("92 percent of the tools, and 78.6% of the voters", ["92 percent", "78.6%"]),
        ("receives 1.4 times as much", ["1.4 times"]),
        ("during the two recent months", ["two"]),
        ("twenty-five houses", ["twenty-five"]),
        ("1,204 passages", ["1,204"]),
        ("$ 20 and 27x copies", ["$ 20", "27x"]),
        ("no amount at all, but a B52 and a 4th", []),
    ],
)
def test_numbers_are_found_with_their_units(text: str, numbers: list[str]) -> None:
    assert found("number", text) == numbers


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("Berlin, 20 June 1963", ["20 June 1963"]),
        ("on June 20, 1963 in Berlin", ["June 20, 1963"]),
        ("in mid-January 1963", ["mid-January 1963"]),
        ("between 1963 and 1965", ["between 1963 and 1965"]),
        ("in the 19th century", ["19th century"]),
        ("on Friday", ["Friday"]),
        ("in 44 BC", ["44 BC"]),
        ("room 12345 and part 3", []),
    ],
)
def test_dates_are_found_whole(text: str, dates: list[str]) -> None:
    assert found("date", text) == dates


def test_the_numbers_of_a_date_are_no_amounts() -> None:
    assert found("number", "On 20 June 1963 there were 7 copies.") == ["7"]


def test_names_are_found_and_the_first_word_of_a_sentence_is_none() -> None:
    text = "Yesterday a delegation headed by Choe Yong-geon left for the Republic of Korea."
    assert found("person", text) == ["Choe Yong-geon", "Republic of Korea"]
    assert found("person", "Choe Yong-geon will visit.") == ["Choe Yong-geon"]
    assert found("place", "In May they met in Berlin.") == ["Berlin"]


def test_reasons_are_found_by_the_words_that_give_them() -> None:
    assert found("reason", "Mostly due to transport, in order to save.") == [
        "due to",
        "in order to",
    ]
    assert not found("reason", "The embassy was closed.")


def test_what_the_question_says_itself_is_no_answer() -> None:
    text = "The GDR embassy in Pyongyang saw 28 percent."
    assert found("place", text, asked="Where is the GDR embassy?") == ["Pyongyang"]
    assert found("number", "28 percent and 92 percent", asked="Why 28 percent?") == ["92 percent"]


def test_a_kind_that_is_not_told_has_no_expressions() -> None:
    assert not found("other", "On 20 June 1963, 3 million because of Berlin.")


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_has_an_expression_where_one_is_found(kind: Kind) -> None:
    for text in ("On 20 June 1963 Choe Yong-geon led 7 men, due to rain.", "nothing", ""):
        assert has_expression(kind, text, frozenset()) == bool(found(kind, text))
