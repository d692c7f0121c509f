"""Who may come to the Curator page: this machine alone, or whoever has the password.

Requests are judged by their head, before a byte of what they bring is read.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import secrets
import threading
import time
from collections import OrderedDict
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Scope

ROOT = "/curator"
COOKIE = "docent-curator"
MOST_UPLOAD_BYTES = 5_000_000
_MOST_BODY_BYTES = MOST_UPLOAD_BYTES + 10_000  # the form around the file
MOST_GUESSES = 5
LOCKED_SECONDS = 60.0
DELAY_SECONDS = 1.0  # of each wrong guess
_SESSION_SECONDS = 12 * 3600.0
_MOST_ADDRESSES = 10_000

PATHS = re.compile(rf"{ROOT}(?:/[A-Za-z0-9.-]+)*")
_OPEN = re.compile(rf"{ROOT}/(?:login|files/[a-z0-9.-]+)")  # before the password was given
HEADERS = {
    "Cache-Control": "no-store",
    # with "no-referrer" a browser would not tell where a form was sent from
    "Referrer-Policy": "same-origin",
}


class Door:
    """Without a password only for a server that other machines cannot reach."""

    def __init__(self, password: str | None) -> None:
        self._salt = secrets.token_bytes(16)
        self._hash = None if password is None else self._hashed(password)
        self._sessions: dict[str, float] = {}
        self._guesses: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def has_password(self) -> bool:
        return self._hash is not None

    def refusal(self, scope: Scope) -> Response | None:
        """What is answered in the page's place; None where the request may pass."""
        method, headers, path = scope["method"], Headers(scope=scope), scope["path"]
        if not self.has_password and not _is_this_machine(headers.get("host", "")):
            return PlainTextResponse("There is nothing here.", status_code=404)
        if method not in ("GET", "HEAD", "POST"):
            return PlainTextResponse("This can only be read or sent.", status_code=405)
        if method == "POST" and (refused := _refused_post(headers)):
            return refused
        if self.has_password and not _OPEN.fullmatch(path) and not self._is_known(headers):
            deep = path.removeprefix(ROOT).count("/")
            return RedirectResponse(f"{'../' * (deep - 1)}{'' if deep else 'curator/'}login", 303)
        return None

    async def enter(self, password: str, address: str) -> str | None:
        """A new session's secret, or None: a wrong password, or too many of them."""
        place = _neighbourhood(address)
        if self.seconds_locked(address):
            return None
        with self._lock:  # counted before it is checked, so that guesses side by side count too
            n_wrong, _ = self._guesses.pop(place, (0, 0.0))
            self._guesses[place] = (n_wrong + 1, time.monotonic())
            while len(self._guesses) > _MOST_ADDRESSES:
                self._guesses.popitem(last=False)
        if self._hash is None or not hmac.compare_digest(
            await asyncio.to_thread(self._hashed, password), self._hash
        ):
            await asyncio.sleep(DELAY_SECONDS)
            return None
        session = secrets.token_urlsafe(32)
        now = time.monotonic()
        with self._lock:
            self._guesses.pop(place, None)
            self._sessions = {key: end for key, end in self._sessions.items() if end > now}
            self._sessions[session] = now + _SESSION_SECONDS
        return session

    def leave(self, session: str) -> None:
        with self._lock:
            self._sessions.pop(session, None)

    def seconds_locked(self, address: str) -> float:
        """How long no guess from this address is looked at; 0 where it is."""
        place = _neighbourhood(address)
        with self._lock:
            n_wrong, last = self._guesses.get(place, (0, 0.0))
            left = last + LOCKED_SECONDS - time.monotonic()
            if n_wrong >= MOST_GUESSES and left <= 0:
                del self._guesses[place]
            return max(0.0, left) if n_wrong >= MOST_GUESSES else 0.0

    def _is_known(self, headers: Headers) -> bool:
        session = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
        with self._lock:
            return self._sessions.get(session, 0.0) > time.monotonic()

    def _hashed(self, password: str) -> bytes:
        """OWASP's least for scrypt: 16 MiB and some 40 ms a guess."""
        said = password.encode("utf-8", "replace")
        return hashlib.scrypt(said, salt=self._salt, n=2**14, r=8, p=5)


def _refused_post(headers: Headers) -> Response | None:
    if not _is_same_origin(headers):
        return PlainTextResponse("Sent from another page.", status_code=403)
    length = headers.get("content-length", "")
    if not length.isdecimal():
        return PlainTextResponse("What is sent needs its length.", status_code=411)
    if int(length) > _MOST_BODY_BYTES:
        return PlainTextResponse("The file is larger than 5 MB.", status_code=413)
    return None


def _is_same_origin(headers: Headers) -> bool:
    """Sent by a page of this server. Browsers say both; the second only where they trust it."""
    origin, host = headers.get("origin", ""), headers.get("host", "")
    sent_from = headers.get("sec-fetch-site", "same-origin")
    return bool(host) and urlsplit(origin).netloc == host and sent_from == "same-origin"


def _is_this_machine(host: str) -> bool:
    """Else a page elsewhere could have its own name lead to this machine ("DNS rebinding")."""
    name = urlsplit(f"//{host}").hostname or ""
    return name == "localhost" or is_loopback(name)


def is_loopback(address: str) -> bool:
    try:
        return ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _neighbourhood(address: str) -> str:
    """Whoever has one IPv6 address has 2⁶⁴ of them."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return address if found.version == 4 else str(ip_network((found, 64), strict=False))
