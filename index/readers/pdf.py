"""PDF → the text layer, page by page, with scan numbers and printed labels.

A PDF knows lines, not paragraphs: a blank line is set where the gap between two lines is wider
than the page's usual one, or the type changes size. Pages are parted by a blank line.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import statistics
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from datatypes import Page, Span
from errors import DocumentError, Problem
from index.readers.base import ParsedDocument, SourceFile
from index.readers.encoding import lost_characters
from index.text.canonical import canonical

if TYPE_CHECKING:  # imported when a PDF is met
    from pypdfium2 import PdfDocument, PdfTextPage  # type: ignore[import-untyped]

_BETWEEN_PAGES = "\n\n"
_LINE_END_HYPHENS = ("\x02", "\ufffe")
"""PDFium writes one of these for a hyphen at a line's end, and drops the line end."""
_WIDE_GAP = 1.35
"""Times the usual distance of base lines; a paragraph's extra space is half a line and more."""
_OTHER_SIZE = 1.15
"""Times the type size; small capitals and notes differ by more, rounding by less."""
_MAX_PAGES = 20_000
"""The longest printed works in one volume have some 5,000."""
_MAX_CHARACTERS = 64 << 20
"""As for plain text: twenty times War and Peace."""
_MAX_RANGES_NAMED = 8
_N_BYTES_OF_END = 4_096
"""Readers look for the end mark in the last 1,024 bytes; mailers add more."""


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    base: float
    size: float


class PdfReader:
    name = "PDF"
    endings = frozenset((".pdf",))
    max_bytes = 1 << 30
    """Scans are large; pages are read from disk one by one."""

    def sniff(self, head: bytes) -> bool:
        return b"%PDF-" in head

    def read(self, source: SourceFile) -> Iterator[ParsedDocument]:
        with source.open() as file:
            problems = _end_problems(file)
            with closing(_opened(file)) as pdf:
                yield _parsed(pdf, problems)


def _end_problems(file: BinaryIO) -> list[Problem]:
    file.seek(0, os.SEEK_END)
    file.seek(max(0, file.tell() - _N_BYTES_OF_END))
    if b"%%EOF" in file.read():
        return []
    remedy = "Compare its pages with the source's."
    return [Problem("The PDF has no end mark: it may be cut off.", remedy)]


def _opened(file: BinaryIO) -> PdfDocument:
    import pypdfium2
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    file.seek(0)
    try:
        return pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise DocumentError(
                "The PDF is encrypted.", "Save a copy without password protection."
            ) from error
        raise DocumentError(
            "The PDF is damaged or none.", "Copy it anew from its source, or print it to PDF again."
        ) from error


def _parsed(pdf: PdfDocument, problems: list[Problem]) -> ParsedDocument:
    if len(pdf) > _MAX_PAGES:
        raise DocumentError(
            f"The PDF has {len(pdf):,} pages; the limit is {_MAX_PAGES:,}.",
            "Split it into volumes.",
        )
    pages: list[Page] = []
    texts: list[str] = []
    bare: list[int] = []
    broken: list[int] = []
    length = 0
    for number in range(1, len(pdf) + 1):
        text = _page_text(pdf, number - 1)
        if not text:
            (broken if text is None else bare).append(number)
            continue
        start = length + len(_BETWEEN_PAGES) if pages else 0
        length = start + len(text)
        _check_length(length)
        label = pdf.get_page_label(number - 1).strip() or None
        pages.append(Page(Span(start, length), number, label))
        texts.append(text)
    problems += _page_problems(bare, broken, n_pages=len(pdf))
    text = _BETWEEN_PAGES.join(texts)  # canonical as its parts are: line ends stand between them
    return ParsedDocument(
        text,
        title=pdf.get_metadata_value("Title"),
        pages=tuple(pages),
        problems=(*problems, *lost_characters(text)),
    )


