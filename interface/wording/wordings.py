"""What the pages say, in every language of `wording/`; a word that is missing stops the start.

A language is one file, `wording/CODE.toml`, with exactly the keys below: a new one needs no code.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from errors import SettingError

WORDING_FOLDER = Path(__file__).parent
FIRST = "en"  # what is spoken where nothing is known of a visitor; the other codes follow in order

# The braces that a sentence may hold; all others hold none.
_BRACES = {
    "question_too_long": {"n"},
    "citation_label": {"number"},
    "page": {"label"},
    "translation_by": {"translator"},
    "copy_one": {"name"},
    "why_dense": {"how", "score"},
    "why_lexical": {"score"},
    "why_rank": {"rank", "n"},
    "n_documents": {"n"},
    "n_characters": {"n"},
    "model.written_by": {"model"},
    "model.writing": {"model"},
    "model.left_out": {"n"},
    "kiosk.documents_language": {"language"},
    "kiosk.document_in": {"language"},
    "kiosk.next_quote": {"number", "n"},
}

DETAILS = (
    "archive",
    "box",
    "collection",
    "creator",
    "credits",
    "date",
    "digital_source",
    "document_type",
    "folder",
    "language",
    "original_language",
    "place",
    "recipients",
    "reference_code",
    "rights",
    "text_status",
    "translated_for",
    "translator",
    "url",
)
"""What may be known about a document, and has a name in every language."""


@dataclass(frozen=True, slots=True)
class KioskWording:
    touch_to_start: str
    welcome_heading: str
    choose_question: str
    more_questions: str
    own_question: str
    write_question: str
    documents_language: str
    document_in: str
    keyboard_label: str
    ask: str
    space: str
    delete: str
    clear: str
    capitals: str
    more_keys: str
    reading_label: str
    controls_label: str
    start_again: str
    larger_text: str
    smaller_text: str
    controls_higher: str
    controls_lower: str
    waiting: str
    please_wait: str
    see_in_document: str
    where_from: str
    take_away: str
    take_away_how: str
    back: str
    back_to_answer: str
    read_on: str
    read_back: str
    next_quote: str
    listen: str
    stop: str
    slower: str
    faster: str
    quieter: str
    louder: str
    related_heading: str
    not_found_help: str
    still_there: str
    starts_anew: str
    stay: str


@dataclass(frozen=True, slots=True)
class ModelWording:
    written_by: str
    written_more: str
    writing: str
    stop: str
    left_out_one: str
    left_out: str
    nothing_left: str
    no_model: str
    broke_off: str
    stopped: str
    receipt: str
    receipt_gone: str


@dataclass(frozen=True, slots=True)
class Wording:
    """One language. `code` is BCP 47's, `details` names what is known about documents."""

    code: str
    language: str
    one_thousand: str
    new_conversation: str
    documents_button: str
    theme_button: str
    conversation_label: str
    document_label: str
    skip_to_question: str
    language_label: str
    needs_javascript: str
    welcome_heading: str
    welcome: str
    suggestions_heading: str
    question_label: str
    question_placeholder: str
    ask_button: str
    waiting: str
    still_waiting: str
    conversation_cleared: str
    no_question: str
    question_too_long: str
    found: str
    doubtful: str
    understood_as: str
    citation_label: str
    page: str
    original: str
    transcription: str
    ocr: str
    translation: str
    translation_by: str
    related_heading: str
    cite_button: str
    copy: str
    copy_one: str
    copied: str
    not_copied: str
    quote_itself: str
    permalink: str
    note: str
    short_note: str
    bibliography: str
    bibtex: str
    ris: str
    csl_json: str
    why_button: str
    why_words: str
    why_no_words: str
    why_dense: str
    why_lexical: str
    why_rank: str
    dense_close: str
    dense_near: str
    dense_loose: str
    dense_far: str
    runners_up: str
    vote_label: str
    vote_up: str
    vote_down: str
    not_found: str
    not_found_more: str
    related_passages: str
    show_in_document: str
    linked: str
    link_incomplete: str
    link_changed: str
    link_changed_more: str
    documents_heading: str
    all_documents: str
    close: str
    search_label: str
    search_button: str
    n_documents: str
    one_document: str
    no_documents: str
    more_documents: str
    n_characters: str
    about_document: str
    document_gone: str
    failed: str
    unreachable: str
    many_ask: str
    details: Mapping[str, str]
    kiosk: KioskWording
    model: ModelWording

    def number(self, n: int) -> str:
        """`n` with the sign that this language writes between thousands."""
        return f"{n:,}".replace(",", self.one_thousand[1:-3])

    def detail(self, name: str) -> str:
        """The name of something known about a document, in words of a sort where it has none."""
        return self.details.get(name) or name.replace("_", " ").capitalize()


