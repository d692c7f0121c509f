"""What a reader of files is, what it is given and what it hands over."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from datatypes import Heading, Metadata, Page
from errors import DocumentError, Problem


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """One document as its file has it: canonical text, spans in it, own metadata (`fields`).

    A file may hold many of them: then `line` says where each begins. `problems` are reasons to
    doubt the text. Values are plain, so that they can cross from another process as JSON.
    """

    text: str
    title: str | None = None
    headings: tuple[Heading, ...] = ()
    pages: tuple[Page, ...] = ()
    fields: Metadata = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    line: int | None = None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read. `name` is its POSIX path from the folder, `path` where it lies."""

    path: Path
    name: str

    @property
    def ending(self) -> str:
        return self.path.suffix.lower()

    def open(self) -> BinaryIO:
        return open_file(self.path)

    def read_bytes(self) -> bytes:
        with self.open() as file:
            return file.read()  # with a size given, a buffer of that size would be made first


class DocumentReader(Protocol):
    """Reads the files of one format: one module, and one line in `index/readers/registry.py`.

    `name` stands in messages. `endings` are lower-case, with their dot. A library that is slow to
    import is imported in `read`: readers of all formats are made before the first file is met.
    """

    name: str
    endings: frozenset[str]
    max_bytes: int
    """A larger file is refused before it is read."""

    def sniff(self, head: bytes) -> bool:
        """Whether a file of one of the endings that begins with `head` is of this format.

        It chooses between readers that share an ending, as those of XML do.
        """

    def read(self, source: SourceFile) -> Iterator[ParsedDocument | Problem]:
        """The file's documents, and what is wrong with its other parts.

        Raises DocumentError for a file that cannot be used; any other error counts as damage.
        """


def open_file(path: Path) -> BinaryIO:
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


def check_size(file: BinaryIO, *, max_bytes: int) -> None:
    """Raises DocumentError, before anything is read, for a file above the limit."""
    n_bytes = os.fstat(file.fileno()).st_size
    if n_bytes > max_bytes:
        raise DocumentError(
            f"The file has {-(-n_bytes >> 20):,} MiB, above the limit for its kind,"
            f" {max_bytes >> 20:,} MiB.",
            "Split it into parts.",
        )
