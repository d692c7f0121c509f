"""Which formats are read, by which reader, and which must be converted first."""

from __future__ import annotations

from collections.abc import Iterator

from errors import DocumentError, Problem
from index.readers.base import DocumentReader, ParsedDocument, SourceFile, check_size
from index.readers.corpus import CorpusReader
from index.readers.docx import DocxReader
from index.readers.html import HtmlReader
from index.readers.markdown import MarkdownReader, PlainTextReader
from index.readers.pdf import PdfReader

READERS: tuple[DocumentReader, ...] = (
    CorpusReader(),
    DocxReader(),
    HtmlReader(),
    MarkdownReader(),
    PdfReader(),
    PlainTextReader(),
)
"""Of readers that share an ending the more particular stands first."""

CONVERTIBLE = frozenset(
    ".doc .docm .dot .dotx .odt .ott .rtf .pages .wpd .wps .xls .xlsx .xlsm .ods "  # noqa: SIM905
    ".numbers .ppt .pptx .odp .epub .mobi .azw3 .djvu .ps .xps .tex .rst .xml .tei .eml .msg "
    ".mht .mhtml .xhtml .gz .zip".split()
)
"""Endings of documents that no reader takes: they are listed with the mend, not passed over."""

_N_BYTES_OF_HEAD = 4_096


def read_endings() -> frozenset[str]:
    return frozenset[str]().union(*(reader.endings for reader in READERS))


def parse(source: SourceFile) -> Iterator[ParsedDocument | Problem]:
    """The file's documents, by the first reader of its ending that recognises it.

    Raises DocumentError for a file that is empty, too large, or of no format that is read.
    """
    with source.open() as file:
        head = file.read(_N_BYTES_OF_HEAD)
        if not head:
            raise DocumentError(
                "The file is empty: it holds no text.", "Fill it or take it out of the folder."
            )
        reader = reader_of(source.ending, head)
        check_size(file, max_bytes=reader.max_bytes)
    yield from reader.read(source)


def reader_of(ending: str, head: bytes) -> DocumentReader:
    """A single reader of the ending takes every file, and says best what is wrong with it."""
    sharing = [reader for reader in READERS if ending in reader.endings]
    recognising = [reader for reader in sharing if reader.sniff(head)]
    if not recognising and len(sharing) > 1:
        names = ", ".join(reader.name for reader in sharing)
        raise DocumentError(
            f"The {ending} file is none of those that are read: {names}.",
            "Save it as .docx, .pdf or .txt.",
        )
    return (recognising or sharing)[0]
