"""The web chat's page, the documents beside it, and what belongs to an answer that grows."""

from __future__ import annotations

import json
import re
import threading
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from markupsafe import Markup

from errors import DocentError
from interface.chat.document_renderer import DocumentRenderer
from interface.chat.text_pieces import TextPlace
from interface.chat.turn_renderer import TurnRenderer
from interface.server.allow_list import RoutePermissions
from interface.server.answer_service import AnswerService
from interface.server.escaping import ENVIRONMENT, sendable
from interface.server.library import Library
from interface.server.turns import new_id
from interface.wording.languages import collection_texts

TURN_PATH = "/gradio_api/call/turn"  # where the page asks


class Stops:
    """What ends an answer that still grows, under an id that only its visitor is told."""

    def __init__(self) -> None:
        self._events: dict[str, threading.Event] = {}

    def new(self) -> tuple[str, threading.Event]:
        stop_id, event = new_id(), threading.Event()
        self._events[stop_id] = event
        return stop_id, event

    def stop(self, stop_id: str) -> None:
        if event := self._events.get(stop_id):
            event.set()

    def done(self, stop_id: str) -> None:
        self._events.pop(stop_id, None)


def add_chat(app: FastAPI, service: AnswerService, stops: Stops) -> RoutePermissions:
    """All but the way of the questions, which Gradio carries."""
    _add_page(app, service)
    _add_documents(app, service)
    _add_growing(app, service, stops)
    return RoutePermissions(
        re.compile("/|/documents|/document|/document/piece|/receipt"), re.compile("/stop")
    )


def _add_page(app: FastAPI, service: AnswerService) -> None:
    template = ENVIRONMENT.get_template("chat/templates/page.html.jinja")
    library = service.library

    @app.get("/")
    def page(request: Request, quote: str | None = None, lang: str | None = None) -> HTMLResponse:
        wording = service.wording_for(lang, request)
        renderer = TurnRenderer(library, wording)
        turn = "" if quote is None else _render_linked_turn(renderer, sendable(quote))
        html = template.render(
            words=wording,
            wordings=service.wordings,
            texts=collection_texts(library.collection, wording.code),
            turn=Markup(turn),
            n_documents=library.n_documents,
            only_document=_only_document(library),
        )
        return HTMLResponse(html, headers={"Vary": "Accept-Language"})


def _render_linked_turn(renderer: TurnRenderer, permalink_value: str) -> str:
    try:
        return renderer.render_linked_quote(renderer.library.find(permalink_value))
    except DocentError:  # half a link, or one written by hand
        words = renderer.wording
        return renderer.render_refusal(words["linked"], words["link_incomplete"], "linked")


def _only_document(library: Library) -> str:
    """The id of the one document, where there is no need of a list."""
    _, cards = library.documents(limit=2)
    return cards[0].document_id if len(cards) == 1 else ""


def _add_documents(app: FastAPI, service: AnswerService) -> None:
    library = service.library

    def renderer(lang: str | None) -> DocumentRenderer:
        return DocumentRenderer(library, service.wording_for(lang))

    def gone(lang: str | None) -> Response:
        return PlainTextResponse(service.wording_for(lang)["document_gone"], 404)

    @app.get("/documents")
    def documents(
        search: Annotated[str, Query(max_length=200)] = "",
        offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
        lang: str | None = None,
    ) -> HTMLResponse:
        return HTMLResponse(renderer(lang).render_cards(sendable(search), offset))

    @app.get("/document")
    def document(document_id: str, lang: str | None = None) -> Response:
        wanted = library.document(sendable(document_id))
        if wanted is None:
            return gone(lang)
        return HTMLResponse(renderer(lang).render_document(wanted))

    @app.get("/document/piece")
    def piece(place: Annotated[TextPlace, Query()]) -> Response:
        document = library.document(sendable(place.document_id))
        if document is None:
            return gone(place.lang)
        number, marks = place.piece_number(document), place.marks(document)
        try:
            return HTMLResponse(renderer(place.lang).render_piece(document, number, marks))
        except IndexError:
            return gone(place.lang)


def _add_growing(app: FastAPI, service: AnswerService, stops: Stops) -> None:
    """An answer that a language model writes can be stopped, and any taken along as a receipt."""

    @app.post("/stop")
    async def stop(request: Request) -> Response:
        stops.stop((await request.body()).decode("utf-8", "replace"))
        return Response(status_code=204)

    @app.get("/receipt")
    def receipt(turn: str, lang: str | None = None) -> Response:
        answer = service.turns.find(turn)
        if answer is None:
            return PlainTextResponse(service.wording_for(lang)["model.receipt_gone"], 404)
        headers = {
            "Content-Disposition": 'attachment; filename="docent-receipt.json"',
            "Cache-Control": "no-store",
        }
        content = json.dumps(service.library.receipt(answer), ensure_ascii=False, indent=1)
        return Response(content, headers=headers, media_type="application/json")
