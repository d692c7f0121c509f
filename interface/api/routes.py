"""The HTTP API, `/api/v1`: the same answers, documents and quotes for other programs.

    POST ask                a question → its quotes, or found: false
    GET  search             passages alone, which is faster
    GET  documents          the list, in pages        GET documents/ID    a text, in parts
    GET  quotes/PERMALINK   a quote again; as JSON or, by Accept, as a W3C Web Annotation
    GET  health, ready      for who watches           GET metrics         for Prometheus
    GET  openapi.json       all of this, for programs that write clients

It is an application of its own, mounted in the large one, so that each of its errors has one form
(`problems`). Who may ask, and how much, is judged before (`access`).
"""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated
from urllib.parse import quote as percent_encoded
from urllib.parse import urlencode

from fastapi import FastAPI, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from starlette.middleware.cors import CORSMiddleware
from starlette.types import Scope

from errors import QuestionError
from interface.api.access import AccessRules, ApiAccess
from interface.api.forms import (
    PERMALINK,
    QUESTION,
    AskReply,
    AskRequest,
    DocumentReply,
    DocumentsReply,
    Health,
    PassageReply,
    QuoteReply,
    SearchReply,
    TextReply,
    answer_question,
)
from interface.api.metrics import Metrics
from interface.api.openapi import describe, documented, problems
from interface.api.problems import add_problems, problem
from interface.api.web_annotation import MEDIA_TYPE as ANNOTATION
from interface.api.web_annotation import prefers_annotation, web_annotation
from interface.server.allow_list import RoutePermissions
from interface.server.answer_service import LONGEST_QUESTION, AnswerService
from interface.server.escaping import sendable
from interface.server.web_settings import WebSettings

ROOT = "/api/v1"
MOST_OFFSET = 10**9
MOST_CHARACTERS = 100_000  # of a document in one reply
_Query = Annotated[str, Query(min_length=1, max_length=LONGEST_QUESTION, examples=[QUESTION])]
_Search = Annotated[str, Query(max_length=200, description="Words of titles and metadata.")]
_Offset = Annotated[int, Query(ge=0, le=MOST_OFFSET)]
_MEANING = "What follows ?quote= in a permalink, percent-encoded."
_Permalink = Annotated[str, Path(min_length=1, description=_MEANING, examples=[PERMALINK])]
_PATHS = re.compile(rf"{ROOT}(?:/.*)?", re.DOTALL)


def add_api(app: FastAPI, service: AnswerService, settings: WebSettings) -> RoutePermissions:
    metrics = Metrics(service.library)
    service.observers.append(metrics.observe)
    api = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    add_problems(api)
    rules = AccessRules(settings.keys, service.rate_limit)
    api.add_middleware(ApiAccess, rules=rules, count=metrics.count_reply)
    if settings.allow_origins:
        api.add_middleware(
            CORSMiddleware,
            allow_origins=settings.allow_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type"],
            expose_headers=["Retry-After"],
        )
    _add_asking(api, service)
    _add_documents(api, service)
    _add_quotes(api, service)
    _add_watching(api, service, metrics)
    describe(api, ROOT, with_keys=bool(settings.keys))
    app.mount(ROOT, api)
    return RoutePermissions(_PATHS, refusal=_refusal)


def _refusal(scope: Scope) -> Response | None:
    return problem(404, "There is nothing here.") if scope["path"] == ROOT else None


def _add_asking(api: FastAPI, service: AnswerService) -> None:
    @api.post("/ask", responses=problems(400, 401, 411, 413, 415, 422, 429, 500, 503))
    async def ask(asked: AskRequest, request: Request) -> AskReply:
        """Answer a question in the documents' own words, or say that they do not say."""
        answer = partial(answer_question, service, asked, door="api", root=_root(request))
        return await service.concurrency_limit.run(answer)

    @api.get("/search", responses=problems(401, 413, 422, 429, 500, 503))
    async def search(
        query: _Query,
        limit: Annotated[int, Query(ge=1, le=50)] = 10,
    ) -> SearchReply:
        """Find the passages nearest to a question or to a few words."""
        hits = await service.concurrency_limit.run(
            partial(service.library.search, sendable(query), limit=limit)
        )
        return SearchReply(query=query, passages=[PassageReply.of(hit) for hit in hits])


