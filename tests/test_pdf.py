"""PDFs: their text layer, page by page."""

from __future__ import annotations

from pathlib import Path

import pytest
from specimens import PICTURE, pdf, read, read_one

REPORT = [
    [
        "The first page has two lines",
        "of running text, as reports have.",
        "",
        "The objective of this visit",
    ],
    ["will be to coordinate positions."],
    ["The last page."],
]


def test_lines_stand_as_printed_and_a_wide_gap_parts_paragraphs(tmp_path: Path) -> None:
    document = read_one(tmp_path / "report.pdf", pdf(REPORT))
    assert document.text == (
        "The first page has two lines\nof running text, as reports have.\n\n"
        "The objective of this visit\n\nwill be to coordinate positions.\n\nThe last page."
    )


def test_each_page_is_the_slice_that_it_prints(tmp_path: Path) -> None:
    document = read_one(tmp_path / "report.pdf", pdf(REPORT))
    assert [page.number for page in document.pages] == [1, 2, 3]
    assert [page.span.of(document.text) for page in document.pages][1:] == [
        "will be to coordinate positions.",
        "The last page.",
    ]


def test_a_page_keeps_the_label_that_is_printed_on_it(tmp_path: Path) -> None:
    labelled = pdf(REPORT, labels="0 << /S /r /St 9 >> 2 << /S /D /P (A-) /St 4 >>")
    document = read_one(tmp_path / "report.pdf", labelled)
    assert [page.label for page in document.pages] == ["ix", "x", "A-4"]


def test_without_printed_labels_pages_have_none(tmp_path: Path) -> None:
    document = read_one(tmp_path / "report.pdf", pdf(REPORT))
    assert [page.label for page in document.pages] == [None, None, None]


def test_a_page_without_text_is_suspicious_and_keeps_its_number(tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(pdf([["One."], PICTURE, [], ["Four."]]))
    found = read(tmp_path)
    assert [(page.number, page.span.of("One.\n\nFour.")) for page in found.document.pages] == [
        (1, "One."),
        (4, "Four."),
    ]
    (problem,) = found.problems
    assert not problem.skipped
    assert str(problem) == (
        "report.pdf: No text on 2 pages: scan pages 2–3. If they are not blank, add it with"
        " OCRmyPDF (ocrmypdf --skip-text)."
    )


def test_a_word_parted_at_a_line_end_keeps_its_hyphen_and_line_end(tmp_path: Path) -> None:
    document = read_one(tmp_path / "report.pdf", pdf([["The self-reli-", "ance of industry."]]))
    assert document.text == "The self-reli-\nance of industry."


def test_accents_apart_from_their_letters_are_joined_and_pages_stay_right(tmp_path: Path) -> None:
    pages = [["u^ber Gefa^sse"], ["Zweite Seite"]]
    data = pdf(pages, meanings={"^": "\u0308"})
    document = read_one(tmp_path / "report.pdf", data)
    assert document.text == "über Gefässe\n\nZweite Seite"
    assert document.pages[1].span.of(document.text) == "Zweite Seite"


@pytest.mark.parametrize(
    ("inside", "title"),
    [("Report on Policy", "Report on Policy"), ("Microsoft Word - a.doc", "A report"), ("", None)],
)
def test_the_title_inside_is_used_unless_a_program_made_it_up(
    tmp_path: Path, inside: str, title: str | None
) -> None:
    document = read_one(tmp_path / "a_report.pdf", pdf(REPORT, title=inside))
    assert document.title == (title or "A report")


def test_a_pdf_that_only_forbids_printing_is_read(tmp_path: Path) -> None:
    document = read_one(tmp_path / "report.pdf", pdf(REPORT, password=""))
    assert document.pages[2].span.of(document.text) == "The last page."


def test_a_pdf_that_lost_its_end_mark_is_read_and_suspicious(tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(pdf(REPORT)[: -len("%%EOF\n")])
    found = read(tmp_path)
    assert found.document.pages[2].span.of(found.document.text) == "The last page."
    (problem,) = found.problems
    assert "cut off" in problem.what
    assert not problem.skipped


def test_a_glyph_without_a_known_character_is_suspicious(tmp_path: Path) -> None:
    data = pdf([["Kim ^l Sung"]], meanings={"^": "\ufffd"})
    (tmp_path / "report.pdf").write_bytes(data)
    found = read(tmp_path)
    assert found.document.text == "Kim \ufffdl Sung"
    (problem,) = found.problems
    assert not problem.skipped
    assert "1 character was lost" in problem.what


@pytest.mark.parametrize("pages", [[["A page of twenty-one"]], [["Eleven too."]] * 2])
def test_a_pdf_of_endless_text_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: list[list[str]]
) -> None:
    monkeypatch.setattr("index.readers.pdf._MAX_CHARACTERS", 19)
    (tmp_path / "good.md").write_text("text")
    (tmp_path / "endless.pdf").write_bytes(pdf(pages))
    (problem,) = read(tmp_path).problems
    assert str(problem).startswith("endless.pdf: The PDF has more than 19 characters. Split it")
