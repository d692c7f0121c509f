"""Languages are resources in one room, and nowhere else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import Stemmer

from index.metadata.fields import FIELDS
from language.base import NEUTRAL, Language
from language.lookup import LANGUAGES, language_for

ROOT = Path(__file__).parents[1]
ROOMS = ("index", "retriever", "answerer", "evaluation", "training")

ELSEWHERE = (
    "answerer/citing/",
    "evaluation/report/",
)
"""Citations follow a style book that is English, and what a report says is wording."""

COMMON = {
    word.casefold()
    for language in LANGUAGES
    for word in (
        *language.function_words,
        *language.negations,
        *language.number_words,
        *(form for month in language.months for form in month),
    )
    if len(word) > 1
}
"""Words that are frequent in some language and name nothing in a program."""

FEW = 5
"""Words that make a list; fewer are the particles of a name, or the name of an option."""

_LETTERS = re.compile(r"[^\W\d_]+")


def listed_words(text: str) -> set[str]:
    """Words of a language in a string that is a list of words or a pattern, not a sentence."""
    if "|" in text:  # alternatives of a pattern
        parts = re.split(r"[|()?:\\]+", text)
        return {part.casefold() for part in parts if part.casefold() in COMMON}
    found = _LETTERS.findall(text)
    known = {word.casefold() for word in found} & COMMON
    is_sentence = re.search(r"[.,:;!?—–{}]", text) or len(known) <= len(found) * 2 / 3
    return set() if is_sentence else known


def constants(module: Path) -> Iterator[tuple[int, str]]:
    """The strings of a module with their lines; one-word ones of a collection as one string."""
    nodes = list(ast.walk(ast.parse(module.read_text(encoding="utf-8"))))
    documenting = {node.value for node in nodes if isinstance(node, ast.Expr)}
    formatted = {part for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in nodes:
        if isinstance(node, ast.Set | ast.Tuple | ast.List):
            parts = [p.value for p in node.elts if isinstance(p, ast.Constant)]
            singles = [part for part in parts if isinstance(part, str) and part.isalpha()]
            yield node.lineno, " ".join(singles)
        elif isinstance(node, ast.JoinedStr):
            parts = [p.value for p in node.values if isinstance(p, ast.Constant)]
            yield node.lineno, "{}".join(map(str, parts))
        elif isinstance(node, ast.Constant) and node not in documenting | formatted:
            yield node.lineno, str(node.value)


@pytest.mark.parametrize("room", ROOMS)
def test_words_of_a_language_are_listed_in_its_own_module_alone(room: str) -> None:
    strays = [
        f"{module.relative_to(ROOT)}:{line}: {sorted(known)}"
        for module in sorted((ROOT / room).rglob("*.py"))
        if not module.relative_to(ROOT).as_posix().startswith(ELSEWHERE)
        for line, text in constants(module)
        if len(known := listed_words(text)) >= FEW
    ]
    assert strays == []


@pytest.mark.parametrize(
    "text",
    [
        "a an the of in on at to for by with from",
        r"\b(?:he|she|him|her|his|hers)\b",
        r"(?:Jan(?:uary)?|Feb(?:ruary)?|March|April|May|June)\b\.?",
        "nicht kein keine nie ohne",
    ],
)
def test_a_list_of_words_is_known_as_one(text: str) -> None:
    assert len(listed_words(text)) >= FEW


@pytest.mark.parametrize(
    "text", ["Take it from the project again, or make it anew.", "no sentence is in it", "model"]
)
def test_a_sentence_is_no_list(text: str) -> None:
    assert len(listed_words(text)) < FEW


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_what_is_said_of_a_language_is_whole(language: Language) -> None:
    assert language.stemmer is None or language.stemmer in Stemmer.algorithms()
    assert len(language.months) == 12
    assert all(
        {"{day}", "{month}", "{year}"} <= set(re.findall(r"\{\w+\}", form))
        for form in language.date_forms
    )
    assert language.field_words.keys() <= FIELDS
    patterns = (*language.question_kinds.values(), *language.expressions.values())
    assert all(re.compile(pattern) for pattern in patterns)


def test_a_language_is_found_by_its_code_and_another_is_neutral() -> None:
    assert [language_for(code).code for code in ("de", "de-AT", "EN", "es_MX")] == [
        *("de", "de", "en", "es")
    ]
    assert language_for("tlh") is NEUTRAL
    assert NEUTRAL.stemmer is None
    assert not NEUTRAL.function_words
