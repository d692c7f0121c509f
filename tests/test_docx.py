"""Word files: paragraphs, headings by style, tables in reading order, notes at the end."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import docx.document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from specimens import read_one

from datatypes import Document

PARAGRAPH = f"<w:p {nsdecls('w')}>{{}}</w:p>"


def saved(document: docx.document.Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def written(path: Path, write: Callable[[docx.document.Document], object]) -> Document:
    document = docx.Document()
    document.core_properties.title = ""
    write(document)
    return read_one(path / "a_letter.docx", saved(document))


def with_paragraph(path: Path, inside: str) -> str:
    """The text of a file whose one paragraph has this XML inside."""

    def write(document: docx.document.Document) -> None:
        document.element.body.insert(0, parse_xml(PARAGRAPH.format(inside)))

    return written(path, write).text


def test_headings_by_style_are_right_slices(tmp_path: Path) -> None:
    def write(document: docx.document.Document) -> None:
        document.add_heading("Letters", 0)
        document.add_paragraph("Gefa\u0308ße, u\u0308ber")  # gets shorter
        document.add_heading("Zweite U\u0308bersicht", 2)
        document.add_heading("", 1)
        own = document.styles.add_style("House style", 1)
        own.base_style = document.styles["Heading 3"]
        document.add_paragraph("By a style of the house", own)

    document = written(tmp_path, write)
    assert document.text == (
        "Letters\n\nGefäße, über\n\nZweite Übersicht\n\nBy a style of the house"
    )
    assert [(each.level, each.span.of(document.text)) for each in document.headings] == [
        (1, "Letters"),
        (2, "Zweite Übersicht"),
        (3, "By a style of the house"),
    ]
    assert document.title == "Letters"


def test_tables_are_read_row_by_row_where_they_stand(tmp_path: Path) -> None:
    def write(document: docx.document.Document) -> None:
        document.add_paragraph("Before")
        table = document.add_table(2, 2)
        for cell, text in zip(table._cells, ["Year", "Ore", "1962", "7"], strict=True):
            cell.text = text
        document.add_paragraph("After")

    assert written(tmp_path, write).text == "Before\n\nYear\tOre\n\n1962\t7\n\nAfter"


def test_a_table_within_a_cell_is_read(tmp_path: Path) -> None:
    def write(document: docx.document.Document) -> None:
        cell = document.add_table(1, 1).cell(0, 0)
        cell.add_table(1, 1).cell(0, 0).text = "inner"
        cell._tc.remove(cell._tc.tcPr)  # other programs leave the cell's properties out

    assert written(tmp_path, write).text == "inner"


def test_footnotes_follow_the_text(tmp_path: Path) -> None:
    def write(document: docx.document.Document) -> None:
        run = document.add_paragraph("A claim").add_run()
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), "2")
        run._r.append(reference)
        document.add_paragraph("More.")
        note = PARAGRAPH.format("<w:r><w:t>Source of the claim.</w:t></w:r>")
        rule = PARAGRAPH.format("<w:r><w:t>never shown</w:t></w:r>")
        notes = (
            f"<w:footnotes {nsdecls('w')}><w:footnote w:type='separator' w:id='0'>{rule}"
            f"</w:footnote><w:footnote w:id='2'>{note}</w:footnote></w:footnotes>"
        )
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
        part = Part(PackURI("/word/footnotes.xml"), kind, notes.encode(), document.part.package)
        document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)

    assert written(tmp_path, write).text == "A claim\n\nMore.\n\nSource of the claim."


def test_the_final_version_is_read(tmp_path: Path) -> None:
    inside = (
        "<w:r><w:t xml:space='preserve'>kept </w:t></w:r>"
        "<w:del><w:r><w:delText>deleted</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>moved away</w:t></w:r></w:moveFrom>"
        "<w:ins><w:r><w:t xml:space='preserve'>inserted </w:t></w:r></w:ins>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
        "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>shown</w:t></w:r>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r>"
    )
    assert with_paragraph(tmp_path, inside) == "kept inserted shown"


def test_tabs_line_ends_and_hyphens_are_signs(tmp_path: Path) -> None:
    inside = (
        "<w:pPr><w:tabs><w:tab w:val='left' w:pos='9'/></w:tabs></w:pPr><w:hyperlink><w:r>"
        "<w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t>"
        "</w:r></w:hyperlink>"
    )
    assert with_paragraph(tmp_path, inside) == "a\tb\nc-d"


def test_a_text_box_is_read_once(tmp_path: Path) -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:txbxContent>"
    inside = (
        '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/'
        f'markup-compatibility/2006"><mc:Choice>{box.format("in a box")}</mc:Choice>'
        f"<mc:Fallback>{box.format('in a box')}</mc:Fallback></mc:AlternateContent>"
        "<w:t>The text</w:t></w:r>"
    )
    assert with_paragraph(tmp_path, inside) == "The text\n\nin a box"


def test_the_title_in_the_properties_is_used(tmp_path: Path) -> None:
    def write(document: docx.document.Document) -> None:
        document.core_properties.title = "Letters from Pyongyang"
        document.add_heading("Other", 1)

    assert written(tmp_path, write).title == "Letters from Pyongyang"


def test_without_a_title_the_name_of_the_file_is_it(tmp_path: Path) -> None:
    assert written(tmp_path, lambda document: document.add_paragraph("x")).title == "A letter"


def test_a_library_does_not_name_a_file_without_properties(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("text")
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(document))) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "_rels/.rels":
                start = data.index(b"<Relationship ", data.index(b"core-properties") - 120)
                data = data[:start] + data[data.index(b"/>", start) + 2 :]
            if name != "docProps/core.xml":
                new.writestr(name, data)
    assert read_one(tmp_path / "a_letter.docx", file.getvalue()).title == "A letter"
