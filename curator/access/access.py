"""Who may come to the Curator page: this machine alone, or whoever has the password.

Requests are judged by their head, before a byte of what they bring is read.
"""

from __future__ import annotations

import asyncio
import hmac
import math
import re
import secrets
import threading
import time
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Scope

from curator.access.password import password_matches
from interface.server.addresses import is_loopback, neighbourhood
from interface.server.allow_list import declared_length

ROOT = "/curator"
COOKIE = "docent-curator"
MOST_UPLOAD_BYTES = 5_000_000
_MOST_BODY_BYTES = MOST_UPLOAD_BYTES + 10_000  # the form around the file

MOST_GUESSES = 5  # then each further one locks twice as long
LOCKED_SECONDS = 60.0
MOST_LOCKED_SECONDS = 900.0
FORGOTTEN_SECONDS = 3600.0  # after the last guess nothing is known of who guessed
DELAY_SECONDS = 1.0  # of each wrong guess
_MOST_GUESSERS = 10_000
_MOST_WAITING = 20  # guesses; one at a time is looked at, since each takes 64 MiB
_BUSY_SECONDS = 10.0

SESSION_SECONDS = 12 * 3600.0
IDLE_SECONDS = 2 * 3600.0  # a session ends when no page was opened for so long
_MOST_SESSIONS = 100

PATHS = re.compile(rf"{ROOT}(?:/[A-Za-z0-9.-]+)*")
_OPEN = re.compile(rf"{ROOT}/(?:login|files/[a-z0-9.-]+)")  # before the password was given
HEADERS = {
    "Cache-Control": "no-store",
    # with "no-referrer" a browser would not tell where a form was sent from
    "Referrer-Policy": "same-origin",
}


# A proxy says so by one of these, and then strangers may stand behind it.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


@dataclass(frozen=True, slots=True)
class Entry:
    """What came of a password: a new session's secret, or so many seconds to wait, or neither."""

    session: str | None = None
    wait_seconds: float = 0.0


