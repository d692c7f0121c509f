"""The end of a visit: countdown, wipe, and a page that outlives its server."""

from __future__ import annotations

import gc
import json
import logging
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browsing import ROOT
from playwright.sync_api import Browser, Route, expect
from touching import UNKNOWN, Screen, kiosk, screen, until

from datatypes import Answer
from interface.kiosk.routes import KioskSettings
from interface.visits.log import VisitLog

SOON = KioskSettings(idle=60, countdown=2, attract=0.5)
NEVER = KioskSettings(idle=600)
SECRET = "zanzibar"
"""A word of this visitor, which stands in no document."""


@pytest.fixture(scope="module")
def soon(default_folder: Path) -> Iterator[str]:
    """A kiosk whose visitors have two seconds to say that they are still there."""
    with kiosk(default_folder, SOON) as url:
        yield url


def busy_visit(shown: Screen) -> None:
    """Leaves something of the visitor wherever there is a place for it"""
    shown.page.clock.install()
    shown.start("de")
    shown.tap("changeText")
    shown.tap("moveBand")
    shown.ask(f"who painted {SECRET}")
    shown.tap("question")
    shown.shows("answer")
    shown.tap("document")
    shown.page.locator(".text mark").first.wait_for()
    shown.page.evaluate(
        f"""async () => {{
          localStorage.setItem("{SECRET}", "1");
          sessionStorage.setItem("{SECRET}", "1");
          getSelection().selectAllChildren(document.querySelector(".text mark"));
        }}"""
    )
    shown.tap("answer")
    shown.tap("keyboard")
    shown.page.keyboard.type(SECRET)


def leave(shown: Screen) -> None:
    shown.page.clock.fast_forward(int(SOON.idle * 1_000))
    shown.shows("attract")


def answers_remembered() -> list[str]:
    """Questions of this visitor whose answers are still in this process, which is the server."""
    gc.collect()
    kept = (each for each in gc.get_objects() if isinstance(each, Answer))
    return [answer.question for answer in kept if SECRET in answer.question]


def contains(container: object, text: str) -> bool:
    parts = container.values() if isinstance(container, dict) else container
    return any(isinstance(part, str) and part == text for part in parts)  # type: ignore[attr-defined]


def test_a_countdown_is_seen_before_a_visit_ends(browser: Browser, default_folder: Path) -> None:
    settings = KioskSettings(idle=1, countdown=25)
    with kiosk(default_folder, settings) as url, screen(browser, url) as shown:
        shown.page.evaluate(
            """() => {
              const seconds = document.getElementById("seconds");
              window.counted = [];
              new MutationObserver(() => counted.push(Number(seconds.textContent)))
                .observe(seconds, { childList: true, characterData: true, subtree: true });
            }"""
        )
        shown.start()
        until(shown.page, "counted.length > 2")
        counted = shown.page.evaluate("counted")
        assert counted[0] == 25
        assert counted == sorted(set(counted), reverse=True)
        expect(shown.page.locator("#countdown")).to_be_visible()
        expect(shown.page.locator("#countdown")).to_contain_text("Are you still there?")
        expect(shown.page.locator("#countdown")).to_contain_text("begin anew")


def test_the_times_are_those_that_museums_ask_for() -> None:
    settings = KioskSettings()
    assert settings.idle == 90  # never shorter than 30 s
    assert settings.countdown == 25  # at least 20 s


@pytest.mark.slow
def test_one_tap_goes_on_with_the_visit_more_than_ten_times(
    browser: Browser, default_folder: Path
) -> None:
    settings = KioskSettings(idle=0.4, countdown=20)
    with kiosk(default_folder, settings) as url, screen(browser, url) as shown:
        shown.page.evaluate(
            """() => {
              const countdown = document.getElementById("countdown");
              window.hidden = 0;
              new MutationObserver(() => { hidden += countdown.hidden; })
                .observe(countdown, { attributeFilter: ["hidden"] });
            }"""
        )
        shown.start()
        until(shown.page, "document.getElementById('countdown').hidden")
        before = shown.page.evaluate("hidden")
        for nth in range(12):
            shown.page.locator("#countdown").wait_for()
            if nth % 2:
                shown.tap("stay")
            else:
                shown.page.touchscreen.tap(500, 100)  # anywhere else does as well
            until(shown.page, f"hidden === {before + nth + 1}")  # if only for a moment
            shown.shows("questions")


def test_reading_on_and_scrolling_are_signs_of_somebody(
    browser: Browser, default_folder: Path
) -> None:
    settings = KioskSettings(idle=2.5, countdown=20)
    with kiosk(default_folder, settings) as url, screen(browser, url) as shown:
        shown.start()
        shown.tap("question")
        shown.shows("answer")
        shown.tap("document")
        shown.page.locator(".text mark").first.wait_for()
        ended = time.monotonic() + 5
        while time.monotonic() < ended:
            shown.page.touchscreen.tap(500, 300)
            shown.page.wait_for_timeout(300)
            expect(shown.page.locator("#countdown")).to_be_hidden()
        expect(shown.page.locator("#countdown")).to_be_visible()


