"""A scripted model's answer in the system's Chromium: growing, stopped, failing, taken along."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from browsing import PHONE, WIDE, page_of, serving, violations
from playwright.sync_api import Browser, Page, expect
from scripted_llm import Asked, Reply, Script, ScriptedLLM, scripted_llm

from answerer.extractive import ExtractiveAnswerer
from answerer.generative.language_model import LanguageModel, ModelSettings
from answerer.generative.receipts import read_receipt, verify_receipt
from answerer.pipeline import Pipeline
from retriever.hybrid import Retriever

WORKERS = "How many workers take part in the Chollima movement?"
DOCUMENTS = Path(__file__).parents[1] / "documents"
PATIENCE_MS = 30_000


@pytest.fixture(scope="module")
def answerer(default_folder: Path) -> ExtractiveAnswerer:
    return ExtractiveAnswerer.load(Retriever.load(default_folder))


@contextmanager
def opened(
    browser: Browser,
    answerer: ExtractiveAnswerer,
    folder: Path,
    *script: Script,
    size: tuple[int, int] = WIDE,
) -> Iterator[tuple[Page, ScriptedLLM]]:
    with scripted_llm(*script) as server:
        settings = ModelSettings(server.url, "scripted-1b", first_token_s=30)
        pipeline = Pipeline(folder, answerer, LanguageModel(settings))
        with serving(page_of(pipeline)) as address:
            context = browser.new_context(
                viewport={"width": size[0], "height": size[1]},
                reduced_motion="reduce",
                locale="en-GB",
            )
            page = context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.goto(address)
            yield page, server
            context.close()


def ask(page: Page, question: str = WORKERS) -> None:
    page.fill("#question", question)
    page.press("#question", "Enter")


def statements(asked: Asked) -> tuple[str, str]:
    workers, name = asked.number_of("3 million workers"), asked.number_of("(Chollima movement)")
    geared = asked.number_of("geared towards")
    return (
        f"About three million workers take part in the Chollima movement. {workers}{name}\n",
        f"It is “geared towards such important tasks”. {geared}\nIt had no workers. {workers}\n",
    )


def test_an_answer_grows_and_says_whose_words_it_is_in(
    browser: Browser, answerer: ExtractiveAnswerer, default_folder: Path
) -> None:
    go_on = threading.Event()

    def waiting(asked: Asked) -> Reply:
        first, rest = statements(asked)
        return Reply(f"{first}{rest}", hold_at=len(first) + 5, hold=go_on)

    with opened(browser, answerer, default_folder, waiting) as (page, _):
        ask(page)
        expect(page.locator(".writing")).to_contain_text("scripted-1b is writing")
        expect(page.locator(".statement")).to_have_count(1)
        expect(page.locator(".said")).to_contain_text("About three million workers")
        expect(page.locator(".statement .words").first).to_have_text(
            "Currently about 3 million workers are participating in this movement."
        )
        expect(page.locator(".writing")).to_be_in_viewport()
        page.locator(".statement summary", has_text="Why this passage").first.click()
        go_on.set()
        expect(page.locator(".turn.found")).to_be_visible()
        expect(page.locator(".statement")).to_have_count(2)
        expect(page.locator(".by")).to_contain_text("In the words of scripted-1b")
        expect(page.locator(".said .cut")).to_have_text("“geared towards such important tasks”")
        expect(page.locator(".model-notes")).to_have_text(
            "1 statement without support was left out."
        )
        expect(page.locator(".writing")).to_have_count(0)
        assert page.locator(".statement details[open]").count() == 1, "a drawer closed by itself"
        expect(page.locator("#status")).to_contain_text("In the words of scripted-1b: About three")
        expect(page.locator("#reader mark.answering")).to_have_text("3 million")
        said, quoted = (
            page.locator(each).first.evaluate("each => getComputedStyle(each).fontFamily")
            for each in (".said", ".statement .words")
        )
        assert said != quoted
        page.locator(".reference").nth(2).click()
        expect(page.locator("#reader mark").first).to_contain_text("According to materials")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_written_answer_can_be_read_by_all_and_fits(
    browser: Browser, answerer: ExtractiveAnswerer, default_folder: Path, size: tuple[int, int]
) -> None:
    with opened(
        browser, answerer, default_folder, lambda asked: "".join(statements(asked)), size=size
    ) as (page, _):
        ask(page)
        page.locator(".turn.found").wait_for()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_a_visitor_can_stop_the_model_and_gets_the_quotes(
    browser: Browser, answerer: ExtractiveAnswerer, default_folder: Path
) -> None:
    with opened(browser, answerer, default_folder, Reply("late", wait_s=60)) as (page, server):
        ask(page)
        assert server.was_asked.wait(30)
        page.locator("button", has_text="Stop").click()
        expect(page.locator(".model-notes")).to_have_text("You stopped the language model.")
        expect(page.locator(".quote .words")).to_contain_text("3 million workers")
        assert server.left_early.wait(30)


def test_a_new_conversation_ends_what_was_being_written(
    browser: Browser, answerer: ExtractiveAnswerer, default_folder: Path
) -> None:
    with opened(browser, answerer, default_folder, Reply("late", wait_s=60)) as (page, server):
        ask(page)
        page.locator(".writing").wait_for()
        assert server.was_asked.wait(30)
        page.locator("#new-conversation").click()
        assert server.left_early.wait(30)
        expect(page.locator("#turns .turn")).to_have_count(0)


def test_without_the_model_the_quotes_are_there_and_a_note(
    browser: Browser, answerer: ExtractiveAnswerer, default_folder: Path
) -> None:
    with opened(browser, answerer, default_folder, Reply(status=401)) as (page, _):
        ask(page)
        expect(page.locator(".model-notes")).to_contain_text("The language model did not answer.")
        expect(page.locator(".quote .words")).to_contain_text("3 million workers")
        expect(page.locator(".written")).to_have_count(0)


def test_no_word_of_a_model_makes_the_browser_fetch_anything(
    browser: Browser, answerer: ExtractiveAnswerer, default_folder: Path
) -> None:
    def hostile(asked: Asked) -> str:
        number = asked.number_of("3 million workers")
        return (
            f"There are 3 million workers <img src=//spy.example/x onerror=alert(1)>. {number}\n"
            f"There are 3 million <b>workers</b> participating in this movement. {number}\n"
        )

    with opened(browser, answerer, default_folder, hostile) as (page, _):
        requested: list[str] = []
        page.on("request", lambda request: requested.append(request.url))
        ask(page)
        page.locator(".turn.found").wait_for()
        assert (
            page.locator("#turns img, #turns b:not(.by b, .reasons b), #turns script").count() == 0
        )
        assert requested
        assert all(url.startswith("http://127.0.0.1:") for url in requested)


def test_the_receipt_that_is_taken_along_holds(
    browser: Browser, answerer: ExtractiveAnswerer, default_folder: Path, tmp_path: Path
) -> None:
    with opened(browser, answerer, default_folder, lambda asked: "".join(statements(asked))) as (
        page,
        _,
    ):
        ask(page)
        page.locator(".turn.found").wait_for()
        with page.expect_download() as download:
            page.locator(".receipt a").click()
        path = tmp_path / "receipt.json"
        download.value.save_as(path)
    said = read_receipt(path)
    assert said["written_by"] == "scripted-1b"
    assert len(said["dropped"]) == 1
    assert all(is_right for is_right, _ in verify_receipt(said, DOCUMENTS))
    assert json.loads(path.read_text("utf-8"))["question"] == WORKERS
