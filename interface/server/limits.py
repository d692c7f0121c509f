"""How much one client may ask (rate limit), and how many questions at once (concurrency limit).

Addresses are neither kept nor written: a client is a digest made with a secret that this process
forgets when it ends.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from hashlib import sha256
from threading import Lock
from typing import TypeVar

import anyio.to_thread
from anyio import CapacityLimiter

from interface.server.addresses import neighbourhood

QUESTIONS_AT_ONCE = 4  # more threads than this only take turns on two cores
MOST_WAITING = 28  # some three seconds of work: who comes later is told to come back
SECONDS_WHEN_BUSY = 3
MOST_CLIENTS = 10_000

Result = TypeVar("Result")


class Busy(Exception):
    """As many questions as there may be are being answered or waiting."""


class ConcurrencyLimit:
    """A few at once and a few more that wait; safe to use from one event loop."""

    def __init__(self, at_once: int = QUESTIONS_AT_ONCE, waiting: int = MOST_WAITING) -> None:
        self._limiter = CapacityLimiter(at_once)
        self._most = at_once + waiting
        self._n_inside = 0

    async def run(self, work: Callable[[], Result]) -> Result:
        """Does the work in a thread. Raises Busy at once rather than keep the client waiting."""
        with self._counted():
            return await anyio.to_thread.run_sync(work, limiter=self._limiter)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Waits for its turn, which lasts as long as the block. Raises Busy as `run` does."""
        with self._counted():
            async with self._limiter:
                yield

    @contextmanager
    def _counted(self) -> Iterator[None]:
        if self._n_inside >= self._most:
            raise Busy
        self._n_inside += 1
        try:
            yield
        finally:
            self._n_inside -= 1


class RateLimit:
    """A token bucket of `a_minute` questions for each client, which fills again evenly."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = float(a_minute)
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def seconds_to_wait(self, client: str, cost: float = 1.0) -> float:
        """0 where the client may ask, and it is counted. `client`: an address, or a key."""
        name = hmac.digest(self._secret, neighbourhood(client).encode(), sha256)
        now = self._clock()
        with self._lock:
            left, since = self._buckets.pop(name, (self._most, now))
            left = min(self._most, left + (now - since) * self._most / 60)
            allowed = left >= cost
            self._buckets[name] = (left - cost if allowed else left, now)
            while len(self._buckets) > MOST_CLIENTS:
                self._buckets.popitem(last=False)
        return 0.0 if allowed else (cost - left) * 60 / self._most

    @property
    def n_clients(self) -> int:
        """How many are remembered."""
        return len(self._buckets)
