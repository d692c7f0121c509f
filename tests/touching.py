"""The kiosk on its real index, in a real browser, touched by a finger."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from browsing import serving
from playwright.sync_api import Browser, Error, Page

from answerer.pipeline import Pipeline
from interface.application import create_app
from interface.kiosk.routes import KioskSettings
from interface.server.answer_service import AnswerObserver
from interface.wording.wordings import load_wordings

UPRIGHT, WIDE = (1080, 1920), (1920, 1080)
SPEAKS = shutil.which("espeak-ng") is not None
UNKNOWN = "who painted the ceiling"
VIEWS = (
    "attract",
    "questions",
    "keyboard",
    "waiting",
    "answer",
    "listening",
    "document",
    "source",
    "takeAway",
    "notFound",
    "countdown",
)
"""In the order in which `every_view` comes to them."""


@contextmanager
def kiosk(
    folder: Path, settings: KioskSettings | None = None, observers: Sequence[AnswerObserver] = ()
) -> Iterator[str]:
    """The address of a server with nothing but the kiosk, answering from the index in `folder`."""
    pipeline = Pipeline.load(folder)
    app = create_app(
        pipeline, load_wordings(), kiosk=settings, kiosk_only=True, observers=observers
    )
    with serving(app) as address:
        yield address
    pipeline.close()


@dataclass
class Screen:
    """A page on a screen of that size in pixels, and whatever it complained of or asked for."""

    page: Page
    size: tuple[int, int]
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def complain(self, what: str) -> None:
        if "net::ERR_" not in what:  # the server is away: nothing that a visitor sees
            self.complaints.append(what)

    def mm(self, diagonal: float = 21.5) -> float:
        """CSS pixels in a millimetre, worked out without the page."""
        return math.hypot(*self.size) / (diagonal * 25.4)

    def tap(self, action: str, nth: int = 0) -> None:
        self.page.locator(f"[data-do={action}]:visible").nth(nth).tap()

    def start(self, language: str = "en") -> None:
        self.page.locator(f"[data-do=start][data-language={language}]").tap()
        self.shows("questions")

    def shows(self, view: str) -> None:
        self.page.locator(f"#kiosk[data-state={view}]").wait_for()

    def write(self, text: str) -> None:
        for key in text:
            name = "space" if key == " " else key
            self.page.locator(f'[data-key="{name}"]').tap()

    def listen(self) -> None:
        if not SPEAKS:
            pytest.skip("no voice: install espeak-ng")
        self.tap("listen")

    def ask(self, text: str) -> None:
        """Through the keyboard, from wherever there is a way to it."""
        self.tap("keyboard")
        self.write(text)
        self.tap("ask")
        self.shows("answer")

    def every_view(self, *, language: str = "en", large: bool = False) -> Iterator[str]:
        """Goes through all views as a visitor comes to them, and names each."""
        self.page.locator("#page .words").wait_for()
        yield "attract"
        self.start(language)
        if large:
            self.tap("changeText")
        yield "questions"
        self.tap("keyboard")
        yield "keyboard"
        self.tap("questions")
        self.page.route("**/kiosk/ask", lambda route: route.abort())  # the server is away
        self.tap("question")
        self.shows("waiting")
        yield "waiting"
        self.page.unroute("**/kiosk/ask")
        self.tap("startAgain")
        self.start(language)
        if large:
            self.tap("changeText")
        self.tap("question", 0)
        self.shows("answer")
        yield "answer"
        if SPEAKS:
            self.tap("listen")
            self.page.locator(".sound").wait_for()
            yield "listening"
            if self.page.locator("[data-do=stop]").count():
                self.tap("stop")
        self.tap("document")
        self.page.locator(".text mark.answering").wait_for()
        yield "document"
        self.tap("answer")
        self.tap("source")
        yield "source"
        self.tap("answer")
        self.tap("takeAway")
        self.page.locator("#square").wait_for()
        yield "takeAway"
        self.tap("answer")
        self.tap("keyboard")
        self.page.keyboard.type(UNKNOWN)
        self.tap("ask")
        self.page.locator(".nearby, .verdict").first.wait_for()
        yield "notFound"
        self.page.evaluate("document.getElementById('countdown').hidden = false")
        self.page.evaluate("document.getElementById('seconds').textContent = '25'")
        yield "countdown"


@contextmanager
def screen(
    browser: Browser,
    address: str,
    size: tuple[int, int] = UPRIGHT,
    *,
    moving: bool = False,
    attracts: str = "#page .words",
) -> Iterator[Screen]:
    """The page, once it `attracts` by what a selector names."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        screen={"width": width, "height": height},
        has_touch=True,
        reduced_motion="no-preference" if moving else "reduce",
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    shown = Screen(page, size)
    page.on("console", lambda message: shown.complain(message.text))
    page.on("pageerror", lambda error: shown.complaints.append(str(error)))
    context.on("request", lambda request: shown.requests.append(request.url))
    page.goto(f"{address}kiosk")
    page.locator(attracts).wait_for()
    yield shown
    context.close()


def _evaluated(page: Page, expression: str) -> object:
    """Its value; nothing while the page is being left for another."""
    try:
        return page.evaluate(expression)
    except Error as error:
        if "Execution context was destroyed" not in str(error):
            raise
        return None


def until(page: Page, expression: str, seconds: float = 30) -> None:
    """Waits until it is true. (`wait_for_function` would need the policy's `unsafe-eval`.)"""
    end = time.monotonic() + seconds
    while not _evaluated(page, expression):
        assert time.monotonic() < end, f"it did not come to be: {expression}"
        page.wait_for_timeout(50)