Wordings = Mapping[str, Wording]  # by code; the first one is for those of whom nothing is known


def load_wordings(folder: Path = WORDING_FOLDER) -> Wordings:
    """Every language there is, `FIRST` first. Raises SettingError as `load_wording` does."""
    codes = sorted((path.stem for path in folder.glob("*.toml")), key=lambda c: (c != FIRST, c))
    if FIRST not in codes:
        raise SettingError(f"{folder.name} lacks {FIRST}.toml.", "Restore it.")
    return {code: load_wording(folder / f"{code}.toml") for code in codes}


def load_wording(path: Path = WORDING_FOLDER / f"{FIRST}.toml") -> Wording:
    """Raises SettingError, naming the key, unless the file holds exactly the pages' keys."""
    try:
        words: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingError(
            f"{path.name} cannot be read: {error}.", "Mend or restore it."
        ) from error
    names = {field.name for field in fields(Wording)} - {"code"}
    _check(path, words, names, besides=("details", "kiosk", "model"))
    _check(path, words["details"], set(DETAILS), "details.")
    _check(path, words["kiosk"], {field.name for field in fields(KioskWording)}, "kiosk.")
    _check(path, words["model"], {field.name for field in fields(ModelWording)}, "model.")
    tables = {
        "kiosk": KioskWording(**words["kiosk"]),
        "model": ModelWording(**words["model"]),
    }
    return Wording(**{**words, "code": path.stem, **tables})


def preferred(wordings: Wordings, asked: str | None, accepted: str = "") -> Wording:
    """The language `asked` for, else the best of an Accept-Language header, else the first."""
    wishes = [asked or ""] + [code for _, code in sorted(_weighed(accepted), reverse=True)]
    for wish in wishes:
        for code in (wish.lower(), wish.lower().partition("-")[0]):
            if code in wordings:
                return wordings[code]
    return next(iter(wordings.values()))


def _weighed(accepted: str) -> list[tuple[tuple[float, int], str]]:
    """The header's codes with (weight, earlier is more); those of weight 0 are not wanted."""
    found = []
    for place, part in enumerate(accepted[:500].split(",")):
        code, _, weight = part.partition(";q=")
        try:
            found.append(((float(weight or 1), -place), code.strip()))
        except ValueError:
            continue
    return [each for each in found if each[0][0] > 0]


def _check(
    path: Path, words: object, keys: set[str], table: str = "", besides: tuple[str, ...] = ()
) -> None:
    """Exactly the `keys`, each a sentence but for those `besides`, which are checked elsewhere."""
    if not isinstance(words, dict):
        raise SettingError(f"{path.name} has no table [{table[:-1]}].", "Add it.")
    if missing := sorted(keys - words.keys()):
        names = ", ".join(table + name for name in missing)
        raise SettingError(f"{path.name} lacks {names}.", "Add what is missing.")
    if unknown := sorted(words.keys() - keys):
        names = ", ".join(table + name for name in unknown)
        raise SettingError(f"{path.name} has unknown {names}.", "Take it out.")
    for key, sentence in words.items():
        if key not in besides:
            _check_sentence(path, table + key, sentence)


def _check_sentence(path: Path, key: str, sentence: object) -> None:
    if not isinstance(sentence, str) or not sentence.strip():
        raise SettingError(f"{key} in {path.name} is not a sentence.", "Put it in quotes.")
    allowed = _BRACES.get(key, set())
    braces = re.sub(r"\{(\w+)\}", lambda b: "" if b[1] in allowed else b[0], sentence)
    if "{" in braces or "}" in braces:
        names = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "no braces"
        raise SettingError(f"{key} in {path.name} has a wrong brace.", f"It may hold: {names}.")
