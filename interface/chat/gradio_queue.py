"""Questions through Gradio's queue; the only module that imports Gradio.

The queue takes questions in order, runs a few at once and tells each visitor when theirs is
answered. The web chat is to be one of Gradio's applications, whom Gradio's own clients can ask:

    page.js                       /gradio_api/call/turn → HTML of a turn, which may grow
    gradio_client.Client(URL)     .predict(question, api_name="/ask") → the answer as JSON

Gradio's front end is not loaded, because it needs `unsafe-eval` and names remote files, and the
allow-list closes all of its routes but those two ways need.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from starlette.responses import PlainTextResponse, Response
from starlette.types import Scope

from errors import DocentError
from interface.api.access import AccessRules
from interface.chat.gradio_import import quick_import
from interface.chat.routes import TURN_PATH, Stops
from interface.chat.turn_renderer import TurnRenderer
from interface.server.allow_list import RoutePermissions
from interface.server.answer_service import AnswerService, explain_failure
from interface.server.escaping import sendable
from interface.server.limits import QUESTIONS_AT_ONCE

with quick_import():
    import gradio

WITH_A_MODEL_AT_ONCE = 16  # most of these only wait for the language model

_JOIN_PATH = "/gradio_api/queue/join"
# What `gradio_client` reads, with the query that it sends; others of the same paths open files.
_CLIENT_READS = re.compile(
    r"/config\?|/gradio_api/info\?serialize=False|/gradio_api/queue/data\?session_hash=[0-9a-f-]{36}"
)
_CLIENT_PATHS = re.compile("/config|/gradio_api/(info|queue/data)")
_SESSIONS = 100  # more than ask at once: the others would only fill the memory


class Conversation:
    """What Gradio calls. Its arguments are as whoever calls writes them, of any type."""

    def __init__(self, service: AnswerService, stops: Stops) -> None:
        self.at_once = WITH_A_MODEL_AT_ONCE if service.library.model_name else QUESTIONS_AT_ONCE
        self._service = service
        self._stops = stops

    def ask(self, question: str) -> dict[str, Any]:
        """The answer by quotes, as JSON: its statements, quotes with their places, and passages."""
        try:
            answer, _ = self._service.answer(sendable(str(question)), door="api")
        except DocentError as error:
            raise gradio.Error(str(error), print_exception=False) from error
        return dict(self._service.library.to_json(answer))

    def turn(self, question: str, turn_id: str, language: str) -> Iterator[dict[str, Any]]:
        """HTML of the turn, the id to follow it up, and what a screen reader says.

        While a language model writes, the HTML of what is there comes each time there is more, and
        only the last has an id or an announcement. `language` is the code of the page's. Whatever
        goes wrong becomes a sentence: no visitor sees a traceback.
        """
        question, turn_id = sendable(str(question)), str(turn_id)
        wording = self._service.wording_for(str(language))
        renderer = TurnRenderer(self._service.library, wording)
        stop_id, stop = self._stops.new()
        try:
            if self._service.library.model_name:
                yield _growing(renderer.render_growing_answer(question, None, stop_id))
            for answer, new_turn_id in self._service.stream_answers(
                question, turn_id, door="chat", language=wording.code, stop=stop
            ):
                if new_turn_id:
                    yield renderer.reply(answer, new_turn_id)
                elif answer.model:
                    yield _growing(renderer.render_growing_answer(question, answer, stop_id))
        except Exception as error:
            why = explain_failure(error, question, wording)
            yield renderer.refusal_reply(question, why)
        finally:
            self._stops.done(stop_id)


def _growing(html: str) -> dict[str, Any]:
    return {"html": html, "turn_id": "", "announcement": ""}


def add_gradio(
    app: FastAPI, conversation: Conversation, access: AccessRules | None
) -> Iterator[RoutePermissions]:
    """Add it last: it is mounted at the root, where its clients look for it.

    `access` is for clients other than the page; without it there are none.
    """
    with gradio.Blocks(analytics_enabled=False, mode="server") as blocks:
        for function, visibility in (
            (conversation.turn, "undocumented"),
            (conversation.ask, "public"),
        ):
            gradio.api(  # type: ignore[attr-defined]  # it is documented, but not in __all__
                function,
                api_visibility=visibility,
                concurrency_limit=conversation.at_once,
                concurrency_id="questions",
            )
    # A copy of the page's components for each of the last visitors; ours has no state in them.
    blocks.state_session_capacity = _SESSIONS
    gradio.mount_gradio_app(
        app,
        blocks,
        path="/",
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
    yield RoutePermissions(re.compile(rf"{TURN_PATH}/[0-9a-f]{{32}}"), re.compile(TURN_PATH))
    if access:
        yield _client_permissions(access)


def _client_permissions(access: AccessRules) -> RoutePermissions:
    by_method = RoutePermissions(_CLIENT_PATHS, re.compile(_JOIN_PATH))

    def refusal(scope: Scope) -> Response | None:
        query = scope["query_string"].decode("latin-1")
        if scope["path"] != _JOIN_PATH and not _CLIENT_READS.fullmatch(f"{scope['path']}?{query}"):
            return PlainTextResponse("There is nothing here.", 404)
        questions = 1.0 if scope["path"] == _JOIN_PATH else 0.0
        return by_method.refuse(scope) or access.refuse(scope, questions)

    return RoutePermissions(_CLIENT_PATHS, re.compile(_JOIN_PATH), refusal=refusal)
