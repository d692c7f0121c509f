"""The web chat: Docent's own page over HTTP, its questions carried by Gradio's queue.

How the page is wired:

    browser                            server
    /                  page.html       `page`: title, suggested questions, or a permalink's quote
    /?lang=CODE                    … in one of the languages of `wording/`
    /files/NAME        css, js, fonts  from memory, only the names listed here
    page.js    -- question, turn id --> Gradio queue --> `gradio_queue.Conversation.ask`
               <-- html, turn id, announcement --
    documents.js -- /documents, /document, /document/piece --> HTML of the list, of one document,
                   of the pieces of its text near the reader, marked at the quoted place

All HTML is written by `render` and `render_documents` and escaped by `escaping`; the browser only
puts it in place. Gradio is used in its server mode: its queue takes questions in order, runs a few
at once and tells each visitor when theirs is answered, but its front end is not loaded, because
that needs `unsafe-eval` and names remote files. `guard` closes all of Gradio's other routes.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import fields
from pathlib import Path
from string import Template
from typing import Annotated, Any, Protocol

from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from pydantic import BaseModel, Field

from errors import DocentError
from interface.chat.growing import RECEIPT_PATH, STOP_PATH, Stops, add_growing
from interface.chat.render import Renderer
from interface.chat.render_documents import DocumentRenderer, mark
from interface.embed.routes import add_embed
from interface.kiosk.routes import KioskSettings, add_kiosk, of_the_kiosk
from interface.kiosk.take_away import add_take_away
from interface.server.allow_list import ASK_PATH, Area, Guard
from interface.server.asking import Asking, Noted
from interface.server.escaping import attribute, sendable, shown
from interface.server.health import add_health
from interface.server.library import Library
from interface.server.limits import Rate
from interface.server.static_files import add_files
from interface.server.web_settings import NOBODY_ELSE, WebSettings
from interface.speech.routes import add_speech
from interface.wording.languages import said_in
from interface.wording.wordings import Wording, Wordings, preferred

_FOLDER = Path(__file__).parent
Running = AbstractAsyncContextManager[None]

_READABLE = re.compile(
    rf"/|/documents|/document|/document/piece|{RECEIPT_PATH}|{ASK_PATH}/[0-9a-f]{{32}}"
)


class Part(Protocol):
    """A part of the application that stands in a room above this one."""

    def join(self, app: FastAPI, library: Library) -> Area:
        """Adds its routes; the area opens them."""
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
    noted: Sequence[Noted] = (),
) -> FastAPI:
    """The whole application: give it to an ASGI server.

    Each part adds its routes and returns the `Area` that opens them; nothing else can be reached.
    Only a `curator` opens the Curator page. `kiosk` is its screen; `kiosk_only`: it and /health
    are all there is. A phone comes to `public_url`. `web` opens API, frames and tools to others.
    `noted` is told of each answer.
    """
    asking = Asking(library, list(noted), Rate(web.a_minute) if web.a_minute else None)
    running: list[Running] = []
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=_lifespan(running))
    areas = [
        add_health(app),
        add_kiosk(app, asking, wordings, kiosk or KioskSettings(), alone=kiosk_only),
        add_speech(app, library, wordings),
        add_take_away(app, library, wordings, public_url),
    ]
    if kiosk_only:
        areas.append(add_files(app, of_the_kiosk))
    else:
        areas += [
            add_files(app, lambda name: not name.startswith(("curator", "docent"))),
            _add_chat(app, asking, wordings),
            *add_embed(app, asking, wordings, web.embed_origins),
            *_add_others(app, asking, wordings, web, running),
        ]
        if curator:
            areas.append(curator.join(app, library))
    app.add_middleware(Guard, areas=areas, hosts=web.hosts)
    return app


def _add_chat(app: FastAPI, asking: Asking, wordings: Wordings) -> Area:
    from interface.chat.gradio_queue import add_questions  # takes a second: not for a kiosk

    _add_page(app, asking.library, wordings)
    _add_documents(app, asking.library, wordings)
    stops = Stops()
    add_questions(app, asking, wordings, stops)
    add_growing(app, asking, wordings, stops)
    return Area(_READABLE, askable=re.compile(f"{ASK_PATH}|{STOP_PATH}"))


def _add_others(
    app: FastAPI, asking: Asking, wordings: Wordings, web: WebSettings, running: list[Running]
) -> Iterator[Area]:
    """The doors for programs, each with libraries that are imported only where it is open."""
    if web.api:
        from interface.api.routes import add_api

        yield add_api(app, asking, wordings, web)
    if web.mcp:
        from interface.api.agents import add_agents

        area, agents = add_agents(app, asking, wordings, web)
        running.append(agents)
        yield area


def _lifespan(running: Sequence[Running]) -> Callable[[FastAPI], Running]:
    """Enters what must run as long as the application is served."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for each in running:
                await stack.enter_async_context(each)
            yield

    return lifespan


