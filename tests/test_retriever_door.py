"""`python -m retriever`, as a person calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from datatypes import Span
from index.build import build_index
from index.embedder import Embedder
from index.storage.passage_index import PassageIndex

ROOT = Path(__file__).parents[1]
PAPERS = {
    "statue": "A bronze statue of Kim II Sung was unveiled in the capital.",
    "trade": "The DPRK sold iron ore and zinc to its neighbours.",
    "orchestra": "The orchestra played three symphonies by Brahms at the opening.",
}
QUESTIONS = (
    '{"_id": "q1", "text": "Where is the statue of Kim Il Sung?"}\n'
    "\n"
    '{"_id": 2, "text": "Who played Brahms?", "split": "dev"}\n'
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, default_embedder: Embedder) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    for name, text in PAPERS.items():
        (folder / f"{name}.txt").write_text(text)
    build_index(folder, folder / "index", embedder=default_embedder)
    return folder / "index"


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "queries.jsonl"
    path.write_text(QUESTIONS)
    return path


def asked(*arguments: object, index: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "DOCENT_INDEX"}
    if index:
        environment["DOCENT_INDEX"] = str(index)
    return subprocess.run(
        [sys.executable, "-m", "retriever", *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def refused(*arguments: object, index: Path, status: int = 1) -> str:
    """The one line that is said instead of an answer."""
    done = asked(*arguments, index=index)
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


def test_a_question_is_answered_by_passages_a_person_can_read(index: Path) -> None:
    done = asked("Where is the statue of Kim Il Sung?", "-k", 2, index=index)
    assert done.returncode == 0
    assert done.stderr == ""
    first, text, *_ = done.stdout.splitlines()
    assert first.split()[0] == "1"
    assert first.split()[2] == "Statue"
    assert text.strip() == PAPERS["statue"]


def test_json_gives_spans_of_the_documents(index: Path) -> None:
    done = asked("Who played Brahms?", "--json", "-k", 2, "--index", index)
    (line,) = done.stdout.splitlines()
    said = json.loads(line)
    assert said["question"] == "Who played Brahms?"
    assert [hit["rank"] for hit in said["hits"]] == [1, 2]
    assert said["hits"][0]["document_id"] == "orchestra"
    opened = PassageIndex.load(index)
    for hit in said["hits"]:
        document = opened.texts.document(hit["document_id"])
        assert document is not None
        assert Span(hit["start"], hit["end"]).of(document.text) == hit["text"]


def test_many_questions_are_a_trec_run_in_their_order(index: Path, questions: Path) -> None:
    done = asked("--questions", questions, "-k", 2, index=index)
    assert done.returncode == 0
    rows = [line.split() for line in done.stdout.splitlines()]
    assert [(row[0], row[3]) for row in rows] == [("q1", "1"), ("q1", "2"), ("2", "1"), ("2", "2")]
    assert rows[0][2] == "statue"
    assert rows[2][2] == "orchestra"


def test_many_questions_as_json_are_one_line_each(index: Path, questions: Path) -> None:
    done = asked("--questions", questions, "--json", "-k", 1, index=index)
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["_id"] for each in said] == ["q1", "2"]
    assert [len(each["hits"]) for each in said] == [1, 1]


def test_a_run_goes_to_its_file_and_nothing_else_is_said(
    index: Path, questions: Path, tmp_path: Path
) -> None:
    done = asked("--questions", questions, "--run", tmp_path / "docent.run", index=index)
    assert (done.returncode, done.stdout) == (0, "")
    lines = (tmp_path / "docent.run").read_text().splitlines()
    assert len(lines) == 6
    assert lines[0].split()[:4] == ["q1", "Q0", "statue", "1"]


def test_the_run_of_one_question_stands_beside_its_hits(index: Path, tmp_path: Path) -> None:
    done = asked("Who played Brahms?", "-k", 1, "--run", tmp_path / "one.run", index=index)
    assert "three symphonies" in done.stdout
    (line,) = (tmp_path / "one.run").read_text().splitlines()
    assert line.split()[:4] == ["question", "Q0", "orchestra", "1"]


def test_a_run_ranks_passages_where_it_is_asked_to(index: Path, questions: Path) -> None:
    done = asked("--questions", questions, "--unit", "passage", "-k", 1, index=index)
    first = done.stdout.splitlines()[0].split()
    assert first[2] == f"statue#0-{len(PAPERS['statue'])}"


def test_two_runs_are_equal_to_the_byte(index: Path, questions: Path, tmp_path: Path) -> None:
    for name in ("first", "second"):
        asked("--questions", questions, "--run", tmp_path / name, index=index)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes() != b""


def test_the_modes_are_told_apart(index: Path) -> None:
    words = json.loads(asked("zinc", "--mode", "lexical", "--json", index=index).stdout)
    assert [hit["document_id"] for hit in words["hits"]] == ["trade"]
    meaning = json.loads(asked("zinc", "--mode", "dense", "--json", index=index).stdout)
    assert len(meaning["hits"]) == len(PAPERS)
    assert meaning["hits"][0]["score"] < 1


def test_nothing_found_is_said_to_a_person_and_is_no_line_of_a_run(
    index: Path, tmp_path: Path
) -> None:
    alone = asked("Xyzzy", "--mode", "lexical", index=index)
    assert (alone.returncode, alone.stdout) == (0, "Nothing was found.\n")
    path = tmp_path / "queries.jsonl"
    path.write_text('{"_id": "q1", "text": "Xyzzy"}\n')
    many = asked("--questions", path, "--mode", "lexical", index=index)
    assert (many.returncode, many.stdout) == (0, "")


def test_a_question_in_bytes_that_are_no_text_is_asked_all_the_same(index: Path) -> None:
    done = asked("Brahms \udcff", "-k", 1, index=index)
    assert done.returncode == 0
    assert "Orchestra" in done.stdout


def test_more_is_asked_for_than_there_is(index: Path) -> None:
    done = asked("zinc", "-k", 10**15, "--json", index=index)
    assert len(json.loads(done.stdout)["hits"]) == len(PAPERS)


def test_no_index_is_said_with_the_command_that_makes_one(tmp_path: Path) -> None:
    line = refused("zinc", index=tmp_path / "nowhere")
    assert line.startswith("retriever: ")
    assert str(tmp_path / "nowhere") in line
    assert "python -m index" in line


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"_id": "q9"}', "not a JSON object with _id and text"),
        ("not JSON", "not a JSON object with _id and text"),
        ("[" * 100_000, "not a JSON object with _id and text"),
        ('["q9", "text"]', "not a JSON object with _id and text"),
        ('{"_id": "q9", "text": 7}', "text is not a string"),
        ('{"_id": null, "text": "Who?"}', "_id is neither a string nor a number"),
        ('{"_id": " ", "text": "Who?"}', "_id is neither a string nor a number"),
        ('{"_id": "2", "text": "Who?"}', "the _id 2 stands twice"),
    ],
)
def test_a_broken_line_of_questions_is_named_by_its_number(
    index: Path, questions: Path, line: str, said: str
) -> None:
    questions.write_text(f"{QUESTIONS}{line}\n")
    message = refused("--questions", questions, index=index)
    assert f"{questions}, line 4: {said}" in message


def test_a_file_of_questions_that_cannot_be_read_is_named(index: Path, tmp_path: Path) -> None:
    assert "nowhere.jsonl cannot be read" in refused(
        "--questions", tmp_path / "nowhere.jsonl", index=index
    )
    assert f"{tmp_path} cannot be read" in refused("--questions", tmp_path, index=index)
    (tmp_path / "latin1.jsonl").write_bytes('{"_id": "q1", "text": "Müller?"}'.encode("latin-1"))
    assert "is not UTF-8" in refused("--questions", tmp_path / "latin1.jsonl", index=index)


def test_a_byte_order_mark_before_the_questions_is_no_fault(index: Path, questions: Path) -> None:
    questions.write_text(QUESTIONS, encoding="utf-8-sig")
    assert asked("--questions", questions, "-k", 1, index=index).stdout.startswith("q1 Q0 statue")


def test_a_run_that_cannot_be_written_is_named(
    index: Path, questions: Path, tmp_path: Path
) -> None:
    path = tmp_path / "nowhere" / "docent.run"
    assert f"{path} cannot be written" in refused(
        "--questions", questions, "--run", path, index=index
    )
    assert f"{tmp_path} cannot be written" in refused("zinc", "--run", tmp_path, index=index)


@pytest.mark.parametrize("k", ["0", "-3"])
def test_less_than_one_hit_cannot_be_asked_for(index: Path, k: str) -> None:
    assert "-k must be at least 1" in refused("zinc", "-k", k, index=index, status=2)


def test_a_question_or_a_file_of_them_but_not_both(index: Path, questions: Path) -> None:
    assert asked(index=index).returncode == 2
    assert asked("zinc", "--questions", questions, index=index).returncode == 2


def test_a_reader_that_leaves_early_ends_it_in_silence(index: Path, tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    rows = [json.dumps({"_id": str(each), "text": "zinc"}) for each in range(2_000)]
    path.write_text("\n".join(rows))
    door = subprocess.Popen(
        [sys.executable, "-m", "retriever", "--questions", path, "--index", index],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert door.stdout is not None
    assert door.stderr is not None
    assert door.stdout.readline().startswith(b"0 Q0 trade 1")
    door.stdout.close()
    assert door.stderr.read() == b""
    assert door.wait(60) == 1
    door.stderr.close()
