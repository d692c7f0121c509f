"""The languages of the pages: nothing missing, nothing left in another language, and the switch."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from errors import SettingError
from index.metadata import FIELDS
from interface.wording import (
    DETAILS,
    WORDING_FOLDER,
    KioskWording,
    Wording,
    load_wording,
    load_wordings,
    preferred,
)

ENGLISH = WORDING_FOLDER / "en.toml"
WORDINGS = load_wordings()
OTHERS = [code for code in WORDINGS if code != "en"]


def sentences(wording: Wording) -> Iterator[tuple[str, str]]:
    for field in fields(Wording):
        value = getattr(wording, field.name)
        if isinstance(value, str):
            yield field.name, value
    yield from ((f"details.{name}", word) for name, word in wording.details.items())
    for field in fields(KioskWording):
        yield f"kiosk.{field.name}", getattr(wording.kiosk, field.name)


def test_english_comes_first_and_each_language_is_named_in_itself() -> None:
    names = {code: wording.language for code, wording in WORDINGS.items()}
    assert next(iter(names)) == "en"
    assert (
        names
        | {
            "en": "English",
            "de": "Deutsch",
            "es": "Español",
            "fr": "Français",
            "ko": "한국어",
        }
        == names
    )


def changed(tmp_path: Path, before: str, after: str) -> Path:
    text = ENGLISH.read_text(encoding="utf-8")
    assert text.count(before) == 1
    file = tmp_path / "en.toml"
    file.write_text(text.replace(before, after), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('\nask_button = "Ask"', "", "lacks ask_button"),
        ('\nask_button = "Ask"', '\nask_button = " "', "ask_button in en.toml is not a sentence"),
        ('\nask_button = "Ask"', "\nask_button = 3", "ask_button in en.toml is not a sentence"),
        ('\nask_button = "Ask"', '\nask_button = "Ask"\nmotto = "x"', "unknown motto"),
        ("{rank}", "{place}", "why_rank in en.toml has a wrong brace"),
        ('\narchive = "Archive"', "", "lacks details.archive"),
        ('\narchive = "Archive"', '\narchive = ""', "details.archive in en.toml"),
        ('\nlisten = "Read aloud"', "", "lacks kiosk.listen"),
        ('\nlisten = "Read aloud"', '\nhear = "Hear"\nlisten = "Read"', "unknown kiosk.hear"),
        ("of {n}", "of {total}", "kiosk.next_quote in en.toml has a wrong brace"),
        ("\n[kiosk]", "\n[booth]", "lacks kiosk"),
        ("\n[kiosk]", "\n[kiosk", "cannot be read"),
    ],
)
def test_a_missing_unknown_or_empty_word_stops_the_start(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    with pytest.raises(SettingError, match=re.escape(said)):
        load_wording(changed(tmp_path, before, after))


def test_the_first_language_cannot_be_missing(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"lacks en\.toml"):
        load_wordings(tmp_path)


@pytest.mark.parametrize("code", OTHERS)
def test_nothing_stayed_in_english(code: str) -> None:
    english = dict(sentences(WORDINGS["en"]))
    same = {
        name
        for name, words in sentences(WORDINGS[code])
        if words == english[name] and len(words.split()) > 2
    }
    assert same <= {"csl_json"}


@pytest.mark.parametrize("code", WORDINGS)
def test_every_language_keeps_the_order_of_the_english_file(code: str) -> None:
    """So that two files can be read side by side."""
    files = [
        tomllib.loads((WORDING_FOLDER / f"{each}.toml").read_text(encoding="utf-8"))
        for each in ("en", code)
    ]
    english, other = ([*file, *file["details"], *file["kiosk"]] for file in files)
    assert other == english


def test_whatever_may_be_known_of_a_document_has_a_name() -> None:
    assert set(DETAILS) == FIELDS - {"id", "title"}


def test_numbers_are_written_as_the_language_writes_them() -> None:
    written = {code: wording.number(1234567) for code, wording in WORDINGS.items()}
    assert written["en"] == "1,234,567"
    assert written["de"] == "1.234.567"
    assert written["fr"] == "1\u202f234\u202f567"


@pytest.mark.parametrize(
    ("asked", "accepted", "code"),
    [
        ("de", "fr", "de"),
        ("de-AT", "", "de"),
        ("DE", "", "de"),
        ("xx", "fr", "fr"),
        (None, "pt-BR,es;q=0.8,en;q=0.9", "en"),
        (None, "ko-KR,en;q=0.5", "ko"),
        (None, "fr;q=0,es;q=0.1", "es"),
        (None, "*", "en"),
        (None, ",;q=;;q=x,,", "en"),
        (None, "", "en"),
        ("../de", "", "en"),
    ],
)
def test_the_asked_language_wins_then_the_browsers_then_english(
    asked: str | None, accepted: str, code: str
) -> None:
    assert preferred(WORDINGS, asked, accepted).code == code
