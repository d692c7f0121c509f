"""The chat in a frame of another origin's page, in a real browser: shown where it is allowed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from browsing import (
    DELEGATION,
    HOSTILE,
    UNKNOWN,
    WORKERS,
    gdr_document,
    hostile_document,
    page_of,
    serving,
    stand_in,
    violations,
)
from calling import call
from playwright.sync_api import Browser, FrameLocator, Page, expect

from interface.server.web_settings import WebSettings

EVENTS = """
window.heard = [];
window.everything = [];
for (const name of ["ready", "asked", "answered", "idle"]) {
  addEventListener(`docent:${name}`, (event) => heard.push([name, event.detail]));
}
addEventListener("message", (event) => everything.push(JSON.stringify(event.data)));
"""
HOST_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Museum</title>
<style>:root { color-scheme: SCHEME }</style>HEAD</head><body><main><h1>Museum</h1>
BODY</main></body></html>"""
SNIPPET = '<script src="DOCENTdocent.js" DATA></script>'


class Host:
    """A page of another origin. `data` are the snippet's attributes, `scheme` the page's own."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.docent = ""
        self.data = 'data-title="Ask the museum"'
        self.scheme = "normal"
        self.in_head = False
        self.n_snippets = 1
        self.headers: dict[str, str] = {}

    def page(self) -> bytes:
        html = HOST_PAGE.replace("HEAD", SNIPPET if self.in_head else "")
        html = html.replace("BODY", "" if self.in_head else SNIPPET * self.n_snippets)
        html = html.replace("DOCENT", self.docent).replace("DATA", self.data)
        return html.replace("SCHEME", self.scheme).encode()


@contextmanager
def hosting() -> Iterator[Host]:
    host = Host("")

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            for name, value in host.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(host.page() if self.path == "/" else b"")

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is said of each request."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    host.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield host
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


@pytest.fixture(scope="module")
def hosts() -> Iterator[tuple[Host, Host, str]]:
    """A page whose origin is on Docent's list, one whose is not, and Docent's own address."""
    with hosting() as allowed, hosting() as stranger:
        web = WebSettings(embed_origins=(allowed.address,))
        library = stand_in(gdr_document(), hostile_document())
        with serving(page_of(library, web=web)) as docent:
            allowed.docent = stranger.docent = docent
            yield allowed, stranger, docent


@pytest.fixture
def host(hosts: tuple[Host, Host, str]) -> Host:
    hosts[0].data, hosts[0].scheme = 'data-title="Ask the museum"', "normal"
    hosts[0].in_head = False
    hosts[0].n_snippets, hosts[0].headers = 1, {}
    return hosts[0]


def opened(browser: Browser, host: Host, *, width: int = 900, **options: Any) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, reduced_motion="reduce", **options
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.add_init_script(EVENTS)
    page.goto(host.address)
    return page


def frame_of(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def ask(page: Page, question: str) -> None:
    frame = frame_of(page)
    n_turns = frame.locator("#turns .turn").count()
    frame.locator("#question").fill(question)
    frame.locator("#question").press("Enter")
    frame.locator("#turns .turn").nth(n_turns).wait_for()


def heard(page: Page) -> list[str]:
    names: list[str] = page.evaluate("heard.map(([name]) => name)")
    return names


def test_one_line_brings_the_chat_into_a_page_and_it_answers(browser: Browser, host: Host) -> None:
    page = opened(browser, host)
    ask(page, WORKERS)
    frame = frame_of(page)
    expect(frame.locator(".quote .words")).to_contain_text("about 3 million workers")
    expect(frame.locator(".quote mark.answering")).to_have_text("about 3 million workers")
    expect(frame.locator(".quote .note")).to_contain_text("20 June 1963")
    expect(page.locator("iframe")).to_have_attribute("title", "Ask the museum")


@pytest.mark.parametrize("attributes", ["", "async", "defer"])
def test_in_the_head_of_a_page_it_comes_to_the_end_of_it(
    browser: Browser, host: Host, attributes: str
) -> None:
    host.in_head, host.data = True, attributes
    page = opened(browser, host)
    expect(frame_of(page).locator("#question")).to_be_visible()
    assert page.locator("body > .docent").count() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {
            "Content-Security-Policy": "default-src 'none'; script-src DOCENT; frame-src DOCENT; "
            "require-trusted-types-for 'script'"
        },
        {
            "Cross-Origin-Embedder-Policy": "require-corp",
            "Cross-Origin-Opener-Policy": "same-origin",
        },
    ],
    ids=["allows no more", "isolated"],
)
def test_a_page_with_strict_policies_can_have_it(
    browser: Browser, host: Host, headers: dict[str, str]
) -> None:
    host.headers = {name: value.replace("DOCENT", host.docent) for name, value in headers.items()}
    page = opened(browser, host)
    ask(page, WORKERS)
    expect(frame_of(page).locator(".turn.found")).to_have_count(1)
    page.wait_for_function("heard.some(([name]) => name === 'answered')")


def test_two_chats_on_a_page_know_nothing_of_each_other(browser: Browser, host: Host) -> None:
    host.n_snippets = 2
    page = opened(browser, host)
    places = page.locator(".docent")
    first, second = (places.nth(n).frame_locator("iframe") for n in range(2))
    second.locator("#question").wait_for()
    places.first.evaluate("(place, words) => place.docent.ask(words)", WORKERS)
    expect(first.locator(".turn.found")).to_have_count(1)
    page.wait_for_function("heard.some(([name]) => name === 'answered')")
    expect(second.locator(".turn")).to_have_count(0)
    assert sorted(heard(page)) == ["answered", "asked", "ready", "ready"]


def test_a_page_that_is_not_on_the_list_gets_a_link_in_place_of_the_chat(
    browser: Browser, hosts: tuple[Host, Host, str]
) -> None:
    _, stranger, docent = hosts
    page = opened(browser, stranger)
    link = page.get_by_role("link", name="Ask the museum")
    expect(link).to_be_visible()
    assert link.get_attribute("href") == docent
    assert page.locator("iframe").count() == 0
    assert page.evaluate("everything") == []


def test_who_frames_the_page_anyhow_hears_nothing(
    browser: Browser, host: Host, hosts: tuple[Host, Host, str]
) -> None:
    """An allowed page whose frame is told of another origin: the messages go to nobody."""
    _, stranger, docent = hosts
    page = opened(browser, host)
    frame_of(page).locator("#question").wait_for()
    page.evaluate(
        """([docent, origin]) => new Promise((loaded) => {
            everything.length = 0;
            const frame = document.createElement("iframe");
            frame.id = "second";
            frame.onload = loaded;
            frame.src = `${docent}embed?host=${encodeURIComponent(origin)}`;
            document.body.append(frame);
        })""",
        [docent, stranger.address],
    )
    second = page.frame_locator("#second")
    second.locator("#question").fill(WORKERS)
    second.locator("#question").press("Enter")
    second.locator(".turn").wait_for()
    assert not [said for said in page.evaluate("everything") if "asked" in said]


def test_only_the_page_around_the_frame_may_speak_to_it(browser: Browser, host: Host) -> None:
    page = opened(browser, host)
    frame = frame_of(page)
    frame.locator("#question").wait_for()
    handle = page.locator("iframe").element_handle()
    assert handle is not None
    inside = handle.content_frame()
    assert inside is not None
    # A message from itself has the frame's origin, and another source.
    inside.evaluate("postMessage({ docent: 'ask', question: 'forged' }, location.origin)")
    inside.evaluate(
        """() => new Promise((done) => {
            const other = document.createElement("iframe");
            document.body.append(other);
            other.contentWindow.parent.postMessage({ docent: "ask", question: "forged" }, "*");
            setTimeout(done, 300);
        })"""
    )
    expect(frame.locator(".turn")).to_have_count(0)
    page.evaluate("document.querySelector('.docent').docent.ask('How many workers?')")
    expect(frame.locator(".turn.found")).to_have_count(1)
    expect(frame.locator(".turn")).to_have_count(1)


def test_the_page_takes_no_message_of_another_window(browser: Browser, host: Host) -> None:
    page = opened(browser, host)
    frame_of(page).locator("#question").wait_for()
    height = page.locator("iframe").evaluate("frame => frame.style.height")
    page.evaluate("postMessage({ docent: 'height', height: 5000 }, '*')")
    page.evaluate("postMessage({ docent: 'answered', found: true }, '*')")
    page.wait_for_timeout(300)
    assert page.locator("iframe").evaluate("frame => frame.style.height") == height
    assert "answered" not in heard(page)


def test_the_page_hears_what_happens_and_not_what_was_asked(browser: Browser, host: Host) -> None:
    page = opened(browser, host)
    ask(page, WORKERS)
    ask(page, UNKNOWN)
    page.wait_for_function("heard.length >= 5")  # a message comes after what is seen in the frame
    assert page.evaluate("heard") == [
        ["ready", {}],
        ["asked", {}],
        ["answered", {"found": True, "quotes": 1}],
        ["asked", {}],
        ["answered", {"found": False, "quotes": 0}],
    ]
    said = " ".join(page.evaluate("everything"))
    assert "workers" not in said
    assert "painted" not in said


def test_the_page_hears_once_that_the_visitor_has_gone(browser: Browser, host: Host) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.clock.install()
    page.add_init_script(EVENTS)
    page.goto(host.address)
    ask(page, WORKERS)
    page.clock.fast_forward(85_000)
    page.wait_for_timeout(300)
    assert "idle" not in heard(page)
    page.clock.fast_forward(10_000)
    page.wait_for_function("heard.some(([name]) => name === 'idle')")
    page.clock.fast_forward(300_000)
    page.wait_for_timeout(300)
    assert heard(page).count("idle") == 1


@pytest.mark.parametrize("width", [320, 442, 900])
def test_the_frame_is_as_tall_as_what_it_shows_up_to_a_limit(
    browser: Browser, host: Host, width: int
) -> None:
    def height() -> float:
        found: float = page.locator("iframe").evaluate("frame => frame.clientHeight")
        return found

    def fits() -> bool:
        content = frame_of(page).locator("html").evaluate("html => html.scrollHeight")
        return bool(content == height())  # one pixel more, and there would be a scroll bar

    def comes_true(said: Callable[[], bool]) -> None:
        for _ in range(300):
            if said():
                return
            page.wait_for_timeout(100)
        pytest.fail("the frame did not come to its height")

    host.data = 'data-max-height="none"'
    page = opened(browser, host, width=width)
    frame_of(page).locator("#question").wait_for()
    comes_true(fits)
    empty = height()
    ask(page, WORKERS)
    ask(page, DELEGATION)
    comes_true(lambda: height() > empty and fits())
    page.evaluate("document.querySelector('.docent').docent.reset()")
    comes_true(lambda: height() == empty)
    host.data = 'data-max-height="400"'
    page = opened(browser, host, width=width)
    ask(page, WORKERS)
    comes_true(lambda: height() == 400)
    expect(frame_of(page).locator("#question")).to_be_in_viewport()
    expect(frame_of(page).locator(".turn h2")).to_be_in_viewport()


def test_language_theme_and_first_question_come_from_the_snippet(
    browser: Browser, host: Host
) -> None:
    host.data = f'data-language="de" data-theme="dark" data-question="{WORKERS}"'
    page = opened(browser, host)
    frame = frame_of(page)
    expect(frame.locator(".quote")).to_be_visible()
    expect(frame.locator("#send")).to_have_text("Fragen")
    assert frame.locator("html").get_attribute("lang") == "de"
    dark = frame.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    page.evaluate("document.querySelector('.docent').docent.theme('light')")
    expect(frame.locator("html")).to_have_attribute("data-theme", "light")
    light = frame.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert light != dark


@pytest.mark.parametrize(("scheme", "theme"), [("normal", "light"), ("light dark", None)])
def test_a_page_that_is_never_dark_gets_no_dark_box(
    browser: Browser, host: Host, scheme: str, theme: str | None
) -> None:
    host.scheme = scheme
    page = opened(browser, host, color_scheme="dark")
    frame_of(page).locator("#question").wait_for()
    assert frame_of(page).locator("html").get_attribute("data-theme") == theme


def test_a_follow_up_knows_the_turn_before_and_a_new_conversation_does_not(
    browser: Browser, host: Host
) -> None:
    page = opened(browser, host)
    ask(page, WORKERS)
    ask(page, "And the objective?")
    expect(frame_of(page).locator(".understood")).to_contain_text(WORKERS)
    frame_of(page).get_by_role("button", name="New conversation").click()
    expect(frame_of(page).locator("#welcome")).to_be_visible()
    ask(page, "And the objective?")
    expect(frame_of(page).locator(".understood")).to_have_count(0)


def test_what_leads_into_a_document_leads_out_of_the_frame(browser: Browser, host: Host) -> None:
    page = opened(browser, host)
    ask(page, WORKERS)
    with page.context.expect_page() as new:
        frame_of(page).get_by_role("link", name="Show in the document").click()
    expect(new.value.locator("#reader mark").first).to_contain_text("3 million workers")
    assert page.url.startswith(host.address)


def test_a_citation_can_be_copied_out_of_the_frame(browser: Browser, host: Host) -> None:
    page = opened(browser, host, permissions=["clipboard-read", "clipboard-write"])
    ask(page, WORKERS)
    frame_of(page).locator("summary", has_text="Copy citation").click()
    frame_of(page).get_by_role("button", name="Copy: The quote").click()
    expect(frame_of(page).locator("#status")).to_have_text("Copied.")
    page.locator("h1").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "Currently about 3 million workers are participating in this movement."


def test_it_works_without_storage_and_leaves_none(browser: Browser, host: Host) -> None:
    page = opened(browser, host)
    ask(page, WORKERS)
    frame = frame_of(page).locator("html")
    assert page.context.cookies() == []
    assert frame.evaluate("() => localStorage.length + sessionStorage.length") == 0
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(
        """for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) {
            Object.defineProperty(window, name, { get() { throw new Error("denied"); } });
        }
        Object.defineProperty(document, "cookie", { get() { throw new Error("denied"); } });"""
    )
    page.set_default_timeout(30_000)
    page.goto(host.address)
    ask(page, WORKERS)
    expect(frame_of(page).locator(".turn.found")).to_have_count(1)


def test_nothing_is_loaded_from_elsewhere_and_no_policy_is_broken(
    browser: Browser, host: Host
) -> None:
    context = browser.new_context()
    asked: list[str] = []
    complaints: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(host.address)
    for question in (WORKERS, HOSTILE, UNKNOWN):
        ask(page, question)
    expect(frame_of(page).locator(".quote .words").nth(1)).to_contain_text("window.harmed=1")
    origins = {f"http://{urlsplit(url).netloc}" for url in asked}
    assert origins == {host.address, host.docent.rstrip("/")}
    assert complaints == []


def test_odd_questions_get_a_sentence_in_the_frame(browser: Browser, host: Host) -> None:
    page = opened(browser, host)
    for number, question in enumerate(["", "break", "x" * 500 + "🏺"]):
        ask(page, question)
        expect(frame_of(page).locator(".turn").nth(number).locator(".verdict")).to_be_visible()
    assert "secret path" not in frame_of(page).locator("body").inner_text()


def test_a_lost_connection_is_said_and_the_next_question_works(
    browser: Browser, host: Host
) -> None:
    page = opened(browser, host)
    frame_of(page).locator("#question").wait_for()
    page.context.route("**/embed/ask", lambda route: route.abort())
    frame_of(page).locator("#question").fill(WORKERS)
    frame_of(page).locator("#question").press("Enter")
    expect(frame_of(page).locator("#turns")).to_contain_text("The answer did not come")
    page.context.unroute("**/embed/ask")
    ask(page, WORKERS)
    expect(frame_of(page).locator(".turn.found")).to_have_count(1)


@pytest.mark.parametrize(("width", "theme"), [(320, "light"), (900, "dark")])
def test_axe_finds_no_violation_and_nothing_is_too_wide(
    browser: Browser, host: Host, width: int, theme: str
) -> None:
    host.data = f'data-title="Ask the museum" data-theme="{theme}"'
    page = opened(browser, host, width=width)
    frame_of(page).locator("#question").wait_for()
    for question in ("", WORKERS, HOSTILE, UNKNOWN):
        if question:
            ask(page, question)
            for summary in frame_of(page).locator(".turn summary").all():
                summary.click()
        assert violations(page) == []
    too_wide = (
        frame_of(page)
        .locator("main")
        .evaluate(
            "main => [...main.querySelectorAll('*')].filter("
            "e => e.getBoundingClientRect().right > innerWidth + 1).length"
        )
    )
    assert too_wide == 0


@pytest.mark.parametrize(
    ("path", "framed"),
    [("/embed", True), ("/", False), ("/documents", False), ("/kiosk", False), ("/none", False)],
)
def test_pages_of_the_list_may_frame_the_chat_and_no_other_page(
    hosts: tuple[Host, Host, str], path: str, framed: bool
) -> None:
    allowed, _, docent = hosts
    headers = call(docent, "GET", path).headers
    policy = headers["content-security-policy"]
    assert (f"frame-ancestors 'self' {allowed.address}" in policy) is framed
    assert ("x-frame-options" not in headers) is framed
    assert "unsafe" not in policy


def test_without_a_list_only_pages_of_this_server_may_frame_it() -> None:
    with serving(page_of(stand_in())) as docent:
        headers = call(docent, "GET", "/embed").headers
    assert headers["content-security-policy"].endswith("frame-ancestors 'self'")
    assert headers["x-frame-options"] == "SAMEORIGIN"


def test_who_asks_too_much_is_told_so_in_words() -> None:
    with serving(page_of(stand_in(), web=WebSettings(a_minute=1))) as docent:
        asked = {"question": WORKERS, "language": "en"}
        assert call(docent, "POST", "/embed/ask", asked).json["found"] is True
        refused = call(docent, "POST", "/embed/ask", asked)
    assert refused.status == 429
    assert int(refused.headers["retry-after"]) > 0
    assert "Many are asking" in refused.json["html"]


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 200), (b'{"question": "\\ud800"}', 200), (b"[" * 60_000, 400)],
)
def test_what_no_page_sends_is_answered_all_the_same(
    hosts: tuple[Host, Host, str], body: bytes, status: int
) -> None:
    reply = call(hosts[2], "POST", "/embed/ask", body)
    assert reply.status == status
    assert "Traceback" not in reply.text


def test_a_form_of_another_page_cannot_ask(hosts: tuple[Host, Host, str]) -> None:
    asked = b'{"question": "How many workers?"}'
    assert call(hosts[2], "POST", "/embed/ask", asked, Content_Type="text/plain").status == 415