def test_listening_is_a_sign_of_somebody(browser: Browser, default_folder: Path) -> None:
    settings = KioskSettings(idle=2.5, countdown=20)
    with kiosk(default_folder, settings) as url, screen(browser, url) as shown:
        shown.start()
        shown.tap("question")
        shown.shows("answer")
        shown.listen()
        until(shown.page, "CSS.highlights.has('spoken')")
        began = time.monotonic()
        while shown.page.evaluate("CSS.highlights.has('spoken')"):
            assert shown.page.locator("#countdown").is_hidden()
            shown.page.wait_for_timeout(100)
        assert time.monotonic() - began > settings.idle, "too short to show it"
        expect(shown.page.locator("#countdown")).to_be_visible()


def test_start_again_works_during_the_countdown(browser: Browser, default_folder: Path) -> None:
    settings = KioskSettings(idle=0.5, countdown=20)
    with kiosk(default_folder, settings) as url, screen(browser, url) as shown:
        shown.start("fr")
        shown.page.locator("#countdown").wait_for()
        shown.page.locator("#start-again").tap()
        shown.shows("attract")
        expect(shown.page.locator("#countdown")).to_be_hidden()


def test_after_the_countdown_nothing_of_the_visitor_is_in_the_page(
    browser: Browser, soon: str
) -> None:
    with screen(browser, soon) as shown:
        shown.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        shown.page.evaluate(f"navigator.clipboard.writeText('{SECRET}')")
        before = shown.page.evaluate("document.documentElement.outerHTML.length")
        busy_visit(shown)
        shown.page.evaluate(f"navigator.clipboard.writeText('{SECRET}')")
        assert SECRET in shown.page.content()
        leave(shown)
        shown.page.locator("#page .words").wait_for()
        assert SECRET not in shown.page.content()
        left = shown.page.evaluate(
            """async () => ({
              stored: [localStorage.length, sessionStorage.length, document.cookie],
              databases: (await indexedDB.databases()).length,
              caches: (await caches.keys()).length,
              workers: (await navigator.serviceWorker.getRegistrations()).length,
              clipboard: await navigator.clipboard.readText(),
              selected: getSelection().toString(),
              scrolled: document.getElementById("page").scrollTop,
              language: document.documentElement.lang,
              text: document.documentElement.dataset.text,
              band: document.getElementById("kiosk").dataset.band,
              history: history.length,
              address: location.pathname + location.search,
              requested: performance.getEntriesByType("resource").map(e => e.name)
                .filter(name => name.includes("document_id") || name.includes("quote")),
              name: window.name,
            })"""
        )
        assert left == {
            "stored": [0, 0, ""],
            "databases": 0,
            "caches": 0,
            "workers": 0,
            "clipboard": "",
            "selected": "",
            "scrolled": 0,
            "language": "en",
            "text": "normal",
            "band": "low",
            "history": left["history"],
            "address": "/kiosk",
            "requested": [],
            "name": "",
        }
        assert left["history"] <= 2  # the blank page before this one
        after = shown.page.evaluate("document.documentElement.outerHTML.length")
        assert abs(after - before) < 2_000  # the attracting quotes differ in length
        shown.start()
        shown.tap("keyboard")
        expect(shown.page.locator("#written")).to_have_text("")


def test_volume_and_speed_begin_anew_for_the_next_visitor(
    browser: Browser, default_folder: Path
) -> None:
    with kiosk(default_folder, NEVER) as url, screen(browser, url) as shown:
        asked: list[float] = []
        shown.page.on(
            "request",
            lambda request: (
                asked.append(json.loads(request.post_data or "{}")["speed"])
                if request.url.endswith("/speech")
                else None
            ),
        )
        for visit in range(2):
            shown.start()
            shown.tap("question")
            shown.shows("answer")
            with shown.page.expect_request("**/speech"):
                shown.listen()
            if visit == 0:
                with shown.page.expect_request("**/speech"):
                    shown.tap("faster")
                shown.tap("louder")
            shown.tap("startAgain")
        assert asked[0] == asked[-1] == 1
        assert len(asked) == 3
        assert asked[1] > 1


