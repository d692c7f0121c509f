"""The Curator page in the system's Chromium: what a curator does, from a file to a reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import PHONE, UPRIGHT, WIDE, opened, violations
from curating import SHEET, Curated, curated
from playwright.sync_api import Browser, Page, expect

TABLET = (1180, 820)
SLOW_MS = 60_000


@pytest.fixture(scope="module")
def desk(default_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Curated]:
    with curated(default_folder, tmp_path_factory.mktemp("desk"), level="questions") as found:
        yield found


@pytest.fixture(scope="module")
def page(browser: Browser, desk: Curated) -> Page:
    """After the file was uploaded and asked: the page of the run."""
    page = opened(browser, f"{desk.address}curator")
    page.get_by_label("File (.csv").set_input_files(
        {"name": "ours.csv", "mimeType": "text/csv", "buffer": SHEET.encode()}
    )
    page.get_by_role("button", name="Check and keep it").click()
    expect(page.get_by_role("status")).to_have_text("ours.csv is kept: 5 questions.")
    page.get_by_role("radio", name="ours.csv").check()
    page.get_by_role("button", name="Ask them all").click()
    expect(page.get_by_role("heading", name="In short")).to_be_visible(timeout=SLOW_MS)
    return page


def test_a_run_is_told_in_plain_words_with_ranges(page: Page) -> None:
    summary = page.locator(".summary")
    expect(summary).to_contain_text("of 5 questions ended as they should")
    expect(summary).to_contain_text("of 4 answerable questions got the right words first")
    expect(summary.locator("small").first).to_contain_text("in 100")
    expect(summary).to_contain_text("quotes are letter for letter as in your files")
    expect(summary).to_contain_text("Only 5 questions")


def test_a_failure_page_says_what_is_right_what_was_answered_and_what_came_before(
    page: Page, desk: Curated
) -> None:
    run = page.url
    page.get_by_role("link", name="What does it say about copper?").click()
    right = page.locator("section", has=page.get_by_role("heading", name="What is right"))
    expect(right.locator("mark")).to_have_text("non-ferrous metal ores")
    expect(right).to_contain_text("wished to reduce the exports of non-ferrous metal ores for 1963")
    expect(page.get_by_role("heading", name="The answer given")).to_be_visible()
    expect(page.locator(".rank")).to_contain_text("The right passage")
    expect(page.get_by_text("Nearness in meaning")).not_to_have_count(0)
    page.get_by_text("The whole passage").first.click()
    document = desk.bench.index().texts.document(desk.bench.index().texts.document_ids()[0])
    assert document is not None
    whole = page.locator(".whole").first.text_content()
    assert whole
    assert whole in document.text
    assert violations(page) == []
    page.get_by_role("link", name="Back to run 1").click()
    expect(page).to_have_url(run)


@pytest.mark.slow
def test_another_setting_is_tried_beside_it_and_said_to_be_an_experiment(
    page: Page, browser: Browser, desk: Curated
) -> None:
    page.get_by_label("Size of passages").select_option("60")
    page.get_by_label("Meaning against words").select_option("0")
    page.get_by_label("Silent below this confidence").fill("1")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("heading", name="Side by side with run 1")).to_be_visible(
        timeout=SLOW_MS
    )
    row = page.locator("tr", has_text="right words first")
    expect(row.locator("td").nth(1)).to_have_text("0 %")
    expect(row).to_contain_text("chance alone would do this in")
    expect(page.locator(".experiment")).to_contain_text("PASSAGE_TOKENS = 60")
    expect(page.locator(".experiment")).to_contain_text("not_found = 1")
    assert page.get_by_text("were right before and are wrong in this run").count() == 1
    assert violations(page) == []
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing is different from now.")
    page.goto(page.url)
    visitor = opened(browser, desk.address)
    visitor.fill("#question", "How many workers take part in the movement?")
    visitor.press("#question", "Enter")
    expect(visitor.locator(".quote .words").first).to_contain_text("about 3 million workers")


def test_a_visitors_question_becomes_a_test_question_by_keyboard_alone(
    browser: Browser, desk: Curated
) -> None:
    page = opened(browser, f"{desk.address}curator/questions")
    page.get_by_label("The question, as").focus()
    page.keyboard.type("How many people have joined the movement?")
    page.keyboard.press("Enter")
    sentence = page.get_by_label("Currently about 3 million workers are participating").first
    sentence.focus()
    page.keyboard.press("Space")
    following = page.locator(".sentence:has(:checked) + .sentence input").first
    following.focus()
    page.keyboard.press("Space")
    assert violations(page) == []
    page.get_by_role("button", name="These sentences answer it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Kept as c0001 in curated.jsonl")
    (line,) = (desk.folder / "questions" / "curated.jsonl").read_text().splitlines()
    kept = json.loads(line)
    (place,) = kept["evidence"]
    document = desk.bench.index().texts.document(place["document_id"])
    assert document is not None
    assert document.text[place["start"] : place["end"]] == place["text"]
    assert place["text"].startswith("Currently about 3 million workers are participating")
    assert "in this movement.\n\nDecisions by the 6th Plenum" in place["text"]
    assert kept["answerable"]
    page.get_by_role("link", name="More of what visitors asked").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What visitors asked")
    page.get_by_role("link", name="Measure").click()
    page.get_by_role("radio", name="curated.jsonl").check()
    page.get_by_label("Which of them").select_option("dev")
    page.get_by_role("button", name="Ask them all").click()
    expect(page.locator(".summary")).to_contain_text("of 1 questions", timeout=SLOW_MS)


def test_a_run_can_be_left_come_back_to_and_stopped(browser: Browser, desk: Curated) -> None:
    page = opened(browser, f"{desk.address}curator")
    page.get_by_role("radio", name="gdr-1963.jsonl").check()
    page.get_by_role("button", name="Ask them all").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator(".doing")).to_contain_text("Questions asked", timeout=SLOW_MS)
    page.goto(f"{desk.address}curator")
    page.locator(".runs a", has_text="gdr-1963.jsonl").first.click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.get_by_role("button", name="Stop it").click()
    expect(page.get_by_text("The run was stopped.")).to_be_visible(timeout=SLOW_MS)


def test_what_found_nothing_becomes_a_test_question_in_a_few_clicks(
    browser: Browser, desk: Curated
) -> None:
    asked = ("Where is the museum's café?", "How many workers take part in the movement?")
    for question in asked:
        visitor = opened(browser, desk.address)
        visitor.fill("#question", question)
        visitor.press("#question", "Enter")
        expect(visitor.locator("#turns .waiting")).to_have_count(0, timeout=SLOW_MS)
        visitor.context.close()
    page = opened(browser, f"{desk.address}curator")
    page.get_by_role("link", name="Visitors", exact=True).click()
    nothing = page.locator("section", has=page.get_by_role("heading", name="found nothing"))
    expect(nothing).to_contain_text(asked[0])
    page.get_by_text("that found something").click()
    expect(page.locator("details")).to_contain_text(asked[1])
    with page.expect_download() as download:
        page.get_by_role("link", name="Questions (CSV)").click()
    assert asked[0] in download.value.path().read_text(encoding="utf-8-sig")
    nothing.get_by_role("link", name="Make it a test question").first.click()
    page.get_by_role("button", name="The documents do not say").click()
    expect(page.get_by_role("status")).to_contain_text("in curated.jsonl")
    page.get_by_role("link", name="Visitors", exact=True).click()
    opening = page.locator(".passages .opening").first.inner_text()
    page.get_by_role("link", name="Show it in the document").first.click()
    expect(page.locator("#reader mark").first).to_contain_text(opening[:30], timeout=SLOW_MS)


@pytest.mark.parametrize(
    ("size", "scheme"),
    [
        (WIDE, "light"),
        (PHONE, "dark"),
        *(
            pytest.param(size, scheme, marks=pytest.mark.slow)
            for size in (WIDE, TABLET, UPRIGHT, PHONE, (820, 1180))
            for scheme in ("light", "dark")
            if (size, scheme) not in ((WIDE, "light"), (PHONE, "dark"))
        ),
    ],
    ids=str,
)
def test_every_page_fits_and_axe_finds_nothing(
    browser: Browser, desk: Curated, page: Page, size: tuple[int, int], scheme: str
) -> None:
    page.goto(f"{desk.address}curator")
    run = page.locator(".runs a", has_text="ours.csv").first.get_attribute("href")
    for address in (
        f"{desk.address}curator",
        f"{desk.address}curator/questions?question=Who",
        f"{desk.address}curator/visits",
        f"{desk.address}{run}",
    ):
        shown = opened(browser, address, size, scheme)
        assert violations(shown) == []
        assert shown.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        shown.context.close()


def test_the_page_works_without_javascript(browser: Browser, desk: Curated) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{desk.address}curator")
    page.get_by_role("radio", name="ours.csv").check()
    page.get_by_role("button", name="Ask them all").click()
    expect(page.get_by_role("heading", name="In short")).to_be_visible(timeout=SLOW_MS)
    context.close()


def test_the_login_can_be_used_and_axe_finds_nothing(
    browser: Browser, default_folder: Path, tmp_path: Path
) -> None:
    with curated(default_folder, tmp_path, "Moranbong") as locked:
        page = opened(browser, f"{locked.address}curator/questions")
        assert violations(page) == []
        page.get_by_label("Password").fill("wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("This password is not the right one.")
        page.get_by_label("Password").fill("Moranbong")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="How good are the answers?")).to_be_visible()
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_label("Password")).to_be_visible()
