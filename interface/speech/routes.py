"""Reading aloud: a quote, or a sentence of the interface, spoken by espeak-ng on this machine.

    POST /speech         {"quote": PERMALINK, "speed": 1.0} → a WAV file, sent while it is made
    GET  /speech/words   the same in the query → [{"start", "from", "to"}, …]: from `start` seconds
                         on, the characters `from` to `to` of the quote's text are spoken
    GET  /speech/voices  → ["de", "en", …]: languages that can be spoken; none without espeak-ng

In place of "quote", "words" names a sentence of the wording ("not_found", "kiosk.still_there"), in
the language "lang". Nothing else is spoken: this is no voice for anybody's text. Characters are
Unicode code points, as in all spans. Where the voice reports nothing of a word ("300만 명의" is one
number to it), the word goes with the one before: no time is guessed.
"""

from __future__ import annotations

import asyncio
import json
import re
from asyncio import StreamReader
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from pydantic import BaseModel, Field, ValidationError
from starlette.types import Receive, Scope, Send

from errors import DocentError
from interface.server.allow_list import RoutePermissions
from interface.server.answer_service import AnswerService
from interface.server.escaping import sendable
from interface.server.library import Library
from interface.server.limits import Busy, ConcurrencyLimit
from interface.speech.spoken_words import spoken, timed
from interface.speech.voices import MOST_SECONDS, speak, voice_of, voices
from interface.wording.languages import document_language
from interface.wording.wordings import Wording

NO_VOICE = (
    "No voice is installed, so nothing can be read aloud. Install one with: "
    "sudo apt-get install espeak-ng"
)
MOST_CHARACTERS = 4_000  # what `permalinks` finds again; some four minutes
VOICES_AT_ONCE = 2
MOST_WAITING = 8
WORDS_PER_MINUTE = 160  # at speed 1.0; visitors read along
RETRY_SECONDS = 5

_DEFAULT_LANGUAGE = "en"
_PIECE_BYTES = 65_536  # 1.5 s


class _Asked(BaseModel, extra="forbid"):
    quote: Annotated[str | None, Field(max_length=2_000)] = None
    words: Annotated[str | None, Field(max_length=100)] = None
    lang: Annotated[str, Field(max_length=20)] = _DEFAULT_LANGUAGE
    speed: Annotated[float, Field(ge=0.5, le=2.0)] = 1.0


@dataclass(frozen=True, slots=True)
class _Script:
    """What is spoken, how, and for each of its characters which one of the shown text it is."""

    text: str
    origins: list[int]
    voice: str
    words_per_minute: int


class _Refused(Exception):
    """Its text is one line for whoever asked."""

    def __init__(self, why: str, status_code: int) -> None:
        super().__init__(why)
        headers = {"Retry-After": str(RETRY_SECONDS)} if status_code == 503 else None
        self.response = PlainTextResponse(sendable(why), status_code, headers)


def add_speech(app: FastAPI, service: AnswerService) -> RoutePermissions:
    """Adds the three addresses above."""
    limit = ConcurrencyLimit(VOICES_AT_ONCE, MOST_WAITING)

    @app.exception_handler(_Refused)
    async def refused(request: Request, error: _Refused) -> Response:
        return error.response

    @app.post("/speech")
    async def speech(request: Request) -> Response:
        asked = _checked(await request.body())
        return _Sound(await run_in_threadpool(_script, asked, service), limit)

    @app.get("/speech/words")
    async def words(request: Request) -> Response:
        asked = _checked(dict(request.query_params))
        script = await run_in_threadpool(_script, asked, service)
        async with _voice(limit, "words", script) as voice:
            reported = await _read(voice, -1)
        return JSONResponse(timed(script.text, script.origins, json.loads(reported)))

    @app.get("/speech/voices")
    def speakable() -> list[str]:
        return sorted({code.partition("-")[0] for code in voices().values()})

    return RoutePermissions(re.compile("/speech/(words|voices)"), re.compile("/speech"))


def _checked(content: bytes | Mapping[str, str]) -> _Asked:
    check = _Asked.model_validate_json if isinstance(content, bytes) else _Asked.model_validate
    try:
        return check(content)  # type: ignore[arg-type]
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(map(str, fault["loc"])) or "The request"
        raise _Refused(f"{field}: {fault['msg']}.", 422) from error


def _script(asked: _Asked, service: AnswerService) -> _Script:
    if (asked.quote is None) == (asked.words is None):
        raise _Refused("Name either a quote or words to be read aloud.", 422)
    if not voices():
        raise _Refused(NO_VOICE, 503)
    if asked.quote is not None:
        text, language = _quoted(asked.quote, service.library)
    else:
        text, language = _worded(asked.words or "", service.wordings.get(asked.lang)), asked.lang
    voice = voice_of(language)
    if voice is None:
        raise _Refused(f"There is no voice for {language[:50]} on this machine.", 422)
    if len(text) > MOST_CHARACTERS:
        raise _Refused(f"Only {MOST_CHARACTERS:,} characters can be read aloud at once.", 413)
    said, origins = spoken(text)
    if not any(map(str.isalnum, said)):
        raise _Refused("There are no words in it to be read aloud.", 422)
    return _Script(said, origins, voice, round(WORDS_PER_MINUTE * asked.speed))


def _quoted(permalink_value: str, library: Library) -> tuple[str, str]:
    """The text of the quote, and the language that its document is said to be in."""
    try:
        quote = library.find(sendable(permalink_value))
    except DocentError as error:
        raise _Refused(str(error), 400) from error
    if quote is None:
        raise _Refused("The text has changed: the quote is no longer there.", 404)
    return quote.text, document_language(quote.document) or _DEFAULT_LANGUAGE


def _worded(key: str, wording: Wording | None) -> str:
    if wording is None:
        raise _Refused("lang: The interface does not speak that language.", 422)
    text = wording.sentences.get(key)
    if not isinstance(text, str) or "{" in text:
        raise _Refused("words: That is no sentence of the interface.", 422)
    return text


class _Sound(Response):
    """The voice begins once the reply is wanted, and ends with it: also when the listener left."""

    def __init__(self, script: _Script, limit: ConcurrencyLimit) -> None:
        super().__init__()
        self._script, self._limit = script, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sound: StreamingResponse | None = None
        try:
            async with _voice(self._limit, "sound", self._script) as voice:
                first = await _read(voice, _PIECE_BYTES)
                sound = StreamingResponse(_pieces(first, voice), media_type="audio/wav")
                await sound(scope, receive, send)
        except _Refused:
            if sound is None:  # else it is too late to say so: the sound breaks off
                raise


async def _pieces(first: bytes, voice: StreamReader) -> AsyncIterator[bytes]:
    yield first
    while piece := await voice.read(_PIECE_BYTES):
        yield piece


async def _read(voice: StreamReader, n_bytes: int) -> bytes:
    if beginning := await voice.read(n_bytes):
        return beginning
    raise _Refused("The voice failed.", 500)


@asynccontextmanager
async def _voice(
    limit: ConcurrencyLimit, task: Literal["sound", "words"], script: _Script
) -> AsyncIterator[StreamReader]:
    """In its turn. Raises _Refused where it does not come, or all takes too long."""
    speaking = speak(task, script.text, script.voice, script.words_per_minute)
    try:
        async with asyncio.timeout(MOST_SECONDS), limit.turn(), speaking as voice:
            yield voice
    except Busy:
        raise _Refused("All voices are speaking. Try again in a moment.", 503) from None
    except TimeoutError:
        raise _Refused("The voice took too long.", 503) from None
