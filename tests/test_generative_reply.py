"""A model's reply is read however it is cut and marked; its quotation marks are settled."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerer.generative.quotation_marks import keep_exact_quotes, quoted_parts
from answerer.generative.reply import MOST_CHARACTERS, Claim, ReplyParser
from datatypes import Document, Quote, Span

LINES = """\
Here is what the sentences say:
- The plenum met in **May**. [s3][s7]
It ended on time [s1, s4].
One [s1]. Two [s2]. Three `[s3]`
Nobody cites this.
"""
JSON = (
    '{"statements": [{"text": "It met \\"twice\\".", "sentences": ["s3", "s7"]},\n'
    ' {"text": "It ended.", "sentences": [1]}]}'
)


def read(reply: str, sizes: list[int] | None = None) -> list[Claim]:
    parser, claims, place = ReplyParser(), list[Claim](), 0
    for size in sizes or [len(reply)]:
        claims += parser.feed(reply[place : place + size])
        place += size
    claims += parser.feed(reply[place:])
    return [*claims, *parser.finish()]


def test_lines_are_claims_with_their_numbers() -> None:
    assert read(LINES) == [
        Claim("The plenum met in May.", (3, 7)),
        Claim("It ended on time.", (1, 4)),
        Claim("One.", (1,)),
        Claim("Two.", (2,)),
        Claim("Three", (3,)),
        Claim("Nobody cites this.", ()),
    ]


@pytest.mark.parametrize(
    ("reply", "numbers"),
    [
        ("It met. 【s3】", (3,)),
        ("It met 【3†source】.", (3,)),
        ("It met `[s3]`.", (3,)),
        ("It met (s3).", (3,)),
        ("It met [S3; s4 and s6].", (3, 4, 6)),
        ("It met [s3]–[s3].", (3,)),
        ("It met [s3-s5].", (3, 4, 5)),
        ("It met [s3", (3,)),
        ("It met [s3, s4.", (3, 4)),
        ("It met s3].", (3,)),
        ("It met. s3", (3,)),
        ("[s3] It met.", (3,)),
        ("It met [s3][s3][3].", (3,)),
        ("<think>perhaps [s9]?\n</think>\nIt met. [s3]", (3,)),
        ("```\nIt met. [s3]\n```", (3,)),
        ('```json\n{"statements":[{"text":"It met.","sentences":["s3"]}', (3,)),
        ('{"statements":[{"text":"It met. [s4]","sentences":["s3"]}]}', (4, 3)),
        ('[{"text":"It met.","cites":[3]}]', (3,)),
    ],
)
def test_the_ways_in_which_models_point_are_understood(
    reply: str, numbers: tuple[int, ...]
) -> None:
    (claim,) = read(reply)
    assert claim.numbers == numbers
    assert claim.text.rstrip(".–") == "It met"


@pytest.mark.parametrize("reply", ["", "NOTHING", "nothing.", "```\n```", "[s1]", "{}", "Here:"])
def test_where_nothing_is_said_there_is_no_claim(reply: str) -> None:
    assert read(reply) == []


@pytest.mark.parametrize("words", ["in [1963] it", "the S3 line", "in 1963 (see p. 12) it", "§ 3]"])
def test_what_is_no_mark_stays_in_the_words(words: str) -> None:
    (claim,) = read(f"They say {words} was. [s1]")
    assert words in claim.text
    assert claim.numbers == (1,)


def test_a_statement_comes_as_soon_as_its_line_ends() -> None:
    parser = ReplyParser()
    assert list(parser.feed("It met. [s3]")) == []
    assert list(parser.feed("\nIt en")) == [Claim("It met.", (3,))]
    parser = ReplyParser()
    assert list(parser.feed(JSON[:75])) == [Claim('It met "twice".', (3, 7))]


@settings(max_examples=200, deadline=None)
@given(
    reply=st.sampled_from(
        [LINES, JSON, f"<think>[s1] {LINES}</think>\n{LINES}", f"```json\n{JSON}"]
    ),
    sizes=st.lists(st.integers(1, 40), max_size=60),
)
def test_the_claims_do_not_depend_on_where_the_reply_is_cut(reply: str, sizes: list[int]) -> None:
    assert read(reply, sizes) == read(reply)


@settings(max_examples=200, deadline=None)
@given(reply=st.text(alphabet='s123[]【】(){}"\\:,.`<>think/ \nab', max_size=120))
def test_no_reply_breaks_the_reading(reply: str) -> None:
    for claim in read(reply):
        assert claim.text
        assert all(number >= 0 for number in claim.numbers)


def test_a_reply_without_an_end_is_not_read_further() -> None:
    assert len(read("x" * 10 * MOST_CHARACTERS)[0].text) == MOST_CHARACTERS


DOCUMENT = Document(
    "d", "D", "He said the workers’ plan\nwas “fulfilled” by [all] in 1963. No doubt."
)
MIDDLE = DOCUMENT.text.index("No doubt")
CITED = [Quote(DOCUMENT, Span(0, MIDDLE - 1)), Quote(DOCUMENT, Span(MIDDLE, MIDDLE + 9))]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ('It was "by [all] in 1963".', "It was “by [all] in 1963”."),
        ('The "workers\' plan was" it.', "The “workers’ plan\nwas” it."),
        ('"No doubt," they say.', "“No doubt” they say."),
        ('It was "by all in 1963".', "It was by all in 1963."),
        ('The "work" of it.', "The work of it."),
        ("The workers' plan isn't 'mine'.", "The workers' plan isn't mine."),
        ("He said «was “fulfilled” by» then.", "He said “was “fulfilled” by” then."),
        ('An open "mark.', "An open mark."),
        ("in 1963 ''No doubt''", "in 1963 “No doubt”"),
        ("「No doubt」 and 『none』", "“No doubt” and none"),
        ('""', ""),
    ],
)
def test_marks_stay_only_around_a_slice_of_what_is_cited(said: str, shown: str) -> None:
    assert keep_exact_quotes(said, CITED) == shown


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="\"“”„«»'‘’「」 aNodubt.", max_size=60))
def test_whatever_stands_between_marks_is_a_slice(said: str) -> None:
    shown = keep_exact_quotes(said, CITED)
    for part in quoted_parts(shown):
        assert any(part in quote.text for quote in CITED)
    assert not set(shown) & set('"„«»「」')
    assert shown.count("“") == shown.count("”")
