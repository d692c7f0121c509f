"""Which files of a folder are documents.

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
from collections.abc import Iterator
from pathlib import Path

from errors import DocumentError, Problem
from index.readers.base import SourceFile
from index.readers.registry import CONVERTIBLE, read_endings

_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
UNWRITABLE_NAME = "The file's name holds signs that cannot be shown."
_MADE_FOLDERS = frozenset(("build", "node_modules", "__pycache__", "venv"))


def walk(root: Path) -> Iterator[SourceFile | Problem]:
    """Every document of the folder and the folders in it, in the order of their names.

    `root` must be resolved.
    """
    waiting = [root]
    while waiting:
        path = waiting.pop()
        if os.path.islink(path) or not os.path.isdir(path):
            if file := _document_file(path, root):
                yield file
            continue
        try:
            names = [name for name in os.listdir(path) if not _is_passed_over(name)]
        except OSError as error:
            what = f"The folder cannot be read: {error.strerror}."
            remedy = "Give yourself the right to read it."
            yield Problem(what, remedy, skipped=True, source=_name(path, root))
            continue
        waiting += [path / name for name in sorted(names, reverse=True)]


def can_be_written(name: str) -> bool:
    """No control characters, no bytes that are not UTF-8: they would break every list of ids."""
    return not _UNWRITABLE.search(name)


def _is_passed_over(name: str) -> bool:
    return name.startswith((".", "~$")) or name in _MADE_FOLDERS


def _document_file(path: Path, root: Path) -> SourceFile | Problem | None:
    """The file, or why it is skipped; none where it is passed over in silence."""
    name, ending, endings = _name(path, root), path.suffix.lower(), read_endings()
    is_link = os.path.islink(path)  # Path.is_symlink raises where the folder may not be entered
    may_be_folder = is_link and (not ending or os.path.isdir(path))
    if ending not in endings | CONVERTIBLE and not may_be_folder:
        return None
    try:
        if is_link:
            target = _target(path, root)
            if target.is_dir() or ending not in endings or _is_walked(target, root):
                return None
        if ending not in endings:
            raise DocumentError(
                f"Docent does not read {ending} files.", "Save it as .docx, .pdf or .txt."
            )
        if not can_be_written(name):
            raise DocumentError(UNWRITABLE_NAME, "Rename it.")
    except DocumentError as fault:
        return Problem(fault.what, fault.remedy, skipped=True, source=name)
    return SourceFile(path, name)


def _target(link: Path, root: Path) -> Path:
    """Where the link leads, inside the folder."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links
        raise DocumentError("The link leads nowhere.", "Put the file itself there.") from error
    if not target.is_relative_to(root):
        raise DocumentError("The link leads out of the folder.", "Put the file itself there.")
    return target


def _is_walked(target: Path, root: Path) -> bool:
    """Whether the walk comes upon this file by itself."""
    parts = target.relative_to(root).parts
    return target.suffix.lower() in read_endings() and not any(map(_is_passed_over, parts))


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()
