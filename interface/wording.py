"""The page's own words, from `wording.toml`; one that is missing or ill-formed stops the start."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from errors import SettingError

WORDING_FILE = Path(__file__).with_name("wording.toml")

# The braces that a sentence may hold; all others hold none.
_BRACES = {
    "citation_label": {"number"},
    "page": {"label"},
    "translation_by": {"translator"},
    "copy_one": {"name"},
    "why_dense": {"how", "score"},
    "why_lexical": {"score"},
    "why_rank": {"rank", "n"},
    "n_documents": {"n"},
    "n_characters": {"n"},
}


@dataclass(frozen=True, slots=True)
class Wording:
    new_conversation: str
    documents_button: str
    theme_button: str
    conversation_label: str
    document_label: str
    skip_to_question: str
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
    found: str
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


def load_wording(path: Path = WORDING_FILE) -> Wording:
    """Raises SettingError, naming the key, unless the file holds exactly the page's keys."""
    try:
        words = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingError(
            f"{path.name} cannot be read: {error}.", "Mend or restore it."
        ) from error
    keys = {field.name for field in fields(Wording)}
    if missing := sorted(keys - words.keys()):
        raise SettingError(f"{path.name} lacks {', '.join(missing)}.", "Add what is missing.")
    if unknown := sorted(words.keys() - keys):
        raise SettingError(f"{path.name} has unknown {', '.join(unknown)}.", "Take it out.")
    for key, sentence in words.items():
        _check(path, key, sentence)
    return Wording(**words)


def _check(path: Path, key: str, sentence: object) -> None:
    if not isinstance(sentence, str) or not sentence.strip():
        raise SettingError(f"{key} in {path.name} is not a sentence.", "Put it in quotes.")
    allowed = _BRACES.get(key, set())
    braces = re.sub(r"\{(\w+)\}", lambda b: "" if b[1] in allowed else b[0], sentence)
    if "{" in braces or "}" in braces:
        names = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "no braces"
        raise SettingError(f"{key} in {path.name} has a wrong brace.", f"It may hold: {names}.")
