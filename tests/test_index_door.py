"""`python -m index`: what it prints, how it exits, and that Ctrl-C leaves a usable index."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from index.storage.passage_index import PassageIndex

_ROOT = Path(__file__).parent.parent
_N_LINES = 320


def door(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "index", *map(str, arguments)],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "1963-06-20.md").write_text("# Berlin\n\nThe ambassador arrived.\n")
    (folder / "1963-06-21.txt").write_text("He left again. Größe: 3 m²")
    return folder


def test_a_build_reports_and_the_next_finds_nothing_to_do(letters: Path, tmp_path: Path) -> None:
    first = door(letters, "--out", tmp_path / "index")
    assert first.returncode == 0
    assert first.stdout.splitlines()[0] == "Read 2 documents (2 new)."
    assert re.fullmatch(
        r"The index holds 2 documents, 2 passages, the longest of \d+ word pieces; "
        r"2 passages embedded\.",
        first.stdout.splitlines()[1],
    )
    assert "Embedding passages: 100%" in first.stderr
    second = door(letters, "--out", tmp_path / "index", "--quiet")
    assert (second.returncode, second.stderr) == (0, "")
    assert second.stdout.splitlines()[1].startswith("The index is up to date: 2 documents")


def test_what_is_skipped_is_named_and_the_rest_is_indexed(letters: Path, tmp_path: Path) -> None:
    (letters / "scan.pdf").write_bytes(b"no pdf at all")
    built = door(letters, "--out", tmp_path / "index")
    assert built.returncode == 1
    assert "Skipped: 1\n  scan.pdf: " in built.stdout
    assert "2 documents, 2 passages" in built.stdout
    assert "Traceback" not in built.stderr


def test_show_prints_the_text_that_spans_count(letters: Path, tmp_path: Path) -> None:
    out = tmp_path / "index"
    door(letters, "--out", out, "--quiet")
    shown = door("--show", "1963-06-21", "--out", out)
    index = PassageIndex.load(out)
    document = index.texts.document("1963-06-21")
    assert document is not None
    assert (shown.returncode, shown.stdout) == (0, document.text)
    assert door("--list", "--index", out).stdout == "1963-06-20\n1963-06-21\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--show", "1963-06-22"], "No document 1963-06-22 in .*Did you mean 1963-06-2"),
        (["--show", "x"], "No document x in .*--list"),
        (["nowhere"], "There is no folder nowhere"),
        ([".", "--model", "no-such-model"], "No sentence-transformers model called no-such-model"),
    ],
)
def test_mistakes_get_one_line(
    letters: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    out = tmp_path / "index"
    door(letters, "--out", out, "--quiet")
    refused = door(*arguments, "--out", out)
    assert (refused.returncode, refused.stdout) == (1, "")
    (line,) = refused.stderr.splitlines()
    assert re.match(f"index: {said}", line)


def test_no_index_is_said_with_the_mend(tmp_path: Path) -> None:
    refused = door("--list", "--out", tmp_path / "none")
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"index: No index in {tmp_path / 'none'}. Make one with: ")


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    folder, out = tmp_path / "corpus", tmp_path / "index"
    folder.mkdir()
    (folder / "one.txt").write_text("Many words. " * 8_000)
    door(folder, "--out", out, "--quiet")
    command = [sys.executable, "-m", "index", "--show", "one", "--out", str(out)]
    with subprocess.Popen(
        command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as shown:
        assert shown.stdout is not None
        assert shown.stderr is not None
        shown.stdout.read(10)
        shown.stdout.close()
        assert shown.stderr.read() == b""


def n_journaled(out: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{out / 'journal.sqlite'}?mode=ro", uri=True)) as file:
            return int(file.execute("SELECT count(*) FROM vectors").fetchone()[0])
    except sqlite3.OperationalError:  # not there yet
        return 0


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_a_usable_index_and_the_next_run_goes_on(
    tmp_path: Path, way: signal.Signals
) -> None:
    folder, out = tmp_path / "corpus", tmp_path / "index"
    folder.mkdir()
    lines = [
        {"_id": f"d{n}", "title": f"Letter {n}", "text": f"The ship number{n} sails. " * 6}
        for n in range(_N_LINES)
    ]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, lines)))
    command = [sys.executable, "-m", "index", str(folder), "--out", str(out)]
    with subprocess.Popen(
        command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as builder:
        while builder.poll() is None and n_journaled(out) == 0:
            time.sleep(0.01)
        builder.send_signal(way)
        said, progress = builder.communicate()
    assert builder.returncode == 130
    assert "run the same command again to go on." in said
    assert "Traceback" not in progress
    half = PassageIndex.load(out)
    assert 0 < half.recipe.n_documents < _N_LINES
    assert half.lexical.matching({"number0": 1.0}, k=1)
    second = door(folder, "--out", out)
    assert second.returncode == 0
    rest = _N_LINES - half.recipe.n_documents
    assert f"; {rest} passages embedded." in second.stdout
    assert PassageIndex.load(out).recipe.n_documents == _N_LINES
