"""A folder of files: which are documents, in what order, under which ids."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import docx
import pytest
from specimens import pdf, read

from errors import DocumentError
from index.metadata.collection import load_collection
from index.readers.folder import Loaded, load_folder

DEFAULT = Path(__file__).parents[1] / "documents"
NAME = "1963-06-20-gdr-embassy-on-kwp-policy.md"


def write(path: Path, text: str = "Some text.") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_the_default_document_is_its_file_with_everything_said_of_it() -> None:
    found = read(DEFAULT)
    assert not found.problems
    document = found.document
    said = tomllib.loads((DEFAULT / "collection.toml").read_text())["documents"][NAME]
    assert document.text == (DEFAULT / NAME).read_bytes().decode()
    assert document.title == said.pop("title")
    assert document.metadata == {
        name: tuple(value) if isinstance(value, list) else str(value)
        for name, value in said.items()
    }
    assert document.document_id == NAME.removesuffix(".md")


def test_the_default_document_has_its_headings() -> None:
    document = read(DEFAULT).document
    marks = [line for line in document.text.split("\n") if line.startswith("#")]
    assert len(document.headings) == len(marks)
    for heading, line in zip(document.headings, marks, strict=True):
        marked, _, wording = line.partition(" ")
        assert heading.level == len(marked)
        assert heading.span.of(document.text) == wording.strip("* ")


def test_the_default_collection_has_its_questions_and_glossary() -> None:
    said = tomllib.loads((DEFAULT / "collection.toml").read_text())["collection"]
    collection = load_collection(DEFAULT)
    assert collection.title == said["title"]
    assert list(collection.suggested_questions) == said["suggested_questions"]
    assert collection.glossary.keys() == said["glossary"].keys()
    assert collection.glossary["DPRK"] == ("Democratic People's Republic of Korea", "North Korea")


def test_every_format_is_read_whatever_the_case_of_its_ending(tmp_path: Path) -> None:
    for ending in ("md", "markdown", "txt", "html", "htm", "MD", "Txt"):
        write(tmp_path / f"{ending}-file.{ending}")
    (tmp_path / "pdf-file.pdf").write_bytes(pdf([["Some text."]]))
    document = docx.Document()
    document.add_paragraph("Some text.")
    document.save(str(tmp_path / "docx-file.docx"))
    write(tmp_path / "corpus.jsonl", '{"_id": "line", "title": "", "text": "Some text."}')
    found = read(tmp_path)
    assert not found.problems
    assert len(found.documents) == 10
    assert {document.text for document in found.documents.values()} == {"Some text."}


def test_documents_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.md", "a/z.md", "a/b/c.txt", "a.txt", "B.md"):
        write(tmp_path / name)
    assert list(read(tmp_path).documents) == ["B.md", "a/b/c.txt", "a/z.md", "a.txt", "b.md"]


def test_what_holds_no_running_text_is_passed_over_in_silence(tmp_path: Path) -> None:
    write(tmp_path / "note.md")
    for name in (
        ".hidden.md",
        ".git/config.md",
        "build/index/note.md",
        "node_modules/x/README.md",
        "~$note.docx",
        "photo.jpg",
        "data.csv",
        "collection.toml",
        "README",
    ):
        write(tmp_path / name, "")
    os.symlink("/usr/share/pixmaps/none.png", tmp_path / "outside.png")
    found = read(tmp_path)
    assert list(found.documents) == ["note.md"]
    assert not found.problems


def test_a_single_file_is_read_with_its_metadata(tmp_path: Path) -> None:
    write(tmp_path / "one.md")
    write(tmp_path / "two.md")
    write(tmp_path / "collection.toml", '[documents."one.md"]\ntitle = "The first"')
    (loaded,) = load_folder(tmp_path / "one.md")
    assert isinstance(loaded, Loaded)
    assert (loaded.source, loaded.document.title) == ("one.md", "The first")


def test_a_folder_may_be_named_by_a_link_or_from_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "folder/note.md")
    os.symlink("folder", tmp_path / "link")
    monkeypatch.chdir(tmp_path / "folder")
    for folder in (tmp_path / "link", Path(), Path("../link"), Path("../folder/.")):
        assert list(read(folder).documents) == ["note.md"]


def test_a_link_within_the_folder_gives_no_second_document(tmp_path: Path) -> None:
    write(tmp_path / "sub/note.md")
    os.symlink("sub/note.md", tmp_path / "again.md")
    os.symlink("sub", tmp_path / "again")
    os.symlink(tmp_path, tmp_path / "sub/loop")
    found = read(tmp_path)
    assert list(found.documents) == ["sub/note.md"]
    assert not found.problems


def test_a_link_to_what_would_be_passed_over_is_read(tmp_path: Path) -> None:
    write(tmp_path / ".git/annex/objects/SHA256-1234")
    os.symlink(".git/annex/objects/SHA256-1234", tmp_path / "note.md")
    assert read(tmp_path).document.document_id == "note"


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("missing", "There is no folder {}. Check the path, or make it."),
        ("photo.jpg", "Docent does not read .jpg files: {}. It reads .docx, .htm"),
        ("README", "Docent does not read such files: {}."),
        ("empty", "Not one document could be read in {}. Put files there that end in .docx"),
        ("blank.md", "Not one document could be read in {}. Mend it, or choose another file."),
        ("a\x01b.md", "{}: The file's name holds signs that cannot be shown. Rename it."),
    ],
)
def test_where_there_is_nothing_to_read_it_says_so(tmp_path: Path, name: str, what: str) -> None:
    (tmp_path / "empty").mkdir()
    for file in ("photo.jpg", "README", "blank.md", "a\x01b.md"):
        (tmp_path / file).write_text("")
    path = tmp_path / name
    with pytest.raises(DocumentError) as caught:
        list(load_folder(path))
    assert str(caught.value).startswith(what.format(str(path).replace("\x01", "\\x01")))
