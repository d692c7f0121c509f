"""Abbreviations that a text introduces itself: "Korean Workers Party (KWP)".

After Schwartz & Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical
text" (PSB 2003): the short form stands in brackets behind the long one, its letters occur there in
order, and its first letter begins a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_BRACKETED = re.compile(r"\(([^()\[\]\n]{2,40})\)")
_SHORT = re.compile(r"(?=.*[A-ZÀ-ÞΑ-ΩА-Я].*[A-ZÀ-ÞΑ-ΩА-Я])[^\W_][\w.&/-]{1,9}$")
"""Two capitals at least: "(again)" and "(1963)" are no abbreviations."""
_LONGEST_LONG_FORM = 120
"""Characters looked at before the bracket; the paper allows twice the short form's letters + 5."""
_NO_NAME = re.compile(r"[()\[\]:;\"“”]|[.!?]\s")
_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)


def abbreviations_of(text: str) -> Iterator[tuple[str, str]]:
    """Each (short form, long form) as the text writes them, the first time it does."""
    seen: set[tuple[str, str]] = set()
    for bracket in _BRACKETED.finditer(text):
        short = bracket[1].strip(" .,;\"'“”")
        if not _SHORT.match(short):
            continue
        before = text[max(0, bracket.start() - _LONGEST_LONG_FORM) : bracket.start()]
        before = before.rpartition("\n\n")[2].rstrip()
        long = _long_form(short, before)
        if long and (short, long) not in seen:
            seen.add((short, long))
            yield short, long


def _long_form(short: str, before: str) -> str | None:
    """The shortest end of `before` that holds the letters of `short` in order."""
    letters = [sign.casefold() for sign in short if sign.isalnum()]
    at = len(before)
    for place, letter in reversed(list(enumerate(letters))):
        at -= 1
        while at >= 0 and not (
            before[at].casefold() == letter and (place or at == 0 or not before[at - 1].isalnum())
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
