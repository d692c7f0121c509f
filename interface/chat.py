"""The web chat: Docent's own page over HTTP, its questions carried by Gradio's queue.

How the page is wired:

    browser                            server
    /                  page.html       `page`: title, suggested questions, or a permalink's quote
    /files/NAME        css, js, fonts  from memory, only the names listed here
    page.js    -- question, turn id --> Gradio queue --> `_Conversation.ask` --> library.ask
               <-- html, turn id, announcement --
    documents.js -- /documents, /document, /document/piece --> HTML of the list, of one document,
                   of the pieces of its text near the reader, marked at the quoted place

All HTML is written by `render` and `render_documents` and escaped by `escaping`; the browser only
puts it in place. Gradio is used in its server mode: its queue takes questions in order, runs a few
at once and tells each visitor when theirs is answered, but its front end is not loaded, because
that needs `unsafe-eval` and names remote files. `guard` closes all of Gradio's other routes.
"""

from __future__ import annotations

import logging
from dataclasses import fields
from pathlib import Path
from string import Template
from typing import Annotated

import gradio
import gradio.events
from fastapi import FastAPI, Query
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from pydantic import BaseModel, Field

from datatypes import Document, Span
from errors import DocentError
from interface import quick_gradio
from interface.curator import Curator, add_curator
from interface.escaping import attribute, sendable, shown
from interface.guard import Guard
from interface.library import Library
from interface.render import Renderer
from interface.render_documents import DocumentRenderer
from interface.turns import Turns, new_id
from interface.wording import Wording

QUESTIONS_AT_ONCE = 4  # more threads than this only take turns on two cores

_FOLDER = Path(__file__).parent
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_KINDS[".woff2"] = "font/woff2"

_log = logging.getLogger(__name__)


def create_app(library: Library, wording: Wording, curator: Curator | None = None) -> FastAPI:
    """The whole application: give it to an ASGI server. Only a `curator` opens the Curator page."""
    quick_gradio.without_plots()
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard, curator=curator.door if curator else None)
    _add_files(app)
    _add_page(app, library, wording)
    _add_documents(app, DocumentRenderer(library, wording))
    _add_questions(app, _Conversation(library, wording))
    if curator:
        add_curator(app, curator, library)
    return app


class _Conversation:
    """Answers questions, and remembers the answers that the next ones may follow up."""

    def __init__(self, library: Library, wording: Wording) -> None:
        self._library = library
        self._renderer = Renderer(library, wording)
        self._wording = wording
        self._turns = Turns()

    def ask(self, question: str, turn_id: str) -> dict[str, str]:
        """HTML of the turn, the id to follow it up, and what a screen reader says.

        Whatever goes wrong becomes a sentence: no visitor sees a traceback.
        """
        question, turn_id = sendable(str(question)), str(turn_id)
        try:
            answer = self._library.ask(question, previous=self._turns.find(turn_id))
            new_turn_id = self._turns.keep(answer)
            html = self._renderer.answer(answer, new_turn_id)
            said = sendable(self._renderer.announcement(answer))
        except DocentError as error:
            return self._refused(question, str(error))
        except Exception:
            _log.exception("A question could not be answered")
            return self._refused(question, self._wording.failed)
        return {"html": html, "turn_id": new_turn_id, "announcement": said}

    def _refused(self, question: str, why: str) -> dict[str, str]:
        # An id of its own, which nothing is kept under: the page may show several refusals.
        html = self._renderer.refusal(question[:500], why, new_id())
        return {"html": html, "turn_id": "", "announcement": sendable(why)}


def _add_questions(app: FastAPI, conversation: _Conversation) -> None:
    with gradio.Blocks(analytics_enabled=False, mode="server") as blocks:
        gradio.events.api(
            conversation.ask,
            api_name="ask",
            api_visibility="undocumented",
            concurrency_limit=QUESTIONS_AT_ONCE,
        )
    gradio.mount_gradio_app(
        app,
        blocks,
        path="/questions",
        footer_links=[],
        run_history=False,
        blocked_paths=["/"],
        show_error=False,
        max_file_size=0,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
    )


