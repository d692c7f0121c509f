"""The kiosk in millimetres: targets, capitals, words on a layer, contrast, reach."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import violations
from playwright.sync_api import Browser
from touching import SPEAKS, UPRIGHT, VIEWS, WIDE, Screen, kiosk, screen, until

from interface.kiosk.routes import KioskSettings
from interface.kiosk.take_away import WIDTH_MM

WRONG = (Path(__file__).parent / "measures.js").read_text(encoding="utf-8")
TARGET_MM, CAPITALS_MM, LARGE_CAPITALS_MM = 15, 4.8, 7.3
MOST_WORDS = 70  # of a layer; Te Papa's digital labels
WALKS = [
    pytest.param(("21.5 inches upright", UPRIGHT, 21.5, False)),
    pytest.param(("15.6 inches wide, large text", WIDE, 15.6, True)),
    pytest.param(("21.5 inches upright, large text", UPRIGHT, 21.5, True), marks=pytest.mark.slow),
    pytest.param(("21.5 inches wide", WIDE, 21.5, False), marks=pytest.mark.slow),
    pytest.param(("21.5 inches wide, large text", WIDE, 21.5, True), marks=pytest.mark.slow),
    pytest.param(("32 inches upright", UPRIGHT, 32, False), marks=pytest.mark.slow),
]
"""The smallest screen with the largest text, and the usual one; the others are slow tests."""
WEAK_EDGES = """() => {
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map(Number).map((part) => part / 255)
      .map((part) => (part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4));
    return .2126 * r + .7152 * g + .0722 * b + .05;
  };
  const against = (a, b) => Math.max(light(a), light(b)) / Math.min(light(a), light(b));
  const around = getComputedStyle(document.getElementById("band")).backgroundColor;
  return [...document.querySelectorAll("#band button:enabled")]
    .filter((button) => button.getClientRects().length)
    .map((button) => {
      const { backgroundColor, borderTopColor } = getComputedStyle(button);
      const field = backgroundColor.endsWith(", 0)") ? around : backgroundColor;
      const edge = borderTopColor.endsWith(", 0)") ? field : borderTopColor;
      return [button.textContent, Math.max(against(field, around), against(edge, around))];
    })
    .filter(([, contrast]) => contrast < 3);
}"""


@pytest.fixture(scope="module")
def address(default_folder: Path) -> Iterator[str]:
    with kiosk(default_folder) as url:
        yield url


def said(shown: Screen) -> str:
    """The words of a layer, without the question, which is the visitor's own."""
    texts = shown.page.locator("#page > :not(.asked)").all_inner_texts()
    return " ".join(texts)


@pytest.fixture(scope="module", params=WALKS, ids=lambda walk: walk[0])
def walk(
    browser: Browser, default_folder: Path, request: pytest.FixtureRequest
) -> dict[str, dict[str, Any]]:
    """What was measured in each view, on a screen of one size and with one size of text."""
    _, size, diagonal, large = request.param
    settings = KioskSettings(diagonal=diagonal)
    seen = {}
    with kiosk(default_folder, settings) as url, screen(browser, url, size) as shown:
        for view in shown.every_view(large=large):
            measures = {
                "mm": math.hypot(*size) / (diagonal * 25.4),
                "leastTarget": TARGET_MM,
                "leastCapitals": LARGE_CAPITALS_MM if large and view != "attract" else CAPITALS_MM,
            }
            seen[view] = {
                "sizes": shown.page.evaluate(WRONG, measures),
                "axe": violations(shown.page),
                "edges": [] if view == "countdown" else shown.page.evaluate(WEAK_EDGES),
                "words": len(said(shown).split()),
            }
    return seen


