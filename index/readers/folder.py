"""A folder of files → documents, one after the other, and what is wrong with the rest.

Read: .md .markdown .txt .html .htm .pdf .docx, and .jsonl in BEIR form. What is passed over in
silence and what is listed: see `index/readers/files.py`; where metadata comes from:
`index/metadata/files.py`.

A document whose metadata cannot be used is skipped, and listed, rather than read without it: a
wrong citation is worse than a missing one. Of two documents with one id the later is skipped.
"""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from datatypes import Document, Metadata
from errors import DocumentError
from index.metadata.collection import NAME, load_collection, setting_error
from index.metadata.fields import MetadataError
from index.metadata.files import MetadataBeside
from index.metadata.titles import title_of_file
from index.readers.files import (
    READ_ENDINGS,
    UNWRITABLE_NAME,
    Found,
    can_be_written,
    check_size,
    open_document,
    read_whole,
    walk,
)
from index.readers.parsed_file import Loaded, Problem, Reading, one_line

__all__ = ["Loaded", "Problem", "load_collection", "load_folder"]

_MAX_TEXT_BYTES = 64 << 20
"""Twenty times War and Peace. It is held in memory, a few times over."""
_MAX_WEBPAGE_BYTES = 16 << 20
"""The parsed tree takes more than ten times the page's size."""
_MAX_PAPER_BYTES = 1 << 30
"""Scans are large; pages are read from disk one by one."""
_MAX_WORD_BYTES = 256 << 20
"""Held in memory with its pictures."""
_N_LINES_NAMED = 20
"""Problems named by line in one file; a file that is wrong throughout must not fill the report."""


def load_folder(folder: Path) -> Iterator[Loaded | Problem]:
    """Every document in the folder and those below it, sorted by path; or a single file's.

    Raises DocumentError at once if there is no such folder, SettingError if its collection.toml
    is malformed; and DocumentError at the end, after all problems, if not one document was read.
    """
    if not os.path.exists(folder):  # Path.exists raises where a folder above it is closed to us
        raise DocumentError(
            one_line(f"There is no folder {folder}."), "Check the path, or make it."
        )
    if os.path.isdir(folder):
        root, single = folder.resolve(), None
    else:
        root = folder.parent.resolve()
        single = Found(root / folder.name, folder.name)
        if single.ending not in READ_ENDINGS:
            raise DocumentError(
                one_line(f"Docent does not read {single.ending or 'such'} files: {folder}."),
                f"It reads {', '.join(sorted(READ_ENDINGS))}.",
            )
        if not can_be_written(single.source):
            raise DocumentError(one_line(f"{folder}: {UNWRITABLE_NAME}"), "Rename it.")
    try:
        beside = MetadataBeside(root)
    except DocumentError as fault:
        raise setting_error(fault, folder / NAME if single is None else root / NAME) from fault
    return _load(folder, iter([single]) if single else walk(root), beside, whole=single is None)


def _load(
    folder: Path, files: Iterator[Found | Problem], beside: MetadataBeside, *, whole: bool
) -> Iterator[Loaded | Problem]:
    first_source: dict[str, str] = {}  # by document id
    for found in files:
        if isinstance(found, Problem):
            yield found
        elif found.ending == ".jsonl":
            yield from _with_few_problems(_lines(found, beside, first_source))
        else:
            yield from _file(found, beside, first_source)
    if whole:
        yield from beside.unused()
    if not first_source:
        raise DocumentError(
            one_line(f"Not one document could be read in {folder}."),
            f"Put files there that end in {', '.join(sorted(READ_ENDINGS))}."
            if whole
            else "Mend it, or choose another file.",
        )


def _file(
    found: Found, beside: MetadataBeside, first_source: dict[str, str]
) -> Iterator[Loaded | Problem]:
    try:
        below, above = beside.below(found), beside.above(found)
        reading = _read(found)
        if not reading.text.strip():
            raise DocumentError("The file holds no text.", "Fill it or take it out of the folder.")
    except Exception as fault:  # the parsers of foreign formats fail in ways none of them lists
        yield _skipped(found.source, fault)
        return
    document = _document(found.source, reading, {**below, **reading.fields, **above})
    taken = _taken(document, found.source, first_source)
    yield taken or Loaded(document, found.source)
    if taken is None:
        for doubt in reading.doubts:
            yield Problem(found.source, doubt.what, doubt.remedy, skipped=False)


