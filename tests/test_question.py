"""A visitor's question: cleaned, refused where it is none, completed where it follows another."""

from __future__ import annotations

import pytest

from answerer.question import LONGEST, cleaned, completed
from datatypes import Answer, Document, Quote, Span, Statement
from errors import QuestionError

WORKERS = "How many workers take part in the Chollima movement?"
DELEGATION = "Who heads the KWP delegation to the People's Republic of China?"
AMBASSADOR = "Which ambassador avoids political conversations?"
PLENUM = "When did the 6th Plenum of the KWP take place?"
SHARE = "What share of its machine tools can the DPRK produce by herself?"
CREDITS = "What does the Korean side want to use the Soviet credits for?"
VOTERS = "How many voters opted for the new constitution in South Korea?"


def answer(question: str, *, marked: str = "", understood_as: str | None = None) -> Answer:
    """The answer of the turn before, with `marked` highlighted in its quote; or not found."""
    if not marked:
        return Answer(question, (), (), 0.1, understood_as)
    text = f"It is said here: {marked}, as the embassy saw it."
    start = text.index(marked)
    document = Document("paper", "A paper", text)
    quote = Quote(document, Span(0, len(text)), Span(start, start + len(marked)))
    return Answer(question, (Statement(text, (quote,)),), (), 0.9, understood_as)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("  Who   wrote\tthis?\r\n", "Who wrote this?"),
        ("Who\u2028wrote\u2029this?", "Who wrote this?"),
        ("Who\0wrote\x07this?", "Who wrote this?"),
        ("Who wrote \ud83d this?", "Who wrote this?"),
        ("Cafe\u0301?", "Café?"),
        ("북한은 무엇을 생산합니까?", "북한은 무엇을 생산합니까?"),
        ("1963", "1963"),
    ],
)
def test_a_question_becomes_one_line_of_composed_text(typed: str, asked: str) -> None:
    assert cleaned(typed) == asked
    assert cleaned(asked) == asked


@pytest.mark.parametrize("typed", ["", " ", "\n\t ", "\0\0", "\ud83d", "\u2028"])
def test_nothing_is_no_question(typed: str) -> None:
    with pytest.raises(QuestionError, match="There is no question"):
        cleaned(typed)


@pytest.mark.parametrize("typed", ["?", "…!?", "😀", "👩‍🚀 🚀", "<>", "---"])
def test_signs_without_a_word_are_no_question(typed: str) -> None:
    with pytest.raises(QuestionError, match="in words"):
        cleaned(typed)


def test_a_question_has_500_characters_at_most() -> None:
    assert len(cleaned("a" * LONGEST)) == LONGEST == 500
    assert cleaned(f"   {'a' * LONGEST}\n") == "a" * LONGEST
    with pytest.raises(QuestionError, match=r"501 characters.*at most 500"):
        cleaned("a" * (LONGEST + 1))
    with pytest.raises(QuestionError, match="10,000 characters"):
        cleaned("a" * 10_000)


@pytest.mark.parametrize(
    ("question", "understood_as"),
    [
        ("And who led it?", "And who led the Chollima movement?"),
        ("When did it begin?", "When did the Chollima movement begin?"),
        ("What is its purpose?", "What is the Chollima movement’s purpose?"),
        ("Who started this movement?", "Who started the Chollima movement?"),
        ("Who took part in that movement?", "Who took part in the Chollima movement?"),
        ("Tell me more about it", "Tell me more about the Chollima movement"),
        ("What do they want?", "What do workers want?"),
        ("And in China?", "And in China (the Chollima movement)?"),
    ],
)
def test_it_is_what_was_asked_about(question: str, understood_as: str) -> None:
    assert completed(question, answer(WORKERS, marked="3 million")) == understood_as


@pytest.mark.parametrize(
    ("before", "question", "understood_as"),
    [
        (PLENUM, "What did it decide?", "What did the 6th Plenum of the KWP decide?"),
        (PLENUM, "What was discussed there?", "What was discussed at the 6th Plenum of the KWP?"),
        (PLENUM, "Who spoke?", "Who spoke (the 6th Plenum of the KWP)?"),
        (SHARE, "What does it import?", "What does the DPRK import?"),
        (SHARE, "And what about exports?", "And what about exports (the DPRK)?"),
        (CREDITS, "Who negotiated them?", "Who negotiated the Soviet credits?"),
        (CREDITS, "Are these credits repaid?", "Are the Soviet credits repaid?"),
        (CREDITS, "What are their terms?", "What are the Soviet credits’ terms?"),
        (CREDITS, "What does it offer?", "What does the Korean side offer?"),
        (VOTERS, "Who is its president?", "Who is South Korea’s president?"),
        (
            "how many people work in the chollima movement",
            "and who led it",
            "and who led chollima movement",
        ),
    ],
)
def test_a_thing_is_named_with_its_noun_or_as_many_as_were_meant(
    before: str, question: str, understood_as: str
) -> None:
    assert completed(question, answer(before)) == understood_as