def _add_documents(api: FastAPI, service: AnswerService) -> None:
    library = service.library

    @api.get("/documents", responses=problems(401, 413, 422, 429, 500))
    def documents(
        request: Request,
        search: _Search = "",
        offset: _Offset = 0,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> DocumentsReply:
        """List the documents, a page at a time."""
        root = _root(request)
        n_found, cards = library.documents(search=sendable(search), offset=offset, limit=limit)
        following = offset + len(cards)
        query = urlencode({"search": search, "offset": following, "limit": limit})
        next_page = f"{root}/documents?{query}" if cards and following < n_found else None
        addresses = (f"{root}/documents/{_encoded(card.document_id)}" for card in cards)
        replies = list(map(DocumentReply.of, cards, addresses))
        return DocumentsReply(n_found=n_found, documents=replies, next=next_page)

    @api.get("/documents/{document_id:path}", responses=problems(401, 404, 413, 422, 429, 500))
    def document(
        request: Request,
        document_id: Annotated[str, Path(min_length=1, description="It may hold a slash.")],
        offset: _Offset = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_CHARACTERS)] = 20_000,
    ) -> TextReply:
        """Read a document's text, a part at a time; offsets count Unicode characters."""
        found = library.document(sendable(document_id))
        if found is None:
            return problem(404, "There is no such document.")  # type: ignore[return-value]
        start = min(offset, len(found.text))
        end = min(start + limit, len(found.text))
        query = urlencode({"offset": end, "limit": limit})
        address = f"{_root(request)}/documents/{_encoded(found.document_id)}?{query}"
        return TextReply.of(found, start, end, address if end < len(found.text) else None)


def _add_quotes(api: FastAPI, service: AnswerService) -> None:
    library = service.library

    @api.get(
        "/quotes/{permalink:path}",
        response_model=QuoteReply,
        responses=documented("quote") | problems(401, 404, 410, 413, 422, 429, 500),
    )
    def quote(request: Request, permalink: _Permalink) -> Response | QuoteReply:
        """Find a quote again: where it stood, or where its words now stand just once."""
        vary = {"Vary": "Accept"}
        try:
            found = library.find(sendable(permalink))
        except QuestionError as error:
            return problem(404, str(error), headers=vary)
        if found is None:
            return problem(410, "The text has changed, or its document is gone.", headers=vary)
        reply = QuoteReply.of(library, found, _root(request))
        if not prefers_annotation(request.headers.get("accept", "")):
            return JSONResponse(reply.model_dump(), headers=vary)
        site = f"{request.url.scheme}://{request.url.netloc}"
        source = f"{site}{_root(request)}/documents/{_encoded(found.document.document_id)}"
        body = web_annotation(found, annotation_id=f"{site}{reply.href}", source=source)
        return JSONResponse(body, headers=vary, media_type=ANNOTATION)


def _add_watching(api: FastAPI, service: AnswerService, metrics: Metrics) -> None:
    @api.get("/health", responses=problems(413, 500))
    async def health() -> Health:
        """Whether the server answers at all."""
        return Health(status="ok")

    @api.get("/ready", response_model=Health, responses=problems(413, 500, 503))
    def ready() -> Response | Health:
        """Whether there is an index with documents to answer from."""
        if service.library.n_documents:
            return Health(status="ready")
        return problem(503, "There is no document in the index.", headers={"Retry-After": "10"})

    replies = documented("metrics") | problems(401, 413, 500)

    @api.get("/metrics", response_class=Response, responses=replies)
    def text(request: Request) -> Response:
        """Counts of answers and replies, and how long answers took."""
        body, media_type = metrics.exposition(request.headers.get("accept", ""))
        return Response(body, headers={"Content-Type": media_type})


def _root(request: Request) -> str:
    """The path of the API, which may stand below a path of another server."""
    return str(request.scope.get("root_path", ROOT))


def _encoded(document_id: str) -> str:
    return percent_encoded(document_id, safe="", errors="replace")
