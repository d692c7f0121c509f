"""What the page shows is what the documents say, character by character."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args
from unittest.mock import patch

import pytest
from browsing import (
    DELEGATION,
    HOSTILE,
    HOSTILE_TEXT,
    UNKNOWN,
    WORKERS,
    StandIn,
    gdr_document,
    hostile_document,
    long_document,
    stand_in,
)
from hypothesis import given
from hypothesis import strategies as st

from datatypes import Document, Heading, NoteKind, Page, Span
from index.storage.passage_index import PassageIndex
from interface.chat.document_renderer import DocumentRenderer
from interface.chat.explanation import opening_of
from interface.chat.text_pieces import PIECE_CHARACTERS, paragraphs, split_into_pieces
from interface.chat.turn_renderer import TurnRenderer
from interface.server.escaping import ENVIRONMENT, attribute, shown
from interface.server.turns import Turns
from interface.wording.wordings import WORDING_FOLDER, load_wording

WORDING = load_wording()
PRINTABLE = st.text(
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n <>&\"'\u202e\u2067")
)


class Elements(HTMLParser):
    """The elements of some HTML, and the text between the tags."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.names: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def marked(text: str, span: Span, marks: list[tuple[Span, str]]) -> str:
    module: Any = ENVIRONMENT.get_template("chat/templates/macros.html.jinja").module
    return str(module.marked(text, span, marks))


def text_of(html: str) -> str:
    return Elements(html).text


@given(PRINTABLE)
def test_text_is_shown_as_it_is_and_brings_no_element_but_isolation(text: str) -> None:
    elements = Elements(shown(text))
    assert elements.text == text
    assert set(elements.names) <= {"bdi"}


@given(st.text())
def test_attributes_cannot_be_left_and_can_always_be_sent(text: str) -> None:
    value = attribute(text)
    assert '"' not in value
    assert "<" not in value
    value.encode("utf-8")


def test_characters_that_turn_text_around_are_isolated_and_named() -> None:
    assert shown("a\u202eb") == 'a<bdi class="control" data-code="U+202E">\u202e</bdi>b'
    assert shown("a\0b") == 'a<bdi class="control" data-code="U+0000"></bdi>b'


@given(PRINTABLE.filter(bool), st.data())
def test_marks_change_no_character(text: str, data: st.DataObject) -> None:
    places = st.integers(0, len(text) - 1).flatmap(
        lambda start: st.builds(Span, st.just(start), st.integers(start + 1, len(text)))
    )
    marks = [(data.draw(places), "quoted"), (data.draw(places), "answering")]
    html = marked(text, Span(0, len(text)), marks)
    assert text_of(html) == text
    found = re.findall(r'<mark class="[^"]*answering">(.*?)</mark>', html, re.DOTALL)
    assert text_of("".join(found)) == marks[1][0].of(text)


@given(st.text(st.sampled_from("ab \n\t"), max_size=300))
def test_paragraphs_hold_every_word_in_order(text: str) -> None:
    spans = list(paragraphs(text))
    assert "".join("".join(span.of(text).split()) for span in spans) == "".join(text.split())
    assert all(a.end <= b.start for a, b in pairwise(spans))