class Access:
    """Without a password only for a server that other machines cannot reach.

    Sessions are kept here and not in a signed cookie, which nobody could end before its time: a
    logout has to end a session, also in a copy of the cookie.
    """

    def __init__(self, password_hash: str | None = None) -> None:
        """`password_hash`: of `password.hash_password`."""
        self._hash = password_hash
        self._key = secrets.token_bytes(32)
        # Both begin with what was used longest ago.
        self._sessions: dict[bytes, tuple[float, float]] = {}  # when begun, when last used
        self._guesses: dict[bytes, tuple[int, float]] = {}  # how many were wrong, when the last
        self._lock = threading.Lock()
        self._one_at_a_time = asyncio.Semaphore(1)
        self._n_waiting = 0

    @property
    def has_password(self) -> bool:
        return self._hash is not None

    def refusal(self, scope: Scope) -> Response | None:
        """What is answered in the page's place; None where the request may pass."""
        method, headers, path = scope["method"], Headers(scope=scope), scope["path"]
        if not self.has_password and not _is_this_machine(scope, headers):
            return PlainTextResponse("There is nothing here.", status_code=404)
        if method not in ("GET", "HEAD", "POST"):
            return PlainTextResponse("This can only be read or sent.", status_code=405)
        if method == "POST" and (refused := _refused_post(headers)):
            return refused
        if self.has_password and not _OPEN.fullmatch(path) and not self._is_known(headers):
            depth = path.removeprefix(ROOT).count("/")
            return RedirectResponse(f"{'../' * (depth - 1)}{'' if depth else 'curator/'}login", 303)
        return None

    async def enter(self, password: str, address: str) -> Entry:
        guesser = self._guesser(address)
        if wait := self._seconds_locked(guesser):
            return Entry(wait_seconds=wait)
        if self._hash is None:
            return Entry()
        if self._n_waiting >= _MOST_WAITING:
            return Entry(wait_seconds=_BUSY_SECONDS)
        self._count(guesser)  # before it is looked at, so that guesses side by side count too
        self._n_waiting += 1
        try:
            async with self._one_at_a_time:
                right = await asyncio.to_thread(password_matches, password, self._hash)
        finally:
            self._n_waiting -= 1
        if not right:
            await asyncio.sleep(DELAY_SECONDS)
            return Entry(wait_seconds=self._seconds_locked(guesser))
        return Entry(self._new_session(guesser))

    def leave(self, session: str) -> None:
        with self._lock:
            self._sessions.pop(_digest(session), None)

    def _new_session(self, guesser: bytes) -> str:
        session, now = secrets.token_urlsafe(32), time.monotonic()
        with self._lock:
            self._guesses.pop(guesser, None)
            self._sessions[_digest(session)] = (now, now)
            while len(self._sessions) > _MOST_SESSIONS:
                del self._sessions[next(iter(self._sessions))]
        return session

    def _is_known(self, headers: Headers) -> bool:
        key = _digest(cookie_parser(headers.get("cookie", "")).get(COOKIE, ""))
        now = time.monotonic()
        with self._lock:
            begun, used = self._sessions.pop(key, (-math.inf, -math.inf))
            lasts = now < begun + SESSION_SECONDS and now < used + IDLE_SECONDS
            if lasts:
                self._sessions[key] = (begun, now)
        return lasts

    def _count(self, guesser: bytes) -> None:
        now = time.monotonic()
        with self._lock:
            n_wrong, _ = self._guesses.pop(guesser, (0, now))
            self._guesses[guesser] = (n_wrong + 1, now)
            for oldest, (_, last) in list(self._guesses.items()):
                if len(self._guesses) <= _MOST_GUESSERS and last >= now - FORGOTTEN_SECONDS:
                    break
                del self._guesses[oldest]

    def _seconds_locked(self, guesser: bytes) -> float:
        """How long no guess from there is looked at; 0 where it is."""
        with self._lock:
            n_wrong, last = self._guesses.get(guesser, (0, 0.0))
        if n_wrong < MOST_GUESSES:
            return 0.0
        doubled = LOCKED_SECONDS * 2.0 ** min(n_wrong - MOST_GUESSES, 30)
        return max(0.0, last + min(doubled, MOST_LOCKED_SECONDS) - time.monotonic())

    def _guesser(self, address: str) -> bytes:
        """Who guesses, without an address: a digest that nobody can make who has not the key."""
        return hmac.digest(self._key, neighbourhood(address).encode(), "sha256")


def _digest(session: str) -> bytes:
    return sha256(session.encode("utf-8", "replace")).digest()


def _refused_post(headers: Headers) -> Response | None:
    if not _is_same_origin(headers):
        return PlainTextResponse("Sent from another page.", status_code=403)
    length = declared_length(headers)
    if length is None:
        return PlainTextResponse("What is sent needs its length.", status_code=411)
    if length > _MOST_BODY_BYTES:
        return PlainTextResponse("The file is larger than 5 MB.", status_code=413)
    return None


def _is_same_origin(headers: Headers) -> bool:
    """Sent by a page of this server. Browsers say both; the second only where they trust it."""
    origin, host = headers.get("origin", ""), headers.get("host", "")
    sent_from = headers.get("sec-fetch-site", "same-origin")
    ours = origin in (f"http://{host}", f"https://{host}")
    return bool(host) and ours and sent_from == "same-origin"


def _is_this_machine(scope: Scope, headers: Headers) -> bool:
    """Called by this machine's name, too: a page elsewhere can have its own name lead here, which
    is called DNS rebinding.
    """
    client = scope.get("client")
    name = _hostname(headers.get("host", ""))
    return (
        client is not None
        and is_loopback(client[0])
        and (name == "localhost" or is_loopback(name))
        and not any(header in headers for header in _FORWARDED)
    )


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
