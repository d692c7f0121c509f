"""What the pages say, in every language of this folder; a word that is missing stops the start.

A language is one file, `CODE.toml`, with the keys and the {braces} of `en.toml`: a new one needs no
code. A sentence with a number in it is a table of CLDR's plural categories, all of those that the
language has (https://cldr.unicode.org/index/cldr-spec/plural-rules).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError, negotiate_locale
from babel.numbers import format_decimal

from errors import SettingError
from interface.server.accept import accepted_weights

WORDING_FOLDER = Path(__file__).parent
FIRST = "en"  # what is spoken where nothing is known of a visitor; the other codes follow in order

_PLURAL_CATEGORIES = frozenset(("zero", "one", "two", "few", "many", "other"))
_BRACE = re.compile(r"\{(\w+)\}")

Sentence = str | dict[str, str]  # a table is by plural category


@dataclass(frozen=True, slots=True)
class Wording:
    """One language. `code` is BCP 47's; keys inside a table are like "kiosk.ask"."""

    code: str
    locale: Locale
    sentences: Mapping[str, Sentence]

    @property
    def language(self) -> str:
        """The language's own name for itself, as it stands at the beginning of a line."""
        name = self.locale.get_display_name() or self.code
        return name[0].upper() + name[1:]

    def __getitem__(self, key: str) -> str:
        sentence = self.sentences[key]
        if not isinstance(sentence, str):
            raise KeyError(f"{key} depends on a number")
        return sentence

    def counted(self, key: str, n: int, **values: object) -> str:
        """The sentence in the plural form for `n`."""
        forms = self.sentences[key]
        if isinstance(forms, str):
            raise KeyError(f"{key} has no plural forms")
        return forms[self.locale.plural_form(n)].format(n=self.number(n), **values)

    def number(self, n: int) -> str:
        """`n` as this language groups its digits."""
        return format_decimal(n, locale=self.locale)

    def metadata_name(self, name: str) -> str:
        """What a field of a document's metadata is called; unknown ones are spelled out."""
        sentence = self.sentences.get(f"details.{name}")
        return sentence if isinstance(sentence, str) else name.replace("_", " ").capitalize()

    def table(self, name: str) -> dict[str, str]:
        """The sentences of one table of the file, by their keys inside it."""
        start = f"{name}."
        return {
            key.removeprefix(start): self[key] for key in self.sentences if key.startswith(start)
        }


Wordings = Mapping[str, Wording]  # by code; the first one is for those of whom nothing is known


def load_wordings(folder: Path = WORDING_FOLDER) -> Wordings:
    """Every language there is, `FIRST` first. Raises SettingError as `load_wording` does."""
    codes = sorted((path.stem for path in folder.glob("*.toml")), key=lambda c: (c != FIRST, c))
    if FIRST not in codes:
        raise SettingError(f"{folder.name} lacks {FIRST}.toml.", "Restore it.")
    return {code: load_wording(folder / f"{code}.toml") for code in codes}


def load_wording(path: Path = WORDING_FOLDER / f"{FIRST}.toml") -> Wording:
    """Raises SettingError, naming the key, unless the file says just what the English one does."""
    english = _read_sentences(WORDING_FOLDER / f"{FIRST}.toml")
    sentences = _read_sentences(path)
    try:
        locale = Locale.parse(path.stem, sep="-")
    except (ValueError, UnknownLocaleError) as error:
        raise SettingError(
            f"{path.name} is not named after a language.", "Use its code, such as pt-BR.toml."
        ) from error
    if missing := english.keys() - sentences.keys():
        raise SettingError(
            f"{path.name} lacks {', '.join(sorted(missing))}.", "Add what is missing."
        )
    if unknown := sentences.keys() - english.keys():
        raise SettingError(f"{path.name} has unknown {', '.join(sorted(unknown))}.", "Take it out.")
    for key, sentence in sentences.items():
        _check_sentence(path, key, sentence, english[key], locale)
    return Wording(path.stem, locale, sentences)


def preferred(wordings: Wordings, asked: str | None, accepted: str = "") -> Wording:
    """The language `asked` for, else the best of an Accept-Language header, else the first."""
    codes = {code.lower(): code for code in wordings}
    wishes = [(asked or "").lower(), *accepted_weights(accepted)]
    found = negotiate_locale(wishes, codes, sep="-")
    return wordings[codes[found.lower()] if found else next(iter(wordings))]


def _read_sentences(path: Path) -> dict[str, Sentence]:
    """The file's keys, those of its tables as "table.key", with what stands there, unchecked."""
    try:
        content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingError(
            f"{path.name} cannot be read: {error}.", "Mend or restore it."
        ) from error
    sentences: dict[str, Sentence] = {}
    for key, value in content.items():
        if isinstance(value, dict) and not value.keys() <= _PLURAL_CATEGORIES:
            sentences |= {f"{key}.{name}": inner for name, inner in value.items()}
        else:
            sentences[key] = value
    return sentences


def _check_sentence(
    path: Path, key: str, sentence: Sentence, english: Sentence, locale: Locale
) -> None:
    forms = sentence if isinstance(sentence, dict) else {"": sentence}
    english_forms = english if isinstance(english, dict) else {"": english}
    expected = {*locale.plural_form.tags, "other"} if isinstance(english, dict) else {""}
    if forms.keys() != expected:
        names = ", ".join(sorted(expected)) if isinstance(english, dict) else "one sentence"
        raise SettingError(f"{key} in {path.name} has wrong plural forms.", f"It needs: {names}.")
    allowed = {name for form in english_forms.values() for name in _BRACE.findall(form)}
    for form in forms.values():
        if not isinstance(form, str) or not form.strip():
            raise SettingError(f"{key} in {path.name} is not a sentence.", "Put it in quotes.")
        rest = _BRACE.sub("", form)
        if "{" in rest or "}" in rest or not allowed.issuperset(_BRACE.findall(form)):
            names = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "no braces"
            raise SettingError(f"{key} in {path.name} has a wrong brace.", f"It may hold: {names}.")
