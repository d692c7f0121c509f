"""Which language a text is in, and what a collection says in a reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from datatypes import Collection, Document, Metadata

_CODE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")

# Names as archives write them in `language`; others are shown as they stand and have no code.
_CODES = {
    "albanian": "sq", "arabic": "ar", "armenian": "hy", "bulgarian": "bg", "catalan": "ca",
    "chinese": "zh", "croatian": "hr", "czech": "cs", "danish": "da", "dutch": "nl",
    "english": "en", "estonian": "et", "finnish": "fi", "french": "fr", "georgian": "ka",
    "german": "de", "greek": "el", "hebrew": "he", "hindi": "hi", "hungarian": "hu",
    "icelandic": "is", "irish": "ga", "italian": "it", "japanese": "ja", "korean": "ko",
    "latin": "la", "latvian": "lv", "lithuanian": "lt", "mongolian": "mn", "norwegian": "no",
    "persian": "fa", "polish": "pl", "portuguese": "pt", "romanian": "ro", "russian": "ru",
    "serbian": "sr", "slovak": "sk", "slovenian": "sl", "spanish": "es", "swedish": "sv",
    "turkish": "tr", "ukrainian": "uk", "vietnamese": "vi", "welsh": "cy", "yiddish": "yi",
    "deutsch": "de", "español": "es", "français": "fr", "italiano": "it", "한국어": "ko",
}  # fmt: skip


def document_language(document: Document) -> str:
    """The code (BCP 47) of the language that the text is in; empty where it is not known."""
    return language_code(document.metadata.get("language", ""))


def shared_language(every_metadata: Iterable[Metadata]) -> str:
    """The code of the language that all of the documents are in; empty where there is none."""
    codes = {language_code(metadata.get("language", "")) for metadata in every_metadata}
    return codes.pop() if len(codes) == 1 else ""


def language_code(said: str | tuple[str, ...]) -> str:
    names = (said,) if isinstance(said, str) else said
    name = names[0].strip().lower() if len(names) == 1 else ""
    return _CODES.get(name) or (name if _CODE.fullmatch(name) else "")


@dataclass(frozen=True, slots=True)
class Said:
    """What a collection says in one language; `questions`: as asked → as shown."""

    title: str
    institution: str | None
    welcome: str | None
    questions: Mapping[str, str]


def said_in(collection: Collection, code: str) -> Said:
    """In the collection's own words where there are none in that language."""
    words = collection.translations.get(code)
    if words is None:
        own = {question: question for question in collection.suggested_questions}
        return Said(collection.title, collection.institution, collection.welcome, own)
    return Said(
        words.title or collection.title,
        words.institution or collection.institution,
        words.welcome or collection.welcome,
        {
            each: words.suggested_questions.get(each, each)
            for each in collection.suggested_questions
        },
    )