def _check_length(n_characters: int) -> None:
    if n_characters > _MAX_CHARACTERS:
        raise DocumentError(
            f"The PDF has more than {_MAX_CHARACTERS:,} characters.", "Split it into volumes."
        )


def _page_problems(bare: list[int], broken: list[int], *, n_pages: int) -> Iterator[Problem]:
    """What to doubt where pages have no text; raises DocumentError where none has any."""
    if len(broken) == n_pages:
        raise DocumentError("The PDF has no page that can be read.", "Copy it anew.")
    if len(bare) + len(broken) == n_pages:
        raise DocumentError(
            "The PDF has no text layer: its pages are pictures.",
            "Add one with OCRmyPDF (ocrmypdf INPUT.pdf OUTPUT.pdf).",
        )
    if bare:
        yield Problem(
            f"No text on {_named(bare)}.",
            "If they are not blank, add it with OCRmyPDF (ocrmypdf --skip-text).",
        )
    if broken:
        yield Problem(f"Not readable: {_named(broken)}.", "Copy the file anew.")


def _named(numbers: list[int]) -> str:
    """`scan page 3`, `scan pages 2–5, 9`, at most some ranges of them."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][-1] == number - 1:
            ranges[-1] = [ranges[-1][0], number]
        else:
            ranges.append([number])
    named = ", ".join("–".join(map(str, ends)) for ends in ranges[:_MAX_RANGES_NAMED])
    more = ", …" if len(ranges) > _MAX_RANGES_NAMED else ""
    if len(numbers) == 1:
        return f"scan page {named}"
    return f"{len(numbers):,} pages: scan pages {named}{more}"


def _page_text(pdf: PdfDocument, index: int) -> str | None:
    """The page's canonical text; None where the page is broken."""
    from pypdfium2 import PdfiumError

    try:
        with closing(pdf[index]) as page, closing(page.get_textpage()) as layer:
            return canonical(_with_paragraphs(_lines(layer)))
    except PdfiumError:
        return None


def _lines(layer: PdfTextPage) -> list[_Line]:
    """The text layer's lines. Characters are asked for one by one: so each keeps its place."""
    import pypdfium2.raw as pdfium

    raw, sign_at = layer.raw, pdfium.FPDFText_GetUnicode
    n_signs = layer.count_chars()
    _check_length(n_signs)
    signs = [chr(sign_at(raw, index)) for index in range(n_signs)]
    lines, begin = [], 0
    for index, sign in enumerate([*signs, "\n"]):
        if sign == "\n" or sign in _LINE_END_HYPHENS:
            text = "".join(signs[begin:index])
            if sign != "\n":
                text += "-"
            first = begin + len(text) - len(text.lstrip())
            if text.strip():
                lines.append(_Line(_mended(text), *_place(layer, first)))
            begin = index + 1
    return lines


def _mended(text: str) -> str:
    """Glyphs without a known character are U+FFFD; halves of a character are joined."""
    text = text.replace("\x00", "\ufffd").strip()
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _place(layer: PdfTextPage, index: int) -> tuple[float, float]:
    """Base line (points from the page's foot) and type size of a character."""
    import pypdfium2.raw as pdfium

    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(layer.raw, index, ctypes.byref(x), ctypes.byref(y))
    return y.value, float(pdfium.FPDFText_GetFontSize(layer.raw, index))


def _with_paragraphs(lines: list[_Line]) -> str:
    gaps = [above.base - below.base for above, below in itertools.pairwise(lines)]
    usual = statistics.median_low([gap for gap in gaps if gap > 0] or [0.0])
    parts = [line.text for line in lines[:1]]
    for above, below in itertools.pairwise(lines):
        smaller, larger = sorted((above.size, below.size))
        wide = above.base - below.base > _WIDE_GAP * usual
        read_on = above.text.endswith("-")  # a word goes on, whatever the gap
        apart = (wide or larger > _OTHER_SIZE * smaller) and not read_on
        parts.append(("\n\n" if apart else "\n") + below.text)
    return "".join(parts)
