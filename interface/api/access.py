"""Who may use the API, and how much: keys, sizes, rates. Judged before a body is read."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interface.api.openapi import OPEN
from interface.api.problems import problem, too_many
from interface.server.allow_list import MOST_BODY_BYTES, declared_length
from interface.server.keys import Keys
from interface.server.limits import RateLimit

_FREE = OPEN | {"/metrics"}  # they cost next to nothing
_COSTLY = ("/ask", "/search", "/mcp")
_READING = 0.1  # of a question, for all else

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AccessRules:
    """Keys that a program must show one of, if there are any, and how much it may ask."""

    keys: Keys
    rate_limit: RateLimit | None

    def refusal(self, scope: Scope, questions: float) -> Response | None:
        """What a request that costs as much as `questions` is answered, if it may not pass."""
        headers = Headers(scope=scope)
        return self.refuse_key(headers) or self.refuse_rate(scope, headers, questions)

    def refuse_key(self, headers: Headers) -> Response | None:
        if not self.keys or self.keys.know(_key(headers)):
            return None
        return problem(
            401,
            "A key is needed: send it as Authorization: Bearer KEY.",
            headers={"WWW-Authenticate": "Bearer"},
        )

    def refuse_rate(self, scope: Scope, headers: Headers, questions: float) -> Response | None:
        if self.rate_limit is None or not questions:
            return None
        address = scope["client"][0] if scope.get("client") else ""
        client = f"key {_key(headers)}" if self.keys else address
        seconds = self.rate_limit.seconds_to_wait(client, questions)
        return too_many(seconds) if seconds else None


def _uncounted(method: str, status: int) -> None:
    """Of agents the tools count the answers."""


class ApiAccess:
    """ASGI middleware inside the API, and before the tools of agents."""

    def __init__(
        self, app: ASGIApp, rules: AccessRules, count: Callable[[str, int], None] = _uncounted
    ) -> None:
        """`count` is told method and status of each reply."""
        self._app = app
        self._rules = rules
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        begun = False

        async def counted(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                known = scope["method"] in ("GET", "HEAD", "POST", "OPTIONS")
                self._count(scope["method"] if known else "other", message["status"])
            await send(message)

        try:
            await (self._refusal(scope) or self._app)(scope, receive, counted)
        except Exception:
            _log.exception("The API could not answer")
            if not begun:
                await problem(500, "Something went wrong.")(scope, receive, counted)

    def _refusal(self, scope: Scope) -> Response | None:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        refused_body = _refuse_body(scope["method"] == "POST" and path == "/ask", scope)
        if refused_body or path in OPEN:
            return refused_body
        questions = 1.0 if path in _COSTLY else 0.0 if path in _FREE else _READING
        return self._rules.refusal(scope, questions)


def _refuse_body(wanted: bool, scope: Scope) -> Response | None:
    headers = Headers(scope=scope)
    length = declared_length(headers)
    if length is None and (wanted or "transfer-encoding" in headers):
        return problem(411, "Say the body's length in Content-Length.")
    if length is not None and length > MOST_BODY_BYTES:
        return problem(413, f"A body may have {MOST_BODY_BYTES:,} bytes.")
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if wanted and kind != "application/json":
        return problem(415, "Send the question as application/json.")
    return None


def _key(headers: Headers) -> str:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
