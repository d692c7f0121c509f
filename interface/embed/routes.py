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
import logging
import math
import re
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from errors import DocentError
from interface.api.problems import SECONDS_WHEN_BUSY
from interface.embed.render import EmbedRenderer
from interface.server.allow_list import Area
from interface.server.asking import LONGEST_QUESTION, Asking, why_not
from interface.server.escaping import attribute, sendable, shown
from interface.server.limits import Busy
from interface.server.turns import new_id
from interface.wording.languages import said_in
from interface.wording.wordings import Wordings, preferred

_FOLDER = Path(__file__).parent
_THEMES = ("light", "dark")
# A page elsewhere that isolates itself may load nothing, and frame nothing, that does not say so.
_FOR_OTHERS = {
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
_log = logging.getLogger(__name__)


def add_embed(
    app: FastAPI,
    asking: Asking,
    wordings: Wordings,
    origins: Sequence[str],
) -> list[Area]:
    _add_page(app, asking, wordings, origins)
    _add_asking(app, _Chat(asking, wordings))
    return [
        Area(
            re.compile("/embed"),
            askable=re.compile("/embed/ask"),
            headers=_FOR_OTHERS,
            framed_by=origins,
        ),
        Area(re.compile(r"/docent\.js"), headers=_FOR_OTHERS),
    ]


def _add_page(app: FastAPI, asking: Asking, wordings: Wordings, origins: Sequence[str]) -> None:
    template = Template((_FOLDER / "embed.html").read_text(encoding="utf-8"))
    script = (_FOLDER / "docent.js").read_bytes()

    @app.get("/embed")
    def embed(request: Request, lang: str = "", theme: str = "") -> HTMLResponse:
        wording = preferred(wordings, lang, request.headers.get("accept-language", ""))
        collection = asking.library.collection
        said = said_in(collection, wording.code)
        own = f' lang="{wording.code}"' if wording.code in collection.translations else ""
        institution = f'<span dir="auto">{shown(said.institution or "")}</span>'
        words = template.substitute(
            code=attribute(wording.code),
            theme=f' data-theme="{theme}"' if theme in _THEMES else "",
            origins=attribute(" ".join(origins)),
            own=f'{own} dir="auto"',
            title=shown(said.title),
            welcome=shown(said.welcome or wording.welcome),
            institution=institution if said.institution else "",
            suggestions=EmbedRenderer(asking.library, wording).suggested(),
            **{name: attribute(getattr(wording, name)) for name in _WORDS},
        )
        return HTMLResponse(sendable(words), headers={"Vary": "Accept-Language"})

    @app.get("/docent.js")
    async def docent_script() -> Response:
        return Response(script, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


_WORDS = (
    "ask_button",
    "conversation_cleared",
    "conversation_label",
    "copied",
    "documents_button",
    "needs_javascript",
    "new_conversation",
    "not_copied",
    "question_label",
    "question_placeholder",
    "still_waiting",
    "unreachable",
    "waiting",
)


def _add_asking(app: FastAPI, chat: _Chat) -> None:
    @app.post("/embed/ask")
    async def embedded_ask(request: Request) -> JSONResponse:
        # A form of another page can send text, but not this type without being allowed to.
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return JSONResponse({}, 415)
        try:
            said: Any = json.loads(await request.body())
        except (ValueError, RecursionError):
            return JSONResponse({}, 400)
        said = said if isinstance(said, dict) else {}
        question, turn_id, language = (
            sendable(str(said.get(name) or "")) for name in ("question", "turn_id", "language")
        )
        address = request.client.host if request.client else ""
        return await chat.ask(question, turn_id, language, address)


class _Chat:
    """Answers as the frame shows them: whatever goes wrong becomes a sentence for the visitor."""

    def __init__(self, asking: Asking, wordings: Wordings) -> None:
        self._asking = asking
        self._wordings = wordings

    async def ask(self, question: str, turn_id: str, language: str, address: str) -> JSONResponse:
        wording = preferred(self._wordings, language)
        renderer = EmbedRenderer(self._asking.library, wording)
        if (rate := self._asking.rate) and (seconds := rate.seconds_to_wait(address)):
            return _later(renderer, question, 429, seconds)
        try:
            return JSONResponse(
                await self._asking.places.run(lambda: self._turn(question, turn_id, renderer))
            )
        except Busy:
            return _later(renderer, question, 503, SECONDS_WHEN_BUSY)
        except DocentError as error:
            return JSONResponse(_refused(renderer, question, why_not(error, question, wording)))
        except Exception:
            _log.exception("A question could not be answered")
            return JSONResponse(_refused(renderer, question, wording.failed))

    def _turn(self, question: str, turn_id: str, renderer: EmbedRenderer) -> dict[str, Any]:
        answer, new_turn_id = self._asking.ask(
            question, turn_id, door="embed", language=renderer.wording.code
        )
        return {
            "html": sendable(renderer.answer(answer, new_turn_id)),
            "turn_id": new_turn_id,
            "announcement": sendable(renderer.announcement(answer)),
            "found": answer.found,
            "n_quotes": len(answer.citations),
        }


def _later(renderer: EmbedRenderer, question: str, status: int, seconds: float) -> JSONResponse:
    headers = {"Retry-After": str(max(1, math.ceil(seconds)))}
    refused = _refused(renderer, question, renderer.wording.many_ask)
    return JSONResponse(refused, status, headers)


def _refused(renderer: EmbedRenderer, question: str, why: str) -> dict[str, Any]:
    html = renderer.refusal(question[:LONGEST_QUESTION], why, new_id())
    return {
        "html": sendable(html),
        "turn_id": "",
        "announcement": sendable(why),
        "found": False,
        "n_quotes": 0,
    }
