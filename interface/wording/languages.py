"""Which language a text is in, and what a collection says in a reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale

from datatypes import Collection, CollectionWords, Document, Metadata
from interface.wording.wordings import FIRST, WORDING_FOLDER

_CODE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")


def document_language(document: Document) -> str:
    """The code (BCP 47) of the language that the text is in; empty where it is not known."""
    return language_code(document.metadata.get("language", ""))


def shared_language(every_metadata: Iterable[Metadata]) -> str:
    """The code of the language that all of the documents are in; empty where there is none."""
    codes = {language_code(metadata.get("language", "")) for metadata in every_metadata}
    return codes.pop() if len(codes) == 1 else ""


def language_code(value: str | tuple[str, ...]) -> str:
    """Of one language, by its code or its name; empty for several and for unknown names."""
    names = (value,) if isinstance(value, str) else value
    name = names[0].strip().casefold() if len(names) == 1 else ""
    return _codes_by_name().get(name) or (name if _CODE.fullmatch(name) else "")


@cache
def _codes_by_name() -> Mapping[str, str]:
    """Names of all languages, in those of the pages: archives write them in one of these.

    A code stands for itself, though it may be the name of another language ("ga").
    """
    pages = sorted((path.stem for path in WORDING_FOLDER.glob("*.toml")), key=lambda c: c == FIRST)
    names = [Locale.parse(page, sep="-").languages for page in pages]
    codes = {
        name.casefold(): code.replace("_", "-").lower()
        for languages in names
        for code, name in languages.items()
    }
    return codes | {code: code for code in codes.values()}


@dataclass(frozen=True, slots=True)
class CollectionTexts:
    """What a collection says in one language; `questions`: as asked → as shown.

    `language` is the code where the collection's words are known to be in that language.
    """

    language: str
    title: str
    institution: str | None
    welcome: str | None
    questions: Mapping[str, str]


def collection_texts(collection: Collection, code: str) -> CollectionTexts:
    """In the collection's own words where there are none in that language."""
    asked = collection.suggested_questions
    words = collection.translations.get(code, CollectionWords())
    return CollectionTexts(
        code if code in collection.translations else "",
        words.title or collection.title,
        words.institution or collection.institution,
        words.welcome or collection.welcome,
        {question: words.suggested_questions.get(question, question) for question in asked},
    )
