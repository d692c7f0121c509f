"""`collection.toml`: what an institution says about a folder's documents.

```toml
[collection]                      # read from the folder that is indexed
title = "Letters from Pyongyang"
institution = "…"
welcome = "…"
suggested_questions = ["…", "…"]
[collection.glossary]
DPRK = ["North Korea", "…"]
[collection.translations.de]      # what is shown to those who read the pages in that language
title = "Briefe aus Pjöngjang"
[collection.translations.de.suggested_questions]  # asked as above, shown so
"Who …?" = "Wer …?"
[document]                        # fields that hold for every document in and below the folder
archive = "SAPMO-BA"
[documents."letters/first.md"]    # fields of one file, named from here
title = "…"
```
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from datatypes import Collection, CollectionWords, Metadata
from errors import DocumentError, SettingError
from index.metadata.fields import Table, checked_fields, parse_toml
from index.readers.base import check_size, open_file
from index.readers.encoding import decode
from index.text.canonical import canonical

NAME = "collection.toml"
_TABLES = ("collection", "document", "documents")
_TEXTS = ("title", "institution", "welcome")
_WORDS = (*_TEXTS, "suggested_questions")
_NAMES = (*_WORDS, "glossary", "translations")
_LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
MAX_TOML_BYTES = 4 << 20
"""Four million characters are the metadata of some ten thousand documents."""


@dataclass(frozen=True, slots=True)
class CollectionFile:
    """What one `collection.toml` says.

    `by_file` is keyed by path (NFC) from its own folder; a fault there is that one document's.
    """

    collection: Collection = field(default_factory=Collection)
    every_document: Metadata = field(default_factory=dict)
    by_file: Mapping[str, Metadata | DocumentError] = field(default_factory=dict)


def load_collection(folder: Path) -> Collection:
    """What the folder's `collection.toml` says, or the defaults when there is none."""
    folder = folder.parent if os.path.isfile(folder) else folder
    try:
        return read_collection_file(folder).collection
    except DocumentError as fault:
        raise setting_error(fault, folder / NAME) from fault


def setting_error(fault: DocumentError, path: Path) -> SettingError:
    return SettingError(f"{fault.place(path)}: {fault.what}", fault.remedy)


def read_toml(path: Path) -> Table:
    with open_file(path) as file:
        check_size(file, max_bytes=MAX_TOML_BYTES)
        text, problems = decode(file.read())
    if problems:
        raise DocumentError(problems[0].what, problems[0].remedy)
    return parse_toml(canonical(text))


def read_collection_file(folder: Path) -> CollectionFile:
    """Raises DocumentError, with the line where it can be told, for a file it cannot use."""
    path = folder / NAME
    if not os.path.isfile(path):  # Path.is_file raises where the folder may not be entered
        return CollectionFile()
    file = read_toml(path)
    file.refuse_others(_TABLES, "There is no table [{}].")
    collection, document, documents = (file.subtable(name) for name in _TABLES)
    every = checked_fields(document)
    for name in ("id", "title"):
        if name in every:
            what = f"`{name}` in [document] would hold for every document."
            raise document.fault(name, what, 'Write it under [documents."FILE"].')
    by_file = {name: _fields_of_file(documents, name) for name in documents.values}
    return CollectionFile(_collection(collection), every, by_file)


def _fields_of_file(documents: Table, name: str) -> Metadata | DocumentError:
    try:
        return checked_fields(documents.subtable(name))
    except DocumentError as fault:
        return fault


def _collection(table: Table) -> Collection:
    table.refuse_others(_NAMES, "[collection] has no field `{}`.")
    questions = _strings(table.values.get("suggested_questions", []))
    if questions is None:
        raise table.fault(
            "suggested_questions",
            "`suggested_questions` is not a list of texts.",
            'Write ["First question?", "Second question?"].',
        )
    translations = table.subtable("translations")
    return Collection(
        **table.texts(_TEXTS),
        suggested_questions=questions,
        glossary=_glossary(table.subtable("glossary")),
        translations={
            code: _translation(translations, code, questions) for code in translations.values
        },
    )


def _translation(translations: Table, code: str, suggested: tuple[str, ...]) -> CollectionWords:
    if not _LANGUAGE_CODE.fullmatch(code):
        what = f"`{code}` is no code of a language."
        raise translations.fault(code, what, "Write one as de, fr or pt-BR.")
    table = translations.subtable(code)
    questions = table.subtable("suggested_questions")
    table.refuse_others(_WORDS, f"[{table.header}] has no `{{}}`.")
    questions.refuse_others(suggested, f"[{questions.header}] has no `{{}}`.")
    return CollectionWords(**table.texts(_TEXTS), suggested_questions=questions.texts(suggested))


def _glossary(table: Table) -> dict[str, tuple[str, ...]]:
    glossary = {}
    for term, value in table.values.items():
        meanings = _strings([value] if isinstance(value, str) else value)
        if meanings is None:
            raise table.fault(
                term,
                f"The glossary's `{term}` is not a text or a list of texts.",
                f'Write "{term}" = "what it stands for".',
            )
        glossary[term] = meanings
    return glossary


def _strings(value: object) -> tuple[str, ...] | None:
    """The texts of a list, without empty ones; None where it is no list of texts."""
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        return None
    return tuple(text.strip() for text in value if text.strip())
