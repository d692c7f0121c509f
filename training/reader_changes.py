"""Changes to questions and passages: what a scan, a hurried visitor or a wrong premise does."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from datatypes import Query
from evaluation.noise import SCANNED_AS, mistyped
from evaluation.question import Question
from language.english import ENGLISH
from retriever.lexical import FUNCTION_WORDS

Edit = tuple[int, int, str]
"""Characters `start` to `end` become the text."""

_FIGURES = (
    (re.compile(r"\b1[0-9]{3}\b|\b20[0-2][0-9]\b"), (-40, -12, -3, -1, 1, 2, 7, 25)),
    (re.compile(r"\b[0-9]{1,3}\b"), (1, 2, 5, 13)),
)
"""Years and other numbers, and by how much they are changed."""

_NAME = re.compile(r"(?<=\s)(?:[A-Z][\w'’.-]+)(?:\s(?:(?:of|the|de|von)\s)?[A-Z][\w'’.-]+)*")
_AUXILIARY = re.compile(rf"\b({'|'.join(ENGLISH.auxiliaries)})\b(?! {ENGLISH.denial}\b)")
_TOKENISED = (
    (re.compile(r" (?=[,.;:!?%)\]])"), ""),
    (re.compile(r" (?=(?:'s|n't|'re|'ve|'ll|'d)\b)"), ""),
    (re.compile(r"(?<=[(\[$]) "), ""),
    (re.compile(r"`` ?"), '"'),
    (re.compile(r" ?''"), '"'),
    (re.compile(r"(?<= )--(?= )"), "–"),
)
_INSERTIONS = (
    "[sic]", "[illegible]", "[page 12]", "[p. 3]", "[2 lines not declassified]", "[ 7 ]",
    "[handwritten:]", "[stamp]", "[Footnote 4]",
)  # fmt: skip


def edited(text: str, edits: Sequence[Edit]) -> tuple[str, Callable[[int], int]]:
    """The changed text, and where a position of the old text lies in it. Edits do not overlap."""
    ordered = sorted(edits)
    parts: list[str] = []
    before = 0
    for start, end, new in ordered:
        parts += [text[before:start], new]
        before = end
    parts.append(text[before:])

    def moved(position: int) -> int:
        shift = 0
        for start, end, new in ordered:
            if position < end or (position == start == end):
                if position > start:
                    return start + shift + min(position - start, len(new))
                break
            shift += len(new) - (end - start)
        return position + shift

    return "".join(parts), moved


def detokenised(text: str) -> tuple[str, Callable[[int], int]]:
    """The text without the spaces of "in 1981 ) , the", and with plain quotation marks."""
    edits: list[Edit] = []
    taken: set[int] = set()
    for pattern, new in _TOKENISED:
        for match in pattern.finditer(text):
            where = range(match.start(), match.end())
            if taken.isdisjoint(where):
                taken.update(where)
                edits.append((match.start(), match.end(), new))
    return edited(text, edits)


def changed(question: str, other: str, passage: str, dice: random.Random) -> str | None:
    """The question with another year, number or name (of the question `other`), or denied.

    None where nothing in it can be changed so that the passage no longer answers it.
    """
    ways = [_other_figure, _other_name, _denied]
    dice.shuffle(ways)
    for way in ways:
        new: str | None = way(question, other, dice)
        if new and new != question:
            return new if way is _denied or not _same_words(new, question, passage) else None
    return None


def _same_words(new: str, old: str, passage: str) -> bool:
    """Whether the passage has all that the change brought in."""
    brought = set(new.lower().split()) - set(old.lower().split())
    text = passage.lower()
    return all(word.strip("?,.'\"") in text for word in brought)


def _other_figure(question: str, other: str, dice: random.Random) -> str | None:
    for pattern, steps in _FIGURES:
        if match := pattern.search(question):
            number = int(match.group()) + dice.choice(steps)
            return f"{question[: match.start()]}{number}{question[match.end() :]}"
    return None


def _other_name(question: str, other: str, dice: random.Random) -> str | None:
    names = list(_NAME.finditer(question))
    others: list[str] = [name for name in _NAME.findall(other) if name not in question]
    if not names or not others:
        return None
    match = dice.choice(names)
    return question[: match.start()] + dice.choice(others) + question[match.end() :]


def _denied(question: str, other: str, dice: random.Random) -> str | None:
    match = _AUXILIARY.search(question)
    if not match or dice.random() < 0.5:
        return None
    return f"{question[: match.end()]} {ENGLISH.denial}{question[match.end() :]}"


def asked_hastily(question: str, dice: random.Random) -> str:
    """As typed into a search box: small letters, no mark, slips of the finger, or key words."""
    chance = dice.random()
    if chance < 0.12:
        question = question.lower().rstrip(" ?")
    elif chance < 0.18:
        words = [word.strip("?,.\"'") for word in question.split()]
        keys = [word for word in words if word.lower() not in FUNCTION_WORDS]
        if len(keys) >= 2:
            question = " ".join(keys)
    if dice.random() < 0.12:
        typed = mistyped(Question(Query(str(dice.random()), question), answerable=True))
        question = typed.query.text
    return question


def scanned(
    text: str, spare: Sequence[tuple[int, int]], dice: random.Random
) -> tuple[str, Callable[[int], int]]:
    """The passage as a poor scan has it. The characters of `spare` stay as they are."""
    edits: list[Edit] = []
    rate = dice.choice((0.004, 0.01, 0.025))
    for place, sign in enumerate(text):
        if sign in SCANNED_AS and dice.random() < rate:
            edits.append((place, place + 1, dice.choice(SCANNED_AS[sign])))
    return edited(text, _sparing(edits, spare))


def annotated(
    text: str, spare: Sequence[tuple[int, int]], dice: random.Random
) -> tuple[str, Callable[[int], int]]:
    """The passage with an editor's brackets between its words."""
    spaces = [place for place, sign in enumerate(text) if sign == " "]
    chosen = dice.sample(spaces, min(len(spaces), dice.randint(1, 3)))
    edits = [(place, place, f" {dice.choice(_INSERTIONS)}") for place in chosen]
    return edited(text, _sparing(edits, spare))


def _sparing(edits: Sequence[Edit], spare: Sequence[tuple[int, int]]) -> list[Edit]:
    return [
        edit for edit in edits if not any(start < edit[1] and edit[0] < end for start, end in spare)
    ]
