"""Lets through what the page needs, refuses all else, and tells browsers to fetch nothing remote.

Gradio brings some eighty routes: files, uploads, proxies, sessions of others, monitoring, its own
page. The page calls two of them (ask, and fetch the answer). So paths are allowed, not forbidden:
a route that a later Gradio adds stays closed.

The Content-Security-Policy is the strictest there is, with no `unsafe-inline` and no
`unsafe-eval`. Gradio's own front end needs both (it compiles event code in the browser, writes
style elements, and its page names a remote font and scripts); Docent's page does not load it.
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interface.curator_door import HEADERS as CURATOR_HEADERS
from interface.curator_door import PATHS as CURATOR_PATHS
from interface.curator_door import Door

ASK_PATH = "/questions/gradio_api/call/ask"
MOST_BODY_BYTES = 65_536  # a question of 500 characters needs some 3,000

_READABLE = re.compile(
    rf"/|/files/[a-z0-9.-]+|/documents|/document|/document/piece|{ASK_PATH}/[0-9a-f]{{32}}"
)
_HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "font-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, curator: Door | None = None) -> None:
        """With a `curator` door the Curator page is there too, for whom the door lets pass."""
        self._app = app
        self._curator = curator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # no web sockets here
            return

        curator = self._curator if CURATOR_PATHS.fullmatch(scope["path"]) else None
        headers = _HEADERS | CURATOR_HEADERS if curator else _HEADERS

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        refusal: Response | None = curator.refusal(scope) if curator else _refusal(scope)
        await (refusal or self._app)(scope, receive, send_with_headers)


def _refusal(scope: Scope) -> PlainTextResponse | None:
    path, method = scope["path"], scope["method"]
    if method == "POST" and path == ASK_PATH:
        length = Headers(scope=scope).get("content-length", "")
        if not length.isdecimal():
            return PlainTextResponse("A question needs its length.", status_code=411)
        if int(length) > MOST_BODY_BYTES:
            return PlainTextResponse("The question is too long.", status_code=413)
        return None
    if not _READABLE.fullmatch(path):
        return PlainTextResponse("There is nothing here.", status_code=404)
    if method not in ("GET", "HEAD"):
        return PlainTextResponse("This can only be read.", status_code=405)
    return None
