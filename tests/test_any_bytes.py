"""Whatever a file holds: it is read or it is a problem; nothing else comes out of the loader."""

from __future__ import annotations

import io
import itertools
import zipfile
from pathlib import Path

import pytest
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from specimens import pdf, read

from datatypes import Document
from index.text.canonical import canonical

GOOD = "The good text."


OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{WORD}"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1"'
    f' Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
    "word/document.xml": f"<w:document {nsdecls('w')}><w:body><w:p><w:pPr><w:pStyle"
    ' w:val="Heading1"/></w:pPr><w:r><w:t>Gefa\u0308ße</w:t></w:r></w:p><w:p><w:r><w:t>Some text.'
    "</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>cell</w:t></w:r></w:p></w:tc></w:tr>"
    "</w:tbl></w:body></w:document>",
}


def letter() -> bytes:
    """A small Word file whose parts are stored as they are, so that changes reach the XML."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, part in PARTS.items():
            archive.writestr(name, part)
    return file.getvalue()


WHOLE = {
    "md": "---\ntitle: a\n---\n# One\n\n```\ncode\n```\nUnder\n===\n\ntext fu\u0308r\n".encode(),
    "txt": '+++\ntitle = "a"\n+++\ntext für “alle”\r\n'.encode("cp1252"),
    "html": "<html><title>t</title><h1>u\u0308<b>x</b></h1><pre>a\n<i>b</i></pre>".encode(),
    "pdf": pdf([["One page", "", "", "of text."], ["Two."]], labels="0 << /S /r >>", title="T"),
    "docx": letter(),
    "jsonl": b'{"_id": "a", "title": "b", "text": "c"}\n{"_id": "d", "title": "", "text": "e"}\n',
    "toml": b'title = "a"\ndate = 1963-06-20\n[collection]\ntitle = "b"\n',
}


def changed(whole: bytes) -> st.SearchStrategy[bytes]:
    """The file with some stretches overwritten, cut out or doubled, or only its beginning."""
    place = st.integers(0, len(whole))
    change = st.tuples(place, st.integers(0, 40), st.binary(max_size=12))

    def apply(changes: list[tuple[int, int, bytes]], end: int) -> bytes:
        data = whole
        for start, length, put in changes:
            data = data[:start] + put + data[start + length :]
        return data[:end]

    return st.builds(apply, st.lists(change, max_size=4), st.one_of(st.just(len(whole)), place))


def pieces(whole: bytes) -> st.SearchStrategy[bytes]:
    """The file's own words, in any order and number."""
    words = [b"\n", b"\r", b" ", b"---\n", b"+++\n", b"\xff\xfe", b"\0", b"\x85", b"&#13;"]
    words += [whole[start : start + 9] for start in range(0, min(len(whole), 4_000), 9)]
    return st.lists(st.sampled_from(words), max_size=30).map(b"".join)


def check(document: Document) -> None:
    """What every document promises."""
    text = document.text
    assert text.strip()
    assert document.document_id
    assert document.title
    assert canonical(text) == text
    for heading in document.headings:
        assert heading.span.end <= len(text)
        assert heading.span.of(text).strip()
    for above, below in itertools.pairwise(document.headings):
        assert above.span.end <= below.span.start
    for page in document.pages:
        assert page.span.of(text) == page.span.of(text).strip()
    for before, after in itertools.pairwise(document.pages):
        assert text[before.span.end : after.span.start] == "\n\n"
    if document.pages:
        assert (document.pages[0].span.start, document.pages[-1].span.end) == (0, len(text))


@pytest.mark.parametrize("ending", WHOLE)
@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_any_bytes_are_read_or_are_a_problem(
    tmp_path_factory: pytest.TempPathFactory, ending: str, data: st.DataObject
) -> None:
    whole = WHOLE[ending]
    content = data.draw(st.one_of(st.binary(max_size=200), changed(whole), pieces(whole)))
    folder = tmp_path_factory.mktemp("any")
    (folder / "good.md").write_text(GOOD)
    (folder / "note.md").write_text(GOOD)
    name = f"note.{ending}" if ending == "toml" else f"any.{ending}"
    (folder / name).write_bytes(content)

    found = read(folder)

    assert found.documents["good.md"].text == GOOD
    for document in found.documents.values():
        check(document)
    for problem in found.problems:
        assert problem.source in (name, "note.md")
        assert str(problem).isprintable()
        assert len(str(problem)) < 500
    skipped = {problem.source for problem in found.problems if problem.skipped}
    if ending == "toml":
        assert ("note.md" in found.documents) != ("note.md" in skipped)
    elif ending != "jsonl":
        assert (name in found.documents) != (name in skipped)


@settings(max_examples=60, deadline=None)
@given(
    wording=st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12), max_size=6
    )
)
def test_a_files_markdown_headings_are_slices_of_its_text(
    tmp_path_factory: pytest.TempPathFactory, wording: list[str]
) -> None:
    folder: Path = tmp_path_factory.mktemp("any")
    (folder / "good.md").write_text("text\n" + "".join(f"\n# {each}\n" for each in wording))
    check(read(folder).document)
