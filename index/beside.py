"""The metadata that stands beside a file: `NAME.toml`, `NAME.pdf.toml`, `collection.toml`.

From the weakest to the strongest: `[document]` of the folder's `collection.toml` and of those in
the folders between, `[documents."FILE"]` there, the file's own front matter, `NAME.toml`,
`NAME.ending.toml`.
"""

from __future__ import annotations

from pathlib import Path

from datatypes import Metadata
from errors import DocumentError
from index.collection import NAME, CollectionFile, read_collection_file, read_toml_text
from index.files import Found
from index.metadata import MetadataError, checked_fields, parse_toml
from index.reading import Problem


class MetadataBeside:
    """Reads each `collection.toml` once. Every fault becomes that of the document it is for."""

    def __init__(self, root: Path) -> None:
        """Raises DocumentError if the root's own `collection.toml` cannot be used."""
        self._root = root
        self._by_folder: dict[Path, CollectionFile | DocumentError] = {
            root: read_collection_file(root)
        }
        self._used: set[Path] = set()

    def below(self, found: Found) -> Metadata:
        """What the file's front matter overrules."""
        fields: dict[str, str | tuple[str, ...]] = {}
        for folder in self._folders(found.path.parent):
            file = self._in_folder(folder)
            if isinstance(file, DocumentError):
                raise self._named(file, folder / NAME)
            fields |= file.every_document
            fields |= file.by_file.get(found.path.relative_to(folder).as_posix(), {})
        self._used.add(found.path)
        return fields

    def above(self, found: Found) -> Metadata:
        """What overrules the file's front matter."""
        path = found.path
        fields: dict[str, str | tuple[str, ...]] = {}
        for beside in (path.with_suffix(".toml"), path.with_name(path.name + ".toml")):
            if beside.name != NAME and beside.is_file():
                try:
                    text = read_toml_text(beside)
                    fields |= checked_fields(parse_toml(text), text=text)
                except DocumentError as fault:
                    raise self._named(fault, beside) from fault
        return fields

    def unused(self) -> list[Problem]:
        """Entries of `[documents]` for files that are not there (or could not be read)."""
        return [
            Problem(
                (folder / NAME).relative_to(self._root).as_posix(),
                f'[documents."{name}"] is for a file that is not there.',
                "Write its path as seen from this folder.",
                skipped=False,
            )
            for folder, file in self._by_folder.items()
            if isinstance(file, CollectionFile)
            for name in file.by_file
            if folder / name not in self._used
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
