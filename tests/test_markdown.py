"""Markdown and plain text: the document is the file's own text, without its front matter."""

from __future__ import annotations

from pathlib import Path

import pytest
from specimens import read_one


def headings(path: Path, text: str) -> list[tuple[int, str]]:
    document = read_one(path, text)
    return [(each.level, each.span.of(document.text)) for each in document.headings]


def test_markdown_is_kept_as_it_is_written(tmp_path: Path) -> None:
    text = "# A *title*\n\n> Quoted, **with** marks  \n\n- and a [list](x.md)\n\n\n"
    assert read_one(tmp_path / "note.md", text).text == text


def test_plain_text_is_kept_and_has_no_headings(tmp_path: Path) -> None:
    document = read_one(tmp_path / "note.txt", "# No heading\n\n  indented\n")
    assert document.text == "# No heading\n\n  indented\n"
    assert document.headings == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# One\n\n###   Three  \n\ntext", [(1, "One"), (3, "Three")]),
        ("### **Original Language:**\n", [(3, "Original Language:")]),
        ("## Closed ##\n# C#\n", [(2, "Closed"), (1, "C#")]),
        ("Under\n=====\n\nLine\n---\n", [(1, "Under"), (2, "Line")]),
        ("Two lines\nof text\n---\n", []),
        ("text\n\n---\n\nmore", []),
        ("| a | b |\n|---|---|\n- x\n---\n", []),
        ("#hashtag\n\n####### seven\n#\n# #\n", []),
        ("```\n# code\n```\n# After\n", [(1, "After")]),
        ("~~~~ sh\n# code\n~~~\n```\n# code\n~~~~\n# After\n", [(1, "After")]),
        ("``` span ``` of code\n\n# After\n", [(1, "After")]),
        ("    # code\n\n   # Three spaces\n", [(1, "Three spaces")]),
        ("# One\r\n\r\n## Two\rtext", [(1, "One"), (2, "Two")]),
    ],
)
def test_headings_are_those_of_markdown_and_right_slices(
    tmp_path: Path, text: str, expected: list[tuple[int, str]]
) -> None:
    assert headings(tmp_path / "note.md", text) == expected


def test_the_first_heading_is_the_title(tmp_path: Path) -> None:
    assert read_one(tmp_path / "n.md", "text\n\n## Scandinavia\n\n# B").title == "Scandinavia"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("1963-06-20_report-on-policy.txt", "1963-06-20 report on policy"),
        ("übersicht.txt", "Übersicht"),
        ("v1.2.txt", "V1.2"),
    ],
)
def test_without_another_title_the_name_of_the_file_is_it(
    tmp_path: Path, name: str, title: str
) -> None:
    assert read_one(tmp_path / name, "text").title == title


@pytest.mark.parametrize("ending", ["md", "txt"])
def test_front_matter_in_toml_is_metadata_and_no_text(tmp_path: Path, ending: str) -> None:
    text = '+++\ntitle = "Policy"\ndate = 1963-06-20\nbox = 12\nfolder = 1.10\n+++\n\nThe text.\n'
    document = read_one(tmp_path / f"note.{ending}", text)
    assert document.text == "The text.\n"
    assert document.title == "Policy"
    assert document.metadata == {"date": "1963-06-20", "box": "12", "folder": "1.10"}


def test_front_matter_in_yaml_keeps_values_as_they_are_written(tmp_path: Path) -> None:
    text = (
        "---\n# kept by hand\ntitle: Policy\ndate: 1963-06-20\nbox: 012\nfolder: 1:30\n"
        "language: [no, 'German']\ncreator:\n  - A. Clerk\nrights:\n---\nThe text.\n"
    )
    document = read_one(tmp_path / "note.md", text)
    assert document.text == "The text.\n"
    assert document.metadata == {
        "date": "1963-06-20",
        "box": "012",
        "folder": "1:30",
        "language": ("no", "German"),
        "creator": ("A. Clerk",),
    }


def test_front_matter_may_end_the_lines_as_windows_does(tmp_path: Path) -> None:
    document = read_one(tmp_path / "note.md", "\ufeff---\r\ntitle: Policy\r\n---\r\n# One\r\n")
    assert (document.title, document.text) == ("Policy", "# One\n")


@pytest.mark.parametrize(
    "text",
    ["---\n\nA rule, then text.\n\n---\n", "---\ntitle: never closed\n", "-----\na: b\n-----\n"],
)
def test_a_rule_at_the_top_is_text(tmp_path: Path, text: str) -> None:
    assert read_one(tmp_path / "note.md", text).text == text
