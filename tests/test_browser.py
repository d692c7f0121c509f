"""The page in the system's Chromium: what visitors see, with mouse, keyboard and screen reader."""

from __future__ import annotations

import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from browsing import (
    DELEGATION,
    HOSTILE,
    PHONE,
    UNKNOWN,
    UPRIGHT,
    WIDE,
    WORKERS,
    gdr_document,
    hostile_document,
    long_document,
    opened,
    served,
    stand_in,
    violations,
)
from playwright.sync_api import Browser, Page, expect

from datatypes import Document


@pytest.fixture(scope="module")
def one() -> Iterator[str]:
    """The address of a server with one document."""
    with served(stand_in()) as address:
        yield address


@pytest.fixture(scope="module")
def many() -> Iterator[str]:
    with served(stand_in(gdr_document(), hostile_document(), long_document())) as address:
        yield address


def ask(page: Page, question: str) -> None:
    n_turns = page.locator("#turns .turn").count()
    page.fill("#question", question)
    page.press("#question", "Enter")
    page.locator("#turns .turn").nth(n_turns).wait_for()


def test_an_answer_is_quoted_and_marked_in_the_document_beside_it(
    browser: Browser, one: str
) -> None:
    page = opened(browser, one)
    ask(page, WORKERS)
    sentence = "Currently about 3 million workers are participating in this movement."
    assert page.locator(".quote .words").text_content() == sentence
    mark = page.locator("#reader mark.answering")
    expect(mark).to_have_text("about 3 million workers")
    expect(mark).to_be_in_viewport()
    assert "".join(page.locator("#reader mark").all_text_contents()) == sentence
    expect(page.locator("#status")).to_contain_text("The documents say: Currently about 3 million")
    assert page.evaluate("document.activeElement.id") == "question"


def test_each_citation_leads_to_its_own_place(browser: Browser, one: str) -> None:
    page = opened(browser, one)
    ask(page, DELEGATION)
    expect(page.locator("#reader mark.answering")).to_have_text("coordinate positions")
    page.locator(".cite").nth(1).click()
    expect(page.locator("#reader mark")).to_have_text(
        "It is especially visible in the industrial build-up"
    )
    expect(page.locator("#reader mark")).to_be_in_viewport()
    expect(page.locator(".cite[aria-current]")).to_have_text("2")


