"""Which files of a folder are documents, and opening them without being led astray.

Passed over in silence: hidden files, what Docent or a build tool made (`build`, …), metadata
(`.toml`), and endings that hold no running text (images, sound, data, programs). Listed as
skipped: documents in a form that Docent does not read (`.doc`, `.odt`, …), links that lead out of
the folder, devices and pipes, names that cannot be written down. A link to a place inside the
folder is not followed, for its target is read where it lies; only where the target itself would
be passed over (as with git-annex) is it read by the link.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from errors import DocumentError
from index.readers.parsed_file import Problem

READ_ENDINGS = frozenset((".md", ".markdown", ".txt", ".html", ".htm", ".pdf", ".docx", ".jsonl"))
_CONVERTIBLE = frozenset(
    ".doc .docm .dot .dotx .odt .ott .rtf .pages .wpd .wps .xls .xlsx .xlsm .ods "  # noqa: SIM905
    ".numbers .ppt .pptx .odp .epub .mobi .azw3 .djvu .ps .xps .tex .rst .xml .tei .eml .msg "
    ".mht .mhtml .xhtml .gz .zip".split()
)
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
UNWRITABLE_NAME = "The file's name holds signs that cannot be shown."
_MADE_FOLDERS = frozenset(("build", "node_modules", "__pycache__", "venv"))


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read. `source` is its POSIX path from the folder."""

    path: Path
    source: str

    @property
    def ending(self) -> str:
        return self.path.suffix.lower()


def walk(root: Path) -> Iterator[Found | Problem]:
    """Every document of the folder and the folders in it, in the order of their names.

    `root` must be resolved.
    """
    waiting: list[Iterator[os.DirEntry[str] | Problem]] = [iter(_entries(root, root))]
    while waiting:
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
        elif isinstance(entry, Problem):
            yield entry
        elif not _is_passed_over(entry.name):
            if _is_folder(entry):
                waiting.append(iter(_entries(Path(entry.path), root)))
            else:
                yield from _file(Path(entry.path), root)


def open_document(path: Path) -> BinaryIO:
    """The file, opened for reading; pipes and devices neither block nor count as files."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        remedy = {
            PermissionError: "Give yourself the right to read it.",
            FileNotFoundError: "It vanished meanwhile; run this again.",
        }.get(type(error), "Copy it anew.")
        raise DocumentError(f"It cannot be opened: {error.strerror}.", remedy) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise DocumentError(
            "It is a folder, pipe or device, not a file.", "Take it out of the folder."
        )
    return open(descriptor, "rb")


def read_whole(path: Path, *, max_bytes: int) -> bytes:
    """The file's bytes; refuses one above the limit before reading it."""
    with open_document(path) as file:
        _check_limit(file, max_bytes)
        data = file.read()  # with a size given, a buffer of that size would be made first
    if len(data) > max_bytes:
        raise _too_large(len(data), max_bytes)
    return data


def check_size(file: BinaryIO, *, max_bytes: int) -> None:
    """Refuses an empty file and one above the limit."""
    if os.fstat(file.fileno()).st_size == 0:
        raise DocumentError("The file is empty.", "Fill it or take it out of the folder.")
    _check_limit(file, max_bytes)


def _check_limit(file: BinaryIO, max_bytes: int) -> None:
    n_bytes = os.fstat(file.fileno()).st_size
    if n_bytes > max_bytes:
        raise _too_large(n_bytes, max_bytes)


def _too_large(n_bytes: int, max_bytes: int) -> DocumentError:
    return DocumentError(
        f"The file has {-(-n_bytes >> 20):,} MiB, above the limit for its kind,"
        f" {max_bytes >> 20:,} MiB.",
        "Split it into parts.",
    )


def can_be_written(source: str) -> bool:
    """No control characters, no bytes that are not UTF-8 (they would break every list of ids)."""
    return not _UNWRITABLE.search(source)


def _is_passed_over(name: str) -> bool:
    return name.startswith((".", "~$")) or name in _MADE_FOLDERS


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:  # what it is cannot be told; opening it will say why
        return False


def _entries(folder: Path, root: Path) -> Sequence[os.DirEntry[str] | Problem]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        return [
            Problem(
                _source(folder, root),
                f"The folder cannot be read: {error.strerror}.",
                "Give yourself the right to read it.",
                skipped=True,
            )
        ]


def _file(path: Path, root: Path) -> Iterator[Found | Problem]:
    source = _source(path, root)

    def skipped(what: str, remedy: str) -> Problem:
        return Problem(source, what, remedy, skipped=True)

    ending = path.suffix.lower()
    is_link = os.path.islink(path)  # Path.is_symlink raises where the folder may not be entered
    may_be_folder = is_link and (not ending or os.path.isdir(path))
    if ending not in READ_ENDINGS | _CONVERTIBLE and not may_be_folder:
        return
    if is_link:
        try:
            target = path.resolve(strict=True)
        except (OSError, RuntimeError):  # RuntimeError: a loop of links
            yield skipped("The link leads nowhere.", "Put the file itself there.")
            return
        if not target.is_relative_to(root):
            yield skipped("The link leads out of the folder.", "Put the file itself there.")
            return
        if target.is_dir() or ending not in READ_ENDINGS or _is_found(target, root):
            return
    if ending in _CONVERTIBLE:
        yield skipped(f"Docent does not read {ending} files.", "Save it as .docx, .pdf or .txt.")
    elif not can_be_written(source):
        yield skipped(UNWRITABLE_NAME, "Rename it.")
    else:
        yield Found(path, source)


def _is_found(target: Path, root: Path) -> bool:
    """Whether the walk comes upon this file by itself."""
    parts = target.relative_to(root).parts
    return target.suffix.lower() in READ_ENDINGS and not any(map(_is_passed_over, parts))


def _source(path: Path, root: Path) -> str:
    return PurePosixPath(path.relative_to(root)).as_posix()
