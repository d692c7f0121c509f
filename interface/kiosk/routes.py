"""The museum kiosk: one page for a screen that is touched, and what it asks of the server.

    browser                          server
    /kiosk               kiosk.html  the page, with every word of every language in it
    /kiosk/attract                   questions of this collection with their quotes
    /kiosk/ask    -- question, turn --> the answer: quotes, where they are from, what to ask next
    /kiosk/text                      the part of a document around a quote, or the part beside it
    /kiosk/forget -- turn --> what was remembered of a visitor goes

Words of documents and visitors come as HTML from `escaping`; the page only puts them in place. All
other words it takes from the wording of the chosen language, so switching it asks nothing anew.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from string import Template
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from errors import DocentError, SettingError
from interface.kiosk.answers import Attraction, answer_parts, text_part
from interface.server.allow_list import Area
from interface.server.asking import Asking, why_not
from interface.server.escaping import attribute, sendable
from interface.server.library import Library
from interface.server.limits import Busy
from interface.server.turns import new_id
from interface.wording.languages import said_in, shared_language
from interface.wording.wordings import Wording, Wordings, preferred

SMALLEST_INCHES, LARGEST_INCHES = 7, 120
FORGET_SECONDS = 15 * 60  # a page that was switched off cannot ask for it

_FOLDER = Path(__file__).parent
_PATHS = re.compile(r"/kiosk|/kiosk/(attract|text)")
_PATHS_ALONE = re.compile(rf"/|{_PATHS.pattern}")
_ASKED_PATHS = re.compile(r"/kiosk/(ask|forget)")
_FRESH = {"Cache-Control": "no-store"}
# Words of the chat page that the kiosk says too.
_SHARED_WORDS = (  # noqa: SIM905
    "found doubtful understood_as original transcription ocr translation translation_by not_found "
    "not_found_more related_passages language_label page document_gone"
).split()

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KioskSettings:
    """Of one screen. From its diagonal, in inches, the page finds out how long a millimetre is.

    In seconds: nothing is touched until the countdown begins, it lasts, each quote attracts.
    """

    diagonal: float = 21.5
    idle: float = 90
    countdown: float = 25
    attract: float = 12  # a quote of some thirty words is read twice


def kiosk_settings(diagonal: str) -> KioskSettings:
    """Raises SettingError for what is no screen's diagonal in inches."""
    try:
        inches = float(diagonal.replace(",", "."))
    except ValueError:
        inches = 0.0
    if not SMALLEST_INCHES <= inches <= LARGEST_INCHES:
        raise SettingError(
            f"A screen has no diagonal of {diagonal[:20]} inches.",
            f"Give one from {SMALLEST_INCHES} to {LARGEST_INCHES}: --screen-diagonal 21.5",
        )
    return KioskSettings(diagonal=inches)


class _Question(BaseModel, extra="forbid"):
    question: Annotated[str, Field(max_length=5_000)]
    turn: Annotated[str, Field(max_length=100)] = ""
    language: Annotated[str, Field(max_length=20)] = ""


class _Visit(BaseModel, extra="forbid"):
    turn: Annotated[str, Field(max_length=100)]


class _Place(BaseModel):
    """A quote in its document, or a part of the document by its number."""

    document_id: str
    number: Annotated[int | None, Field(ge=0)] = None
    start: int | None = None
    end: int | None = None
    from_: Annotated[int | None, Field(alias="from")] = None
    to: int | None = None
    lang: str = ""


def add_kiosk(
    app: FastAPI,
    asking: Asking,
    wordings: Wordings,
    settings: KioskSettings,
    *,
    alone: bool,
) -> Area:
    """Where the kiosk is `alone` it stands at the front door too."""
    library = asking.library
    _add_page(app, library, wordings, settings)
    if alone:

        @app.get("/")
        async def front_door(request: Request) -> RedirectResponse:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"/kiosk{query}", headers=_FRESH)

    _add_questions(app, asking, wordings)
    attraction = Attraction(library)
    server = new_id()  # by which an open page sees that another server has taken over

    @app.get("/kiosk/attract")
    def attract() -> JSONResponse:
        return JSONResponse({"server": server, "quotes": attraction.quotes()}, headers=_FRESH)

    @app.get("/kiosk/text")
    def text(place: Annotated[_Place, Query()]) -> JSONResponse:
        wording = preferred(wordings, place.lang)
        part = text_part(library, wording, **place.model_dump(exclude={"lang"}))
        if part is None:
            return JSONResponse({"gone": True}, status_code=404, headers=_FRESH)
        return JSONResponse(part, headers=_FRESH)

    return Area(_PATHS_ALONE if alone else _PATHS, askable=_ASKED_PATHS)


def of_the_kiosk(name: str) -> bool:
    """Whether a file is one that its page loads."""
    return name.startswith("kiosk") or name == "icon.svg" or name.endswith(".woff2")


def _add_page(app: FastAPI, library: Library, wordings: Wordings, settings: KioskSettings) -> None:
    template = Template((_FOLDER / "kiosk.html").read_text(encoding="utf-8"))
    words = {code: _words(wording) for code, wording in wordings.items()}

    @app.get("/kiosk")
    def page(request: Request, lang: str | None = None) -> HTMLResponse:
        wording = preferred(wordings, lang, request.headers.get("accept-language", ""))
        collection = library.collection
        said = {code: asdict(said_in(collection, code)) for code in wordings}
        _, cards = library.documents(limit=50)
        given = {
            **asdict(settings),
            "language": wording.code,
            "documentsLanguage": shared_language([card.metadata for card in cards]),
            "words": words,
            "said": said,
        }
        return HTMLResponse(
            template.substitute(
                code=wording.code,
                title=attribute(said[wording.code]["title"]),
                needs_javascript=attribute(wording.needs_javascript),
                given=attribute(json.dumps(given)),
            ),
            headers={"Cache-Control": "no-cache", "Vary": "Accept-Language"},
        )


def _words(wording: Wording) -> dict[str, object]:
    """All that the kiosk says in one language."""
    shared = {name: getattr(wording, name) for name in _SHARED_WORDS}
    return {
        **shared,
        **asdict(wording.kiosk),
        "language": wording.language,
        "details": dict(wording.details),
    }


def _add_questions(app: FastAPI, asking: Asking, wordings: Wordings) -> None:
    @app.post("/kiosk/ask")
    async def ask(asked: _Question) -> Response:
        wording = preferred(wordings, asked.language)
        try:
            said = await asking.places.run(partial(_answered, asking, asked, wording))
        except Busy:
            return Response(status_code=503, headers={"Retry-After": "1"})
        if turn := said.get("turn"):
            loop = asyncio.get_running_loop()
            loop.call_later(FORGET_SECONDS, asking.turns.forget, str(turn))
        return JSONResponse(said, headers=_FRESH)

    @app.post("/kiosk/forget")
    def forget(visit: _Visit) -> Response:
        asking.turns.forget(visit.turn)
        return Response(status_code=204, headers=_FRESH)


def _answered(asking: Asking, asked: _Question, wording: Wording) -> dict[str, object]:
    """The answer for the page, or why there is none: no visitor sees a traceback."""
    question = sendable(asked.question)
    try:
        answer, turn = asking.ask(question, asked.turn, door="kiosk", language=wording.code)
        asking.turns.forget(asked.turn)  # only the last one is followed up
        return {"turn": turn, **answer_parts(asking.library, answer)}
    except DocentError as error:
        return {"refused": sendable(why_not(error, question, wording))}
    except Exception:
        _log.exception("A question could not be answered")
        return {"refused": wording.failed}
