"""Word files (.docx) → paragraphs, headings by style, tables in reading order, notes at the end.

Read as the final version: deleted and hidden text is left out, inserted text is kept. Page
numbers are unknown to the format, which leaves page breaks to the program that shows it.
"""

from __future__ import annotations

import itertools
import re
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from errors import DocumentError
from index.readers.base import ParsedDocument, SourceFile
from index.readers.blocks import BlockWriter, Break

if TYPE_CHECKING:  # imported in `read`, when a Word file is met
    from docx.document import Document as WordDocument
    from lxml.etree import _Element as Element  # type: ignore[import-untyped]

_MAX_PARTS = 10_000
_MAX_INFLATED_BYTES = 256 << 20
"""All parts, pictures too, come into memory at once."""
_MAX_XML_BYTES = 32 << 20
"""A novel has some 5 MiB; in memory XML takes ten times its size."""

_LONGEST_STYLE_CHAIN = 11
"""Styles based on styles, as deep as Word lets them be."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING_NAME = re.compile(r"(?:title|heading (\d))$", re.IGNORECASE)
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "\u00ad"}
_BLOCKS_IN_CELLS = frozenset(("tbl", "sdt", "customXml", "ins", "AlternateContent"))
_LEFT_OUT = frozenset(
    "pPr rPr tblPr trPr tcPr sectPr del moveFrom Fallback txbxContent instrText "  # noqa: SIM905
    "delText rt".split()
)
_OLE_HEAD = b"\xd0\xcf\x11\xe0"


class DocxReader:
    name = "Word"
    endings = frozenset((".docx",))
    max_bytes = _MAX_INFLATED_BYTES

    def sniff(self, head: bytes) -> bool:
        return head.startswith((b"PK\x03\x04", _OLE_HEAD))

    def read(self, source: SourceFile) -> Iterator[ParsedDocument]:
        with source.open() as file:
            if file.read(len(_OLE_HEAD)) == _OLE_HEAD:
                raise DocumentError(
                    "The file is encrypted, or an old .doc.", "Save it as .docx without a password."
                )
            title, roots, levels = _opened(file)
        writer = BlockWriter()
        for root in roots:
            _write_blocks(root, writer, levels)
        yield writer.parsed(title=title)


def _opened(file: BinaryIO) -> tuple[str, list[Element], dict[str, int]]:
    """The title in the properties, the elements of text and notes, and `_heading_levels`."""
    import docx

    try:
        _check_sizes(file)
        document = docx.Document(file)
        roots = [document.element.body, *_notes(document)]
        levels = _heading_levels(document)
        title = document.core_properties.title
    except DocumentError:
        raise
    except Exception as error:  # of zipfile, zlib, lxml, python-docx: none lists all of them
        raise DocumentError(
            "The file is damaged or no Word document.", "Save it anew from Word or LibreOffice."
        ) from error
    if any(root.getroottree().docinfo.internalDTD is not None for root in roots):
        raise DocumentError(
            "The file declares XML entities, which Word never writes.",
            "Do not trust it; get it anew from its source.",
        )
    return title, roots, levels


def _check_sizes(file: BinaryIO) -> None:
    """Refuse what inflates beyond measure, before anything is parsed."""
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        n_bytes = sum(part.file_size for part in parts)
        n_xml = sum(p.file_size for p in parts if p.filename.lower().endswith((".xml", ".rels")))
        if len(parts) > _MAX_PARTS or n_bytes > _MAX_INFLATED_BYTES or n_xml > _MAX_XML_BYTES:
            raise DocumentError(
                f"The file unpacks to {n_bytes >> 20:,} MiB, {n_xml >> 20:,} MiB of them text"
                f" ({len(parts):,} parts); the limits are {_MAX_INFLATED_BYTES >> 20:,} and"
                f" {_MAX_XML_BYTES >> 20:,} MiB.",
                "If it is no zip bomb: compress its pictures, or save it as .pdf.",
            )
        # Inflates each part in small pieces, never beyond the size it declares, and compares
        # the checksum: a part that declares less than it holds fails here.
        if archive.testzip() is not None:
            raise zipfile.BadZipFile


def _notes(document: WordDocument) -> Iterator[Element]:
    """Footnotes and endnotes, without the rule above them."""
    from docx.oxml.parser import parse_xml

    for relation in document.part.rels.values():
        kind = relation.reltype.rpartition("/")[2]
        if kind in ("footnotes", "endnotes") and not relation.is_external:
            for note in parse_xml(relation.target_part.blob).findall(_W + kind.removesuffix("s")):
                if note.get(_W + "type") is None:
                    yield note


def _heading_levels(document: WordDocument) -> dict[str, int]:
    """Style id → heading level, also for styles based on a heading's."""
    levels: dict[str, int] = {}
    based_on: dict[str, str] = {}
    for style in document.styles.element.findall(_W + "style"):
        style_id = style.get(_W + "styleId", "")
        if level := _HEADING_NAME.match(_value(style.find(_W + "name"))):
            levels[style_id] = int(level[1] or 1)
        based_on[style_id] = _value(style.find(_W + "basedOn"))
    for _ in range(_LONGEST_STYLE_CHAIN):
        for style_id, base in based_on.items():
            if base in levels:
                levels.setdefault(style_id, levels[base])
    return levels


