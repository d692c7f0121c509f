"""PDF → the text layer, page by page, with scan numbers and printed labels.

A PDF knows lines, not paragraphs: a blank line is set where the gap between two lines is wider
than the page's usual one, or the type changes size. Pages are parted by a blank line.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import statistics
from dataclasses import dataclass, replace
from typing import BinaryIO

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from datatypes import Page, Span
from errors import DocumentError
from index.metadata.titles import sensible_title
from index.readers.encoding import replacement_doubts
from index.readers.parsed_file import Doubt, Reading
from index.text.canonical import canonical_with_spans

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
_N_PAGES_NAMED = 8
_N_BYTES_OF_END = 4_096
"""Readers look for the end mark in the last 1,024 bytes; mailers add more."""
_CUT_OFF = Doubt(
    "The PDF has no end mark: it may be cut off.", "Compare its pages with the source's."
)


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    base: float
    size: float


def read_paper(file: BinaryIO) -> Reading:
    is_whole = _has_end(file)
    paper = _opened(file)
    try:
        if len(paper) > _MAX_PAGES:
            raise DocumentError(
                f"The PDF has {len(paper):,} pages; the limit is {_MAX_PAGES:,}.",
                "Split it into volumes.",
            )
        reading = _reading(paper)
        return reading if is_whole else replace(reading, doubts=(_CUT_OFF, *reading.doubts))
    finally:
        paper.close()


def _has_end(file: BinaryIO) -> bool:
    file.seek(0, os.SEEK_END)
    file.seek(max(0, file.tell() - _N_BYTES_OF_END))
    end = file.read()
    file.seek(0)
    return b"%%EOF" in end


def _opened(file: BinaryIO) -> pypdfium2.PdfDocument:
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


def _reading(paper: pypdfium2.PdfDocument) -> Reading:
    parts: list[str] = []
    found: list[tuple[Span, int]] = []
    bare, broken = [], []
    length = 0
    for number in range(1, len(paper) + 1):
        try:
            text = _page_text(paper, number - 1)
        except pypdfium2.PdfiumError:
            broken.append(number)
            continue
        if not text:
            bare.append(number)
            continue
        part = "\n\n" + text if parts else text
        length += len(part)
        parts.append(part)
        found.append((Span(length - len(text), length), number))
        _check_length(length)
    if not found:
        raise _without_text(len(paper), n_broken=len(broken))
    text, spans = canonical_with_spans("".join(parts), (span for span, _ in found))
    pages = tuple(
        Page(span, number, paper.get_page_label(number - 1).strip() or None)
        for span, (_, number) in zip(spans, found, strict=True)
    )
    doubts = (*_page_doubts(bare, broken), *replacement_doubts(text))
    title = sensible_title(paper.get_metadata_value("Title"))
    return Reading(text, title, pages=pages, doubts=doubts)


def _check_length(n_characters: int) -> None:
    if n_characters > _MAX_CHARACTERS:
        raise DocumentError(
            f"The PDF has more than {_MAX_CHARACTERS:,} characters.", "Split it into volumes."
        )


def _without_text(n_pages: int, *, n_broken: int) -> DocumentError:
    if n_broken == n_pages:
        return DocumentError("The PDF has no page that can be read.", "Copy it anew.")
    return DocumentError(
        "The PDF has no text layer: its pages are pictures.",
        "Add one with OCRmyPDF (ocrmypdf INPUT.pdf OUTPUT.pdf).",
    )


def _page_doubts(bare: list[int], broken: list[int]) -> list[Doubt]:
    doubts = []
    if bare:
        doubts.append(
            Doubt(
                f"No text on {_named(bare)}.",
                "If they are not blank, add it with OCRmyPDF (ocrmypdf --skip-text).",
            )
        )
    if broken:
        doubts.append(Doubt(f"Not readable: {_named(broken)}.", "Copy the file anew."))
    return doubts


def _named(numbers: list[int]) -> str:
    """`scan page 3`, `scan pages 2–5, 9`, at most some ranges of them."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][-1] == number - 1:
            ranges[-1] = [ranges[-1][0], number]
        else:
            ranges.append([number])
    named = ", ".join("–".join(map(str, each)) for each in ranges[:_N_PAGES_NAMED])
    more = ", …" if len(ranges) > _N_PAGES_NAMED else ""
    if len(numbers) == 1:
        return f"scan page {named}"
    return f"{len(numbers):,} pages: scan pages {named}{more}"


def _page_text(paper: pypdfium2.PdfDocument, index: int) -> str:
    page = paper[index]
    try:
        layer = page.get_textpage()
        try:
            return _with_paragraphs(_lines(layer))
        finally:
            layer.close()
    finally:
        page.close()


def _lines(layer: pypdfium2.PdfTextPage) -> list[_Line]:
    """The text layer's lines. Characters are asked for one by one: so each keeps its place."""
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


def _place(layer: pypdfium2.PdfTextPage, index: int) -> tuple[float, float]:
    """Base line (points from the page's foot) and type size of a character."""
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
