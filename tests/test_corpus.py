"""A corpus in BEIR form: each line of JSON is a document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from specimens import read


def line(document_id: object, text: object = "Some text.", **more: object) -> str:
    return json.dumps({"_id": document_id, "title": "A title", "text": text, **more})


def corpus(folder: Path, *lines: str) -> None:
    (folder / "corpus.jsonl").write_text("\n".join(lines) + "\n")


def test_each_line_is_a_document(tmp_path: Path) -> None:
    corpus(tmp_path, line("d1", "First\r\ntext."), "", line(2, metadata={"url": "x"}))
    found = read(tmp_path)
    assert not found.problems
    first, second = found.documents.values()
    assert (first.document_id, first.title, first.text) == ("d1", "A title", "First\ntext.")
    assert second.document_id == "2"


def test_a_line_without_title_is_called_by_its_id(tmp_path: Path) -> None:
    corpus(tmp_path, '{"_id": "d1", "text": "x"}', '{"_id": "d2", "title": "", "text": "y"}')
    assert [each.title for each in read(tmp_path).documents.values()] == ["d1", "d2"]


def test_metadata_beside_a_corpus_holds_for_every_line(tmp_path: Path) -> None:
    corpus(tmp_path, line("d1"), line("d2"))
    (tmp_path / "corpus.toml").write_text('archive = "SAPMO-BA"')
    metadata = [each.metadata for each in read(tmp_path).documents.values()]
    assert metadata == [{"archive": "SAPMO-BA"}] * 2


def test_metadata_beside_a_corpus_gives_no_title(tmp_path: Path) -> None:
    corpus(tmp_path, line("d1"))
    (tmp_path / "note.md").write_text("text")
    (tmp_path / "corpus.toml").write_text('title = "One for all"')
    found = read(tmp_path)
    assert list(found.documents) == ["note.md"]
    (problem,) = found.problems
    assert "one `id` or `title` to many documents" in problem.what


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ('{"_id": "d2", "text": ', "Not valid JSON: Expecting value at column 22."),
        ('["d2"]', "The line is no JSON object."),
        ('{"text": "x"}', "`_id` is missing or no text."),
        ('{"_id": " ", "text": "x"}', "`_id` is missing or no text."),
        ('{"_id": true, "text": "x"}', "`_id` is missing or no text."),
        ('{"_id": "d2"}', "`text` is missing or no text."),
        ('{"_id": "d2", "text": 7}', "`text` is missing or no text."),
        ('{"_id": "d2", "title": [1], "text": "x"}', "`title` is missing or no text."),
        ('{"_id": "d2", "text": " \\n"}', "`text` is empty."),
        ("[" * 100_000, "Not readable JSON."),
        ('{"_id": ' + "9" * 5_000 + ', "text": "x"}', "Not readable JSON."),
        ('{"_id": "d2", "text": "' + "x" * (16 << 20) + '"}', "The line has more than 16 MiB."),
        (line("d1"), "Its id 'd1' was already given in corpus.jsonl."),
    ],
    ids=lambda value: value[:24],
)
def test_a_wrong_line_is_named_and_the_others_are_read(
    tmp_path: Path, wrong: str, what: str
) -> None:
    corpus(tmp_path, line("d1"), wrong, line("d3"))
    found = read(tmp_path)
    assert [each.document_id for each in found.documents.values()] == ["d1", "d3"]
    (problem,) = found.problems
    assert str(problem).startswith(f"corpus.jsonl, line 2: {what} ")
    assert problem.skipped


def test_a_line_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    data = f"{line('d1')}\n".encode() + b'{"_id": "d2", "text": "f\xfcr"}\n'
    (tmp_path / "corpus.jsonl").write_bytes(data)
    (problem,) = read(tmp_path).problems
    assert str(problem) == "corpus.jsonl, line 2: The line is not UTF-8. Save the file as UTF-8."


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text("\ufeff" + line("d1"))
    assert not read(tmp_path).problems


def test_half_a_surrogate_is_read_as_a_lost_character(tmp_path: Path) -> None:
    corpus(tmp_path, '{"_id": "d\\ud800", "text": "a \\udfff b"}')
    found = read(tmp_path)
    assert found.document.document_id == "d\ufffd"
    assert found.document.text == "a \ufffd b"
    (problem,) = found.problems
    assert (problem.line, problem.skipped) == (1, False)


def test_a_corpus_wrong_throughout_does_not_fill_the_report(tmp_path: Path) -> None:
    corpus(tmp_path, line("d1"), *["{"] * 1_000)
    *named, last = read(tmp_path).problems
    assert [problem.line for problem in named] == list(range(2, 22))
    assert last.what == "980 more lines are wrong."
    assert last.skipped


def test_suspicious_lines_do_not_hide_a_skipped_one(tmp_path: Path) -> None:
    lost = [line(f"d{n}", "a \ufffd") for n in range(30)]
    corpus(tmp_path, *lost, "{", line("last", "\ufffd"))
    problems = read(tmp_path).problems
    assert [problem.line for problem in problems if problem.skipped] == [31]
    assert problems[-1].what == "11 more lines are suspicious."


def test_questions_beside_a_corpus_are_no_documents(tmp_path: Path) -> None:
    corpus(tmp_path, line("d1"))
    (tmp_path / "queries.jsonl").write_text('{"_id": "q1", "text": "Who?"}\n' * 3)
    found = read(tmp_path)
    assert list(found.documents) == ["corpus.jsonl d1"]
    assert not found.problems


def test_lines_of_another_form_are_one_problem(tmp_path: Path) -> None:
    corpus(tmp_path, line("d1"))
    (tmp_path / "log.jsonl").write_text('{"level": "info"}\n' * 3)
    (problem,) = read(tmp_path).problems
    assert str(problem).startswith("log.jsonl: Its lines have no `_id`, `title` and `text`.")