def test_copying_gives_the_slice_and_not_the_quotation_marks(browser: Browser, one: str) -> None:
    page = opened(browser, one)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, DELEGATION)
    page.locator(".words").first.click()
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.words'))")
    assert page.evaluate("getSelection().toString()") == (
        "The objective of this visit will be to coordinate positions of both parties"
    )
    page.locator("summary", has_text="Copy citation").first.click()
    page.get_by_role("button", name="Copy: The quote").first.click()
    expect(page.locator("#status")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == (
        "The objective of this visit\n\nwill be to coordinate positions of both parties"
    )


def test_not_found_looks_different_and_takes_old_marks_away(browser: Browser, one: str) -> None:
    page = opened(browser, one)
    ask(page, WORKERS)
    ask(page, UNKNOWN)
    turn = page.locator(".turn.not-found")
    expect(turn).to_contain_text("The documents do not say.")
    expect(turn).to_contain_text("Related, not an answer")
    expect(turn.locator("blockquote")).to_have_count(0)
    expect(page.locator("#reader mark")).to_have_count(0)


def test_a_suggestion_can_be_asked_and_a_new_conversation_forgets_it(
    browser: Browser, one: str
) -> None:
    page = opened(browser, one)
    page.get_by_role("button", name=WORKERS).click()
    expect(page.locator(".turn h2")).to_be_focused()
    ask(page, "And the objective?")
    expect(page.locator(".understood")).to_contain_text(WORKERS)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#welcome")).to_be_visible()
    expect(page.locator("#question")).to_be_focused()
    ask(page, "And the objective?")
    expect(page.locator(".understood")).to_have_count(0)


def test_a_slow_answer_says_that_it_is_coming(browser: Browser, one: str) -> None:
    page = opened(browser, one)
    page.fill("#question", "slow")
    page.press("#question", "Enter")
    expect(page.locator(".waiting")).to_have_text("Looking in the documents …")
    expect(page.locator(".waiting")).to_have_text("Please wait a moment longer …")
    expect(page.locator(".turn")).to_contain_text("The documents do not say.")


def test_a_lost_connection_is_said_and_the_next_question_works(browser: Browser, one: str) -> None:
    page = opened(browser, one)
    page.route("**/gradio_api/**", lambda route: route.abort())
    page.fill("#question", WORKERS)
    page.press("#question", "Enter")
    expect(page.locator("#turns")).to_contain_text("The answer did not come")
    page.unroute("**/gradio_api/**")
    ask(page, WORKERS)
    expect(page.locator(".turn.found")).to_have_count(1)


@pytest.mark.parametrize("question", ["", "🏺", "break"])
def test_odd_questions_get_a_sentence_in_the_page(
    browser: Browser, one: str, question: str
) -> None:
    page = opened(browser, one)
    ask(page, question)
    expect(page.locator(".turn .verdict")).to_be_visible()


def test_votes_stay_in_this_browser(browser: Browser, one: str) -> None:
    page = opened(browser, one)
    asked: list[str] = []
    ask(page, WORKERS)
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Yes, this was the answer").click()
    expect(page.locator("[data-vote=up]")).to_have_attribute("aria-pressed", "true")
    assert asked == []
    page.reload()
    ask(page, WORKERS)
    expect(page.locator("[data-vote=up]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-vote=down]")).to_have_attribute("aria-pressed", "false")


def test_a_chosen_theme_is_kept(browser: Browser, one: str) -> None:
    page = opened(browser, one)
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Light or dark").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark != light


def test_a_permalink_opens_its_quote_in_the_document(browser: Browser, one: str) -> None:
    page = opened(browser, one)
    ask(page, WORKERS)
    page.get_by_role("link", name="Link to this passage").click()
    expect(page.locator(".turn")).to_contain_text("Currently about 3 million workers")
    expect(page.locator("#reader mark")).to_be_in_viewport()


def test_on_a_phone_the_document_opens_over_the_conversation(browser: Browser, one: str) -> None:
    page = opened(browser, one, PHONE)
    ask(page, WORKERS)
    expect(page.locator("#document")).to_be_hidden()
    page.locator(".cite").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.locator("#reader mark.answering")).to_be_in_viewport()
    expect(page.locator("#reader mark").first).to_be_focused()
    assert page.evaluate("document.querySelector('main').inert")
    page.keyboard.press("Escape")
    expect(page.locator("#document")).to_be_hidden()
    expect(page.locator(".cite")).to_be_focused()
    page.locator(".cite").click()
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".cite")).to_be_focused()


@pytest.mark.parametrize("size", [WIDE, PHONE, UPRIGHT])
def test_nothing_is_wider_than_the_screen(
    browser: Browser, many: str, size: tuple[int, int]
) -> None:
    page = opened(browser, many, size)
    ask(page, HOSTILE)
    for summary in page.locator(".turn summary").all():
        summary.click()
    overflowing = page.evaluate(
        "[...document.querySelectorAll('main *')].filter(e => "
        "e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"
    )
    assert overflowing == []
    assert page.evaluate("document.scrollingElement.scrollTop") == 0


