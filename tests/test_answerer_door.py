"""`python -m answerer` as other tools use it: JSON that can be relied on, one line an error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "documents" / "1963-06-20-gdr-embassy-on-kwp-policy.md"
WORKERS = "How many workers take part in the Chollima movement?"


def answerer(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DOCENT_")}
    return subprocess.run(
        [sys.executable, "-m", "answerer", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=120,
    )


def asked(index: Path, question: str) -> dict[str, Any]:
    done = answerer(question, "--json", "--index", str(index))
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_json_has_the_fields_that_tools_rely_on(default_folder: Path) -> None:
    answer = asked(default_folder, WORKERS)
    assert answer.keys() >= {
        *("_id", "question", "found", "confidence", "statements", "quotes", "hits", "took_ms")
    }
    assert answer["found"] is True
    assert 0 <= answer["confidence"] <= 1
    quote = answer["quotes"][0]
    assert quote.keys() == {
        *("number", "document_id", "title", "start", "end", "text", "highlight", "page"),
        *("citation", "permalink"),
    }
    assert answer["statements"][0] == {"text": quote["text"], "citations": [quote["number"]]}
    assert answer["hits"][0].keys() == {"document_id", "start", "end", "score", "rank"}


def test_offsets_count_characters_of_the_shown_text(default_folder: Path) -> None:
    quote = asked(default_folder, WORKERS)["quotes"][0]
    shown = subprocess.run(
        [sys.executable, "-m", "index", "--show", quote["document_id"], "--out", default_folder],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode("utf-8")
    assert shown == DOCUMENT.read_text(encoding="utf-8")
    assert shown[quote["start"] : quote["end"]] == quote["text"]
    mark = quote["highlight"]
    assert shown[mark["start"] : mark["end"]] == "3 million"


def test_not_found_has_no_statements_and_names_what_is_near(default_folder: Path) -> None:
    answer = asked(default_folder, "How do I bake sourdough bread?")
    assert (answer["found"], answer["statements"], answer["quotes"]) == (False, [], [])
    assert answer["hits"]


def test_many_questions_come_out_one_line_each_in_order(
    default_folder: Path, tmp_path: Path
) -> None:
    questions = {"b": WORKERS, "a": "How do I bake bread?", "c": "Who heads the delegation?"}
    path = tmp_path / "queries.jsonl"
    lines = (json.dumps({"_id": key, "text": text}) for key, text in questions.items())
    path.write_text("\n".join(lines), encoding="utf-8")
    done = answerer("--questions", str(path), "--json", "--index", str(default_folder))
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert {each["_id"]: each["question"] for each in answers} == questions
    assert [each["_id"] for each in answers] == list(questions)


def test_a_question_that_cannot_be_asked_stays_in_its_place(
    default_folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text(
        '{"_id": "1", "text": "???"}\n{"_id": "2", "text": "Who was in the delegation?"}\n',
        encoding="utf-8",
    )
    done = answerer("--questions", str(path), "--json", "--index", str(default_folder))
    assert [json.loads(line)["_id"] for line in done.stdout.splitlines()] == ["1", "2"]
    assert done.returncode == 1
    assert "answerer: 1: There is no word in this question." in done.stderr


def test_a_person_reads_the_quote_and_where_it_stands(default_folder: Path) -> None:
    done = answerer(WORKERS, "--index", str(default_folder))
    assert "“Currently about 3 million workers" in done.stdout
    assert "DY 30, IV A 2/20/250" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("Who?", "--index", "no/such/index"), "python -m index"),
        (("--questions", "no-such-file.jsonl", "--json"), "no-such-file.jsonl"),
        (("", "--index", "DEFAULT"), "no question"),
    ],
)
def test_errors_are_one_line_with_the_mend(
    default_folder: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = answerer(*(str(default_folder) if each == "DEFAULT" else each for each in arguments))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert words in done.stderr
    assert not done.stdout
