"""Number words as figures: "two million" is 2000000, "the sixth" is the 6th, "a third" 33.3333%."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterable
from functools import lru_cache

from answerer.generative.facts.words import CONJUNCTIONS, listed
from language.lookup import LANGUAGES


def any_of(words: Iterable[str]) -> str:
    """A pattern of any of the words, the longest first."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_NUMBERS = ChainMap(*(dict(language.number_words) for language in LANGUAGES))
_ORDINALS = ChainMap(*(dict(language.ordinals) for language in LANGUAGES))
SCALES = ChainMap(*(dict(language.comparison.scales) for language in LANGUAGES))
_FRACTIONS = ChainMap(*(dict(language.comparison.fractions) for language in LANGUAGES))
_MULTIPLES = ChainMap(*(dict(language.comparison.multiples) for language in LANGUAGES))
_SYMBOLS = {"×": "times", "km²": "km2", "m³": "m3", "t": "ton", "h": "hour", "°c": "°C", "°f": "°F"}
UNITS = _SYMBOLS | {
    form: unit
    for language in LANGUAGES
    for unit, forms in language.units.items()
    for form in (unit.casefold(), *forms)
}

ARTICLES = listed(lambda comparison: comparison.one)
FIGURE = r"\d+(?:[.,'’\u00a0\u202f ]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_GROUPED = re.compile(r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+")
_ORDINAL_SIGN = "th"
_SCALE = rf"(?:{any_of(SCALES)})\b"
_TENS = any_of(word for word, value in _NUMBERS.items() if value in range(20, 100, 10))
_COUNTING = _NUMBERS | _ORDINALS
_ONES = any_of(word for word, value in _COUNTING.items() if value < 10)
_SMALL = rf"(?:(?:{_TENS})[\s-]+(?:{_ONES})|{any_of(_COUNTING)})\b"
_AND = rf"\s(?:{any_of(CONJUNCTIONS)})"
_NUMBER_WORDS = re.compile(
    rf"(?<![\w.,])(?:(?:(?:{FIGURE}|{_SMALL})[\s-]+)?{_SCALE}"
    rf"(?:[\s-]+{_SCALE}|(?:{_AND})?[\s-]+{_SMALL})*|{_SMALL})", re.I
)  # fmt: skip
_ONE = any_of(ARTICLES)
_FRACTION = re.compile(
    rf"\b(?:(?P<count>\d|{any_of(_NUMBERS)}|{_ONE})[\s-]+)?(?P<part>{any_of(_FRACTIONS)})\b"
    rf"(?:[\s-]+(?:(?:{_ONE})\s+)?(?P<scale>{_SCALE}))?", re.I
)  # fmt: skip
_LONG_UNIT = re.compile(rf"\b(?:{any_of(form for form in UNITS if ' ' in form)})\b", re.I)
_MULTIPLE = re.compile(rf"\b(?:{any_of(_MULTIPLES)})\b", re.I)


@lru_cache(maxsize=4_000)
def in_figures(text: str) -> str:
    """The text with its number words as figures: "2 million" is 2000000, "a third" is 33.3333%."""
    text = _LONG_UNIT.sub(lambda match: UNITS[match.group().casefold()], text)
    text = _FRACTION.sub(_fraction, text)
    text = _MULTIPLE.sub(lambda match: f"{_MULTIPLES[match.group().casefold()]} ×", text)
    return _NUMBER_WORDS.sub(_figure, text)


def _fraction(match: re.Match[str]) -> str:
    part, count = _FRACTIONS[match["part"].casefold()], (match["count"] or "").casefold()
    if not count and part != 1 / 2:  # "third" alone is an ordinal
        return match.group()
    value = part * (float(count) if count.isdigit() else _NUMBERS.get(count, 1))
    if match["scale"]:
        return f"{value * SCALES[match['scale'].casefold()]:.15g}"
    return f"{100 * value:.6g}%"


def _figure(match: re.Match[str]) -> str:
    total = current = 0.0
    is_ordinal = False
    for word in re.findall(rf"{FIGURE}|[^\W\d_]+", match.group().casefold()):
        if word in SCALES:
            current = (current or 1) * SCALES[word]
            if SCALES[word] > 100:
                total, current = total + current, 0.0
        elif word[0].isdigit():
            current += min(readings(word))
        else:
            current += _COUNTING.get(word, 0)
            is_ordinal = word in _ORDINALS
    return f"{total + current:.15g}" + (_ORDINAL_SIGN if is_ordinal else "")


def readings(figure: str) -> frozenset[float]:
    """The numbers that a figure may mean: "1.4" one, "3.000" and "1,204" two each."""
    digits = re.sub(r"\D", "", figure)
    marks = [sign for sign in figure if not sign.isdigit()]
    if not marks:
        return frozenset((float(digits),))
    n_behind = len(figure) - 1 - figure.rindex(marks[-1])
    decimal = float(f"{digits[:-n_behind]}.{digits[-n_behind:]}")
    if not _GROUPED.fullmatch(figure):
        return frozenset((decimal,))
    is_either = len(marks) == 1 and marks[0] in ".,"
    return frozenset((float(digits), decimal) if is_either else (float(digits),))


def is_number_word(form: str) -> bool:
    return form in _COUNTING or form in SCALES