def test_a_hostile_document_is_shown_as_the_text_it_is(browser: Browser, many: str) -> None:
    page = opened(browser, many)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    ask(page, HOSTILE)
    expect(page.locator("#reader mark").first).to_be_visible()
    expect(page.locator(".quote .words")).to_contain_text("<script>window.harmed=1</script>")
    page.locator(".quote .words").hover()
    assert page.evaluate("window.harmed") is None
    assert page.locator("#turns img, #turns script, #reader img, #reader script").count() == 0
    assert not [url for url in asked if "example.org" in url]
    # The override is isolated: what follows it stands to its right.
    assert page.evaluate(
        """() => {
            const at = (character) => {
                const walk = document.createTreeWalker(document.querySelector('.words'), 4);
                while (walk.nextNode()) {
                    const i = walk.currentNode.data.indexOf(character);
                    if (i < 0) continue;
                    const range = document.createRange();
                    range.setStart(walk.currentNode, i);
                    range.setEnd(walk.currentNode, i + 1);
                    return range.getBoundingClientRect().left;
                }
            };
            return at('gnp.exe') < at('exe');
        }"""
    )


def test_many_documents_can_be_searched_and_opened(browser: Browser, many: str) -> None:
    page = opened(browser, many)
    expect(page.locator(".card")).to_have_count(3)
    page.fill("#search-words", "report nobody wrote")
    page.press("#search-words", "Enter")
    expect(page.locator("#cards")).to_have_text("No document fits this search.")
    page.fill("#search-words", "policy")
    page.press("#search-words", "Enter")
    page.locator(".card").click()
    expect(page.locator("#document-title")).to_be_focused()
    expect(page.locator("#reader")).to_contain_text("June 20, 1963")
    page.get_by_role("button", name="All documents").click()
    expect(page.locator("#list-heading")).to_be_focused()


def test_a_list_of_three_thousand_documents_comes_in_parts(browser: Browser) -> None:
    shelf = [Document(f"d{n}", f"Letter {n}", f"Text {n}.") for n in range(3000)]
    with served(stand_in(*shelf)) as address:
        page = opened(browser, address)
        expect(page.locator(".n-found")).to_have_text("3,000 documents")
        expect(page.locator(".card")).to_have_count(50)
        page.get_by_role("button", name="Show more").click()
        expect(page.locator(".card")).to_have_count(100)
        expect(page.locator(".card").nth(50)).to_be_focused()
        page.fill("#search-words", "letter 2999")
        page.press("#search-words", "Enter")
        expect(page.locator(".card")).to_have_count(1)
        expect(page.locator(".n-found")).to_have_text("1 document")


def test_a_document_of_two_million_characters_stays_fast(browser: Browser, many: str) -> None:
    page = opened(browser, many)
    began = time.monotonic()
    ask(page, "Show me paragraph 25000")
    mark = page.locator("#reader mark")
    expect(mark).to_have_text("Paragraph 25000 of the long document")
    expect(mark).to_be_in_viewport()
    assert time.monotonic() - began < 20
    n_filled = page.locator(".piece:has(p)").count()
    assert 0 < n_filled < 12
    page.wait_for_timeout(600)
    expect(mark).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_axe_finds_no_violation(
    browser: Browser, many: str, size: tuple[int, int], scheme: str
) -> None:
    page = opened(browser, many, size, scheme)
    assert violations(page) == []
    ask(page, WORKERS)
    for summary in page.locator(".turn summary").all():
        summary.click()
    assert violations(page) == []
    ask(page, UNKNOWN)
    assert violations(page) == []
    page.locator(".cite").first.click()
    page.locator("#reader mark").first.wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="All documents").click()
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_refusals(browser: Browser, one: str, scheme: str) -> None:
    page = opened(browser, one, WIDE, scheme)
    ask(page, "")
    ask(page, "   ")
    ask(page, "And the objective?")
    assert violations(page) == []
    headings = page.locator(".turn h2").evaluate_all("all => all.map(h => h.id)")
    assert len(set(headings)) == 3
    page.locator("#reader summary").click()
    assert violations(page) == []


