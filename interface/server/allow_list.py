"""The allow-list: lets through what the pages need, refuses all else, and writes security headers.

Gradio brings some eighty routes: files, uploads, proxies, sessions of others, monitoring, its own
page. So paths are allowed, not forbidden: each part of the application names its own in
`RoutePermissions`, and a route that a later Gradio adds stays closed.

The Content-Security-Policy is the strictest there is, with no `unsafe-inline` and no
`unsafe-eval`. Gradio's own front end needs both (it compiles event code in the browser, writes
style elements, and its page names a remote font and scripts); Docent's page does not load it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BODY_BYTES = 65_536  # a question of 500 characters needs some 3,000

_NO_PATH = re.compile(r"(?!)")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


@dataclass(frozen=True, slots=True)
class RoutePermissions:
    """Paths that belong together, what may be done there, and what their replies bear.

    `readable` paths take GET and HEAD; `postable` ones POST of at most MOST_BODY_BYTES whose
    length is said before. Where there is a `refusal`, it alone judges requests to readable paths,
    with any method. `headers` come over those of every reply. `framed_by` are the origins whose
    pages may show these ones in a frame, beside this server's own.
    """

    readable: re.Pattern[str]
    postable: re.Pattern[str] = _NO_PATH
    headers: Mapping[str, str] = field(default_factory=dict)
    framed_by: Sequence[str] = ()
    refusal: Callable[[Scope], Response | None] | None = None

    def cover(self, path: str) -> bool:
        return bool(self.readable.fullmatch(path) or self.postable.fullmatch(path))

    def all_headers(self) -> dict[str, str]:
        return _HEADERS | _framing(self.framed_by) | dict(self.headers)

    def refuse(self, scope: Scope) -> Response | None:
        """What is answered in place of the application; None where the request may pass."""
        if self.refusal:
            return self.refusal(scope)
        path, method = scope["path"], scope["method"]
        if method == "POST" and self.postable.fullmatch(path):
            return _refuse_body(declared_length(Headers(scope=scope)))
        if not self.readable.fullmatch(path):
            return PlainTextResponse("This can only be asked.", 405, {"Allow": "POST"})
        if method not in ("GET", "HEAD"):
            return PlainTextResponse("This can only be read.", 405, {"Allow": "GET, HEAD"})
        return None


class AllowList:
    """ASGI middleware around the whole application."""

    def __init__(
        self,
        app: ASGIApp,
        permissions: Sequence[RoutePermissions],
        hosts: Collection[str] | None = None,
    ) -> None:
        """What no permission covers is not there. `hosts`: see `is_named`; None takes any."""
        self._app = app
        self._permissions = [(allowed, allowed.all_headers()) for allowed in permissions]
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # no web sockets here
            return

        allowed, headers = self._find(scope["path"])

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        refusal: Response | None
        if self._hosts is not None and not is_named(scope, self._hosts):
            why = "This server does not go by that name: see --allow-host."
            refusal = PlainTextResponse(why, 421)
        elif allowed is None:
            refusal = PlainTextResponse("There is nothing here.", 404)
        else:
            refusal = allowed.refuse(scope)
            if scope["method"] == "HEAD":  # routes know GET; the server leaves the body away
                scope = {**scope, "method": "GET"}
        await (refusal or self._app)(scope, receive, send_with_headers)

    def _find(self, path: str) -> tuple[RoutePermissions | None, dict[str, str]]:
        for allowed, headers in self._permissions:
            if allowed.cover(path):
                return allowed, headers
        return None, _HEADERS | _framing(())


def declared_length(headers: Headers) -> int | None:
    """How many bytes a body will have; None where that is not said.

    Nor is it beside Transfer-Encoding, which overrides Content-Length: what comes then is as long
    as its sender likes.
    """
    length = headers.get("content-length", "")
    if "transfer-encoding" in headers or not length.isdecimal():
        return None
    return int(length)


def _refuse_body(length: int | None) -> Response | None:
    if length is None:
        return PlainTextResponse("A question needs its length.", 411)
    if length > MOST_BODY_BYTES:
        return PlainTextResponse("The question is too long.", 413)
    return None


def is_named(scope: Scope, hosts: Collection[str]) -> bool:
    """Whether the request calls the server by one of its names, whatever the port.

    Else a page elsewhere could have its own name lead to this machine ("DNS rebinding") and read
    as the visitor what only this machine may read.
    """
    try:
        name = urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname
    except ValueError:
        return False
    return name in hosts


def _framing(origins: Sequence[str]) -> dict[str, str]:
    ancestors = " ".join(("frame-ancestors 'self'", *origins))
    headers = {"Content-Security-Policy": f"{_POLICY}; {ancestors}"}
    # The older header cannot name other origins: beside a list of them it would shut them out.
    return headers if origins else headers | {"X-Frame-Options": "SAMEORIGIN"}
