"""Abbreviations that a text introduces itself: "Korean Workers Party (KWP)".

After Schwartz & Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical
text" (PSB 2003): one form stands in brackets behind the other, the letters of the short form occur
in order in the long one, and its first letter begins a word there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from language.english import ENGLISH

_BRACKETED = re.compile(r"\(((?:[^()\[\]\n]|\n(?!\n)){2,120})\)")
_SHORT = re.compile(r"(?=.*[A-ZÀ-ÞΑ-ΩА-Я].*[A-ZÀ-ÞΑ-ΩА-Я])[^\W_][\w.&/-]{1,9}$")
"""Two capitals at least: "(again)" and "(1963)" are no abbreviations."""
_OPENINGS = "|".join(ENGLISH.before_abbreviation).replace(" ", r"\s+")
_OPENING = re.compile(rf"^(?:{_OPENINGS})\b[:, ]*", re.IGNORECASE)
_LONGEST_LONG_FORM = 120
"""Characters looked at before the bracket; the paper allows twice the short form's letters + 5."""
_MARKS = " .,;\"'“”‘’"
_LAST_WORD = re.compile(r"[^\s()\[\]]+\s*\Z")
_SMALL_WORD = re.compile(rf"(?:{'|'.join(ENGLISH.joining_words)})\b")
"""No name begins with one: OAPEC is the Organization of Arab Petroleum Exporting Countries."""
_NO_NAME = re.compile(r"[()\[\]:;\"“”]|[.!?]\s")
_ARTICLE = re.compile(rf"^(?:{'|'.join(ENGLISH.articles)})\s+", re.IGNORECASE)


def abbreviations_of(text: str) -> Iterator[tuple[str, str]]:
    """Each (short form, long form) as the text writes them, the first time it does."""
    seen: set[tuple[str, str]] = set()
    for bracket in _BRACKETED.finditer(text):
        before = text[max(0, bracket.start() - _LONGEST_LONG_FORM) : bracket.start()]
        pair = _introduced(before.rpartition("\n\n")[2].rstrip(), bracket[1])
        if pair and pair not in seen:
            seen.add(pair)
            yield pair


def _introduced(before: str, inside: str) -> tuple[str, str] | None:
    """What is introduced by `before` and the bracket behind it, in whichever order."""
    inside = re.split("[,;]", _OPENING.sub("", inside))[0]
    short = inside.strip(_MARKS)
    if _SHORT.match(short):
        long = _long_form(short, before)
        return (short, long) if long else None
    word = _LAST_WORD.search(before)
    short = word[0].strip(_MARKS) if word else ""
    whole = _ARTICLE.sub("", " ".join(inside.split()))
    if _SHORT.match(short) and _long_form(short, whole) == whole:
        return short, whole
    return None


def _long_form(short: str, before: str) -> str | None:
    """The shortest end of `before` that holds the letters of `short` in order."""
    letters = [sign.casefold() for sign in short if sign.isalnum()]
    at = len(before)
    for place, letter in reversed(list(enumerate(letters))):
        at -= 1
        while at >= 0 and not (
            before[at].casefold() == letter and (place or _begins_a_name(before, at))
        ):
            at -= 1
        if at < 0:
            return None
    long = " ".join(before[at:].split())
    if _NO_NAME.search(long):
        return None
    long = _ARTICLE.sub("", long)
    n_words = len(long.split())
    fits = 1 < n_words <= min(len(letters) + 5, 2 * len(letters))
    return long if fits and short.casefold() not in long.casefold().split() else None


def _begins_a_name(text: str, at: int) -> bool:
    return (at == 0 or not text[at - 1].isalnum()) and not _SMALL_WORD.match(text, at)