@pytest.mark.parametrize(
    ("before", "question", "understood_as"),
    [
        (WORKERS, "Why?", "Why (workers take part in the Chollima movement)?"),
        (WORKERS, "Since when?", "Since when (workers take part in the Chollima movement)?"),
        (WORKERS, "Tell me more", "Tell me more (workers take part in the Chollima movement)?"),
        (
            VOTERS,
            "When was that?",
            "When was that (voters opted for the new constitution in South Korea)?",
        ),
        (
            AMBASSADOR,
            "And the Albanian ambassador?",
            "And the Albanian ambassador (ambassador avoids political conversations)?",
        ),
    ],
)
def test_a_question_without_a_thing_of_its_own_means_all_that_was_said(
    before: str, question: str, understood_as: str
) -> None:
    assert completed(question, answer(before)) == understood_as


@pytest.mark.parametrize(
    ("question", "understood_as"),
    [
        ("When will he visit?", "When will Choe Yong-geon visit?"),
        ("What else is said about him?", "What else is said about Choe Yong-geon?"),
        ("What is his position?", "What is Choe Yong-geon’s position?"),
        ("What is her position?", "What is Choe Yong-geon’s position?"),
        ("Who met her?", "Who met Choe Yong-geon?"),
        ("When does it leave?", "When does the KWP delegation leave?"),
    ],
)
def test_a_person_is_the_one_who_was_marked_in_the_answer(
    question: str, understood_as: str
) -> None:
    assert completed(question, answer(DELEGATION, marked="Choe Yong-geon")) == understood_as


def test_a_person_may_be_marked_by_an_office() -> None:
    before = answer(AMBASSADOR, marked="the Romanian ambassador")
    assert completed("Who does he talk to?", before) == "Who does the Romanian ambassador talk to?"


def test_a_person_who_was_asked_about_stays_that_person() -> None:
    before = answer("Who is Kim Il Sung?", marked="Comrade")
    assert completed("What do directors say about him?", before) == (
        "What do directors say about Kim Il Sung?"
    )
    before = answer("What is said about Park Chung-hee?", marked="corrupt machinations")
    assert completed("And his policy?", before) == "And Park Chung-hee’s policy?"


def test_a_follow_up_of_a_follow_up_means_what_the_first_one_meant() -> None:
    before = answer("And who led it?", understood_as="And who led the Chollima movement?")
    assert completed("When did it begin?", before) == "When did the Chollima movement begin?"


@pytest.mark.parametrize(
    "question",
    [
        WORKERS,
        DELEGATION,
        AMBASSADOR,
        SHARE,
        CREDITS,
        "Who received copies?",
        "Who translated the document?",
        "Where was the document written?",
        "When was the referendum?",
        "What is a plenum?",
        "What is metallurgy?",
        "What does the movement do?",
        "Is there a plan?",
        "Are there contacts with opposition groups?",
        "Who said that prices rose?",
        "Why does the DPRK avoid its allies?",
        "Which countries are mentioned that have no embassy?",
        "Does the document mention Kim Il Sung and what he avoids?",
        "Chollima",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    assert completed(question, answer(PLENUM, marked="between 13 and 15 May 1963")) is None


@pytest.mark.parametrize("question", ["And who led it?", "Why?", "When did it begin?", WORKERS])
def test_the_first_question_follows_none(question: str) -> None:
    assert completed(question, None) is None


def test_what_is_named_already_is_not_named_again() -> None:
    before = answer(WORKERS)
    assert completed("And the Chollima movement?", before) is None
    assert completed("What about it, the Chollima movement?", before) is None


@pytest.mark.parametrize("before", ["What is it about?", "1963", "북한?", "(((", "And?"])
@pytest.mark.parametrize("question", ["Why?", "And who led it?", "Who is he?", "Those?", "그것은?"])
def test_whatever_was_asked_before_a_completion_is_a_question(before: str, question: str) -> None:
    understood_as = completed(question, answer(before))
    assert understood_as is None or cleaned(understood_as) == understood_as


def test_a_chain_of_follow_ups_does_not_grow() -> None:
    turn = answer(WORKERS)
    for question in ("And in China?", "Why?", "And them?", "Tell me more", "What of it?") * 5:
        turn = answer(question, understood_as=completed(question, turn))
        assert len(turn.understood_as or question) < 120