def _read(found: Found) -> Reading:
    """Imports a format's reader when the first file of the format is met."""
    path = found.path
    match found.ending:
        case ".md" | ".markdown":
            from index.readers.markdown import read_markdown

            return read_markdown(read_whole(path, max_bytes=_MAX_TEXT_BYTES))
        case ".html" | ".htm":
            from index.readers.html import read_webpage

            return read_webpage(read_whole(path, max_bytes=_MAX_WEBPAGE_BYTES))
        case ".pdf":
            from index.readers.pdf import read_paper

            with open_document(path) as file:
                check_size(file, max_bytes=_MAX_PAPER_BYTES)
                return read_paper(file)
        case ".docx":
            from index.readers.docx import read_word

            with open_document(path) as file:
                check_size(file, max_bytes=_MAX_WORD_BYTES)
                return read_word(file)
        case _:
            from index.readers.markdown import read_plain

            return read_plain(read_whole(path, max_bytes=_MAX_TEXT_BYTES))


def _document(source: str, reading: Reading, fields: Metadata) -> Document:
    """`id` and `title` become the document's own, and leave the metadata."""
    name = PurePosixPath(source)
    document_id = fields.get("id") or unicodedata.normalize("NFC", str(name.with_suffix("")))
    title = fields.get("title") or reading.title or title_of_file(name.stem)
    return Document(
        document_id=str(document_id),
        title=str(title),
        text=reading.text,
        pages=reading.pages,
        headings=reading.headings,
        metadata={name: value for name, value in fields.items() if name not in ("id", "title")},
    )


def _lines(
    found: Found, beside: MetadataBeside, first_source: dict[str, str]
) -> Iterator[Loaded | Problem]:
    from index.readers.corpus import read_corpus

    source = found.source
    try:
        metadata = {**beside.below(found), **beside.above(found)}
        if metadata.keys() & {"id", "title"}:
            raise MetadataError(
                "Its metadata gives one `id` or `title` to many documents.", "Delete it there."
            )
        with open_document(found.path) as file:
            for each in read_corpus(file, source, metadata):
                if isinstance(each, Problem):
                    yield each
                else:
                    line, document = each
                    taken = _taken(document, source, first_source, line=line)
                    yield taken or Loaded(document, source)
    except (DocumentError, OSError) as fault:
        yield _skipped(source, fault)


def _with_few_problems(lines: Iterator[Loaded | Problem]) -> Iterator[Loaded | Problem]:
    """The same, with skipped and suspicious lines beyond the first ones counted at the end."""
    n_met, unnamed = Counter[bool](), dict[bool, Problem]()
    for each in lines:
        if isinstance(each, Problem):
            n_met[each.skipped] += 1
            if n_met[each.skipped] > _N_LINES_NAMED:
                unnamed[each.skipped] = each
                continue
        yield each
    for skipped, last in unnamed.items():
        n_more = n_met[skipped] - _N_LINES_NAMED
        lines_are = "1 more line is" if n_more == 1 else f"{n_more:,} more lines are"
        wrong = "wrong" if skipped else "suspicious"
        yield Problem(last.source, f"{lines_are} {wrong}.", last.remedy, skipped)


def _taken(
    document: Document, source: str, first_source: dict[str, str], *, line: int | None = None
) -> Problem | None:
    """What is wrong if the document's id was met before; else the id is taken from here on."""
    document_id = document.document_id
    if document_id not in first_source:
        first_source[document_id] = source
        return None
    in_metadata = 'Give one of them another: id = "…" in its metadata.'
    return Problem(
        source,
        f"Its id {document_id!r} was already given in {first_source[document_id]}.",
        in_metadata if line is None else "Change the line's `_id`.",
        skipped=True,
        line=line,
    )


def _skipped(source: str, fault: Exception) -> Problem:
    if isinstance(fault, DocumentError):
        line = fault.line if isinstance(fault, MetadataError) else None
        return Problem(source, fault.what, fault.remedy, skipped=True, line=line)
    return Problem(
        source,
        f"The file could not be read ({type(fault).__name__}: {fault}).",
        "It may be damaged: copy it anew or save it in another format.",
        skipped=True,
    )
