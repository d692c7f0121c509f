"""A long day at the kiosk: scripted visitors touch the page in a real browser, one after another.

They choose questions in every language, read, listen, take a quote home, write on the screen's
keyboard, and start again or walk away. Meanwhile the browser writes down every address that any
part of it asks for (its own network log, not only the page's requests), and the server every
connection that it opens. Memory is compared between the end of the first round through the
languages and the end of the session.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, ViewportSize, sync_playwright

from benchmarks.sources import ROOT, markdown_table
from benchmarks.visitors import memory_mb, started
from errors import SettingError
from interface.wording.wordings import load_wordings

SCREEN: ViewportSize = {"width": 1080, "height": 1920}
READING_MS = 700  # between two touches
TOUCH_MS = 10_000
PATIENCE_MS = 240_000  # walking away takes 115 s
WALKS_AWAY = 6  # each sixth visitor does
# Python runs it at the start of the server, from PYTHONPATH.
_WATCH = """
import os, sys
LOG = os.open(os.environ["WATCH_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
def watch(event, args):
    if event in ("socket.connect", "socket.sendto"):
        os.write(LOG, f"{event} {args[1]}\\n".encode())
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        os.write(LOG, f"{event} {args[0]}\\n".encode())
sys.addaudithook(watch)
"""
# What a visitor does with an answer; what is not on the screen is left out.
_TOUCHES = (
    *("document", "readOn", "readOn", "readBack", "answer", "source", "answer"),
    *("listen", "faster", "louder", "slower", "stop", "takeAway", "answer", "nextQuote"),
    *("changeText", "moveBand", "changeText", "moveBand", "moreQuestions"),
)


@dataclass(slots=True)
class Session:
    """What happened at the screen."""

    page: Page
    visits: int = 0
    walked_away: int = 0
    touches: Counter[str] = field(default_factory=Counter)
    views: set[tuple[str, str]] = field(default_factory=set)  # with the language
    errors: list[str] = field(default_factory=list)
    axe: list[str] = field(default_factory=list)

    def watch(self) -> None:
        def note(what: str) -> None:
            self.errors.append(what)

        self.page.on("pageerror", lambda error: note(f"error: {error}"))
        self.page.on("requestfailed", lambda request: note(f"failed: {request.url}"))
        self.page.on("console", lambda m: note(f"console: {m.text}") if m.type == "error" else None)

    def visit(self, language: str) -> None:
        """From the attract screen back to it."""
        self._touch("start", f"[data-language={language}]")
        self._touch("question", f":nth-child({self.visits % 3 + 1})")
        self._until("answer")
        for name in _TOUCHES:
            self._touch(name)
        self._write()
        self.visits += 1
        if self.visits % WALKS_AWAY == 0:
            self.walked_away += 1
        else:
            self._touch("startAgain")
        self._until("attract")

    def _write(self) -> None:
        """A question of ten keys, which the documents will not answer."""
        self._touch("keyboard")
        keys = self.page.locator("#keyboard [data-do=key]")
        for place in range(10):
            keys.nth((7 * place + self.visits) % 20).tap()
        self._touch("ask")
        self._until("answer")

    def _until(self, view: str) -> None:
        self.page.locator(f"#kiosk[data-state={view}]").wait_for(timeout=PATIENCE_MS)
        self._look()

    def _touch(self, name: str, which: str = "") -> None:
        button = self.page.locator(f"[data-do={name}]{which}").first
        if not button.is_visible() or not button.is_enabled():
            return
        button.tap(timeout=TOUCH_MS)
        self.touches[name] += 1
        self.page.wait_for_timeout(READING_MS)
        self._look()

    def _look(self) -> None:
        """Each view once in each language, as a screen reader meets it."""
        view = self.page.evaluate("[kiosk.dataset.state, document.documentElement.lang]")
        if tuple(view) in self.views:
            return
        self.views.add(tuple(view))
        self.axe += [
            f"{view}: {each['id']}" for each in Axe().run(self.page).response["violations"]
        ]
        squares = "[...document.querySelectorAll('#square')].every((e) => e.naturalWidth)"
        if not self.page.evaluate(squares):
            self.errors.append("error: the code to take home is not shown")


def measure(minutes: float) -> dict[str, Any]:
    """Raises SettingError where there is no browser."""
    languages = list(load_wordings())
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        with _watched_app(scratch) as (address, process), _screen(scratch, address) as page:
            session = Session(page)
            session.watch()
            page.goto(f"{address}kiosk")
            end = time.monotonic() + 60 * minutes
            for language in languages:
                session.visit(language)
            before = _memory(page, process)
            while time.monotonic() < end:
                session.visit(languages[session.visits % len(languages)])
            after = _memory(page, process)
        return {
            "minutes": minutes,
            "visits": session.visits,
            "walked_away": session.walked_away,
            "touches": dict(session.touches),
            "outbound_browser": sorted(_outside(scratch / "net.json")),
            "outbound_server": (scratch / "connections").read_text("utf-8").splitlines(),
            "page_errors": session.errors,
            "views_seen_by_axe": len(session.views),
            "axe_violations": session.axe,
            "before": before,
            "after": after,
        }


def table(measured: dict[str, Any]) -> Iterator[str]:
    touches = measured["touches"]
    yield (
        f"{measured['minutes']:g} minutes, {measured['visits']} visits "
        f"({measured['walked_away']} walked away), {sum(touches.values())} touches: "
        + ", ".join(f"{name} {n}" for name, n in touches.items())
    )
    seen = f"{measured['views_seen_by_axe']} views and languages"
    for what, lines in (
        (
            "Outbound requests of browser and server",
            measured["outbound_browser"] + measured["outbound_server"],
        ),
        ("Errors of the page", measured["page_errors"]),
        (f"Violations of axe's rules in {seen}", measured["axe_violations"]),
    ):
        yield f"{what}: {len(lines)}"
        yield from (f"  {line}" for line in lines)
    yield ""
    before, after = measured["before"], measured["after"]
    rows = [[name, f"{before[name]:,.1f}", f"{after[name]:,.1f}"] for name in before]
    yield from markdown_table(["memory", "after one visit in each language", "at the end"], rows)


@contextmanager
def _watched_app(scratch: Path) -> Iterator[tuple[str, Popen[str]]]:
    """The kiosk on the default documents; what it connects to is written to `connections`."""
    (scratch / "sitecustomize.py").write_text(_WATCH)
    (scratch / "connections").touch()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DOCENT_")}
    watched = {"PYTHONPATH": str(scratch), "WATCH_LOG": str(scratch / "connections")}
    index = str(scratch / "build" / "index")
    with started("--kiosk", "--index", index, environment=kept | watched) as app:
        (scratch / "connections").write_text("")  # finding its own address is none
        yield app


@contextmanager
def _screen(scratch: Path, address: str) -> Iterator[Page]:
    """A page in the browser that `deploy/kiosk-browser` starts, with its flags, but unseen."""
    flags = ["--headless=new", "--remote-debugging-port=0", f"--log-net-log={scratch / 'net.json'}"]
    flags += ["--no-sandbox"] if os.geteuid() == 0 else []
    port = str(urlsplit(address).port)
    environment = os.environ | {"DOCENT_PORT": port, "XDG_RUNTIME_DIR": str(scratch)}
    command = [str(ROOT / "deploy" / "kiosk-browser"), *flags]
    with (
        Popen(command, env=environment, stderr=DEVNULL) as launcher,
        sync_playwright() as playwright,
    ):
        try:
            devtools = _devtools(scratch, launcher)
            browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{devtools}")
            page = browser.new_context(viewport=SCREEN, has_touch=True).new_page()
            page.set_default_timeout(PATIENCE_MS)
            browser.contexts[0].pages[0].close()
            yield page
        finally:
            launcher.terminate()
            launcher.wait()


def _devtools(scratch: Path, launcher: Popen[bytes]) -> int:
    """The port that the browser writes into its profile once it is there."""
    while launcher.poll() is None:
        for written in scratch.glob("docent-screen.*/DevToolsActivePort"):
            if lines := written.read_text().split():
                return int(lines[0])
        time.sleep(0.1)
    raise SettingError("There is no browser.", "Install one with: make browser")


def _memory(page: Page, process: Popen[str]) -> dict[str, float]:
    """Of the server, and of the page once its garbage is collected."""
    browser = page.context.browser
    assert browser is not None
    devtools, of_all = page.context.new_cdp_session(page), browser.new_browser_cdp_session()
    devtools.send("HeapProfiler.collectGarbage")
    devtools.send("Performance.enable")
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    processes = of_all.send("SystemInfo.getProcessInfo")["processInfo"]
    devtools.detach()
    of_all.detach()
    figures = {metric["name"]: metric["value"] for metric in metrics}
    return {
        "server, MB": memory_mb(process.pid),
        "page's JavaScript, MB": figures["JSHeapUsedSize"] / 2**20,
        "page's nodes": figures["Nodes"],
        "page's listeners": figures["JSEventListeners"],
        "pages' processes, MB": sum(
            memory_mb(each["id"]) for each in processes if each["type"] == "renderer"
        ),
    }


def _outside(net_log: Path) -> set[str]:
    """All addresses but this machine's that any part of the browser asked for."""
    text = net_log.read_text(encoding="utf-8", errors="replace")
    log = json.loads(text[: text.rindex("},\n") + 1] + "]}")  # it ends with the browser
    asked = log["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    events = (event.get("params", {}) for event in log["events"] if event["type"] == asked)
    urls = {params["url"] for params in events if "url" in params}
    return {url for url in urls if urlsplit(url).hostname not in (None, "127.0.0.1")}
