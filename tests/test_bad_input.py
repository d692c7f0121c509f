"""Bad input: one line that names the file, what is wrong and what to do; the rest is read."""

from __future__ import annotations

import io
import os
import random
import socket
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from specimens import PICTURE, pdf, read

from errors import Problem

Maker = Callable[[Path], object]


def only_problem(folder: Path) -> Problem:
    """The one problem of a folder in which `good.md` is all that can be read."""
    (folder / "good.md").write_text("The good text.")
    found = read(folder)
    assert list(found.documents) == ["good.md"]
    assert found.document.text == "The good text."
    (problem,) = found.problems
    assert problem.skipped
    assert str(problem).isprintable()
    assert problem.what.endswith(".")
    assert problem.remedy.endswith(".")
    return problem


def docx_with(**replaced: bytes) -> bytes:
    """A Word file with parts replaced; `document` is word/document.xml."""
    saved, changed = io.BytesIO(), io.BytesIO()
    document = docx.Document()
    document.add_paragraph("Some text.")
    document.save(saved)
    names = {f"word/{name}.xml": data for name, data in replaced.items()}
    with (
        zipfile.ZipFile(saved) as old,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in dict.fromkeys([*old.namelist(), *names]):
            new.writestr(name, names[name] if name in names else old.read(name))
    return changed.getvalue()


def lying_docx() -> bytes:
    """A zip bomb that declares a hundredth of what one part inflates to."""
    n_bytes = 40 << 20
    bomb = docx_with(document=bytes(n_bytes))
    declared = n_bytes.to_bytes(4, "little")
    assert bomb.count(declared) == 2
    return bomb.replace(declared, (n_bytes // 100).to_bytes(4, "little"))


BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE w:document [<!ENTITY a "ha">'
    + b"".join(
        f'<!ENTITY {name} "{f"&{below};" * 10}">'.encode()
        for below, name in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + b']><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    b"<w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>"
)
OUTSIDE_FILE = BILLION_LAUGHS.replace(b'<!ENTITY a "ha">', b'<!ENTITY j SYSTEM "/etc/passwd">')
RANDOM = random.Random(1963).randbytes(20_000)
REPORT = pdf([["One."], ["Two."]])

BAD_BYTES: list[tuple[str, bytes, str, str]] = [
    ("locked.pdf", pdf([["One."]], password="secret"), "encrypted", "password"),
    ("cut.pdf", REPORT[: len(REPORT) // 2], "damaged", "Copy it anew"),
    ("none.pdf", b"<html>Not found</html>", "damaged", "Copy it anew"),
    ("noise.pdf", b"%PDF-1.7\n" + RANDOM, "damaged", "Copy it anew"),
    ("scan.pdf", pdf([PICTURE, PICTURE]), "no text layer", "OCRmyPDF"),
    ("empty.pdf", b"", "empty", "take it out"),
    ("empty.md", b"", "holds no text", "take it out"),
    ("blank.txt", b" \r\n\t\n", "holds no text", "take it out"),
    ("mark.txt", b"\xef\xbb\xbf", "holds no text", "take it out"),
    ("empty.html", b"<p hidden>nothing to see</p>", "holds no text", "take it out"),
    ("empty.docx", b"", "empty", "take it out"),
    ("corpus.jsonl", b"", "holds no text", "take it out"),
    ("other.jsonl", b"\n \n", "holds no text", "take it out"),
    ("only.md", b"---\ntitle: front matter\n---\n", "holds no text", "take it out"),
    ("noise.txt", RANDOM, "binary", "ending of its kind"),
    ("noise.md", RANDOM.replace(b"\0", b"\1"), "binary", "ending of its kind"),
    ("noise.html", RANDOM, "binary", "ending of its kind"),
    ("corpus.jsonl", RANDOM.replace(b"\n", b""), "binary", "ending of its kind"),
    ("null.txt", b"text\0text", "binary", "ending of its kind"),
    ("picture.txt", b"\x89PNG\r\n\x1a\n" + RANDOM, "binary", "ending of its kind"),
    ("report.txt", REPORT, "a PDF", ".pdf"),
    ("letter.md", docx_with(), "a ZIP archive", ".docx"),
    ("letter.txt", b"{\\rtf1 text}", "an RTF document", ".docx"),
    ("utf-8.txt", b"\xef\xbb\xbffor f\xfcr", "byte 5 does not fit", "UTF-8"),
    ("utf-16.txt", b"\xff\xfea\0b", "byte 2 does not fit", "UTF-8"),
    ("corpus.jsonl", "\ufeff{}\n{}".encode("utf-16-le"), "UTF-16", "UTF-8"),
    ("none.docx", b"no zip at all", "damaged", "Save it anew"),
    ("cut.docx", docx_with()[:-40], "damaged", "Save it anew"),
    ("other.docx", docx_with()[:3000] + b"\0" * 9 + docx_with()[3009:], "damaged", "Save it anew"),
    ("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "encrypted, or an old .doc", "as .docx"),
    ("broken.docx", docx_with(document=b"<w:document"), "damaged", "Save it anew"),
    ("bomb.docx", docx_with(media=bytes(40 << 20)), "unpacks to 40 MiB", "zip bomb"),
    ("liar.docx", lying_docx(), "damaged", "Save it anew"),
    ("laughs.docx", docx_with(document=BILLION_LAUGHS), "damaged", "Save it anew"),
    ("spy.docx", docx_with(document=OUTSIDE_FILE), "XML entities", "Do not trust it"),
    ("old.doc", b"", "does not read .doc", "Save it as"),
]


@pytest.mark.parametrize(
    ("name", "data", "what", "remedy"), BAD_BYTES, ids=[f"{n} {w}" for n, _, w, _ in BAD_BYTES]
)
def test_a_bad_file_is_one_line(
    tmp_path: Path, name: str, data: bytes, what: str, remedy: str
) -> None:
    (tmp_path / name).write_bytes(data)
    problem = only_problem(tmp_path)
    assert str(problem).startswith(f"{name}: ")
    assert what in problem.what
    assert remedy in problem.remedy


def test_a_bomb_that_lies_about_its_size_is_never_held_in_memory(tmp_path: Path) -> None:
    (tmp_path / "liar.docx").write_bytes(lying_docx())
    only_problem(tmp_path)  # imports what reads it
    tracemalloc.start()
    only_problem(tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20


@pytest.mark.parametrize("name", ["big.md", "big.txt", "big.html", "big.pdf", "big.docx"])
def test_a_file_of_2_gb_is_refused_by_its_size(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    os.truncate(tmp_path / name, 2 << 30)  # sparse: it takes no room on the disk
    problem = only_problem(tmp_path)
    assert str(problem).startswith(f"{name}: The file has 2,048 MiB")
    assert problem.remedy == "Split it into parts."


def test_a_corpus_of_2_gb_without_lines_is_refused_by_its_first_bytes(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").touch()
    os.truncate(tmp_path / "corpus.jsonl", 2 << 30)
    assert "The file is binary" in only_problem(tmp_path).what


def linked(target: str) -> Maker:
    return lambda path: os.symlink(target, path)


def bound(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        directory = os.open(path.parent, os.O_RDONLY)  # a socket's path may be short only
        listener.bind(f"/proc/self/fd/{directory}/{path.name}")
        os.close(directory)


@pytest.mark.parametrize(
    ("make", "what", "remedy"),
    [
        (linked("/etc/hostname"), "The link leads out of the folder.", "the file itself"),
        (linked("../outside.md"), "The link leads out of the folder.", "the file itself"),
        (linked("nowhere.md"), "The link leads nowhere.", "the file itself"),
        (linked("bad.md"), "The link leads nowhere.", "the file itself"),
        (os.mkfifo, "It is a folder, pipe or device", "Take it out"),
        (bound, "It cannot be opened", "Copy it anew."),
    ],
    ids=["out", "up", "nowhere", "itself", "pipe", "socket"],
)
def test_what_is_no_file_is_one_line(tmp_path: Path, make: Maker, what: str, remedy: str) -> None:
    (tmp_path / "outside.md").write_text("Another folder's text.")
    (tmp_path / "folder").mkdir()
    make(tmp_path / "folder/bad.md")
    problem = only_problem(tmp_path / "folder")
    assert str(problem).startswith(f"bad.md: {what}")
    assert remedy in problem.remedy


def test_a_linked_folder_outside_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.md").write_text("Another folder's text.")
    (tmp_path / "folder").mkdir()
    os.symlink(tmp_path / "outside", tmp_path / "folder/within")
    assert str(only_problem(tmp_path / "folder")) == (
        "within: The link leads out of the folder. Put the file itself there."
    )


@pytest.mark.parametrize(
    ("name", "shown"),
    [(b"caf\xe9.md", "caf\\udce9.md"), (b"a\nb\x1b[1m.md", "a\\nb\\x1b[1m.md")],
)
def test_a_name_that_cannot_be_shown_is_one_line(tmp_path: Path, name: bytes, shown: str) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("text")
    except OSError:
        pytest.skip("this file system takes no such names")
    assert str(only_problem(tmp_path)) == (
        f"{shown}: The file's name holds signs that cannot be shown. Rename it."
    )


def test_of_two_documents_with_one_id_the_later_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text('+++\nid = "good"\n+++\nThe other text.')
    assert str(only_problem(tmp_path)) == (
        "other.md: Its id 'good' was already given in good.md."
        ' Give one of them another: id = "…" in its metadata.'
    )
