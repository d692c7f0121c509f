"""A corpus in BEIR form: lines of JSON with `_id`, `title` and `text`, each line a document.

Read line by line, so that a file of any size can be. `text` alone is the document's text.
"""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from datatypes import visible_line
from errors import DocumentError, Problem
from index.readers.base import ParsedDocument, SourceFile
from index.readers.encoding import binary_file, lost_characters
from index.text.canonical import canonical

_MAX_LINE_BYTES = 16 << 20
"""The longest books have 10 MiB. A longer line is a file that lacks its line ends."""
_N_BYTES_OF_HEAD = 4_096
"""JSON has no null bytes; binary files have one among their first hundreds."""
_NAMES = frozenset(("_id", "title", "text"))
_OTHER_FORM = Problem(
    "Its lines have no `_id`, `title` and `text`.",
    "Give each line these three, or take the file out of the folder.",
    skipped=True,
)


class CorpusReader:
    """Of a file not named `corpus.jsonl` the first whole line decides.

    Questions (`_id` and `text` without `title`) are passed over in silence, another form is one
    problem.
    """

    name = "BEIR corpus"
    endings = frozenset((".jsonl",))
    max_bytes = sys.maxsize

    def sniff(self, head: bytes) -> bool:
        return head.lstrip(codecs.BOM_UTF8 + b" \t\r\n").startswith(b"{")

    def read(self, source: SourceFile) -> Iterator[ParsedDocument | Problem]:
        with source.open() as file:
            _refuse_other_kinds(file)
            is_corpus = PurePosixPath(source.name).name == "corpus.jsonl"
            is_empty = True
            for number, line in enumerate(_lines(file), start=1):
                if line is not None and not line.strip():
                    continue
                is_empty = False
                try:
                    record = _record(line, is_first=number == 1)
                    if not is_corpus and not record.keys() >= _NAMES:
                        if not {"_id", "text"} <= record.keys():
                            yield _OTHER_FORM
                        return
                    is_corpus = True
                    yield _document(record, number)
                except DocumentError as fault:
                    yield Problem(fault.what, fault.remedy, skipped=True, line=number)
        if is_empty:
            raise DocumentError("The file holds no text.", "Fill it or take it out of the folder.")


def _refuse_other_kinds(file: BinaryIO) -> None:
    """One fault for a file that is no lines of JSON at all, instead of one for each line."""
    head = file.read(_N_BYTES_OF_HEAD)
    file.seek(0)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DocumentError("The file is UTF-16, not UTF-8.", "Save it as UTF-8.")
    if b"\x00" in head:
        raise binary_file()


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """The file's lines; None stands for one beyond the limit, which is passed over in pieces."""
    while line := file.readline(_MAX_LINE_BYTES):
        if len(line) < _MAX_LINE_BYTES or line.endswith(b"\n"):
            yield line
            continue
        while (rest := file.readline(_MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
            pass
        yield None


def _record(line: bytes | None, *, is_first: bool) -> dict[str, object]:
    if line is None:
        limit = _MAX_LINE_BYTES >> 20
        raise DocumentError(f"The line has more than {limit} MiB.", "Split the document.")
    try:
        record = json.loads(line.decode("utf-8-sig" if is_first else "utf-8").rstrip())
    except UnicodeDecodeError as error:
        raise DocumentError("The line is not UTF-8.", "Save the file as UTF-8.") from error
    except json.JSONDecodeError as error:
        what = f"Not valid JSON: {error.msg} at column {error.colno}."
        raise DocumentError(what, "Mend or delete the line.") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; deep nesting
        raise DocumentError("Not readable JSON.", "Mend or delete the line.") from error
    if not isinstance(record, dict):
        raise DocumentError(
            "The line is no JSON object.", 'Write {"_id": …, "title": …, "text": …}.'
        )
    return record


def _document(record: dict[str, object], line: int) -> ParsedDocument:
    document_id, title, text = record.get("_id"), record.get("title") or "", record.get("text")
    if isinstance(document_id, int) and not isinstance(document_id, bool):
        document_id = str(document_id)
    if not isinstance(document_id, str) or not document_id.strip():
        raise DocumentError("`_id` is missing or no text.", "Give the line an `_id` of its own.")
    if not isinstance(text, str) or not isinstance(title, str):
        wrong = "title" if isinstance(text, str) else "text"
        raise DocumentError(f"`{wrong}` is missing or no text.", "Put it in quotation marks.")
    text = canonical(text)
    if not text or text.isspace():
        raise DocumentError("`text` is empty.", "Fill it or delete the line.")
    document_id = " ".join(canonical(document_id).split())  # as qrels have it, unseen signs too
    fields = {"id": document_id, "title": visible_line(canonical(title)) or document_id}
    return ParsedDocument(text, fields=fields, problems=lost_characters(text), line=line)
