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
from interface.server.limits import RateLimit
from interface.server.web_settings import Keys

_COSTS = {"/ask": 1.0, "/search": 1.0, "/mcp": 1.0, "/metrics": 0.0}  # in questions
_READING = 0.1  # for all else

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AccessRules:
    """Keys that a program must show one of, if there are any, and how much it may ask."""

    keys: Keys
    rate_limit: RateLimit | None

    def refuse(self, scope: Scope, questions: float) -> Response | None:
        """What a request that costs as much as `questions` is answered, if it may not pass."""
        key = _key(Headers(scope=scope))
        if self.keys and not self.keys.know(key):
            why = "A key is needed: send it as Authorization: Bearer KEY."
            return problem(401, why, headers={"WWW-Authenticate": "Bearer"})
        address = scope["client"][0] if scope.get("client") else ""
        client = f"key {key}" if self.keys else address
        if self.rate_limit and (seconds := self.rate_limit.seconds_to_wait(client, questions)):
            return too_many(seconds)
        return None


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
            await (self._refuse(scope) or self._app)(scope, receive, counted)
        except Exception:
            _log.exception("The API could not answer")
            if not begun:
                await problem(500, "Something went wrong.")(scope, receive, counted)

    def _refuse(self, scope: Scope) -> Response | None:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        refused_body = _refuse_body(scope["method"] == "POST" and path == "/ask", scope)
        if refused_body or path in OPEN:
            return refused_body
        return self._rules.refuse(scope, _COSTS.get(path, _READING))


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
