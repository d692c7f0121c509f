"""The museum kiosk: one page for a screen that is touched, and what it asks of the server.

    browser                          server
    /kiosk               kiosk.html  the page, with every word of every language in it
    /kiosk/attract                   questions of this collection with their quotes
    /kiosk/ask    -- question, turn --> the answer: quotes, where they are from, what to ask next
    /kiosk/text                      the part of a document around a quote, or the part beside it
    /kiosk/forget -- turn --> what was remembered of a visitor goes

Words of documents and visitors come as HTML from templates; the page only puts them in place. All
other words it takes from the wording of the chosen language, so switching it asks nothing anew.
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import asdict, dataclass
from functools import partial
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from errors import SettingError
from interface.chat.text_pieces import TextPlace
from interface.kiosk.answer_parts import Attraction, answer_parts, text_part
from interface.server.allow_list import RoutePermissions
from interface.server.answer_service import AnswerService, explain_failure
from interface.server.escaping import ENVIRONMENT, sendable
from interface.server.limits import Busy
from interface.server.turns import new_id
from interface.wording.languages import collection_texts, shared_language
from interface.wording.wordings import Wording

SMALLEST_INCHES, LARGEST_INCHES = 7, 120
FORGET_SECONDS = 15 * 60  # a page that was switched off cannot ask for it

_PATHS = re.compile(r"/kiosk|/kiosk/(attract|text)")
_PATHS_ALONE = re.compile(rf"/|{_PATHS.pattern}")
_ASKED_PATHS = re.compile(r"/kiosk/(ask|forget)")
_FRESH = {"Cache-Control": "no-store"}
# Words of the chat page that the kiosk says too.
_SHARED_WORDS = (  # noqa: SIM905
    "found doubtful understood_as original transcription ocr translation translation_by not_found "
    "not_found_more related_passages language_label page document_gone"
).split()


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


def add_kiosk(
    app: FastAPI, service: AnswerService, settings: KioskSettings, *, alone: bool
) -> RoutePermissions:
    """Where the kiosk is `alone` it stands at the front door too."""
    _add_page(app, service, settings)
    if alone:

        @app.get("/")
        async def front_door(request: Request) -> RedirectResponse:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"/kiosk{query}", headers=_FRESH)

    _add_questions(app, service)
    attraction = Attraction(service.library)
    server = new_id()  # by which an open page sees that another server has taken over

    @app.get("/kiosk/attract")
    def attract() -> JSONResponse:
        return JSONResponse({"server": server, "quotes": attraction.quotes()}, headers=_FRESH)

    @app.get("/kiosk/text")
    def text(place: Annotated[TextPlace, Query()]) -> JSONResponse:
        part = text_part(service.library, service.wording_for(place.lang), place)
        if part is None:
            return JSONResponse({"gone": True}, status_code=404, headers=_FRESH)
        return JSONResponse(part, headers=_FRESH)

    return RoutePermissions(_PATHS_ALONE if alone else _PATHS, _ASKED_PATHS)


def is_of_the_kiosk(name: str) -> bool:
    """Whether a file is one that its page loads."""
    return name.startswith("kiosk") or name == "icon.svg" or name.endswith(".woff2")


def _add_page(app: FastAPI, service: AnswerService, settings: KioskSettings) -> None:
    template = ENVIRONMENT.get_template("kiosk/templates/kiosk.html.jinja")
    words = {code: _words(wording) for code, wording in service.wordings.items()}

    @app.get("/kiosk")
    def page(request: Request, lang: str | None = None) -> HTMLResponse:
        wording = service.wording_for(lang, request)
        collection = service.library.collection
        texts = {code: collection_texts(collection, code) for code in service.wordings}
        _, cards = service.library.documents(limit=50)
        page_settings = {
            **asdict(settings),
            "language": wording.code,
            "documentsLanguage": shared_language([card.metadata for card in cards]),
            "words": words,
            "said": {code: asdict(said) for code, said in texts.items()},
        }
        html = template.render(
            words=wording, title=texts[wording.code].title, settings=json.dumps(page_settings)
        )
        headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}
        return HTMLResponse(html, headers=headers)


def _words(wording: Wording) -> dict[str, object]:
    """All that the kiosk says in one language."""
    return {
        **{name: wording[name] for name in _SHARED_WORDS},
        **wording.table("kiosk"),
        "language": wording.language,
        "details": wording.table("details"),
    }


def _add_questions(app: FastAPI, service: AnswerService) -> None:
    @app.post("/kiosk/ask")
    async def kiosk_answer(asked: _Question) -> Response:
        wording = service.wording_for(asked.language)
        try:
            reply = await service.concurrency_limit.run(partial(_reply, service, asked, wording))
        except Busy:
            return Response(status_code=503, headers={"Retry-After": "1"})
        if turn := reply.get("turn"):
            loop = asyncio.get_running_loop()
            loop.call_later(FORGET_SECONDS, service.turns.forget, str(turn))
        return JSONResponse(reply, headers=_FRESH)

    @app.post("/kiosk/forget")
    def forget(visit: _Visit) -> Response:
        service.turns.forget(visit.turn)
        return Response(status_code=204, headers=_FRESH)


def _reply(service: AnswerService, asked: _Question, wording: Wording) -> dict[str, object]:
    """The answer for the page, or why there is none: no visitor sees a traceback."""
    question = sendable(asked.question)
    try:
        answer, turn = service.answer(question, asked.turn, door="kiosk", language=wording.code)
        service.turns.forget(asked.turn)  # only the last one is followed up
        return {"turn": turn, **answer_parts(service.library, answer)}
    except Exception as error:
        return {"refused": explain_failure(error, question, wording)}
