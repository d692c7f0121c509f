"""A folder of files → documents, one after the other, and what is wrong with the rest.

What is read: `index/readers/registry.py`; what is passed over in silence and what is listed:
`index/readers/walk.py`; where metadata comes from: `index/metadata/files.py`.

A document whose metadata cannot be used is skipped, and listed, rather than read without it: a
wrong citation is worse than a missing one. Of two documents with one id the later is skipped.
"""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from datatypes import Document, Metadata
from errors import DocumentError, Problem
from index.metadata.collection import NAME, setting_error
from index.metadata.files import MetadataFiles
from index.metadata.titles import sensible_title, title_of_file
from index.readers.base import ParsedDocument, SourceFile
from index.readers.registry import parse, read_endings
from index.readers.walk import UNWRITABLE_NAME, can_be_written, walk

_ANOTHER_ID = 'Give one of them another: id = "…" in its metadata.'
_N_LINES_NAMED = 20
"""Problems named by line in one file; a file that is wrong throughout must not fill the report."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document that was read. `source` is its file: POSIX path, relative to the folder."""

    document: Document
    source: str


def load_folder(folder: Path) -> Iterator[Loaded | Problem]:
    """Every document in the folder and those below it, sorted by path; or a single file's.

    Raises DocumentError at once if there is no such folder, SettingError if its collection.toml
    is malformed; and DocumentError at the end, after all problems, if not one document was read.
    """
    if not os.path.exists(folder):  # Path.exists raises where a folder above it is closed to us
        raise DocumentError(f"There is no folder {folder}.", "Check the path, or make it.")
    is_file = not os.path.isdir(folder)
    if is_file:
        _check_single_file(folder)
    root = folder.parent.resolve() if is_file else folder.resolve()
    files = iter([SourceFile(root / folder.name, folder.name)]) if is_file else walk(root)
    try:
        metadata_files = MetadataFiles(root)
    except DocumentError as fault:
        raise setting_error(fault, (root if is_file else folder) / NAME) from fault
    return _load(folder, files, metadata_files, is_file=is_file)


def _check_single_file(path: Path) -> None:
    endings = read_endings()
    if path.suffix.lower() not in endings:
        raise DocumentError(
            f"Docent does not read {path.suffix.lower() or 'such'} files: {path}.",
            f"It reads {', '.join(sorted(endings))}.",
        )
    if not can_be_written(path.name):
        raise DocumentError(f"{path}: {UNWRITABLE_NAME}", "Rename it.")


def _load(
    folder: Path,
    files: Iterator[SourceFile | Problem],
    metadata_files: MetadataFiles,
    *,
    is_file: bool,
) -> Iterator[Loaded | Problem]:
    first_source: dict[str, str] = {}  # by document id
    for file in files:
        if isinstance(file, Problem):
            yield file
        else:
            yield from _with_few_problems(_documents(file, metadata_files, first_source))
    if not is_file:
        yield from metadata_files.unused()
    if not first_source:
        raise DocumentError(
            f"Not one document could be read in {folder}.",
            "Mend it, or choose another file."
            if is_file
            else f"Put files there that end in {', '.join(sorted(read_endings()))}.",
        )


def _documents(
    file: SourceFile, metadata_files: MetadataFiles, first_source: dict[str, str]
) -> Iterator[Loaded | Problem]:
    try:
        below, above = metadata_files.below(file.path), metadata_files.above(file.path)
        for parsed in parse(file):
            if isinstance(parsed, Problem):
                yield replace(parsed, source=file.name)
                continue
            if parsed.line is not None and {"id", "title"} & {*below, *above}:
                raise DocumentError(
                    "Its metadata gives one `id` or `title` to many documents.", "Delete it there."
                )
            try:
                fields = {**below, **parsed.fields, **above}
                document = _document(file, parsed, fields, first_source)
            except DocumentError as fault:
                yield _skipped(file, fault)
                continue
            yield Loaded(document, file.name)
            for problem in parsed.problems:
                yield replace(problem, source=file.name, line=parsed.line)
    except Exception as fault:  # the parsers of foreign formats fail in ways none of them lists
        yield _skipped(file, fault)


def _document(
    file: SourceFile, parsed: ParsedDocument, fields: Metadata, first_source: dict[str, str]
) -> Document:
    """`id` and `title` become the document's own, and leave the metadata; the id is taken then."""
    if not parsed.text.strip():
        what, remedy = "The file holds no text.", "Fill it or take it out of the folder."
        raise DocumentError(what, remedy, line=parsed.line)
    name = PurePosixPath(file.name)
    document_id = str(fields.get("id") or unicodedata.normalize("NFC", str(name.with_suffix(""))))
    if document_id in first_source:
        raise DocumentError(
            f"Its id {document_id!r} was already given in {first_source[document_id]}.",
            _ANOTHER_ID if parsed.line is None else "Change the line's `_id`.",
            line=parsed.line,
        )
    first_source[document_id] = file.name
    headings = [heading.span.of(parsed.text) for heading in parsed.headings[:1]]
    own_titles = filter(None, map(sensible_title, (parsed.title, *headings)))
    title = fields.get("title") or next(own_titles, None) or title_of_file(name.stem)
    return Document(
        document_id=document_id,
        title=str(title),
        text=parsed.text,
        pages=parsed.pages,
        headings=parsed.headings,
        metadata={name: value for name, value in fields.items() if name not in ("id", "title")},
    )


def _with_few_problems(documents: Iterator[Loaded | Problem]) -> Iterator[Loaded | Problem]:
    """The same, with skipped and suspicious lines beyond the first ones counted at the end."""
    n_met, unnamed = Counter[bool](), dict[bool, Problem]()
    for document in documents:
        if isinstance(document, Problem):
            n_met[document.skipped] += 1
            if n_met[document.skipped] > _N_LINES_NAMED:
                unnamed[document.skipped] = document
                continue
        yield document
    for skipped, last in unnamed.items():
        n_more = n_met[skipped] - _N_LINES_NAMED
        lines_are = "1 more line is" if n_more == 1 else f"{n_more:,} more lines are"
        what = f"{lines_are} {'wrong' if skipped else 'suspicious'}."
        yield replace(last, what=what, line=None)


def _skipped(file: SourceFile, fault: Exception) -> Problem:
    if isinstance(fault, DocumentError):
        return Problem(fault.what, fault.remedy, skipped=True, source=file.name, line=fault.line)
    return Problem(
        f"The file could not be read ({type(fault).__name__}: {fault}).",
        "It may be damaged: copy it anew or save it in another format.",
        skipped=True,
        source=file.name,
    )
