"""The kiosk as a visitor touches it: press, keyboard, languages, layers, reading aloud."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import serving, stand_in
from playwright.sync_api import Browser, Page, expect
from touching import UNKNOWN, UPRIGHT, WIDE, Screen, kiosk, screen, until

from datatypes import Collection
from interface.application import create_app
from interface.kiosk.routes import KioskSettings
from interface.wording.wordings import load_wordings

WORDINGS = load_wordings()
PLENUM = "Wann fand das 6. Plenum der Partei der Arbeit Koreas statt?"


@pytest.fixture(scope="module")
def address(default_folder: Path) -> Iterator[str]:
    with kiosk(default_folder) as url:
        yield url


@pytest.fixture
def shown(browser: Browser, address: str) -> Iterator[Screen]:
    with screen(browser, address) as opened:
        yield opened
        assert opened.complaints == []


class Finger:
    """What a touch screen sends; playwright's own tap goes down and up at once."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)

    def _send(self, kind: str, *points: tuple[float, float]) -> None:
        touched = [{"x": x, "y": y} for x, y in points]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})

    def down(self, x: float, y: float) -> None:
        self._send("touchStart", (x, y))

    def slide(self, x: float, y: float) -> None:
        self._send("touchMove", (x, y))

    def up(self) -> None:
        self._send("touchEnd")


