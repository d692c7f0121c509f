"""Reading aloud over real HTTP: what is spoken, when each word is heard, what stays silent."""

from __future__ import annotations

import array
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from http.client import HTTPConnection, HTTPResponse
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from browsing import StandIn, gdr_document, serving, stand_in
from fastapi import FastAPI
from playwright.sync_api import Browser

from datatypes import Document
from interface.server.allow_list import AllowList
from interface.server.answer_service import AnswerService
from interface.speech import routes as speech_routes
from interface.speech import voices as speech_room
from interface.speech.routes import (
    MOST_CHARACTERS,
    MOST_WAITING,
    NO_VOICE,
    VOICES_AT_ONCE,
    add_speech,
)
from interface.speech.voices import voices
from interface.wording.wordings import load_wordings

SAMPLES_PER_SECOND = 22_050
HEADER_BYTES = 44
NEAR_SECONDS = 0.045
"""Two pictures of a screen; the silence before a German vowel takes most of it."""

LISTED = {
    "en": "Anna, Otto, seven, Emma, many, Ida, lower, Uncle, nine, every, all, over.",
    "de": "Anna, Otto, sieben, Emma, Mensch, Ida, Lohn, Onkel, neun, immer, alle, oben.",
    "fr": "Anna, onze, sept, elle, maison, idée, loin, oncle, neuf, aller.",
    "es": "Ana, once, siete, ella, mano, isla, luna, ocho, nueve, alto.",
    "ko": "안나, 오늘, 사람, 아버지, 여름, 어머니, 우리, 이름.",
}


def app_of(library: StandIn) -> FastAPI:
    app = FastAPI()
    app.add_middleware(
        AllowList, permissions=[add_speech(app, AnswerService(library, load_wordings()))]
    )
    return app


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    voices.cache_clear()
    if not voices():
        pytest.skip("no voice: install espeak-ng")
    with serving(app_of(stand_in())) as url:
        yield url


def send(address: str, asked: object) -> HTTPResponse:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    body = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
    connection.request("POST", "/speech", body)
    return connection.getresponse()


def samples(address: str, **asked: object) -> array.array[int]:
    reply = send(address, asked)
    sound = reply.read()
    assert reply.status == 200, sound
    assert reply.headers["content-type"] == "audio/wav"
    assert (sound[:4], sound[8:12]) == (b"RIFF", b"WAVE")
    spoken = array.array("h")
    spoken.frombytes(sound[HEADER_BYTES:])
    if sys.byteorder == "big":
        spoken.byteswap()
    return spoken


def get(address: str, path: str, **query: object) -> Any:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request("GET", f"{path}?{urlencode(query)}")
    reply = connection.getresponse()
    text = reply.read().decode()
    assert reply.status == 200, text
    return json.loads(text)


def speaking(text: str, language: str = "") -> StandIn:
    metadata = {"language": language} if language else {}
    return stand_in(Document("one", "One", text, metadata=metadata))


def whole(text: str) -> str:
    return f"0-{len(text)}"