@pytest.mark.parametrize("unit", ["x", "word ", "line\n", "\n", " "])
def test_pieces_stay_small_whatever_the_text_is_made_of(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    for piece in split_into_pieces(text):
        assert piece[-1].end - piece[0].start <= PIECE_CHARACTERS


def test_each_paragraph_of_the_document_pane_is_its_slice() -> None:
    document = gdr_document()
    renderer = DocumentRenderer(stand_in(), WORDING)
    n_shown = 0
    for number in range(len(split_into_pieces(document.text))):
        html = renderer.render_piece(document, number, [(Span(3000, 5000), "quoted")])
        for start, end, inside in re.findall(
            r'<p data-start="(\d+)" data-end="(\d+)"[^>]*>(.*?)</p>', html, re.DOTALL
        ):
            assert text_of(inside) == document.text[int(start) : int(end)]
            n_shown += len("".join(text_of(inside).split()))
    assert n_shown == len("".join(document.text.split()))


def test_only_the_line_of_a_heading_is_shown_as_one() -> None:
    text = "before\n## Title ##\nafter"
    document = Document("d", "d", text, headings=(Heading(Span(10, 15), 2),))
    html = DocumentRenderer(stand_in(document), WORDING).render_piece(document, 0, [])
    assert [text_of(p) for p in re.findall(r"<p .*?</p>", html, re.DOTALL)] == [
        "before",
        "## Title ##",
        "after",
    ]
    assert html.count('role="heading"') == 1
    assert re.findall(r'<span class="markup">(.*?)</span>', html) == ["## ", " ##"]


def test_words_beside_a_heading_stay_displayed() -> None:
    document = Document("d", "d", "II. Title", headings=(Heading(Span(4, 9), 2),))
    assert "markup" not in DocumentRenderer(stand_in(document), WORDING).render_piece(
        document, 0, []
    )


def test_each_page_is_announced_once_before_its_first_paragraph() -> None:
    text = "one\n\ntwo\n\nthree"
    pages = tuple(
        Page(Span(start, end), number, label)
        for start, end, number, label in ((0, 4, 1, "i"), (4, 9, 2, "ii"), (9, 15, 3, None))
    )
    document = Document("d", "d", text, pages=pages)
    html = DocumentRenderer(stand_in(document), WORDING).render_piece(document, 0, [])
    assert text_of(html) == "Page ionePage iitwoPage 3three"


def test_a_found_answer_shows_its_slice_with_the_answering_words_marked() -> None:
    library = stand_in()
    html = TurnRenderer(library, WORDING).render_answer(library.ask(WORKERS), "t")
    words = re.findall(r'<p class="words"[^>]*>(.*?)</p>', html)[0]
    assert text_of(words) == "Currently about 3 million workers are participating in this movement."
    assert '<mark class="answering">about 3 million workers</mark>' in words
    assert "Translation by Bernd Schaefer" in html


def test_a_quote_across_a_page_break_keeps_its_blank_line_in_the_text() -> None:
    library = stand_in()
    html = TurnRenderer(library, WORDING).render_answer(library.ask(DELEGATION), "t")
    assert "The objective of this visit\n\nwill be to " in html


def test_a_document_cited_again_has_the_short_note() -> None:
    library = stand_in()
    answer = library.ask(DELEGATION)
    html = TurnRenderer(library, WORDING).render_answer(answer, "t")
    formats = library.cite(answer.citations[0].quote)
    notes = [text_of(n) for n in re.findall(r'<span class="note"[^>]*>(.*?)</span>', html)]
    assert notes == [formats["note"], formats["short_note"]]


def test_matched_words_that_stand_together_are_named_together() -> None:
    library = stand_in()
    answer = library.ask(WORKERS)
    passage = answer.hits[0].passage
    words = [passage.document.text.index(word) for word in ("3 million", "million", "movement")]
    spans = (Span(words[0], words[0] + 1), Span(words[1], words[1] + 7))
    third = Span(words[2], words[2] + 8)
    with patch.object(StandIn, "matches", lambda *_: (third, *spans)):
        html = TurnRenderer(library, WORDING).render_answer(answer, "t")
    found = re.findall("<b>(.*?)</b>", html)
    assert "3 million" in found
    assert "movement" in found


def test_not_found_says_so_and_calls_the_nearest_passages_no_answer() -> None:
    library = stand_in()
    html = TurnRenderer(library, WORDING).render_answer(library.ask(UNKNOWN), "t")
    assert "The documents do not say." in html
    assert "Related, not an answer" in html
    assert "blockquote" not in html


def test_a_related_passage_is_shown_from_after_its_headings(default_folder: Path) -> None:
    index = PassageIndex.load(default_folder)
    letterhead = index.texts.passages_of(gdr_document().document_id)[0]
    assert letterhead.text.startswith("June 20, 1963\n\n#### Information")
    opening = opening_of(letterhead, 200).of(letterhead.document.text)
    assert opening.startswith('"Information About the Policy')
    index.close()


def test_a_doubtful_answer_says_so_before_its_quotes() -> None:
    library = stand_in()
    answer = replace(library.ask(WORKERS), confidence=0.4)
    renderer = TurnRenderer(library, WORDING)
    html = renderer.render_answer(answer, "turn")
    assert html.index(WORDING["doubtful"]) < html.index("<blockquote")
    assert renderer.announcement(answer).startswith(WORDING["doubtful"])
    assert WORDING["doubtful"] not in renderer.render_answer(
        replace(answer, confidence=0.6), "turn"
    )


def test_a_follow_up_says_how_it_was_understood() -> None:
    library = stand_in()
    answer = library.ask("And the objective?", previous=library.ask(WORKERS))
    html = TurnRenderer(library, WORDING).render_answer(answer, "t")
    assert f"Understood as: <q>{answer.understood_as}</q>" in html


def test_a_hostile_document_brings_no_element_of_its_own() -> None:
    library = stand_in(gdr_document(), hostile_document())
    html = TurnRenderer(library, WORDING).render_answer(library.ask(HOSTILE), "t")
    assert not {"script", "img", "h1"} & set(Elements(html).names)
    words = re.findall(r'<p class="words"[^>]*>(.*?)</p>', html, re.DOTALL)[0]
    assert unescape(re.sub("<[^>]*>", "", words)) == HOSTILE_TEXT.replace("\0", "")


def test_a_hostile_question_is_shown_as_its_text() -> None:
    library = stand_in()
    question = "<img src=x onerror=alert(1)> & \ud800"
    html = TurnRenderer(library, WORDING).render_answer(library.ask(question), "t")
    assert "<img" not in html
    html.encode("utf-8")


def test_a_changed_text_is_said_and_nothing_is_quoted() -> None:
    html = TurnRenderer(stand_in(), WORDING).render_linked_quote(None)
    assert "The text has changed" in html
    assert "blockquote" not in html


def words_asked_for() -> set[str]:
    """Keys of the wording that templates and code name, and those of an answer's notes."""
    folder = WORDING_FOLDER.parent
    templates = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.jinja"))
    code = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    methods = {name for name in dir(WORDING) if not name.startswith("_")}
    named = set(re.findall(r"\bwords\.(\w+)", templates)) - methods
    named |= {f"model.{kind}" for kind in get_args(NoteKind)}
    return named | set(re.findall(r'words\["([\w.]+)"\]', templates + code))


def test_every_word_that_a_page_asks_for_is_there() -> None:
    assert words_asked_for() <= WORDING.sentences.keys()


def test_every_sentence_of_the_wording_is_used_somewhere() -> None:
    folder = WORDING_FOLDER.parent
    paths = [path for ending in ("py", "jinja", "js") for path in folder.rglob(f"*.{ending}")]
    sources = "".join(path.read_text(encoding="utf-8") for path in paths)
    tables = ("details.", "kiosk.")
    unused = {
        key
        for key in WORDING.sentences.keys() - words_asked_for()
        if not key.startswith(tables) and not re.search(rf"\b{key.split('.')[-1]}\b", sources)
    }
    assert unused == set()


def test_the_oldest_turns_are_forgotten_when_their_texts_grow_too_long() -> None:
    library = stand_in()
    answer = library.ask(WORKERS)
    kept = replace(answer, hits=())  # passages that were not quoted follow nothing up
    turns = Turns()
    first = turns.keep(answer)
    assert turns.find(first) == kept
    for _ in range(10_000):
        last = turns.keep(answer)
    assert turns.find(first) is None
    assert turns.find(last) == kept
    assert turns.find("") is None


def test_two_million_characters_are_cut_into_pieces_quickly_and_completely() -> None:
    document = long_document()
    groups = split_into_pieces(document.text)
    assert len(groups) > 200
    assert groups[-1][-1].end >= len(document.text) - 2
