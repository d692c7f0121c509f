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
from index.metadata.fields import MetadataError, checked_fields, line_of, nearest, parse_toml
from index.readers.encoding import decode
from index.readers.files import read_whole
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
    by_file: Mapping[str, Metadata | MetadataError] = field(default_factory=dict)


def load_collection(folder: Path) -> Collection:
    """What the folder's `collection.toml` says, or the defaults when there is none."""
    folder = folder.parent if os.path.isfile(folder) else folder
    try:
        return read_collection_file(folder).collection
    except DocumentError as fault:
        raise setting_error(fault, folder / NAME) from fault


def setting_error(fault: DocumentError, path: Path) -> SettingError:
    line = getattr(fault, "line", None)
    place = f"{path}" if line is None else f"{path}, line {line}"
    return SettingError(f"{place}: {fault.what}", fault.remedy)


def read_toml_text(path: Path) -> str:
    text, doubts = decode(read_whole(path, max_bytes=MAX_TOML_BYTES))
    if doubts:
        raise MetadataError(doubts[0].what, doubts[0].remedy)
    return canonical(text)


def read_collection_file(folder: Path) -> CollectionFile:
    """Raises DocumentError (MetadataError where a line can be named) for a file it cannot use."""
    path = folder / NAME
    if not os.path.isfile(path):  # Path.is_file raises where the folder may not be entered
        return CollectionFile()
    text = read_toml_text(path)
    content = parse_toml(text)
    for name in content:
        if name not in _TABLES:
            line = line_of(name, text=text)
            raise MetadataError(f"There is no table [{name}].", nearest(name, _TABLES), line=line)
    tables = {name: _table(content.get(name, {}), f"[{name}]") for name in _TABLES}
    every = checked_fields(tables["document"], text=text, header="document")
    for name in ("id", "title"):
        if name in every:
            raise MetadataError(
                f"`{name}` in [document] would hold for every document.",
                'Write it under [documents."FILE"].',
                line=line_of(name, text=text, header="document"),
            )
    by_file = {file: _own(file, fields, text) for file, fields in tables["documents"].items()}
    return CollectionFile(_collection(tables["collection"], text), every, by_file)


def _own(file: str, fields: object, text: str) -> Metadata | MetadataError:
    try:
        table = _table(fields, f'[documents."{file}"]')
        return checked_fields(table, text=text, header=f"documents.{file}")
    except MetadataError as fault:
        return fault


def _table(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise MetadataError(f"{what} is not a table.", f"Write {what} on a line of its own.")
    return value


def _collection(table: Mapping[str, object], text: str) -> Collection:
    def fault(name: str, what: str, remedy: str) -> MetadataError:
        return MetadataError(what, remedy, line=line_of(name, text=text, header="collection"))

    for name, value in table.items():
        if name not in _NAMES:
            raise fault(name, f"[collection] has no field `{name}`.", nearest(name, _NAMES))
        if name in _TEXTS and not isinstance(value, str):
            raise fault(name, f"`{name}` is not a text.", "Put its value in quotation marks.")
    questions = table.get("suggested_questions", [])
    if not isinstance(questions, list) or not all(isinstance(each, str) for each in questions):
        raise fault(
            "suggested_questions",
            "`suggested_questions` is not a list of texts.",
            'Write ["First question?", "Second question?"].',
        )
    texts = {name: str(table[name]).strip() for name in _TEXTS if name in table}
    suggested = tuple(each.strip() for each in questions if each.strip())
    return Collection(
        title=texts.get("title") or Collection().title,
        institution=texts.get("institution") or None,
        welcome=texts.get("welcome") or None,
        suggested_questions=suggested,
        glossary=_glossary(_table(table.get("glossary", {}), "[collection.glossary]"), text),
        translations={
            code: _translation(code, words, suggested, text)
            for code, words in _table(
                table.get("translations", {}), "[collection.translations]"
            ).items()
        },
    )


def _translation(
    code: str, value: object, suggested: tuple[str, ...], text: str
) -> CollectionWords:
    header = f"collection.translations.{code}"
    if not _LANGUAGE_CODE.fullmatch(code):
        raise MetadataError(
            f"`{code}` is no code of a language.",
            "Write one as de, fr or pt-BR.",
            line=line_of(code, text=text, header="collection.translations"),
        )
    table = _table(value, f"[{header}]")
    questions = _table(table.get("suggested_questions", {}), f"[{header}.suggested_questions]")
    for where, words, known in (
        (header, {**table, "suggested_questions": ""}, _WORDS),
        (f"{header}.suggested_questions", questions, suggested),
    ):
        for name, words_said in words.items():
            line = line_of(name, text=text, header=where)
            if name not in known:
                raise MetadataError(f"[{where}] has no `{name}`.", nearest(name, known), line=line)
            if not isinstance(words_said, str):
                raise MetadataError(
                    f"`{name}` is not a text.", "Put its value in quotation marks.", line=line
                )
    texts = {name: str(table[name]).strip() or None for name in _TEXTS if name in table}
    shown = {name: str(words).strip() for name, words in questions.items() if str(words).strip()}
    return CollectionWords(**texts, suggested_questions=shown)


def _glossary(table: Mapping[str, object], text: str) -> dict[str, tuple[str, ...]]:
    glossary = {}
    for term, value in table.items():
        same = [value] if isinstance(value, str) else value
        if not isinstance(same, list) or not all(isinstance(each, str) for each in same):
            raise MetadataError(
                f"The glossary's `{term}` is not a text or a list of texts.",
                f'Write "{term}" = "what it stands for".',
                line=line_of(term, text=text, header="collection.glossary"),
            )
        glossary[term] = tuple(each.strip() for each in same if each.strip())
    return glossary
