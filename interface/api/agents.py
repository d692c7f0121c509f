"""Docent as tools for language-model agents (Model Context Protocol): `ask` and `search`.

Over HTTP at `/mcp`, each request by itself, or over standard input and output of one process. The
agent gets quotes with their citations, or that the documents do not say; what it makes of them is
its own. Imported only where an operator asked for it.
"""

from __future__ import annotations

import logging
import re
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)
from pydantic import BaseModel, Field, ValidationError
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Scope

from errors import DocentError
from interface.api.access import AccessRules, ApiAccess
from interface.api.forms import AskReply, PassageReply, Question, SearchReply, answer_question
from interface.api.problems import problem
from interface.server.allow_list import MOST_BODY_BYTES, RoutePermissions
from interface.server.answer_service import LONGEST_QUESTION, AnswerService
from interface.server.escaping import sendable
from interface.server.limits import Busy
from interface.server.web_settings import WebSettings

PATH = "/mcp"
_MOST_PASSAGES = 20
_HREF = {"quotes": {"__all__": {"href"}}}  # of the API, which an agent cannot follow from here
_log = logging.getLogger(__name__)


class _Search(BaseModel, extra="forbid"):
    query: str = Field(min_length=1, max_length=LONGEST_QUESTION)
    limit: int = Field(default=5, ge=1, le=_MOST_PASSAGES, description="How many passages.")


_ONLY_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_TOOLS = [
    Tool(
        name="ask",
        title="Ask the documents",
        description="Answer a question by quotes, each with its citation and place, or say that "
        "the documents do not say (found: false).",
        input_schema=Question.model_json_schema(),
        annotations=_ONLY_READS,
    ),
    Tool(
        name="search",
        title="Search the documents",
        description="The passages nearest to a question or a few words, best first.",
        input_schema=_Search.model_json_schema(),
        annotations=_ONLY_READS,
    ),
]


class Agents:
    """The two tools, whatever carries them."""

    def __init__(self, service: AnswerService) -> None:
        self._service = service
        collection = service.library.collection
        self.server: Server[Any] = Server(
            "docent",
            title=collection.title,
            instructions=(
                f"Answers about “{collection.title}” in the documents' own words. Quote them "
                "exactly, with their citation. Where doubtful is true they may not answer: say "
                "that too. Where found is false the documents do not say: say so, and do not "
                "answer from other knowledge as if they did."
            ),
            on_list_tools=_list_tools,
            on_call_tool=self._call_tool,
        )

    async def _call_tool(
        self, context: ServerRequestContext[Any], params: CallToolRequestParams
    ) -> CallToolResult:
        tool = {"ask": self._ask, "search": self._search}.get(params.name)
        if tool is None:
            return _failed(f"There is no tool {params.name}: there are ask and search.")
        try:
            return await self._service.concurrency_limit.run(partial(tool, params.arguments or {}))
        except ValidationError as error:
            faults = [(".".join(map(str, f["loc"])), f["msg"]) for f in error.errors()]
            return _failed("; ".join(f"{place}: {what}" for place, what in faults))
        except DocentError as error:
            return _failed(str(error))
        except Busy:
            return _failed("Too many are asking at this moment: ask again in a few seconds.")
        except Exception:
            _log.exception("An agent's question could not be answered")
            return _failed("Something went wrong.")

    def _ask(self, arguments: dict[str, Any]) -> CallToolResult:
        asked = Question.model_validate(arguments)
        reply = answer_question(self._service, asked, door="mcp")
        return CallToolResult(
            content=[TextContent(text=_in_words(reply))],
            structured_content=reply.model_dump(mode="json", exclude=_HREF),
        )

    def _search(self, arguments: dict[str, Any]) -> CallToolResult:
        wanted = _Search.model_validate(arguments)
        hits = self._service.library.search(sendable(wanted.query), limit=wanted.limit)
        reply = SearchReply(query=wanted.query, passages=[PassageReply.of(hit) for hit in hits])
        text = "\n\n".join(
            f"[{hit.rank}] {hit.title} ({hit.document_id}, {hit.start}–{hit.end})\n{hit.text}"
            for hit in reply.passages
        )
        return CallToolResult(
            content=[TextContent(text=text or "No passage was found.")],
            structured_content=reply.model_dump(mode="json"),
        )


async def _list_tools(
    context: ServerRequestContext[Any], params: PaginatedRequestParams | None
) -> ListToolsResult:
    return ListToolsResult(tools=_TOOLS)


def _in_words(reply: AskReply) -> str:
    if not reply.found:
        return f"{reply.message} (turn_id {reply.turn_id})"
    quotes = "\n\n".join(
        f"[{quote.number}] “{quote.text}”\n{quote.citation.note}" for quote in reply.quotes
    )
    sure = "uncalibrated" if reply.confidence is None else f"confidence {reply.confidence:.2f}"
    return f"{reply.message} ({sure}, turn_id {reply.turn_id})\n\n{quotes}"


def _failed(why: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=sendable(why))], is_error=True)


def add_agents(app: FastAPI, service: AnswerService, settings: WebSettings) -> RoutePermissions:
    """Call it before Gradio is mounted: what runs beside the application is entered by each."""
    manager = StreamableHTTPSessionManager(
        Agents(service).server,
        json_response=True,
        stateless=True,
        max_request_body_size=MOST_BODY_BYTES,
    )
    app.router.lifespan_context = lambda _: manager.run()
    rules = AccessRules(settings.keys, service.rate_limit)
    app.router.routes.append(Route(PATH, endpoint=ApiAccess(manager.handle_request, rules)))
    return RoutePermissions(re.compile(PATH), refusal=_refusal)


def _refusal(scope: Scope) -> Response | None:
    """Agents send no Origin; a page elsewhere, in somebody's browser, cannot help sending it.

    There is no stream to wait at (GET): every reply comes with its request.
    """
    if scope["method"] != "POST":
        return problem(405, "Tools are called by POST.", headers={"Allow": "POST"})
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != headers.get("host"):
        return problem(403, "Pages of other origins may not ask here.")
    return None


async def serve_stdio(service: AnswerService) -> None:
    """Until standard input ends. Nothing else may write to standard output."""
    server = Agents(service).server
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())