def _add_page(app: FastAPI, library: Library, wordings: Wordings) -> None:
    template = Template((_FOLDER / "page.html").read_text(encoding="utf-8"))

    @app.get("/")
    def page(request: Request, quote: str | None = None, lang: str | None = None) -> HTMLResponse:
        wording = preferred(wordings, lang, request.headers.get("accept-language", ""))
        renderer = Renderer(library, wording)
        said = said_in(library.collection, wording.code)
        own = wording.code if wording.code in library.collection.translations else ""
        institution = f'<p class="institution">{shown(said.institution or "")}</p>'
        suggestions = renderer.suggested()
        heading = f"<h3>{shown(wording.suggestions_heading)}</h3>"
        return HTMLResponse(
            template.substitute(
                _words(wording),
                title=attribute(said.title),
                own=f'lang="{own}" dir="auto"' if said.welcome else 'dir="auto"',
                institution=institution if said.institution else "",
                welcome=shown(said.welcome or wording.welcome),
                languages=_language_switch(wordings, wording),
                suggestions=heading + suggestions if suggestions else "",
                linked="" if quote is None else _linked(library, renderer, sendable(quote)),
                open_documents=attribute(
                    wording.document_label if library.n_documents == 1 else wording.documents_button
                ),
                n_documents=library.n_documents,
                only_document=_only_document(library),
            ),
            headers={"Vary": "Accept-Language"},
        )


def _words(wording: Wording) -> dict[str, str]:
    """Every word of the page itself, fit for an attribute."""
    words: dict[str, Any] = {field.name: getattr(wording, field.name) for field in fields(Wording)}
    return {name: attribute(word) for name, word in words.items() if isinstance(word, str)}


def _language_switch(wordings: Wordings, wording: Wording) -> str:
    """Each language named in itself; nothing where there is only one."""
    if len(wordings) == 1:
        return ""
    options = "".join(
        f'<option value="{attribute(code)}" lang="{attribute(code)}"'
        f"{' selected' if code == wording.code else ''}>{shown(other.language)}</option>"
        for code, other in wordings.items()
    )
    label = attribute(wording.language_label)
    return f'<select id="language" aria-label="{label}" autocomplete="off">{options}</select>'


def _linked(library: Library, renderer: Renderer, permalink_value: str) -> str:
    try:
        return renderer.linked(library.find(permalink_value))
    except DocentError:  # half a link, or one written by hand
        return renderer.refusal(renderer.wording.linked, renderer.wording.link_incomplete, "linked")


def _only_document(library: Library) -> str:
    """The id of the one document, where there is no need of a list."""
    if library.n_documents != 1:
        return ""
    _, cards = library.documents(limit=1)
    return attribute(cards[0].document_id) if cards else ""


def _add_documents(app: FastAPI, library: Library, wordings: Wordings) -> None:
    def renderer(lang: str | None) -> DocumentRenderer:
        return DocumentRenderer(library, preferred(wordings, lang))

    def gone(lang: str | None) -> Response:
        return PlainTextResponse(preferred(wordings, lang).document_gone, status_code=404)

    @app.get("/documents")
    def documents(
        search: Annotated[str, Query(max_length=200)] = "",
        offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
        lang: str | None = None,
    ) -> HTMLResponse:
        return HTMLResponse(renderer(lang).cards(sendable(search), offset))

    @app.get("/document")
    def document(document_id: str, lang: str | None = None) -> Response:
        found = library.document(sendable(document_id))
        return gone(lang) if found is None else HTMLResponse(renderer(lang).document(found))

    @app.get("/document/piece")
    def piece(wanted: Annotated[_Piece, Query()]) -> Response:
        found = library.document(sendable(wanted.document_id))
        if found is None:
            return gone(wanted.lang)
        marks = mark(found, wanted.start, wanted.end, "quoted")
        marks += mark(found, wanted.from_, wanted.to, "answering")
        try:
            return HTMLResponse(renderer(wanted.lang).piece(found, wanted.number, marks))
        except IndexError:
            return gone(wanted.lang)


class _Piece(BaseModel):
    """What `/document/piece` is asked for: a piece, and what to mark in it (both or neither)."""

    document_id: str
    number: Annotated[int, Field(ge=0)]
    start: int | None = None
    end: int | None = None
    from_: Annotated[int | None, Field(alias="from")] = None
    to: int | None = None
    lang: str | None = None