def _add_files(app: FastAPI) -> None:
    paths = [*_FOLDER.iterdir(), *(_FOLDER / "fonts").iterdir()]
    paths = [path for path in paths if not path.name.startswith("curator")]
    files = {path.name: path.read_bytes() for path in paths if path.suffix in _KINDS}

    @app.get("/files/{name}")
    async def file(name: str) -> Response:
        if name not in files:
            return PlainTextResponse("There is no such file.", status_code=404)
        kept = "max-age=604800" if name.endswith(".woff2") else "no-cache"
        kind = _KINDS[Path(name).suffix]
        return Response(files[name], media_type=kind, headers={"Cache-Control": kept})


def _add_page(app: FastAPI, library: Library, wording: Wording) -> None:
    template = Template((_FOLDER / "page.html").read_text(encoding="utf-8"))
    renderer = Renderer(library, wording)
    words = {field.name: attribute(getattr(wording, field.name)) for field in fields(Wording)}

    @app.get("/health")
    async def health() -> dict[str, str]:
        """That the server answers: what the kiosk's browser waits for."""
        return {"service": "docent", "status": "ok"}

    @app.get("/")
    def page(quote: str | None = None) -> HTMLResponse:
        collection = library.collection
        institution = f'<p class="institution">{shown(collection.institution or "")}</p>'
        suggestions = renderer.suggested()
        heading = f"<h3>{shown(wording.suggestions_heading)}</h3>"
        return HTMLResponse(
            template.substitute(
                words,
                title=attribute(collection.title),
                institution=institution if collection.institution else "",
                welcome=shown(collection.welcome or wording.welcome),
                suggestions=heading + suggestions if suggestions else "",
                linked="" if quote is None else _linked(library, renderer, sendable(quote)),
                open_documents=attribute(
                    wording.document_label if library.n_documents == 1 else wording.documents_button
                ),
                n_documents=library.n_documents,
                only_document=_only_document(library),
            )
        )


def _linked(library: Library, renderer: Renderer, permalink_value: str) -> str:
    try:
        return renderer.linked(library.find(permalink_value))
    except DocentError as error:  # half a link, or one written by hand
        return renderer.refusal(renderer.wording.linked, str(error), "linked")


def _only_document(library: Library) -> str:
    """The id of the one document, where there is no need of a list."""
    if library.n_documents != 1:
        return ""
    _, cards = library.documents(limit=1)
    return attribute(cards[0].document_id) if cards else ""


def _add_documents(app: FastAPI, renderer: DocumentRenderer) -> None:
    library = renderer.library
    gone = PlainTextResponse(renderer.wording.document_gone, status_code=404)

    @app.get("/documents")
    def documents(
        search: Annotated[str, Query(max_length=200)] = "",
        offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    ) -> HTMLResponse:
        return HTMLResponse(renderer.cards(sendable(search), offset))

    @app.get("/document")
    def document(document_id: str) -> Response:
        found = library.document(sendable(document_id))
        return gone if found is None else HTMLResponse(renderer.document(found))

    @app.get("/document/piece")
    def piece(wanted: Annotated[_Piece, Query()]) -> Response:
        found = library.document(sendable(wanted.document_id))
        if found is None:
            return gone
        marks = _mark(found, wanted.start, wanted.end, "quoted")
        marks += _mark(found, wanted.from_, wanted.to, "answering")
        try:
            return HTMLResponse(renderer.piece(found, wanted.number, marks))
        except IndexError:
            return gone


class _Piece(BaseModel):
    """What `/document/piece` is asked for: a piece, and what to mark in it (both or neither)."""

    document_id: str
    number: Annotated[int, Field(ge=0)]
    start: int | None = None
    end: int | None = None
    from_: Annotated[int | None, Field(alias="from")] = None
    to: int | None = None


def _mark(
    document: Document, start: int | None, end: int | None, name: str
) -> list[tuple[Span, str]]:
    """The mark that the page asks for; none where it lies outside the document."""
    if start is None or end is None or not 0 <= start < end <= len(document.text):
        return []
    return [(Span(start, end), name)]
