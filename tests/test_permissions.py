"""Files and folders that may not be read: one line each, and the rest is read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from specimens import read

from errors import DocumentError, SettingError
from index.readers.folder import load_folder

NOBODY = 65_534


@contextmanager
def as_nobody(folder: Path) -> Iterator[Path]:
    """Permissions do not bind root: without its rights for as long as this lasts."""
    is_root = os.geteuid() == 0
    if is_root:
        folder.chmod(0o755)
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if is_root:
            os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Unlike pytest's own, a folder that every user may enter."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "good.md").write_text("The good text.")
        list(load_folder(Path(folder)))  # imports with all rights
        yield Path(folder)


@pytest.mark.parametrize("name", ["bad.md", "bad.pdf", "corpus.jsonl", "bad.docx"])
def test_a_file_that_may_not_be_read_is_one_line(open_folder: Path, name: str) -> None:
    (open_folder / name).write_text("The closed text.")
    read(open_folder)  # what reads such a file is imported with all rights
    (open_folder / name).chmod(0)
    with as_nobody(open_folder):
        found = read(open_folder)
    assert list(found.documents) == ["good.md"]
    assert [str(problem) for problem in found.problems] == [
        f"{name}: It cannot be opened: Permission denied. Give yourself the right to read it."
    ]


@pytest.mark.parametrize(
    ("mode", "line"),
    [
        (0o000, "closed: The folder cannot be read: Permission denied."),
        (0o444, "closed/bad.md: It cannot be opened: Permission denied."),
    ],
)
def test_a_folder_that_may_not_be_read_or_entered_is_one_line(
    open_folder: Path, mode: int, line: str
) -> None:
    closed = open_folder / "closed"
    closed.mkdir()
    (closed / "bad.md").write_text("The closed text.")
    closed.chmod(mode)
    try:
        with as_nobody(open_folder):
            found = read(open_folder)
    finally:
        closed.chmod(0o755)
    assert list(found.documents) == ["good.md"]
    assert [str(problem) for problem in found.problems] == [
        f"{line} Give yourself the right to read it."
    ]


def test_metadata_that_may_not_be_read_skips_its_document(open_folder: Path) -> None:
    (open_folder / "bad.md").write_text("text")
    (open_folder / "bad.toml").touch(mode=0)
    with as_nobody(open_folder):
        found = read(open_folder)
    assert list(found.documents) == ["good.md"]
    (problem,) = found.problems
    assert str(problem).startswith("bad.md: Its metadata, bad.toml: It cannot be opened: Perm")


def test_a_collection_that_may_not_be_read_stops(open_folder: Path) -> None:
    (open_folder / "collection.toml").touch(mode=0)
    with as_nobody(open_folder), pytest.raises(SettingError, match="It cannot be opened: Perm"):
        load_folder(open_folder)


@pytest.mark.parametrize("mode", [0o000, 0o444])
def test_a_closed_folder_says_so(open_folder: Path, mode: int) -> None:
    closed = open_folder / "closed"
    closed.mkdir()
    (closed / "bad.md").write_text("The closed text.")
    closed.chmod(mode)
    try:
        with as_nobody(open_folder):
            loading = load_folder(closed)
            line = str(next(loading))
            with pytest.raises(DocumentError, match="Not one document could be read"):
                next(loading)
    finally:
        closed.chmod(0o755)
    assert line.endswith("Permission denied. Give yourself the right to read it.")