def test_the_keyboard_reaches_everything_in_reading_order(browser: Browser, one: str) -> None:
    page = opened(browser, one)
    order = []
    for _ in range(10):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
        # The question's own frame is drawn around the whole box.
        outlined = "(document.activeElement.closest('#ask') ?? document.activeElement)"
        assert page.evaluate(f"getComputedStyle({outlined}).outlineStyle") == "solid"
    assert order == [
        "skip",
        "new-conversation",
        "open-documents",
        "language",
        "theme",
        "scroller",
        "suggestion",
        "suggestion",
        "suggestion",
        "question",
    ]


def test_another_language_can_be_chosen_and_stays(browser: Browser, one: str) -> None:
    page = opened(browser, one)
    page.select_option("#language", "de")
    expect(page.get_by_role("button", name="Neues Gespräch")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "de"
    page.wait_for_load_state()  # with its scripts
    ask(page, UNKNOWN)
    expect(page.locator(".turn")).to_contain_text("Die Dokumente sagen dazu nichts.")
    page.get_by_role("button", name="Neues Gespräch").click()
    page.reload()
    expect(page.get_by_role("button", name="Neues Gespräch")).to_be_visible()
    assert violations(page) == []


def test_a_whole_visit_needs_no_mouse(browser: Browser, one: str) -> None:
    page = opened(browser, one)

    def tab_to(name: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            here = page.evaluate(
                "document.activeElement.ariaLabel || document.activeElement.textContent"
            )
            if here.strip().startswith(name):
                return
        pytest.fail(f"Tab does not lead to {name}")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the skip link
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type(WORKERS)
    page.keyboard.press("Enter")
    page.locator(".turn .quote").wait_for()
    page.keyboard.press("Shift+Tab")
    for _ in range(40):  # back through the answer to its question's citation
        if page.evaluate("document.activeElement.matches('.cite')"):
            break
        page.keyboard.press("Shift+Tab")
    tab_to("Copy citation")
    page.keyboard.press("Enter")
    expect(page.locator(".formats")).to_be_visible()
    tab_to("Copy: The quote")
    tab_to("Link to this passage")
    tab_to("Why this passage")
    page.keyboard.press("Enter")
    expect(page.locator(".reasons")).to_be_visible()
    tab_to("Yes, this was the answer")
    page.keyboard.press("Space")
    expect(page.locator("[data-vote=up]")).to_have_attribute("aria-pressed", "true")
    tab_to(DELEGATION)
    page.keyboard.press("Enter")
    expect(page.locator(".turn").nth(1).locator("h2")).to_be_focused()
    tab_to("Citation 2")
    page.keyboard.press("Enter")
    expect(page.locator("#reader mark").first).to_be_focused()


def test_an_opened_drawer_leaves_its_name_where_it_was(browser: Browser, one: str) -> None:
    page = opened(browser, one)
    ask(page, WORKERS)
    for name in ("Copy citation", "Why this passage"):
        summary = page.locator("summary", has_text=name)
        before = summary.bounding_box()
        summary.click()
        assert summary.bounding_box() == before
    expect(page.locator(".formats")).to_be_visible()
    expect(page.locator(".reasons")).to_be_visible()


def test_only_the_last_answer_suggests_what_to_ask_next(browser: Browser, one: str) -> None:
    page = opened(browser, one)
    ask(page, WORKERS)
    ask(page, DELEGATION)
    expect(page.locator(".related").nth(0)).to_be_hidden()
    expect(page.locator(".related").nth(1)).to_be_visible()


def test_not_one_request_leaves_the_machine(browser: Browser, many: str) -> None:
    context = browser.new_context()
    asked: list[str] = []
    refused: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.on("console", lambda message: refused.append(message.text))
    page.on("pageerror", lambda error: refused.append(str(error)))
    page.goto(many)
    for question in (WORKERS, HOSTILE, UNKNOWN):
        ask(page, question)
    page.wait_for_timeout(500)
    assert len(asked) > 10
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(many).netloc}
    assert refused == []  # nor was anything remote wanted and stopped by the policy
