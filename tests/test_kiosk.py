"""What the kiosk asks of the server, over real HTTP and the default index."""

from __future__ import annotations

import gc
import http.client
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from browsing import HOSTILE, HOSTILE_TEXT, WORKERS, hostile_document, serving, stand_in
from touching import kiosk

from answerer.pipeline import Pipeline
from datatypes import Answer, Document
from errors import SettingError
from interface.application import create_app
from interface.kiosk.answer_parts import answer_parts
from interface.kiosk.routes import KioskSettings, kiosk_settings
from interface.wording.wordings import load_wordings

PLENUM = "When did the 6th Plenum of the KWP take place?"
CEILING = "Who painted the ceiling?"


@pytest.fixture(scope="module")
def address(default_folder: Path) -> Iterator[str]:
    with kiosk(default_folder) as url:
        yield url


def call(address: str, method: str, path: str, content: object = None) -> tuple[int, Any]:
    """Status, and what came: JSON where it is, else text."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    try:
        body = None if content is None else json.dumps(content).encode()
        headers = {"Content-Type": "application/json", "Accept-Language": "fr;q=0.5"}
        connection.request(method, path, body, headers)
        reply = connection.getresponse()
        text = reply.read().decode()
        return reply.status, json.loads(text) if text.startswith(("{", "[")) else text
    finally:
        connection.close()


def ask(address: str, question: str, turn: str = "", language: str = "en") -> dict[str, Any]:
    content = {"question": question, "turn": turn, "language": language}
    status, answer = call(address, "POST", "/kiosk/ask", content)
    assert status == 200
    assert isinstance(answer, dict)
    return answer


def plain(html: str) -> str:
    return unescape(re.sub("<[^>]*>", "", html))


def slice_of(document: Document, place: dict[str, Any]) -> str:
    return document.text[place["start"] : place["end"]]


def test_a_quote_is_the_slice_of_its_document(address: str, default_document: Document) -> None:
    [shown] = ask(address, PLENUM)["quotes"]
    assert plain(shown["words"]) == slice_of(default_document, shown["place"])
    assert '<mark class="answering">' in shown["words"]
    assert shown["lang"] == "en"


def test_a_doubtful_answer_is_called_so() -> None:
    library = stand_in()
    answer = library.ask(WORKERS)
    assert answer_parts(library, replace(answer, confidence=0.4))["doubtful"] is True
    assert answer_parts(library, replace(answer, confidence=0.6))["doubtful"] is False


def test_a_hostile_document_is_shown_as_the_text_it_is() -> None:
    app = create_app(stand_in(hostile_document()), load_wordings(), kiosk_only=True)
    with serving(app) as url:
        [shown] = ask(url, HOSTILE)["quotes"]
        place = {"document_id": shown["place"]["document_id"], "start": 0, "end": 50}
        status, part = call(url, "GET", f"/kiosk/text?{urlencode(place)}")
    assert status == 200
    for html in (shown["words"], shown["title"], part["html"], part["title"]):
        assert not re.search(r"<(?!/?(mark|bdi|p|b|span)\b)", html.replace("<b>", "<script>"))
    assert plain(shown["words"]).replace("\x00", "") == HOSTILE_TEXT.replace("\x00", "")


def test_without_an_answer_there_is_a_sentence_nearby_and_a_way_on(
    default_folder: Path, default_document: Document
) -> None:
    pipeline = Pipeline.load(default_folder)
    unanswered = replace(pipeline.ask("How tall is the steel factory?"), statements=())
    answer: dict[str, Any] = answer_parts(pipeline, unanswered)
    pipeline.close()
    assert not answer["found"]
    assert not answer["quotes"]
    [nearest] = answer["nearby"]
    assert plain(nearest["words"]) == slice_of(default_document, nearest["place"])
    assert "steel factory" in nearest["words"]
    assert len(answer["related"]) == 3


def test_without_any_of_the_questions_words_nothing_is_called_related(address: str) -> None:
    answer = ask(address, CEILING)
    assert not answer["found"]
    assert answer["nearby"] == []
    assert len(answer["related"]) == 3


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "There is no question."), ("de", "Das ist keine Frage."), ("ko", "질문이 없습니다.")],
)
def test_what_is_no_question_is_refused_in_the_visitors_language(
    address: str, language: str, said: str
) -> None:
    assert ask(address, "?!", language=language)["refused"].startswith(said)


def test_a_breakdown_is_a_sentence_and_no_traceback() -> None:
    with serving(create_app(stand_in(), load_wordings(), kiosk_only=True)) as url:
        assert ask(url, "break", language="fr")["refused"].startswith("Quelque chose")


def test_a_follow_up_knows_the_answer_before_and_what_was_forgotten_is_gone(address: str) -> None:
    first = ask(address, "Who heads the KWP delegation to the People's Republic of China?")
    second = ask(address, "And when will it visit?", first["turn"])
    assert "KWP delegation" in plain(second["understood"])
    assert ask(address, "And when will it visit?", first["turn"])["understood"] == ""
    assert call(address, "POST", "/kiosk/forget", {"turn": second["turn"]})[0] == 204
    assert ask(address, "And when will it visit?", second["turn"])["understood"] == ""


def test_of_a_visit_that_has_ended_the_server_remembers_nothing(address: str) -> None:
    own = "Which of my 7 secret aunts heads the KWP delegation?"
    first = ask(address, own)
    last = ask(address, own.replace("7", "8"), first["turn"])

    def remembered() -> list[Answer]:
        gc.collect()
        kept = [each for each in gc.get_objects() if isinstance(each, Answer)]
        return [each for each in kept if "secret aunts" in each.question]

    assert remembered() != []
    call(address, "POST", "/kiosk/forget", {"turn": last["turn"]})
    assert remembered() == []


def test_attracting_quotes_are_answers_of_this_collection(
    address: str, default_folder: Path
) -> None:
    pipeline = Pipeline.load(default_folder)
    _, attract = call(address, "GET", "/kiosk/attract")
    assert len(attract["quotes"]) >= 5
    for shown in attract["quotes"]:
        answer = pipeline.ask(shown["question"])
        assert plain(shown["words"]) == answer.citations[0].quote.text
        assert pipeline.find(shown["permalink"]) is not None
        assert len(plain(shown["words"]).split()) <= 60
    pipeline.close()


def test_the_text_around_a_quote_is_marked_and_goes_on(
    address: str, default_document: Document
) -> None:
    [shown] = ask(address, PLENUM)["quotes"]
    status, part = call(address, "GET", f"/kiosk/text?{urlencode(shown['place'])}")
    assert status == 200
    marked = "".join(re.findall("<mark[^>]*>(.*?)</mark>", part["html"]))
    assert plain(marked) == slice_of(default_document, shown["place"])
    other = {"document_id": default_document.document_id, "number": part["last"]}
    _, last = call(address, "GET", f"/kiosk/text?{urlencode(other)}")
    assert plain(last["html"]).split()[-1] == default_document.text.split()[-1].strip("*")


@pytest.mark.parametrize("path", ["/kiosk/ask", "/kiosk/attract", "/kiosk/text?document_id=none"])
def test_no_cache_keeps_anything_of_a_visit(address: str, path: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    body = json.dumps({"question": PLENUM}) if path == "/kiosk/ask" else None
    headers = {"Content-Type": "application/json"}
    connection.request("POST" if body else "GET", path, body, headers)
    assert connection.getresponse().getheader("Cache-Control") == "no-store"
    connection.close()


@pytest.mark.parametrize(
    "query", [{"document_id": "none"}, {"document_id": "none", "start": -5, "end": 10**12}]
)
def test_a_document_that_is_gone_is_said_to_be(address: str, query: dict[str, Any]) -> None:
    assert call(address, "GET", f"/kiosk/text?{urlencode(query)}") == (404, {"gone": True})


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"question": 1},
        {"question": "x" * 5_001},
        {"question": "x", "turn": "x" * 101},
        {"question": "x", "more": 1},
        [],
    ],
)
def test_what_no_page_asks_is_refused(address: str, content: object) -> None:
    assert call(address, "POST", "/kiosk/ask", content)[0] == 422


def test_alone_the_kiosk_stands_at_the_front_door(address: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    connection.request("GET", "/?lang=de")
    reply = connection.getresponse()
    assert (reply.status, reply.getheader("Location")) == (307, "/kiosk?lang=de")
    connection.close()
    _, page = call(address, "GET", "/kiosk?lang=de")
    assert '<html lang="de">' in page


@pytest.mark.parametrize(
    "path",
    [
        "/documents",
        "/document?document_id=a",
        "/curator",
        "/embed",
        "/api/v1/health",
        "/questions/config",
        "/questions/gradio_api/info",
        "/files/page.js",
        "/files/curator.js",
        "/docs",
        f"/kiosk/{quote('../app.py')}",
    ],
)
def test_alone_it_is_all_there_is(address: str, path: str) -> None:
    assert call(address, "GET", path)[0] == 404


def test_the_page_names_nothing_remote(address: str) -> None:
    _, page = call(address, "GET", "/kiosk")
    names = re.findall('(?:href|src)="/files/([^"]+)"', page)
    assert len(names) == 6
    for name in names:
        status, text = call(address, "GET", f"/files/{name}") if "woff2" not in name else (200, "")
        assert status == 200
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", str(text))


@pytest.mark.parametrize("given", ["0", "6.9", "546", "nan", "inf", "wide", ""])
def test_a_screen_of_an_impossible_size_is_refused(given: str) -> None:
    with pytest.raises(SettingError, match="--screen-diagonal"):
        kiosk_settings(given)


def test_a_diagonal_may_be_written_with_a_comma() -> None:
    assert kiosk_settings("21,5") == KioskSettings(diagonal=21.5)
