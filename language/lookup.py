"""The languages that Docent knows, by their codes."""

from __future__ import annotations

from language.base import NEUTRAL, Language
from language.english import ENGLISH
from language.french import FRENCH
from language.german import GERMAN
from language.korean import KOREAN
from language.spanish import SPANISH

LANGUAGES = (ENGLISH, GERMAN, FRENCH, SPANISH, KOREAN)


def language_for(code: str) -> Language:
    """Of a BCP 47 code such as "de" or "de-AT"; the neutral one where nothing is known of it."""
    primary = code.casefold().replace("_", "-").partition("-")[0]
    return next((language for language in LANGUAGES if language.code == primary), NEUTRAL)
