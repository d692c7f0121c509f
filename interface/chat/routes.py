"""The web chat's page and the documents beside it."""

from __future__ import annotations

import re
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
from interface.server.escaping import sendable
from interface.server.library import Library
from interface.server.templates import ENVIRONMENT
from interface.wording.languages import collection_texts
from interface.wording.wordings import Wordings, preferred

TURN_PATH = "/gradio_api/call/turn"  # where the page asks


def add_chat(app: FastAPI, service: AnswerService, wordings: Wordings) -> RoutePermissions:
    """All but the way of the questions, which Gradio carries."""
    _add_page(app, service.library, wordings)
    _add_documents(app, service.library, wordings)
    return RoutePermissions(re.compile("/|/documents|/document|/document/piece"))


def _add_page(app: FastAPI, library: Library, wordings: Wordings) -> None:
    template = ENVIRONMENT.get_template("chat/templates/page.html.jinja")

    @app.get("/")
    def page(request: Request, quote: str | None = None, lang: str | None = None) -> HTMLResponse:
        wording = preferred(wordings, lang, request.headers.get("accept-language", ""))
        code, collection = wording.code, library.collection
        renderer = TurnRenderer(library, wording)
        turn = "" if quote is None else _render_linked_turn(library, renderer, sendable(quote))
        html = template.render(
            words=wording,
            wordings=wordings,
            texts=collection_texts(collection, code),
            texts_language=code if code in collection.translations else "",
            turn=Markup(turn),
            n_documents=library.n_documents,
            only_document=_only_document(library),
        )
        return HTMLResponse(html, headers={"Vary": "Accept-Language"})


def _render_linked_turn(library: Library, renderer: TurnRenderer, permalink_value: str) -> str:
    try:
        return renderer.render_linked_quote(library.find(permalink_value))
    except DocentError:  # half a link, or one written by hand
        words = renderer.wording
        return renderer.render_refusal(words["linked"], words["link_incomplete"], "linked")


def _only_document(library: Library) -> str:
    """The id of the one document, where there is no need of a list."""
    _, cards = library.documents(limit=2)
    return cards[0].document_id if len(cards) == 1 else ""


def _add_documents(app: FastAPI, library: Library, wordings: Wordings) -> None:
    def renderer(lang: str | None) -> DocumentRenderer:
        return DocumentRenderer(library, preferred(wordings, lang))

    def gone(lang: str | None) -> Response:
        return PlainTextResponse(preferred(wordings, lang)["document_gone"], status_code=404)

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
        return (
            gone(lang) if wanted is None else HTMLResponse(renderer(lang).render_document(wanted))
        )

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
