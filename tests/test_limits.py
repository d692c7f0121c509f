"""How much one client may ask, and how many at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice

import anyio
import pytest
from browsing import UNKNOWN, StandIn, page_of, serving, stand_in
from calling import call

from datatypes import Answer
from interface.server.limits import (
    MOST_CLIENTS,
    MOST_WAITING,
    QUESTIONS_AT_ONCE,
    Busy,
    ConcurrencyLimit,
    RateLimit,
)
from interface.server.web_settings import WebSettings


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_and_fills_again_evenly() -> None:
    clock = Clock()
    rate = RateLimit(6, clock)
    assert [rate.seconds_to_wait("10.0.0.1") for _ in range(6)] == [0.0] * 6
    assert rate.seconds_to_wait("10.0.0.1") == pytest.approx(10)
    clock.now += 9.9
    assert rate.seconds_to_wait("10.0.0.1") == pytest.approx(0.1)
    clock.now += 0.2
    assert rate.seconds_to_wait("10.0.0.1") == 0
    clock.now += 10_000
    assert [rate.seconds_to_wait("10.0.0.1") for _ in range(7)][:6] == [0.0] * 6


def test_what_costs_a_quarter_can_be_had_four_times_as_often() -> None:
    rate = RateLimit(2, Clock())
    allowed = [rate.seconds_to_wait("10.0.0.1", 0.25) == 0 for _ in range(9)]
    assert allowed == [True] * 8 + [False]


def test_clients_do_not_pay_for_each_other_but_one_network_of_ipv6_is_one_client() -> None:
    rate = RateLimit(1, Clock())
    assert rate.seconds_to_wait("10.0.0.1") == 0
    assert rate.seconds_to_wait("10.0.0.2") == 0
    assert rate.seconds_to_wait("2001:db8::1") == 0
    assert rate.seconds_to_wait("2001:db8::ffff") > 0
    assert rate.seconds_to_wait("2001:db8:0:1::1") == 0
    assert rate.seconds_to_wait("::ffff:192.0.2.1") == 0
    assert rate.seconds_to_wait("::ffff:192.0.2.2") == 0
    assert rate.seconds_to_wait("192.0.2.2") > 0


def test_of_many_clients_only_so_many_are_remembered_and_no_address() -> None:
    rate = RateLimit(1, Clock())
    for number in range(MOST_CLIENTS + 500):
        rate.seconds_to_wait(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert rate.n_clients == MOST_CLIENTS
    assert b"10.0.0" not in b"".join(vars(rate)["_buckets"])


def test_a_few_run_at_once_and_who_finds_no_place_to_wait_is_told_at_once() -> None:
    release = threading.Event()
    running = threading.Semaphore(0)
    most = [0, 0]
    lock = threading.Lock()

    def work() -> int:
        with lock:
            most[0] += 1
            most[1] = max(most)
        running.release()
        release.wait(20)
        with lock:
            most[0] -= 1
        return 1

    async def main() -> list[str]:
        limit = ConcurrencyLimit(at_once=2, waiting=3)
        outcomes: list[str] = []

        async def visit() -> None:
            try:
                await limit.run(work)
                outcomes.append("answered")
            except Busy:
                outcomes.append("busy")

        async with anyio.create_task_group() as visitors:
            for _ in range(7):
                visitors.start_soon(visit)
            for _ in range(2):
                await anyio.to_thread.run_sync(running.acquire)
            await anyio.sleep(0.2)
            assert outcomes == ["busy", "busy"]
            release.set()
        return outcomes

    assert anyio.run(main).count("answered") == 5
    assert most[1] == 2


class Held(StandIn):
    """Answers when it is let go."""

    release = threading.Event()

    def ask(self, question: str, *, previous: Answer | None = None) -> Answer:
        self.release.wait(30)
        return StandIn.ask(self, question, previous=previous)


def test_more_visitors_than_places_get_503_and_the_time_to_come_back() -> None:
    library = Held(stand_in().shelf)
    n_places = QUESTIONS_AT_ONCE + MOST_WAITING
    app = page_of(library, web=WebSettings(api=True))
    asked = {"question": UNKNOWN}
    with serving(app) as address, ThreadPoolExecutor(n_places + 3) as visitors:
        visits = [
            visitors.submit(call, address, "POST", "/api/v1/ask", asked)
            for _ in range(n_places + 3)
        ]
        refused = [each.result() for each in islice(as_completed(visits, timeout=30), 3)]
        library.release.set()
        replies = [each.result().status for each in visits]
    assert {reply.status for reply in refused} == {503}
    assert {reply.headers["retry-after"] for reply in refused} == {"3"}
    assert {reply.headers["content-type"] for reply in refused} == {"application/problem+json"}
    assert sorted(replies) == [200] * n_places + [503] * 3


def test_after_the_rush_all_is_as_before() -> None:
    with serving(page_of(stand_in(), web=WebSettings(api=True))) as address:
        with ThreadPoolExecutor(30) as visitors:
            asked = {"question": UNKNOWN}
            replies = visitors.map(
                lambda _: call(address, "POST", "/api/v1/ask", asked).status, range(30)
            )
            assert set(replies) <= {200, 503}
        assert call(address, "POST", "/api/v1/ask", {"question": UNKNOWN}).status == 200