def middle(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_touch_to_start_is_said_in_every_language_and_starts_in_it(shown: Screen) -> None:
    said = shown.page.locator("[data-do=start]").all_inner_texts()
    assert said == [wording["kiosk.touch_to_start"] for wording in WORDINGS.values()]
    shown.start("ko")
    expect(shown.page.locator("#page h2")).to_have_text(WORDINGS["ko"]["kiosk.welcome_heading"])
    assert shown.page.evaluate("document.documentElement.lang") == "ko"


def test_touching_anywhere_starts(shown: Screen) -> None:
    shown.page.touchscreen.tap(500, 300)
    shown.shows("questions")


def test_attracting_quotes_follow_each_other(browser: Browser, default_folder: Path) -> None:
    settings = KioskSettings(attract=0.4)
    with kiosk(default_folder, settings) as url, screen(browser, url) as opened:
        first = opened.page.locator("#page .words").inner_text()
        expect(opened.page.locator("#page .words")).not_to_have_text(first)
        expect(opened.page.locator("#page .asked")).not_to_be_empty()


def test_a_collection_without_suggested_questions_has_its_title_and_the_keyboard(
    browser: Browser,
) -> None:
    library = stand_in()
    library.collection = Collection(title="Nameless letters", welcome="Ask them.")
    app = create_app(library, WORDINGS, kiosk_only=True)
    with serving(app) as url, screen(browser, url, attracts="#page h2.title") as opened:
        expect(opened.page.locator("#page")).to_contain_text("Ask them.")
        opened.start()
        expect(opened.page.locator("#tools h3, .tile")).to_have_count(1)
        expect(opened.page.locator("#tools h3")).to_be_hidden()
        opened.ask("how many workers")
        expect(opened.page.locator("#page mark")).to_have_text("about 3 million workers")


def test_a_press_is_seen_and_acts_when_it_is_let_go(shown: Screen) -> None:
    shown.start()
    tile = shown.page.locator(".tile").first
    before = tile.evaluate("e => getComputedStyle(e).backgroundColor")
    finger = Finger(shown.page)
    finger.down(*middle(shown.page, ".tile"))
    expect(tile).to_have_class(re.compile("pressed"))
    assert tile.evaluate("e => getComputedStyle(e).backgroundColor") != before
    shown.shows("questions")  # nothing has happened yet
    finger.up()
    shown.shows("answer")


def test_a_finger_that_slides_off_does_nothing(shown: Screen) -> None:
    shown.start()
    x, y = middle(shown.page, ".tile")
    finger = Finger(shown.page)
    finger.down(x, y)
    expect(shown.page.locator(".pressed")).to_have_count(1)
    finger.slide(x, y - 500)
    expect(shown.page.locator(".pressed")).to_have_count(0)
    finger.up()
    shown.page.wait_for_timeout(300)
    shown.shows("questions")


def test_a_long_press_is_a_press_and_opens_no_menu(shown: Screen) -> None:
    shown.start()
    shown.page.evaluate(
        "addEventListener('contextmenu', e => { window.menu = !e.defaultPrevented; })"
    )
    finger = Finger(shown.page)
    finger.down(*middle(shown.page, ".tile"))
    shown.page.wait_for_timeout(1_200)
    finger.up()
    shown.shows("answer")
    assert shown.page.evaluate("window.menu") is not True
    assert shown.page.evaluate("getSelection().toString()") == ""


def test_there_is_no_hover_no_cursor_and_no_scroll_bar(shown: Screen) -> None:
    rules = """() => [...document.styleSheets].flatMap(s => [...s.cssRules]).map(r => r.cssText)"""
    assert [rule for rule in shown.page.evaluate(rules) if ":hover" in rule] == []
    for view in shown.every_view():
        if view not in ("answer", "document"):
            continue
        cursors = "[...document.querySelectorAll('*')].map(e => getComputedStyle(e).cursor)"
        assert set(shown.page.evaluate(cursors)) == {"none"}
        assert shown.page.evaluate("innerWidth - document.documentElement.clientWidth") == 0
        page = "document.getElementById('page')"
        assert shown.page.evaluate(f"{page}.offsetWidth - {page}.clientWidth") == 0


@pytest.mark.slow
def test_nothing_moves_for_those_who_asked_for_stillness(shown: Screen) -> None:
    moving = "document.getAnimations().length"
    for _ in shown.every_view():
        assert shown.page.evaluate(moving) == 0


def test_what_moves_for_others_flashes_at_most_twice_a_second(
    browser: Browser, address: str
) -> None:
    periods = (
        "document.getAnimations().map(a => a.effect.getTiming()).filter(t => t.iterations > 1)"
    )
    with screen(browser, address, moving=True) as moving:
        moving.start()
        moving.tap("keyboard")
        durations = moving.page.evaluate(f"{periods}.map(t => t.duration)")
        assert durations
        assert min(durations) >= 500


def test_an_answer_is_a_large_quote_with_the_answering_words_marked(shown: Screen) -> None:
    shown.start()
    shown.tap("question")
    shown.shows("answer")
    words = shown.page.locator("#page .words")
    expect(words).to_have_text(
        "Currently about 3 million workers are participating in this movement."
    )
    expect(words.locator("mark.answering")).to_have_text("3 million")
    expect(words).to_have_attribute("lang", "en")
    sizes = [
        shown.page.locator(each).evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
        for each in ("#page .words", "#page .source")
    ]
    assert sizes[0] >= 1.5 * sizes[1]


def test_below_the_answer_are_the_document_and_where_it_is_from(shown: Screen) -> None:
    shown.start()
    shown.tap("question")
    shown.shows("answer")
    shown.tap("document")
    expect(shown.page.locator(".text mark.answering")).to_be_in_viewport()
    shown.tap("answer")
    shown.tap("source")
    expect(shown.page.locator("dl")).to_contain_text("DY 30, IV A 2/20/250")
    expect(shown.page.locator("dl")).to_contain_text("June 20, 1963")


# While the page still scrolls to its end, the button that reads on is about to be disabled.
AT_REST = """() => new Promise((rests) => {
  let last = NaN;
  const look = () => {
    const { scrollTop } = document.getElementById("page");
    if (scrollTop === last) return rests();
    last = scrollTop;
    return setTimeout(look, 200);
  };
  look();
})"""


def test_buttons_and_a_finger_read_on_in_the_document(shown: Screen) -> None:
    shown.start()
    shown.tap("question")
    shown.shows("answer")
    shown.tap("document")
    shown.page.locator(".text mark.answering").wait_for()
    top = "document.getElementById('page').scrollTop"
    before = shown.page.evaluate(top)
    shown.tap("readOn")
    until(shown.page, f"{top} > {before} + 300")
    for _ in range(60):  # to the very end, over all parts of the text
        shown.page.evaluate(AT_REST)
        if shown.page.locator("[data-do=readOn]").is_disabled():
            break
        was = shown.page.evaluate(top)
        shown.tap("readOn")
        until(shown.page, f"{top} != {was} || document.querySelector('[data-do=readOn]').disabled")
    expect(shown.page.locator(".text")).to_contain_text("coordination with the PR China.")
    here = shown.page.evaluate(top)
    finger = Finger(shown.page)
    finger.down(500, 400)
    for y in range(420, 1000, 20):
        finger.slide(500, y)
    finger.up()
    until(shown.page, f"{top} < {here} - 100")


def test_what_is_not_found_leads_on_to_what_is_there(shown: Screen) -> None:
    shown.start()
    shown.ask(UNKNOWN)
    expect(shown.page.locator("#page")).to_contain_text("The documents do not say.")
    expect(shown.page.locator("#page .words")).to_have_count(0)
    expect(shown.page.locator("#tools")).to_contain_text("These questions have an answer here:")
    shown.tap("question")
    expect(shown.page.locator("#page .words")).to_be_visible()


def test_related_questions_follow_each_answer(shown: Screen) -> None:
    shown.start()
    shown.tap("question")
    shown.shows("answer")
    first = shown.page.locator("#page .asked").inner_text()
    shown.tap("question")
    expect(shown.page.locator("#page .asked")).not_to_have_text(first)
    expect(shown.page.locator("#page .words")).to_be_visible()


def test_a_question_is_shown_translated_and_asked_as_the_documents_have_it(shown: Screen) -> None:
    shown.start("de")
    shown.page.locator(".tile", has_text=PLENUM).tap()
    shown.shows("answer")
    expect(shown.page.locator("#page .asked")).to_have_text(PLENUM)
    expect(shown.page.locator("#page mark")).to_have_text("between 13 and 15 May 1963")
    expect(shown.page.locator("#page .source")).to_contain_text("Dokument auf Englisch")
    expect(shown.page.locator("#page .words")).to_have_attribute("lang", "en")


def test_the_language_changes_in_every_view_without_asking_anew(shown: Screen) -> None:
    for view in shown.every_view():
        if view in ("attract", "countdown"):
            continue
        asked = len(shown.requests)
        for code in ("ko", "en"):
            shown.page.locator(f"#languages [lang={code}]").tap()
            again = shown.page.locator("#start-again").inner_text().strip()
            assert again == WORDINGS[code]["kiosk.start_again"]
            assert shown.page.evaluate("document.documentElement.lang") == code
        if view != "waiting":  # there it asks a server that is away again, by itself
            assert [url for url in shown.requests[asked:] if "/ask" in url] == []
        if view == "listening":
            assert shown.page.locator("[data-do=stop]").count() == 0


def test_languages_are_named_in_themselves_and_have_no_flags(shown: Screen) -> None:
    shown.start()
    buttons = shown.page.locator("#languages button")
    assert buttons.all_inner_texts() == [wording.language for wording in WORDINGS.values()]
    assert shown.page.locator("#languages img, #languages svg").count() == 0


def test_start_again_is_there_in_every_view_of_a_visit(shown: Screen) -> None:
    for view in shown.every_view():
        if view != "attract":
            expect(shown.page.locator("#start-again")).to_be_in_viewport()
            x, y = middle(shown.page, "#start-again")
            at = f"document.elementFromPoint({x}, {y}).closest('button').id"
            assert shown.page.evaluate(at) == "start-again"


TYPED = [
    ("en", "who", "who"),
    ("de", "größe", "größe"),
    ("fr", "été", "été"),
    ("es", "¿año?", "¿año?"),
    ("ko", "ㅎㅏㄴㄱㅡㄹ", "한글"),
    ("ko", "ㄱㅏㄱㄱㅏ", "각가"),
    ("ko", "ㅇㅣㄹㄱㅇㅓㅇㅛ", "읽어요"),
    ("ko", "ㅇㅣㄹㄱㅡㄴ", "일근"),
    ("ko", "ㅇㅗㅏㅇㄱㅜㄱ", "왕국"),
    ("ko", "ㅇㅡㅣㅅㅏ", "의사"),
    ("ko", "ㄱㅏㅂㅅㅇㅣ", "값이"),
    ("ko", "ㄱㅏㅂㅅㅣ", "갑시"),
    ("ko", "ㅋㅋ ㅏㅏ", "ㅋㅋ ㅏㅏ"),
]


@pytest.mark.parametrize(("language", "keys", "text"), TYPED)
def test_the_keyboard_writes_each_language(
    shown: Screen, language: str, keys: str, text: str
) -> None:
    shown.start(language)
    shown.tap("keyboard")
    shown.write(keys)
    expect(shown.page.locator("#written")).to_have_text(text)


def test_deleting_takes_a_syllable_apart_letter_by_letter(shown: Screen) -> None:
    shown.start("ko")
    shown.tap("keyboard")
    shown.write("ㅎㅏㄴ")
    left = []
    for _ in range(3):
        shown.page.locator("[data-key=delete]").tap()
        left.append(shown.page.locator("#written").inner_text())
    assert left == ["하", "ㅎ", ""]


def test_capitals_and_names_in_english_letters(shown: Screen) -> None:
    shown.start("ko")
    shown.tap("keyboard")
    for key in ("capitals", "ㅆ", "ㅡ", "space", "latin", "capitals", "K", "w", "p", "latin", "ㄱ"):
        shown.page.locator(f'[data-key="{key}"]').tap()
    expect(shown.page.locator("#written")).to_have_text("쓰 Kwpㄱ")
    shown.page.locator("[data-key=clear]").tap()
    expect(shown.page.locator("#written")).to_have_text("")


def test_on_a_narrow_screen_the_keys_keep_their_size_and_come_in_more_rows(
    browser: Browser, default_folder: Path
) -> None:
    settings = KioskSettings(diagonal=10.1)  # 15 mm are 83 of its 800 pixels
    with (
        kiosk(default_folder, settings) as url,
        screen(browser, url, (800, 1280)) as narrow,
    ):
        narrow.start()
        narrow.tap("keyboard")
        seen = set()
        for _ in range(8):
            keys = narrow.page.locator(".key")
            for box in keys.evaluate_all(
                "all => all.map(e => [e.clientWidth + 6, e.offsetHeight])"
            ):
                assert min(box) >= 15 * narrow.mm(10.1) - 1
            seen |= set(keys.evaluate_all("all => all.map(e => e.dataset.key)"))
            if narrow.page.locator("[data-key=more]").count():
                narrow.page.locator("[data-key=more]").tap()
        assert set("abcdefghijklmnopqrstuvwxyz1234567890?") <= seen


def test_the_keyboard_says_in_which_language_the_documents_are(shown: Screen) -> None:
    shown.start("fr")
    shown.tap("keyboard")
    expect(shown.page.locator("#page")).to_contain_text("Les documents sont en anglais.")
    shown.page.locator("#languages [lang=en]").tap()
    expect(shown.page.locator("#page .source")).to_have_count(0)


def test_an_empty_question_is_not_asked(shown: Screen) -> None:
    shown.start()
    shown.tap("keyboard")
    shown.tap("ask")
    shown.page.wait_for_timeout(200)
    shown.shows("keyboard")


def test_please_wait_is_said_after_three_seconds(shown: Screen) -> None:
    shown.page.clock.install()
    shown.start()
    shown.page.clock.pause_at(shown.page.evaluate("Date.now() / 1000 + 1"))
    shown.page.route("**/kiosk/ask", lambda route: None)
    shown.tap("question")
    shown.shows("waiting")
    waiting = shown.page.locator(".waiting")
    shown.page.clock.fast_forward(2_800)
    expect(waiting).to_have_text("Looking in the documents …")
    shown.page.clock.fast_forward(300)
    expect(waiting).to_have_text("Please wait …")


def test_a_keyboard_that_is_attached_works_too(shown: Screen) -> None:
    shown.page.locator("[data-do=start]").first.focus()
    shown.page.keyboard.press("Enter")
    shown.shows("questions")
    shown.page.locator("[data-do=keyboard]").focus()
    shown.page.keyboard.press("Enter")
    shown.shows("keyboard")
    shown.page.keyboard.type(f"{UNKNOWN}x")
    shown.page.keyboard.press("Backspace")
    expect(shown.page.locator("#written")).to_have_text(UNKNOWN)
    shown.page.keyboard.press("Enter")
    expect(shown.page.locator("#page")).to_contain_text("The documents do not say.")


def test_a_quote_is_read_aloud_and_its_words_are_marked_as_they_are_spoken(shown: Screen) -> None:
    shown.start()
    shown.tap("question")
    shown.shows("answer")
    shown.page.evaluate(
        """() => {
          window.spoken = [];
          setInterval(() => {
            const [range] = CSS.highlights.get("spoken") ?? [];
            const word = range?.toString();
            if (word && word !== spoken.at(-1)) spoken.push(word);
          }, 20);
        }"""
    )
    shown.listen()
    until(shown.page, "window.spoken.length >= 4")
    for action in ("louder", "quieter", "faster", "slower"):
        shown.tap(action)
    until(shown.page, "window.spoken.at(-1)?.startsWith('movement')")
    expect(shown.page.locator("[data-do=listen]")).to_be_visible()  # it ends by itself
    quote = shown.page.locator("#page .words").inner_text()
    spoken = shown.page.evaluate("window.spoken")
    assert [word for word in spoken if word not in quote] == []
    assert spoken[0] == "Currently"


@pytest.mark.parametrize("size", [UPRIGHT, WIDE], ids=["upright", "wide"])
def test_a_long_quote_is_read_in_pages(
    browser: Browser, address: str, size: tuple[int, int]
) -> None:
    """As large text on a small page: nothing of it is out of reach."""
    with screen(browser, address, size) as opened:
        opened.start()
        opened.tap("changeText")
        opened.tap("keyboard")
        opened.page.keyboard.type("What does the Korean side want to use the Soviet credits for?")
        opened.tap("ask")
        opened.shows("answer")
        last = "document.querySelector('#page .source').getBoundingClientRect().bottom"
        bottom = "document.getElementById('page').getBoundingClientRect().bottom"
        for _ in range(8):
            if opened.page.evaluate(f"{last} <= {bottom} + 1"):
                break
            opened.tap("readOn")
            opened.page.wait_for_timeout(100)
        assert opened.page.evaluate(f"{last} <= {bottom} + 1")
