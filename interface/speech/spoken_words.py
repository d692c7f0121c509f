"""A text as it is spoken, and back: which words of the text are heard when."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

# A soft hyphen or an invisible joint; a word's two halves at a line's end.
_UNSPOKEN = re.compile(r"[\u00ad\u200b\u2060\ufeff]|(?<=[^\W\d_])-\n+(?=[a-zß-öø-ÿ])")
_MARKUP = frozenset("*_`|\\#")
_JOINERS = frozenset("\u200c\u200d")  # part of the spelling in Persian and Hindi
_IDEOGRAPH = "\u3040-\u30ff\u3400-\u9fff"  # and kana: written without spaces
_WORD = re.compile(rf"[{_IDEOGRAPH}]|[^\s{_IDEOGRAPH}]+")


def spoken(text: str) -> tuple[str, list[int]]:
    """The text without what is not spoken, and where each of its characters stands in `text`.

    Marks of Markdown and line breaks are blanks. So are controls: U+0001 would begin a command to
    espeak-ng.
    """
    unspoken = {at for found in _UNSPOKEN.finditer(text) for at in range(*found.span())}
    origins = [at for at in range(len(text)) if at not in unspoken]
    return "".join(" " if _is_silent(text[at]) else text[at] for at in origins), origins


def _is_silent(character: str) -> bool:
    if character in _MARKUP or character.isspace():
        return True
    return unicodedata.category(character).startswith("C") and character not in _JOINERS


def timed(
    text: str, origins: Sequence[int], reported: Sequence[tuple[float, int]]
) -> list[dict[str, float | int]]:
    """Times of words, from the voice's reports of (seconds, character of the spoken `text`).

    A word that is spoken in pieces ("2.900.000") begins with the first; one that was not reported
    goes with the word before; a report that goes back in the text is none. The first word begins
    with the sound. There must be a word.
    """
    words = [found.span() for found in _WORD.finditer(text)]
    words = [(start, end) for start, end in words if any(map(str.isalnum, text[start:end]))]
    ends = [end for _, end in words]
    begun = [(0.0, 0)]
    for seconds, at in reported:
        number = bisect_right(ends, at)
        if begun[-1][1] < number < len(words):
            begun.append((seconds, number))
    return [
        {
            "start": round(seconds, 3),
            "from": origins[words[number][0]],
            "to": origins[words[following - 1][1] - 1] + 1,
        }
        for (seconds, number), (_, following) in pairwise([*begun, (0.0, len(words))])
    ]
