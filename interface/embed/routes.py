"""`/embed`: a compact chat for a frame in somebody else's page; `/docent.js` puts it there.

    the host's page                     the frame, from this server
    <script src="…/docent.js">   -->    /embed?lang=…&theme=…&question=…&host=ORIGIN
    CustomEvents docent:…        <--    messages: ready, height, asked, answered, idle
    place.docent.ask(…)          -->    messages: ask, theme, reset

Which pages may show the frame is said to the browser (`frame-ancestors`), and the frame speaks with
none but these. It needs no cookie and no storage, and fetches nothing from elsewhere.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from interface.chat.turn_renderer import TurnRenderer
from interface.server.allow_list import RoutePermissions
from interface.server.answer_service import AnswerService, explain_failure
from interface.server.escaping import ENVIRONMENT, sendable
from interface.server.limits import SECONDS_WHEN_BUSY, Busy
from interface.wording.languages import collection_texts

_TURN = "embed/templates/embed_turn.html.jinja"
_THEMES = ("light", "dark")
# A page elsewhere that isolates itself may load nothing, and frame nothing, that does not say so.
_FOR_OTHERS = {
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


def add_embed(
    app: FastAPI, service: AnswerService, origins: Sequence[str]
) -> list[RoutePermissions]:
    _add_page(app, service, origins)
    _add_asking(app, service)
    return [
        RoutePermissions(re.compile("/embed"), re.compile("/embed/ask"), _FOR_OTHERS, origins),
        RoutePermissions(re.compile(r"/docent\.js"), headers=_FOR_OTHERS),
    ]


def _add_page(app: FastAPI, service: AnswerService, origins: Sequence[str]) -> None:
    template = ENVIRONMENT.get_template("embed/templates/embed.html.jinja")
    script = Path(__file__).with_name("docent.js").read_bytes()

    @app.get("/embed")
    def embed(request: Request, lang: str = "", theme: str = "") -> HTMLResponse:
        wording = service.wording_for(lang, request)
        html = template.render(
            words=wording,
            texts=collection_texts(service.library.collection, wording.code),
            theme=theme if theme in _THEMES else "",
            origins=origins,
        )
        return HTMLResponse(html, headers={"Vary": "Accept-Language"})

    @app.get("/docent.js")
    async def docent_script() -> Response:
        return Response(script, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


def _add_asking(app: FastAPI, service: AnswerService) -> None:
    @app.post("/embed/ask")
    async def embedded_ask(request: Request) -> JSONResponse:
        # A form of another page can send text, but not this type without being allowed to.
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return JSONResponse({}, 415)
        try:
            content: Any = json.loads(await request.body())
        except (ValueError, RecursionError):
            return JSONResponse({}, 400)
        content = content if isinstance(content, dict) else {}
        question, turn_id, language = (
            sendable(str(content.get(name) or "")) for name in ("question", "turn_id", "language")
        )
        renderer = TurnRenderer(service.library, service.wording_for(language), _TURN)
        address = request.client.host if request.client else ""
        return await _reply(service, renderer, question, turn_id, address)


async def _reply(
    service: AnswerService, renderer: TurnRenderer, question: str, turn_id: str, address: str
) -> JSONResponse:
    """The turn; whatever goes wrong becomes a sentence for the visitor."""
    words = renderer.wording
    if (limit := service.rate_limit) and (seconds := limit.seconds_to_wait(address)):
        return _refuse_for_now(renderer, question, 429, seconds)

    def answer() -> dict[str, Any]:
        return renderer.reply(*service.answer(question, turn_id, door="embed", language=words.code))

    try:
        return JSONResponse(await service.concurrency_limit.run(answer))
    except Busy:
        return _refuse_for_now(renderer, question, 503, SECONDS_WHEN_BUSY)
    except Exception as error:
        why = explain_failure(error, question, words)
        return JSONResponse(renderer.refusal_reply(question, why))


def _refuse_for_now(
    renderer: TurnRenderer, question: str, status: int, seconds: float
) -> JSONResponse:
    refused = renderer.refusal_reply(question, renderer.wording["many_ask"])
    return JSONResponse(refused, status, {"Retry-After": str(max(1, math.ceil(seconds)))})
