"""report.html: true to report.json, safe with hostile texts, whole without a network."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect
from selectolax.lexbor import LexborHTMLParser, LexborNode

from datatypes import Span
from errors import QuestionError
from evaluation.evaluate import evaluate
from evaluation.measures.significance import Figure
from evaluation.question import few_questions
from evaluation.report import plain_language as plainly
from evaluation.report.files import BASELINE, read_report, write_report
from evaluation.report.page import page_html
from evaluation.report.question_sections import question_sections
from evaluation.report.report import QuestionResult, RankedPassage, Report, RunReport
from evaluation.report.templates import template_environment
from evaluation.request import Request

ROOT = Path(__file__).parents[1]
QUESTIONS = ROOT / "evaluation" / "questions" / "gdr-1963.jsonl"
HOSTILE = (
    "</script></style></details><script>window.harmed=1</script><img src=x onerror='harmed=1'>&"
)


def a_few(folder: Path) -> Path:
    """Of each kind the first, so that it is quick."""
    seen: dict[str, int] = {}
    kept = []
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        kind = json.loads(line).get("kind", "")
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] == 1:
            kept.append(line)
    path = folder / "questions.jsonl"
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, default_folder: Path) -> Path:
    """Real questions asked of the default document, and what `run --out` writes of it."""
    folder = tmp_path_factory.mktemp("report")
    request = Request(
        a_few(folder),
        index=default_folder,
        documents=ROOT / "documents",
        modes=("lexical", "answer"),
        conditions=("clean", "typing"),
    )
    found = evaluate(request, work=folder / "work")
    write_report(found.report, found.runs, folder)
    return folder


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    return read_report(folder)


@pytest.fixture(scope="module")
def html(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(html: str) -> LexborHTMLParser:
    return LexborHTMLParser(html)


def opened(
    browser: Browser, path: Path, *, scripts: bool = True, size: tuple[int, int] = (1440, 900)
) -> tuple[Page, list[str]]:
    """A page and what it complained of or asked for, itself not counted."""
    viewport = {"width": size[0], "height": size[1]}
    page = browser.new_context(viewport=viewport, java_script_enabled=scripts).new_page()  # type: ignore[arg-type]
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path.as_uri())
    page.on("request", lambda request: said.append(request.url))
    return page, said


def only(node: LexborHTMLParser | LexborNode, selector: str) -> LexborNode:
    """The first such node."""
    found = node.css_first(selector)
    assert found is not None, selector
    return found


def hostile(report: Report) -> Report:
    """With a harmful text wherever a document or a question puts one."""

    def of_question(result: QuestionResult) -> QuestionResult:
        return replace(
            result,
            query_id=HOSTILE + result.query_id,
            text=HOSTILE + result.text,
            asked=HOSTILE + result.asked,
            kind=HOSTILE,
            note=HOSTILE,
            split=HOSTILE,
            expected=(HOSTILE,),
            evidence=tuple(
                replace(each, title=HOSTILE, page=HOSTILE, before=HOSTILE, text=HOSTILE)
                for each in result.evidence
            ),
            hits=tuple(replace(hit, scores={HOSTILE: 1.0}, shared_words=()) for hit in result.hits),
            answer=result.answer
            and replace(
                result.answer,
                understood_as=HOSTILE,
                quotes=tuple(
                    replace(
                        quote,
                        title=HOSTILE,
                        text=HOSTILE,
                        highlight=Span(quote.start, quote.start + 9),
                    )
                    for quote in result.answer.quotes
                ),
            ),
        )

    return replace(
        report,
        setting=replace(
            report.setting,
            request=replace(report.setting.request, questions=Path(HOSTILE), split=HOSTILE),
            model=HOSTILE,
        ),
        warnings=(HOSTILE,),
        passages={
            passage_id: replace(passage, title=HOSTILE, heading=HOSTILE, text=HOSTILE)
            for passage_id, passage in report.passages.items()
        },
        runs=tuple(
            replace(
                run,
                name=f"<script>{run.name}",
                by_kind={HOSTILE: next(iter(run.by_kind.values()))},
                questions=tuple(map(of_question, run.questions)),
            )
            for run in report.runs
        ),
    )


def test_the_page_is_well_formed_and_its_ids_are_unique(html: str) -> None:
    parser = etree.HTMLParser(recover=True)
    etree.fromstring(html.encode(), parser)
    # libxml2 knows HTML 4 only: newer elements are no faults
    faults = [
        e.message for e in parser.error_log if not re.fullmatch(r"Tag \w+ invalid", e.message)
    ]
    assert faults == []
    ids = [node.attributes["id"] for node in LexborHTMLParser(html).css("[id]")]
    assert len(ids) == len(set(ids))


def test_nothing_is_fetched_and_no_handler_is_inline(page: LexborHTMLParser) -> None:
    for node in page.css("*"):
        for name, value in node.attributes.items():
            assert not name.startswith("on"), node.tag
            if name in ("src", "href", "xlink:href", "action", "srcset", "data"):
                assert (value or "").startswith("#"), (node.tag, value)
    style = only(page, "style").text()
    assert "url(" not in style
    assert "@import" not in style
    assert len(page.css("script")) == 1


def test_every_link_leads_to_a_place_on_the_page(page: LexborHTMLParser) -> None:
    ids = {node.attributes["id"] for node in page.css("[id]")}
    links = {(node.attributes["href"] or "")[1:] for node in page.css("a")}
    assert len(links) > 20
    assert links <= ids


def test_the_figures_are_those_of_the_report(report: Report, page: LexborHTMLParser) -> None:
    rows = page.css("#figures + .wide tbody tr")
    for data in page.css("#figures + .wide data"):
        assert data.text() == f"{float(data.attributes['value'] or ''):.4f}"
    shown = {
        (only(row, "th").text(deep=False).strip(), run.name): float(data.attributes["value"] or "")
        for row in rows
        for run, cell in zip(report.runs, row.css("td")[1:], strict=True)
        for data in cell.css("data")
    }
    assert shown == {
        (figure.measure, run.name): figure.value for run in report.runs for figure in run.figures
    }


def test_every_figure_stands_beside_its_interval_latency_and_memory(
    report: Report, page: LexborHTMLParser
) -> None:
    heads = [head.text() for head in page.css("#figures + .wide thead th")[2:]]
    for run, head in zip(report.runs, heads, strict=True):
        assert run.name in head
        assert f"half within {1000 * run.latency_p50:.0f} ms" in head
        assert f"95 of 100 within {1000 * run.latency_p95:.0f} ms" in head
        assert plainly.memory(run.peak_bytes) in head
    said = only(page, "#figures + .wide").text()
    for figure in report.runs[0].figures:
        if figure.low is not None and figure.high is not None:
            assert f"{figure.value:.4f} [{figure.low:.3f}, {figure.high:.3f}]" in said


def test_the_page_says_what_was_measured_and_how_to_repeat_it(
    report: Report, page: LexborHTMLParser
) -> None:
    said = only(page, "#measured").text()
    setting = report.setting
    assert only(page, "#measured code").text() == setting.request.command()
    for word in (setting.model, setting.questions_sha256, setting.machine, "UTC"):
        assert word in said


def test_the_command_is_understood_by_the_door(report: Report) -> None:
    from evaluation.__main__ import parser

    again = report.setting.request
    _, _, _, *words = again.command().split("'")[0].split()
    arguments = parser().parse_args([*words, again.measures])
    assert (arguments.questions, arguments.index) == (again.questions, again.index)
    assert (tuple(arguments.mode), arguments.unit) == (again.modes, again.unit)
    assert (arguments.measures, arguments.typing) == (again.measures, True)


def test_every_question_has_its_row_and_its_section_worst_first(
    report: Report, page: LexborHTMLParser
) -> None:
    main = report.main_run
    rows = page.css(".questions tbody tr")
    assert sorted(only(row, "th").text() for row in rows) == sorted(q.text for q in main.questions)
    sections = {only(node, "[id]").attributes["id"]: node for node in page.css(".question")}
    assert len(sections) == len(main.questions)
    for row in rows:
        place = (only(row, "a").attributes["href"] or "")[1:]
        assert only(row, "th").text() == only(sections[place], ".asked").text()
    failed = ["data-failed" in row.attributes for row in rows]
    assert failed == sorted(failed, reverse=True)
    assert sum(failed) == sum(each.failed for each in main.questions) > 0


def test_a_section_shows_evidence_ranks_words_scores_and_the_answer(
    report: Report, page: LexborHTMLParser
) -> None:
    main = report.main_run
    sections = {
        only(node, ".source").text().partition(" · ")[0]: node for node in page.css(".question")
    }
    for result in main.questions:
        said = sections[result.query_id].text()
        marked = [
            node.text() for node in sections[result.query_id].css("blockquote:not(.quote) mark")
        ]
        assert marked == [each.text for each in result.evidence]
        for hit in (*result.beaten_by, *filter(None, [result.right_passage])):
            for word in hit.shared_words:
                assert word.asked in said
            for score in hit.scores.values():
                assert f"{score:.2f}" in said
        assert result.answer is not None
        assert result.answer.confidence is not None
        assert f"{100 * result.answer.confidence:.0f}\N{NO-BREAK SPACE}% confident" in said
        for quote in result.answer.quotes:
            assert quote.text in said


def test_a_passage_is_on_the_page_once(report: Report, page: LexborHTMLParser) -> None:
    texts = [node.text() for node in page.css(".passage .text")]
    assert len(texts) == len(set(texts))
    assert set(texts) <= {passage.text for passage in report.passages.values()}


def test_few_questions_are_warned_of_on_top(report: Report, page: LexborHTMLParser) -> None:
    said = "".join(node.text() for node in page.css("main > .warning"))
    assert few_questions(report.n_questions) in said
    many = LexborHTMLParser(page_html(replace(report, warnings=())))
    assert many.css(".warning") == []


def test_hostile_text_stays_text(report: Report) -> None:
    page = LexborHTMLParser(page_html(hostile(report)))
    assert len(page.css("script")) == 1
    assert page.css("img") == []
    assert only(page, "#measured dd").text().startswith(HOSTILE)
    assert len(page.css(".questions tbody tr")) == len(report.main_run.questions)
    assert all(HOSTILE in node.text() for node in page.css(".question .asked"))
    assert len(page.css("svg:not(.scale)")) == len(page.css(".plot"))


def test_hostile_text_harms_no_browser(report: Report, browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(page_html(hostile(report)), encoding="utf-8")
    page, said = opened(browser, path)
    assert page.evaluate("window.harmed") is None
    assert said == []


def test_it_opens_without_errors_or_requests_on_a_desk_and_on_a_telephone(
    folder: Path, browser: Browser
) -> None:
    for size in ((1440, 900), (390, 844)):
        page, said = opened(browser, folder / "report.html", size=size)
        expect(page.locator("h1")).to_be_visible()
        assert page.locator("svg").count() >= 5
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert said == []


def test_the_table_is_filtered_by_words_kind_and_failure(folder: Path, browser: Browser) -> None:
    page, said = opened(browser, folder / "report.html")
    rows = page.locator(".questions tbody tr")
    shown = page.locator(".questions tbody tr:not([hidden])")
    n = rows.count()
    page.get_by_label("only what went wrong").check()
    assert shown.count() == page.locator("tr[data-failed]").count() < n
    page.get_by_label("only what went wrong").uncheck()
    page.locator("select").select_option("who")
    assert {row.get_attribute("data-kind") for row in shown.all()} == {"who"}
    page.locator("select").select_option("")
    page.get_by_label("Words").fill("ZZZ")
    expect(page.locator("output")).to_have_text(f"0 of {n}")
    assert said == []


def test_a_question_leads_to_its_opened_section(folder: Path, browser: Browser) -> None:
    page, _ = opened(browser, folder / "report.html")
    link = page.locator(".questions tbody a").last
    link.click()
    place = page.locator(link.get_attribute("href") or "")
    expect(place).to_be_visible()
    expect(place).to_be_in_viewport()


def test_without_scripts_all_can_be_read(folder: Path, browser: Browser) -> None:
    page, _ = opened(browser, folder / "report.html", scripts=False)
    expect(page.locator("#filter")).to_be_hidden()
    section = page.locator(".question").first
    section.locator("summary").click()
    expect(section.locator("h3").first).to_be_visible()


def test_a_thousand_questions_stay_small(report: Report) -> None:
    runs = tuple(_many(run, 1000) for run in report.runs[:2])
    size = len(page_html(replace(report, runs=runs, comparisons=())).encode())
    assert size < 5_000_000, size


def _many(run: RunReport, n: int) -> RunReport:
    n_given = len(run.questions)
    return replace(
        run,
        questions=tuple(
            replace(run.questions[place % n_given], query_id=f"q{place}") for place in range(n)
        ),
    )


def test_a_baseline_cannot_be_shown(folder: Path) -> None:
    with pytest.raises(QuestionError, match="no texts"):
        page_html(read_report(folder / BASELINE))


def test_the_door_writes_the_same_page_from_the_report(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "again.html"
    done = subprocess.run(
        [sys.executable, "-m", "evaluation", "html", str(folder), "--out", str(out)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, str(out))
    assert out.read_bytes() == (folder / "report.html").read_bytes()


@pytest.mark.parametrize(
    ("measure", "value", "said"),
    [
        ("Success@1", 0.91, "A right passage comes first for 91 of 100 questions"),
        ("Success@5", 0.999, "among the first 5 for more than 99 of 100"),
        ("false_answers", 0.001, "It answers fewer than 1 of 100 questions"),
        ("quote_exactness", 1.0, "All 12 quotes are letter for letter"),
        ("quote_success@3", 0.5, "One of the first 3 quotes is right for 50 of 100"),
        ("nDCG@20", 0.5, "How well the first 20 are ordered"),
        ("infAP", 0.5, ""),
    ],
)
def test_a_figure_is_said_in_plain_words(measure: str, value: float, said: str) -> None:
    sentence = plainly.sentence(Figure(measure, value, None, None, 12), "passage")
    assert said in sentence
    assert bool(said) == bool(sentence)


def test_it_says_why_a_passage_beat_the_right_one(report: Report) -> None:
    result = next(each for each in report.runs[0].questions if each.answerable and each.hits)
    right = RankedPassage("r", 2, 1.0, {"dense": 0.6, "lexical": 1.0}, right=True)
    wrong = RankedPassage("w", 1, 2.0, {"dense": 0.4, "lexical": 3.0}, right=False)
    beaten = replace(result, rank=2, right_passage=right, hits=(wrong, right))
    parts: Any = template_environment().get_template("parts.html.jinja").module
    assert str(parts.why_beaten(beaten)) == (
        "The first passage matches the words of the question better (3.00 against 1.00); the right "
        "one is closer to it in meaning (0.60 against 0.40)."
    )
    assert str(parts.placed(beaten)) == "The right passage came at rank 2, after 1 other."


def test_the_gravest_failure_is_an_answer_that_the_documents_do_not_give(report: Report) -> None:
    outcomes = [section.ending for section in question_sections(report)]
    assert outcomes[0].words == "Answered, though the documents do not say"
    assert [each.gravity for each in outcomes] == sorted(each.gravity for each in outcomes)
