"""The metadata that stands beside a file: `NAME.toml`, `NAME.pdf.toml`, `collection.toml`.

From the weakest to the strongest: `[document]` of the folder's `collection.toml` and of those in
the folders between, `[documents."FILE"]` there, the file's own front matter, `NAME.toml`,
`NAME.ending.toml`.
"""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

from datatypes import Metadata
from errors import DocumentError
from index.metadata.collection import NAME, CollectionFile, read_collection_file, read_toml_text
from index.metadata.fields import MetadataError, checked_fields, parse_toml
from index.readers.files import Found
from index.readers.parsed_file import Problem


class MetadataBeside:
    """Reads each `collection.toml` once. Every fault becomes that of the document it is for."""

    def __init__(self, root: Path) -> None:
        """Raises DocumentError if the root's own `collection.toml` cannot be used."""
        self._root = root
        self._by_folder: dict[Path, CollectionFile | DocumentError] = {
            root: read_collection_file(root)
        }
        self._used: set[tuple[Path, str]] = set()

    def below(self, found: Found) -> Metadata:
        """What the file's front matter overrules."""
        general: dict[str, str | tuple[str, ...]] = {}
        own: dict[str, str | tuple[str, ...]] = {}
        for folder in self._folders(found.path.parent):
            file = self._in_folder(folder)
            if isinstance(file, DocumentError):
                raise self._named(file, folder / NAME)
            name = _name_in(folder, found.path)
            self._used.add((folder, name))
            by_file = file.by_file.get(name, {})
            if isinstance(by_file, DocumentError):
                raise self._named(by_file, folder / NAME)
            general |= file.every_document
            own |= by_file
        return general | own

    def above(self, found: Found) -> Metadata:
        """What overrules the file's front matter."""
        path = found.path
        fields: dict[str, str | tuple[str, ...]] = {}
        for beside in (path.with_suffix(".toml"), path.with_name(path.name + ".toml")):
            if beside.name != NAME and os.path.isfile(beside):
                try:
                    text = read_toml_text(beside)
                    fields |= checked_fields(parse_toml(text), text=text)
                except DocumentError as fault:
                    raise self._named(fault, beside) from fault
        return fields

    def unused(self) -> list[Problem]:
        """Entries of `[documents]` for what is not there, or is no document."""
        return [
            Problem(
                (folder / NAME).relative_to(self._root).as_posix(),
                f'[documents."{name}"] names none of the documents.',
                "Write a file's path as seen from this folder.",
                skipped=False,
            )
            for folder, file in self._by_folder.items()
            if isinstance(file, CollectionFile)
            for name in file.by_file
            if (folder, name) not in self._used
        ]

    def _folders(self, folder: Path) -> list[Path]:
        between = [folder, *folder.parents]
        return between[: between.index(self._root) + 1][::-1]

    def _in_folder(self, folder: Path) -> CollectionFile | DocumentError:
        if folder not in self._by_folder:
            try:
                self._by_folder[folder] = read_collection_file(folder)
            except DocumentError as fault:
                self._by_folder[folder] = fault
        return self._by_folder[folder]

    def _named(self, fault: DocumentError, path: Path) -> MetadataError:
        place = path.relative_to(self._root).as_posix()
        line = getattr(fault, "line", None)
        place = place if line is None else f"{place}, line {line}"
        return MetadataError(f"Its metadata, {place}: {fault.what}", fault.remedy)


def _name_in(folder: Path, path: Path) -> str:
    """The path as collection.toml writes it: some systems keep accents apart from letters."""
    return unicodedata.normalize("NFC", path.relative_to(folder).as_posix())
