"""A new format is one reader and one line: shown with real readers of TEI, hOCR and subtitles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from lxml import etree, html  # type: ignore[import-untyped]
from specimens import pdf, read
from test_any_bytes import WHOLE

from datatypes import Page, Span
from errors import DocumentError, Problem
from index.readers import registry
from index.readers.base import DocumentReader, ParsedDocument, SourceFile
from index.readers.blocks import BlockWriter, Break
from index.text.canonical import canonical

NAMESPACE = "{http://www.tei-c.org/ns/1.0}"


class TeiReader:
    """Paragraphs and headings of TEI P5, and its header's title and author."""

    name = "TEI"
    endings = frozenset((".xml", ".tei"))
    max_bytes = 1 << 20

    def sniff(self, head: bytes) -> bool:
        return b"http://www.tei-c.org/ns/1.0" in head

    def read(self, source: SourceFile) -> Iterator[ParsedDocument]:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        root = etree.fromstring(source.read_bytes(), parser)
        writer = BlockWriter()
        for block in root.iter(NAMESPACE + "head", NAMESPACE + "p"):
            if block.getparent().tag.endswith("Stmt"):
                continue
            is_heading = block.tag.endswith("head")
            if is_heading:
                writer.begin_heading(1)
            writer.part(Break.BLOCK)
            writer.write("".join(block.itertext()))
            if is_heading:
                writer.end_heading()
        document = writer.parsed(title=root.findtext(f".//{NAMESPACE}title"))
        creator = root.findtext(f".//{NAMESPACE}author")
        yield ParsedDocument(
            document.text, document.title, document.headings, fields={"creator": (creator,)}
        )


class HocrReader:
    """Pages of hOCR, which ends as web pages do."""

    name = "hOCR"
    endings = frozenset((".html", ".hocr"))
    max_bytes = 1 << 20

    def sniff(self, head: bytes) -> bool:
        return b"ocr_page" in head or b"ocr-system" in head

    def read(self, source: SourceFile) -> Iterator[ParsedDocument]:
        root = html.fromstring(source.read_bytes())
        text, pages = "", list[Page]()
        for number, page in enumerate(root.find_class("ocr_page"), start=1):
            words = canonical(" ".join("".join(page.itertext()).split()))
            text += "\n\n" if text else ""
            pages.append(Page(Span(len(text), len(text) + len(words)), number))
            text += words
        yield ParsedDocument(text, pages=tuple(pages))


class SubtitleReader:
    """A film's subtitles, each film of a file a document: many of one file."""

    name = "subtitles"
    endings = frozenset((".srt",))
    max_bytes = 1 << 20

    def sniff(self, head: bytes) -> bool:
        return b" --> " in head

    def read(self, source: SourceFile) -> Iterator[ParsedDocument | Problem]:
        line = 1
        for film in source.read_bytes().decode().split("\n\n\n"):
            title, _, rest = film.partition("\n")
            words = re.sub(r"\d+\n.* --> .*\n", "", rest).strip()
            if words:
                yield ParsedDocument(words, fields={"id": title, "title": title}, line=line)
            else:
                yield Problem("The film is silent.", "Leave it out.", skipped=True, line=line)
            line += film.count("\n") + 3


@pytest.fixture
def more_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    added: tuple[DocumentReader, ...] = (TeiReader(), HocrReader(), SubtitleReader())
    monkeypatch.setattr(registry, "READERS", (*added, *registry.READERS))


TEI = """<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt>
<title>Letter 5</title><author>Ida Brandt</author></titleStmt></fileDesc></teiHeader>
<text><body><head>The u\u0308bermill</head><p>It burned
down.</p></body></text></TEI>"""


@pytest.mark.usefixtures("more_readers")
def test_a_registered_format_is_read_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "letter.xml").write_text(TEI)
    found = read(tmp_path)
    assert not found.problems
    document = found.document
    assert (document.document_id, document.title) == ("letter", "Letter 5")
    assert document.text == "The übermill\n\nIt burned down."
    assert document.headings[0].span.of(document.text) == "The übermill"
    assert document.metadata == {"creator": ("Ida Brandt",)}


def test_until_it_is_registered_it_is_listed_with_the_mend(tmp_path: Path) -> None:
    (tmp_path / "letter.xml").write_text(TEI)
    (tmp_path / "good.md").write_text("text")
    assert [str(problem) for problem in read(tmp_path).problems] == [
        "letter.xml: Docent does not read .xml files. Save it as .docx, .pdf or .txt."
    ]


@pytest.mark.usefixtures("more_readers")
def test_readers_that_share_an_ending_are_told_apart_by_content(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>Web <b>page</b>")
    (tmp_path / "scan.html").write_text(
        "<div class=ocr_page><span>First</span> page</div><div class=ocr_page>Second</div>"
    )
    documents = read(tmp_path).documents
    assert documents["page.html"].text == "Web page"
    scan = documents["scan.html"]
    assert [page.span.of(scan.text) for page in scan.pages] == ["First page", "Second"]


@pytest.mark.usefixtures("more_readers")
def test_what_none_of_an_endings_readers_recognises_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class AltoReader(TeiReader):
        name = "ALTO"

        def sniff(self, head: bytes) -> bool:
            return b"<alto" in head

    monkeypatch.setattr(registry, "READERS", (AltoReader(), *registry.READERS))
    assert registry.reader_of(".xml", b"<alto>").name == "ALTO"
    assert registry.reader_of(".xml", TEI.encode()).name == "TEI"
    with pytest.raises(DocumentError, match=r"The \.xml file is none of those .*: ALTO, TEI\."):
        registry.reader_of(".xml", b"<mods>")


@pytest.mark.usefixtures("more_readers")
def test_a_file_may_hold_many_documents_and_problems(tmp_path: Path) -> None:
    (tmp_path / "films.srt").write_text(
        "The mill\n1\n00:01 --> 00:02\nIt burns.\n\n\nSilence\n\n\nThe dam\n1\n00:01 --> 00:02\nOh."
    )
    found = read(tmp_path)
    assert list(found.documents) == ["films.srt The mill", "films.srt The dam"]
    assert [str(problem) for problem in found.problems] == [
        "films.srt, line 7: The film is silent. Leave it out."
    ]


@pytest.mark.usefixtures("more_readers")
def test_a_readers_limit_is_kept_by_the_registry(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text("text")
    (tmp_path / "big.srt").write_bytes(bytes(3 << 20))
    (problem,) = read(tmp_path).problems
    assert problem.what == "The file has 3 MiB, above the limit for its kind, 1 MiB."


@pytest.mark.parametrize("ending", [ending for ending in WHOLE if ending != "toml"])
def test_a_reader_recognises_its_files_and_gives_plain_values(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"any.{ending}"
    path.write_bytes(WHOLE[ending])
    reader = registry.reader_of(f".{ending}", WHOLE[ending])
    assert reader.sniff(WHOLE[ending])
    for parsed in reader.read(SourceFile(path, path.name)):
        assert isinstance(parsed, ParsedDocument)
        assert json.loads(json.dumps(asdict(parsed)))["text"] == parsed.text


def test_a_pdf_is_told_by_its_head() -> None:
    (reader,) = [reader for reader in registry.READERS if reader.name == "PDF"]
    assert reader.sniff(pdf([["One."]])[:1024])
    assert not reader.sniff(b"<html>Not found</html>")
