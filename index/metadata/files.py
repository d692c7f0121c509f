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
from errors import DocumentError, Problem
from index.metadata.collection import NAME, CollectionFile, read_collection_file, read_toml
from index.metadata.fields import checked_fields


class MetadataFiles:
    """Reads each `collection.toml` once. Every fault becomes that of the document it is for."""

    def __init__(self, root: Path) -> None:
        """Raises DocumentError if the root's own `collection.toml` cannot be used."""
        self._root = root
        self._by_folder: dict[Path, CollectionFile | DocumentError] = {
            root: read_collection_file(root)
        }
        self._used: set[tuple[Path, str]] = set()

    def below(self, path: Path) -> Metadata:
        """What the file's front matter overrules."""
        general: Metadata = {}
        own: Metadata = {}
        for folder in self._folders(path.parent):
            file = self._in_folder(folder)
            name = _name_in(folder, path)
            self._used.add((folder, name))
            by_file = file.by_file.get(name, {})
            if isinstance(by_file, DocumentError):
                raise self._named(by_file, folder / NAME)
            general = {**general, **file.every_document}
            own = {**own, **by_file}
        return {**general, **own}

    def above(self, path: Path) -> Metadata:
        """What overrules the file's front matter."""
        fields: Metadata = {}
        for beside in (path.with_suffix(".toml"), path.with_name(path.name + ".toml")):
            if beside.name != NAME and os.path.isfile(beside):
                try:
                    fields = {**fields, **checked_fields(read_toml(beside))}
                except DocumentError as fault:
                    raise self._named(fault, beside) from fault
        return fields

    def unused(self) -> list[Problem]:
        """Entries of `[documents]` for what is not there, or is no document."""
        return [
            Problem(
                f'[documents."{name}"] names none of the documents.',
                "Write a file's path as seen from this folder.",
                source=_name_in(self._root, folder / NAME),
            )
            for folder, file in self._by_folder.items()
            if isinstance(file, CollectionFile)
            for name in file.by_file
            if (folder, name) not in self._used
        ]

    def _folders(self, folder: Path) -> list[Path]:
        between = [folder, *folder.parents]
        return between[: between.index(self._root) + 1][::-1]

    def _in_folder(self, folder: Path) -> CollectionFile:
        file = self._by_folder.get(folder)
        if file is None:
            try:
                file = read_collection_file(folder)
            except DocumentError as fault:
                file = fault
            self._by_folder[folder] = file
        if isinstance(file, DocumentError):
            raise self._named(file, folder / NAME)
        return file

    def _named(self, fault: DocumentError, path: Path) -> DocumentError:
        place = fault.place(_name_in(self._root, path))
        return DocumentError(f"Its metadata, {place}: {fault.what}", fault.remedy)


def _name_in(folder: Path, path: Path) -> str:
    """The path as collection.toml writes it: some systems keep accents apart from letters."""
    return unicodedata.normalize("NFC", path.relative_to(folder).as_posix())