def test_after_the_countdown_nothing_of_the_visitor_is_in_the_server(
    browser: Browser, default_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in its memory, nor in what it logs, nor in the log of visits."""
    caplog.set_level(logging.DEBUG)
    log = tmp_path / "log.sqlite"
    visits = VisitLog(log, "counts", 30)
    with (
        kiosk(default_folder, SOON, observers=[visits.record]) as url,
        screen(browser, url) as shown,
    ):
        busy_visit(shown)
        shown.tap("ask")
        shown.shows("answer")
        assert answers_remembered() != []
        leave(shown)
        deadline = time.monotonic() + 60  # the page's last word is on its way
        while remembered := answers_remembered():
            assert time.monotonic() < deadline, remembered
            time.sleep(0.2)
        asked = f"who painted {SECRET}"
        kept = [
            each
            for each in gc.get_objects()
            if (type(each) in (dict, list, tuple, set) and contains(each, asked))
            or (type(each) is frozenset and contains(each, SECRET))
        ]
        assert kept == []
    visits.close()
    assert [record.getMessage() for record in caplog.records if SECRET in record.getMessage()] == []
    for file in tmp_path.iterdir():
        assert SECRET.encode() not in file.read_bytes()
    with sqlite3.connect(log) as database:
        tables = database.execute("select name from sqlite_master where type = 'table'").fetchall()
        rows = [row for (name,) in tables for row in database.execute(f"select * from {name}")]
    assert any("kiosk" in map(str, row) for row in rows)  # but that somebody asked is counted


def test_an_answer_that_comes_after_the_visit_is_dropped_and_forgotten(
    browser: Browser, default_folder: Path
) -> None:
    with kiosk(default_folder, NEVER) as url, screen(browser, url) as shown:
        shown.start()
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        shown.page.route("**/kiosk/ask", hold)
        shown.tap("question")
        while not held:
            shown.page.wait_for_timeout(50)
        shown.tap("startAgain")
        shown.shows("attract")
        with shown.page.expect_request("**/kiosk/forget") as forgotten:
            held[0].continue_()
        assert json.loads(forgotten.value.post_data or "")["turn"]
        shown.shows("attract")


@contextmanager
def app(port: int, index: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "app.py", "--kiosk", "--port", str(port), "--index", str(index)]
    command += ["--log", "none"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DOCENT_")}
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as started:
        try:
            assert started.stdout is not None
            assert started.stdout.readline(), "the app did not start"
            yield started
        finally:
            started.kill()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.mark.slow
def test_the_page_outlives_a_server_that_is_killed_and_started_again(
    browser: Browser, default_folder: Path
) -> None:
    """As the museum's power and systemd do it. The visitor sees a question being looked for."""
    port = free_port()
    errors = re.compile("error|lost|failed|wrong|cannot|refused|unreachable", re.IGNORECASE)
    with app(port, default_folder) as first:
        opened = screen(browser, f"http://127.0.0.1:{port}/")
        shown = opened.__enter__()
        shown.start()
        shown.tap("question")
        shown.shows("answer")
        first.send_signal(signal.SIGKILL)
        first.wait()
    shown.tap("document")  # what needs the server waits for it
    shown.tap("answer")
    shown.tap("keyboard")
    shown.page.keyboard.type(UNKNOWN)
    shown.tap("ask")
    shown.page.wait_for_timeout(3_500)
    expect(shown.page.locator(".waiting")).to_have_text("Please wait …")
    assert not errors.search(shown.page.locator("body").inner_text())
    with app(port, default_folder):
        shown.shows("answer")
        expect(shown.page.locator("#page")).to_contain_text("The documents do not say.")
        shown.page.evaluate("window.before = true")
        shown.tap("startAgain")
        until(shown.page, "window.before === undefined")  # fetched anew from the new server
        shown.page.locator("#page .words").wait_for()
        shown.start()
    assert shown.complaints == []
    opened.__exit__(None, None, None)


def test_the_attract_screen_goes_on_while_the_server_is_away(
    browser: Browser, default_folder: Path
) -> None:
    with kiosk(default_folder, SOON) as url:
        opened = screen(browser, url)
        shown = opened.__enter__()
    first = shown.page.locator("#page .words").inner_text()
    expect(shown.page.locator("#page .words")).not_to_have_text(first)
    shown.start("fr")
    expect(shown.page.locator(".tile").first).to_be_visible()
    opened.__exit__(None, None, None)


def test_not_one_request_leaves_the_machine_and_no_policy_is_met(
    browser: Browser, default_folder: Path
) -> None:
    with kiosk(default_folder, NEVER) as url, screen(browser, url) as shown:
        for _ in shown.every_view(language="ko"):
            pass
        assert len(shown.requests) > 20
        assert {urlsplit(each).netloc for each in shown.requests} == {urlsplit(url).netloc}
        assert shown.complaints == []


@pytest.mark.slow
def test_memory_stays_flat_over_many_visits(browser: Browser, default_folder: Path) -> None:
    """Of the page: elements, listeners and JavaScript's heap."""
    with kiosk(default_folder, NEVER) as url, screen(browser, url) as shown:
        session = shown.page.context.new_cdp_session(shown.page)
        counts = []
        for visit in range(15):
            shown.start()
            shown.tap("question")
            shown.shows("answer")
            shown.tap("document")
            shown.page.locator(".text mark").first.wait_for()
            shown.tap("startAgain")
            shown.page.locator("#page .words").wait_for()
            if visit in (4, 14):
                session.send("HeapProfiler.collectGarbage")
                counts.append(session.send("Memory.getDOMCounters"))
        early, late = counts
        assert late["nodes"] <= early["nodes"] + 200
        assert late["jsEventListeners"] <= early["jsEventListeners"] + 2