def all_of(walk: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
    return {view: measured[name] for view, measured in walk.items() if measured[name]}


def test_a_walk_comes_to_every_view(walk: dict[str, dict[str, Any]]) -> None:
    assert list(walk) == [view for view in VIEWS if SPEAKS or view != "listening"]


def test_every_target_and_every_letter_has_its_size_in_every_view(
    walk: dict[str, dict[str, Any]],
) -> None:
    """And every control is in the band, on the screen, and covered by nothing."""
    assert all_of(walk, "sizes") == {}


def test_axe_finds_no_violation_in_any_view(walk: dict[str, dict[str, Any]]) -> None:
    """Contrast among them: 4.5 for text, 3 for large text."""
    assert all_of(walk, "axe") == {}


def test_edges_of_controls_stand_out_three_to_one(walk: dict[str, dict[str, Any]]) -> None:
    """Of each control the field or the border, against what is around it (WCAG 1.4.11)."""
    assert all_of(walk, "edges") == {}


def test_no_layer_has_more_than_seventy_words(walk: dict[str, dict[str, Any]]) -> None:
    """The document itself is read in pages; all else is one glance."""
    n_words = {view: n for view, n in all_of(walk, "words").items() if view != "document"}
    assert {view: n for view, n in n_words.items() if n > MOST_WORDS} == {}


def test_no_answer_to_a_suggested_question_has_more_than_seventy_words(
    browser: Browser, address: str
) -> None:
    counted = {}
    with screen(browser, address) as shown:
        shown.start()
        for nth in range(shown.page.locator(".tile").count()):
            shown.page.locator(".tile").nth(nth).tap()
            shown.shows("answer")
            counted[nth] = len(said(shown).split())
            shown.tap("startAgain")
            shown.start()
    assert len(counted) >= 5
    assert {nth: n for nth, n in counted.items() if n > MOST_WORDS} == {}


def test_the_smallest_screens_have_room_for_every_control(
    browser: Browser, default_folder: Path
) -> None:
    size, diagonal = (1280, 800), 10.1
    with (
        kiosk(default_folder, KioskSettings(diagonal=diagonal)) as url,
        screen(browser, url, size) as shown,
    ):
        mm = math.hypot(*size) / (diagonal * 25.4)
        measures = {"mm": mm, "leastTarget": TARGET_MM, "leastCapitals": CAPITALS_MM}
        wrong = {"attract": shown.page.evaluate(WRONG, measures)}
        shown.start()
        wrong["questions"] = shown.page.evaluate(WRONG, measures)
        shown.tap("question")
        shown.shows("answer")
        wrong["answer"] = shown.page.evaluate(WRONG, measures)
        for layer in ("document", "source", "takeAway"):
            shown.tap(layer)
            shown.page.locator("[data-do=answer]:visible").wait_for()
            wrong[layer] = shown.page.evaluate(WRONG, measures)
            shown.tap("answer")
            shown.shows("answer")
    assert {view: faults for view, faults in wrong.items() if faults} == {}


@pytest.mark.parametrize(
    "language", ["de", "ko", *(pytest.param(code, marks=pytest.mark.slow) for code in ("es", "fr"))]
)
def test_words_of_every_language_fit_where_they_stand(
    browser: Browser, address: str, language: str
) -> None:
    wrong = []
    with screen(browser, address, WIDE) as shown:
        measures = {"mm": shown.mm(), "leastTarget": TARGET_MM, "leastCapitals": CAPITALS_MM}
        for view in shown.every_view(language=language):
            wrong += [f"{view}: {each}" for each in shown.page.evaluate(WRONG, measures)]
    assert wrong == []


@pytest.mark.parametrize("size", [UPRIGHT, WIDE], ids=["upright", "wide"])
def test_the_band_is_low_and_can_be_moved_up_and_down(
    browser: Browser, address: str, size: tuple[int, int]
) -> None:
    with screen(browser, address, size) as shown:
        shown.start()
        band = shown.page.locator("#band")
        low = band.bounding_box()
        assert low is not None
        assert low["y"] > size[1] * 0.4
        assert low["y"] + low["height"] == size[1]
        shown.tap("moveBand")
        high = band.bounding_box()
        assert high is not None
        assert high["y"] == 0
        assert shown.page.locator("#reading").bounding_box()["y"] >= high["height"]  # type: ignore[index]
        shown.tap("moveBand")
        assert band.bounding_box() == low


def test_the_square_for_phones_has_the_size_that_they_can_read(
    browser: Browser, address: str
) -> None:
    with screen(browser, address, WIDE) as shown:
        shown.start()
        shown.tap("question")
        shown.shows("answer")
        shown.tap("takeAway")
        square = shown.page.locator("#square")
        until(shown.page, "document.getElementById('square').naturalWidth > 0")
        box = square.bounding_box()
        assert box is not None
        assert box["width"] >= WIDTH_MM * shown.mm() - 1
        assert box["y"] + box["height"] <= shown.page.locator("#band").bounding_box()["y"]  # type: ignore[index]
