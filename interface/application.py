"""The whole application: each part adds its routes, and the allow-list around them opens these.

    browser                            server
    /                  page            `chat.routes`: title, suggestions, a permalink's quote
    /?lang=CODE                        … in one of the languages of `wording/`
    /files/NAME        css, js, fonts  `server.static_files`: from memory, only names listed there
    page.js    -- question, turn id --> Gradio's queue --> `chat.gradio_queue`
               <-- html, turn id, announcement --
    documents.js --> /documents, /document, /document/piece: the list, one document, the pieces of
                   its text near the reader, marked at the quoted place
    /kiosk, /embed, /api/v1, /mcp, /speech, /take-away: each in the room of its name

All HTML is written by templates, which escape; the browser only puts it in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from interface.chat.routes import Stops, add_chat
from interface.embed.routes import add_embed
from interface.kiosk.routes import KioskSettings, add_kiosk, is_of_the_kiosk
from interface.kiosk.take_away import add_take_away
from interface.server.allow_list import AllowList, RoutePermissions
from interface.server.answer_service import AnswerObserver, AnswerService
from interface.server.library import Library
from interface.server.limits import RateLimit
from interface.server.static_files import add_files
from interface.server.web_settings import NOBODY_ELSE, WebSettings
from interface.speech.routes import add_speech
from interface.wording.wordings import Wordings


class Part(Protocol):
    """A part of the application that stands in a room above this one."""

    def join(self, app: FastAPI, library: Library) -> RoutePermissions:
        """Adds its routes and says what may be done there."""
        ...


def create_app(
    library: Library,
    wordings: Wordings,
    curator: Part | None = None,
    *,
    kiosk: KioskSettings | None = None,
    kiosk_only: bool = False,
    public_url: str | None = None,
    web: WebSettings = NOBODY_ELSE,
    observers: Sequence[AnswerObserver] = (),
) -> FastAPI:
    """Give it to an ASGI server.

    Only a `curator` opens the Curator page. `kiosk` is its screen; `kiosk_only`: it and /health
    are all there is. A phone comes to `public_url`. `web` opens API, frames and tools to others.
    `observers` are told of each answer.
    """
    rate_limit = RateLimit(web.a_minute) if web.a_minute else None
    service = AnswerService(library, wordings, list(observers), rate_limit)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    permissions = [
        _add_health(app),
        add_kiosk(app, service, kiosk or KioskSettings(), alone=kiosk_only),
        add_speech(app, service),
        add_take_away(app, service, public_url),
    ]
    if kiosk_only:
        permissions.append(add_files(app, is_of_the_kiosk))
    else:
        permissions += _add_open_parts(app, service, web, curator)
    app.add_middleware(AllowList, permissions=permissions, hosts=web.hosts)
    return app


def _add_health(app: FastAPI) -> RoutePermissions:
    """Says that the server answers, for whoever starts a browser or restarts a server."""

    @app.get("/health")
    async def health() -> JSONResponse:
        status = {"service": "docent", "status": "ok"}
        return JSONResponse(status, headers={"Cache-Control": "no-store"})

    return RoutePermissions(re.compile("/health"))


def _add_open_parts(
    app: FastAPI, service: AnswerService, web: WebSettings, curator: Part | None
) -> Iterator[RoutePermissions]:
    """All but the kiosk, with libraries that are imported only where they are used."""
    stops = Stops()
    yield add_files(app, lambda name: not name.startswith(("curator", "docent")))
    yield add_chat(app, service, stops)
    yield from add_embed(app, service, web.embed_origins)
    if web.api:
        from interface.api.routes import add_api

        yield add_api(app, service, web)
    if web.mcp:
        from interface.api.agents import add_agents

        yield add_agents(app, service, web)
    if curator:
        yield curator.join(app, service.library)
    from interface.api.access import AccessRules
    from interface.chat.gradio_queue import Conversation, add_gradio

    access = AccessRules(web.keys, service.rate_limit) if web.api else None
    yield from add_gradio(app, Conversation(service, stops), access)