def running() -> list[int]:
    """The processes of voices that this one has started."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # it may end while it is looked at
            for pid in (task / "children").read_text().split():
                if b"voice.py" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.append(int(pid))
    return found


def test_a_quote_is_spoken(address: str) -> None:
    start = gdr_document().text.index("Currently about")
    spoken = samples(address, quote=f"{start}-{start + 69}")
    assert 3 < len(spoken) / SAMPLES_PER_SECOND < 6
    assert max(spoken) > 3_000


def test_twice_the_speed_takes_about_half_the_time(address: str) -> None:
    slow, plain, fast = (
        len(samples(address, quote="2891-2960", speed=speed)) for speed in (0.5, 1, 2)
    )
    assert 1.6 < slow / plain < 2.4
    assert 0.4 < fast / plain < 0.65


def test_the_words_of_a_quote_are_named_in_order(address: str) -> None:
    text = gdr_document().text
    quote = text[2891:2960]
    words = get(address, "/speech/words", quote="2891-2960")
    said = [quote[word["from"] : word["to"]] for word in words]
    assert " ".join(said) == quote
    assert len(said) == 10
    starts = [word["start"] for word in words]
    assert starts == sorted(starts)
    assert starts[0] == 0


@pytest.mark.parametrize("language", LISTED)
@pytest.mark.usefixtures("address")
def test_a_word_is_named_when_it_is_heard(language: str) -> None:
    """Between commas there is silence, so that the sound itself shows where each word begins."""
    text = LISTED[language]
    with serving(app_of(speaking(text, language))) as address:
        words = get(address, "/speech/words", quote=whole(text))
        loud = [at for at, sample in enumerate(samples(address, quote=whole(text))) if sample > 300]
    pause = SAMPLES_PER_SECOND // 20
    heard = [
        loud[0],
        *(at for before, at in pairwise(loud) if at - before > pause),
    ]
    assert len(words) == len(heard) == text.count(",") + 1
    wrong = [
        abs(word["start"] - at / SAMPLES_PER_SECOND) for word, at in zip(words, heard, strict=True)
    ]
    assert max(wrong) < NEAR_SECONDS


@pytest.mark.usefixtures("address")
def test_words_that_the_voice_takes_together_are_named_together() -> None:
    text = "천리마 운동에는 약 300만 명의 노동자가 참여하고 있다."
    with serving(app_of(speaking(text, "Korean"))) as address:
        words = get(address, "/speech/words", quote=whole(text))
    said = [text[word["from"] : word["to"]] for word in words]
    assert " ".join(said) == text
    assert len(said) > 4


@pytest.mark.usefixtures("address")
def test_a_word_broken_at_the_end_of_a_line_is_one_word_in_its_place() -> None:
    text = "The **coopera-\ntion** went on."
    with serving(app_of(speaking(text))) as address:
        words = get(address, "/speech/words", quote=whole(text))
    assert [text[word["from"] : word["to"]] for word in words][:2] == ["The", "coopera-\ntion"]


@pytest.mark.usefixtures("address")
def test_the_voice_speaks_the_documents_language() -> None:
    text = "Die Verhandlungen waren schwierig."
    lengths = {}
    for language in ("", "German", "de-AT", "Deutsch", "English"):
        with serving(app_of(speaking(text, language))) as address:
            lengths[language] = samples(address, quote=whole(text))
    assert lengths["German"] == lengths["de-AT"] == lengths["Deutsch"]
    assert lengths[""] == lengths["English"] != lengths["German"]


@pytest.mark.usefixtures("address")
@pytest.mark.parametrize(
    ("language", "voice", "text"),
    [("en-GB", "en", "The bath"), ("zh", "cmn", "北京大學"), ("no", "nb", "Hvor er du?")],
)
def test_a_language_is_spoken_whatever_its_voice_is_called(
    language: str, voice: str, text: str
) -> None:
    heard = []
    for code in (language, voice):
        with serving(app_of(speaking(text, code))) as address:
            heard.append(samples(address, quote=whole(text)))
    assert heard[0] == heard[1]


@pytest.mark.parametrize("language", LISTED)
def test_the_interface_can_be_heard_in_each_of_its_languages(address: str, language: str) -> None:
    assert language in load_wordings()
    assert language in get(address, "/speech/voices")
    assert len(samples(address, words="not_found", lang=language)) > SAMPLES_PER_SECOND
    assert get(address, "/speech/words", words="kiosk.still_there", lang=language)


@pytest.mark.parametrize(
    ("asked", "status", "why"),
    [
        (b"", 422, "Invalid JSON"),
        (b"[1]", 422, "object"),
        ({}, 422, "either a quote or words"),
        ({"text": "Buy now!"}, 422, "text: Extra inputs"),
        ({"words": "Buy now!"}, 422, "no sentence of the interface"),
        ({"words": "details"}, 422, "no sentence of the interface"),
        ({"words": "__doc__"}, 422, "no sentence of the interface"),
        ({"words": "n_documents"}, 422, "no sentence of the interface"),
        ({"words": "not_found", "lang": "tlh"}, 422, "lang: "),
        ({"words": "not_found", "quote": "0-5"}, 422, "either a quote or words"),
        ({"quote": "half a link"}, 400, "not complete"),
        ({"quote": "0-999999"}, 404, "The text has changed"),
        ({"quote": f"0-{MOST_CHARACTERS + 1}"}, 413, "4,000 characters"),
        ({"quote": "0-5", "speed": 0.49}, 422, "speed: "),
        ({"quote": "0-5", "speed": 2.1}, 422, "speed: "),
        ({"quote": "0-5", "speed": "-v"}, 422, "speed: "),
        (b'{"quote": "0-5", "speed": NaN}', 422, "speed: "),
        ({"quote": "\ud800"}, 422, "Invalid JSON"),
    ],
)
def test_nothing_else_is_spoken(address: str, asked: object, status: int, why: str) -> None:
    reply = send(address, asked)
    said = reply.read().decode()
    assert (reply.status, said.count("\n")) == (status, 0)
    assert why in said


@pytest.mark.usefixtures("address")
@pytest.mark.parametrize(
    ("text", "language", "why"),
    [("nuqneH", "xx", "no voice for xx"), ("… – ***", "", "no words in it")],
)
def test_what_cannot_be_spoken_says_why(text: str, language: str, why: str) -> None:
    with serving(app_of(speaking(text, language))) as address:
        reply = send(address, {"quote": whole(text)})
        assert reply.status == 422
        assert why in reply.read().decode()


@pytest.mark.usefixtures("address")
@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("\x01400SOne word after the other.", " 400SOne word after the other."),
        ("One word\x00 after the other.", "One word after the other."),
        ("One *word* after\n\nthe `other`.", "One  word  after the  other ."),
    ],
)
def test_commands_and_marks_are_blanks(hostile: str, harmless: str) -> None:
    spoken = []
    for text in (hostile, harmless):
        with serving(app_of(speaking(text))) as address:
            spoken.append(samples(address, quote=whole(text)))
    assert spoken[0] == spoken[1]


@pytest.mark.usefixtures("address")
@pytest.mark.parametrize(
    "markup",
    [
        "<break time='60s'/>",
        "<speak><prosody rate='0.1'>x</prosody></speak>",
        "<audio src='/etc/hostname'/>",
        "[[h@'loU]]",
    ],
)
def test_markup_of_speech_is_read_as_the_text_it_is(markup: str) -> None:
    text = f"Before {markup} after."
    with serving(app_of(speaking(text))) as address:
        words = get(address, "/speech/words", quote=whole(text))
        seconds = len(samples(address, quote=whole(text))) / SAMPLES_PER_SECOND
    assert seconds < 15
    assert "".join(text[word["from"] : word["to"]] for word in words) == text.replace(" ", "")


@pytest.mark.usefixtures("address")
def test_any_text_is_spoken_or_refused_in_time() -> None:
    letters = "".join(map(chr, [*range(1, 0xD800, 17), *range(0xE000, 0x20000, 61)]))
    for start in range(0, len(letters), 1_000):
        text = letters[start : start + 1_000]
        with serving(app_of(speaking(text))) as address:
            reply = send(address, {"quote": whole(text)})
            assert reply.status in (200, 422)
            reply.read()
            assert reply.status != 200 or get(address, "/speech/words", quote=whole(text))


def long_reading() -> StandIn:
    return speaking("It was a long story, and nobody listened to it. " * 80)


LONG = {"quote": f"0-{MOST_CHARACTERS - 200}"}


def until(done: Any, seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.05)
    return bool(done())


@pytest.mark.usefixtures("address")
@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="needs /proc")
def test_the_voice_falls_silent_when_the_listener_leaves() -> None:
    with serving(app_of(long_reading())) as address:
        for _ in range(VOICES_AT_ONCE + 1):
            listener = socket.create_connection(("127.0.0.1", urlsplit(address).port))
            ask_and_wait(listener)
            assert len(running()) == 1
            listener.close()
            assert until(lambda: not running())


def ask_and_wait(listener: socket.socket) -> None:
    body = json.dumps(LONG).encode()
    listener.sendall(
        b"POST /speech HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    )
    assert listener.recv(4)[:4] == b"HTTP"


@pytest.mark.usefixtures("address")
@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="needs /proc")
def test_who_does_not_listen_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech_routes, "MOST_SECONDS", 2)
    with (
        serving(app_of(long_reading())) as address,
        socket.create_connection(("127.0.0.1", urlsplit(address).port)) as listener,
    ):
        ask_and_wait(listener)
        assert len(running()) == 1
        assert until(lambda: not running())
        in_turn = [send(address, {"words": "not_found"}) for _ in range(VOICES_AT_ONCE)]
        assert [reply.status for reply in in_turn if reply.read()] == [200] * VOICES_AT_ONCE


@pytest.mark.usefixtures("address")
def test_few_wait_for_a_voice_and_more_are_asked_to_come_again() -> None:
    with (
        serving(app_of(long_reading())) as address,
        ThreadPoolExecutor(MOST_WAITING + 1) as visitors,
    ):
        port = urlsplit(address).port
        deaf = [socket.create_connection(("127.0.0.1", port)) for _ in range(VOICES_AT_ONCE)]
        for listener in deaf:
            ask_and_wait(listener)

        def visit() -> HTTPResponse:
            return send(address, {"words": "not_found"})

        answered = as_completed([visitors.submit(visit) for _ in range(MOST_WAITING + 1)])
        refused = next(answered).result()
        assert refused.status == 503
        assert refused.headers["Retry-After"].isdecimal()
        assert refused.read() == b"All voices are speaking. Try again in a moment."
        for listener in deaf:
            listener.close()
        assert [visitor.result().status for visitor in answered] == [200] * MOST_WAITING


def test_without_espeak_ng_there_are_no_voices_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = [sys.executable, "-I", "-S", "-c", "import sys; sys.exit(3)"]
    monkeypatch.setattr(speech_room, "_PROGRAM", program)
    voices.cache_clear()
    try:
        with serving(app_of(stand_in())) as address:
            assert get(address, "/speech/voices") == []
            reply = send(address, {"words": "not_found"})
            assert (reply.status, reply.read().decode()) == (503, NO_VOICE)
    finally:
        voices.cache_clear()


def test_a_browser_plays_what_is_sent(browser: Browser, address: str) -> None:
    expected = len(samples(address, words="not_found")) / SAMPLES_PER_SECOND
    page = browser.new_page()
    page.goto(f"{address}speech/voices")
    seconds = page.evaluate(
        """async () => {
            const body = JSON.stringify({ words: "not_found" });
            const reply = await fetch("/speech", { method: "POST", body });
            const audio = new AudioContext();
            return (await audio.decodeAudioData(await reply.arrayBuffer())).duration;
        }"""
    )
    assert seconds == pytest.approx(expected, abs=0.01)