def _write_blocks(
    container: Element, writer: BlockWriter, levels: dict[str, int], around: Break = Break.BLOCK
) -> None:
    """Write what is in the container; `around` is what parts its paragraphs."""
    for child in container:
        kind = _kind(child)
        if kind == "p":
            writer.part(around)
            _write_paragraph(child, writer, levels)
            writer.part(around)
        elif kind == "tbl":
            for row in _below(child, "tr"):
                _write_row(row, writer, levels)
        elif kind not in _LEFT_OUT:
            _write_blocks(child, writer, levels)


def _write_row(row: Element, writer: BlockWriter, levels: dict[str, int]) -> None:
    """A row is a block, its cells parted by tabs; a cell of several paragraphs is blocks."""
    writer.part(Break.BLOCK)
    for cell in _below(row, "tc"):
        full = [child for child in cell if _kind(child) == "p" and _text(child)]
        is_plain = len(full) <= 1 and not any(_kind(child) in _BLOCKS_IN_CELLS for child in cell)
        _write_blocks(cell, writer, levels, Break.CELL if is_plain else Break.BLOCK)
    writer.part(Break.BLOCK)


def _write_paragraph(paragraph: Element, writer: BlockWriter, levels: dict[str, int]) -> None:
    style = _value(paragraph.find(f"{_W}pPr/{_W}pStyle"))
    level = levels.get(style)
    if level is not None:
        writer.begin_heading(level)
    writer.write_exactly(_text(paragraph))
    if level is not None:
        writer.end_heading()
    for box in paragraph.iter(_W + "txbxContent"):
        between = itertools.takewhile(lambda above: above is not paragraph, box.iterancestors())
        if not any(_kind(above) in ("Fallback", "txbxContent") for above in between):
            _write_blocks(box, writer, levels)


def _text(paragraph: Element) -> str:
    return "".join(_pieces(paragraph)).strip()


def _pieces(element: Element) -> Iterator[str]:
    for child in element:
        kind = _kind(child)
        if kind == "t":
            yield child.text or ""
        elif kind in _SIGNS:
            yield _SIGNS[kind]
        elif kind not in _LEFT_OUT and not (kind == "r" and _is_hidden(child)):
            yield from _pieces(child)


def _is_hidden(run: Element) -> bool:
    vanish = run.find(f"{_W}rPr/{_W}vanish")
    return vanish is not None and _value(vanish) not in ("0", "false", "off")


def _below(element: Element, kind: str) -> Iterator[Element]:
    """The rows of a table or the cells of a row, also those within a content control."""
    for child in element:
        if _kind(child) == kind:
            yield child
        elif _kind(child) in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _below(child, kind)


def _kind(element: Element) -> str:
    """The tag without its namespace; nothing for comments and processing instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _value(element: Element | None) -> str:
    return "" if element is None else element.get(_W + "val", "")
