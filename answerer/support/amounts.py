"""Numbers, dates and units of a text in one form.

"three million" is 3,000,000, "July 12th" is 12 July, "the sixth" is the 6th, "per cent" is "%".
A figure that can be read in two ways ("3.000", "4/5/1963") has both readings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest
from typing import Literal

from answerer.support.figures import (
    FRACTIONS,
    MONTHS,
    ORDINALS,
    SCALES,
    SMALL_NUMBERS,
    TIMES,
    UNITS,
    readings,
    word_value,
)

Kind = Literal["date", "number", "ordinal", "century", "decade"]


@dataclass(frozen=True, slots=True)
class Amount:
    """What a text counts or dates. `values`: the ways to read the figure; a year is a number too.

    `unit` is the unit's plain name ("km", "%"), empty where there is none.
    """

    kind: Kind
    text: str
    start: int
    end: int
    values: frozenset[float] = frozenset()
    unit: str = ""
    day: int | None = None
    month: int | None = None
    year: int | None = None


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_MONTH = rf"(?:{_any(MONTHS)})\b\.?"
_DAY = r"(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th|er|\.|º)?(?![\d.,]*\d)"
_YEAR = r"(?:1[0-9]{3}|20[0-9]{2})(?!\d|,\d)"
_TO = r"\s*(?:-|–|—|/|,|and|to|or|until|through|und|bis|et|au|y|al)\s*"
_SINGLE = _any(SMALL_NUMBERS.keys() - {"a"})
_SCALE = rf"(?:{_any(SCALES)})\b\.?"
_FIGURE = r"\d+(?:[.,'’\u00a0\u202f ]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_CARDINAL = (
    rf"(?:a\s+)?(?:hundred|thousand|million|billion|dozen)\b(?!s)|"
    rf"(?:{_SINGLE})\b(?:[\s-]+(?:and\s+)?(?:{_SINGLE}|{_SCALE})\b)*"
)
_UNIT = rf"(?:{_any(UNITS)})(?![^\W\d_])"

_DATES = (
    # 20 June 1963; 13 and 15 May 1963; 13 May
    re.compile(rf"(?<![\w.,])(?P<day>{_DAY})(?:{_TO}(?P<day2>{_DAY}))?\s*(?:of\s+|de\s+)?"
               rf"(?P<month>{_MONTH})(?:,?\s*(?:de\s+)?(?P<year>{_YEAR}))?", re.I),
    # June 20th, 1963; May 13-15
    re.compile(rf"\b(?P<month>{_MONTH})\s+(?:the\s+)?(?P<day>{_DAY})(?:{_TO}(?P<day2>{_DAY}))?"
               rf"(?:,?\s+(?:of\s+)?(?P<year>{_YEAR}))?", re.I),
    re.compile(rf"\b(?P<month>{_MONTH})(?:,?\s+(?:of\s+|de\s+)?(?P<year>{_YEAR}))", re.I),
    re.compile(r"(?<![\d.])(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)"),
    re.compile(r"(?<![\w.])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?:\s?(?P<year>\d{4}|\d{2}\b))?"),
    re.compile(r"(?<![\d/])(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})(?!\d)"),
    re.compile(r"(?<![\d/])(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})(?!\d)"),
)  # fmt: skip
_OTHER_WORDS_TOO = ("may", "march", "mar", "sept", "dec", "jan")
"""Months only where they are written with a capital."""

_BARE_MONTH = re.compile(rf"\b(?P<month>{_MONTH})(?!\w)", re.I)
_MAY_BEFORE = re.compile(
    r"\b(?:in|of|during|since|until|till|by|from|between|and|to|or|early|mid|late|last|next|this|"
    r"that|every|each|before|after|im|en|mai|through)[\s-]+\Z", re.I
)  # fmt: skip
_CENTURY = re.compile(
    rf"\b(?P<first>\d{{1,2}}(?:st|nd|rd|th)?|{_any(ORDINALS)})"
    rf"(?:(?:{_TO})(?:the\s+)?(?P<second>\d{{1,2}}(?:st|nd|rd|th)?|{_any(ORDINALS)}))?[\s-]+"
    r"(?:century|centuries)\b", re.I
)  # fmt: skip
_FOLD = re.compile(rf"\b(?P<count>\d+|{_SINGLE})-?fold\b|\b(?P<verb>{_any(TIMES)})\b", re.I)
_DECADE = re.compile(r"\b(?P<year>1[0-9]{2}0|20[0-9]0)(?:s|er)\b|['’](?P<short>[1-9]0)s\b")
_ORDINAL = re.compile(rf"\b(?:(?P<figure>\d+)(?:st|nd|rd|th)|(?P<word>{_any(ORDINALS)}))\b", re.I)
_FRACTION = re.compile(
    rf"\b(?:(?P<count>one|two|three|four|five|an|a|\d)[\s-]+)?(?P<part>{_any(FRACTIONS)})\b"
    rf"(?:[\s-]+(?:an?\s+)?(?P<scale>{_SCALE}))?"
    r"|(?<![\d/])(?P<over>\d)/(?P<under>\d{1,2})(?![\d/])", re.I
)  # fmt: skip
_RANGE_OF_YEARS = re.compile(r"(?<!\d)(?P<from>\d{2})(?P<tail>\d{2})\s?[–/-]\s?(?P<to>\d{2})(?!\d)")
_MONEY = re.compile(r"[$€£¥]\s?\Z")
_NUMBER = re.compile(
    rf"(?<![\w.,])(?P<figure>{_FIGURE})(?:[\s-]*(?P<scale>{_SCALE}))?(?:[\s-]*(?P<unit>{_UNIT}))?"
    rf"|\b(?P<words>{_CARDINAL})(?:[\s-]+(?P<unit2>{_UNIT}))?", re.I
)  # fmt: skip
_SHARES_UNIT = re.compile(r"\s*(?:-|–|—|to|and|or|bis|und|à|et)\s*\Z", re.I)


@lru_cache(maxsize=4_000)
def amounts_of(text: str) -> tuple[Amount, ...]:
    """All numbers and dates in order of place; "one" alone is an article, not a number."""
    found: list[Amount] = []
    rest = text
    for reader in (
        _folds,
        _dates,
        _centuries,
        _decades,
        _fractions,
        _year_ranges,
        _ordinals,
        _numbers,
    ):
        new = list(reader(rest))
        found += new
        rest = _without(rest, new)
    return tuple(_sharing_units(text, sorted(found, key=lambda amount: amount.start)))


def _without(text: str, amounts: list[Amount]) -> str:
    for amount in amounts:
        blank = "\0" * (amount.end - amount.start)
        text = text[: amount.start] + blank + text[amount.end :]
    return text


def _folds(text: str) -> Iterator[Amount]:
    """So many times: "sevenfold", "twice", "doubled"."""
    for match in _FOLD.finditer(text):
        word = (match["count"] or match["verb"]).casefold()
        value = _small(word) or word_value(word) or TIMES.get(word)
        if value:
            yield Amount(
                "number", match.group(), *match.span(), frozenset((float(value),)), "times"
            )


def _dates(text: str) -> Iterator[Amount]:
    for number, pattern in enumerate(_DATES):
        found = []
        for match in pattern.finditer(text):
            fields = match.groupdict()
            month = MONTHS.get(fields["month"].casefold().rstrip("."), 0) or _small(fields["month"])
            if not 1 <= month <= 12 or (not match["month"][0].isdigit() and _is_modal(match)):
                continue
            year = _year(fields.get("year"))
            for day in ("day", "day2"):
                if day == "day" or fields.get(day):
                    n = _small(fields.get(day))
                    if n > 31:
                        continue
                    found.append(Amount("date", match.group(), *match.span(), frozenset(),
                                        "", n or None, month, year))  # fmt: skip
        yield from found
        if number != 5:  # day/month and month/day are two readings of one place
            text = _without(text, found)
    for match in _BARE_MONTH.finditer(text):
        month = MONTHS.get(match["month"].casefold().rstrip("."), 0)
        named = match["month"].rstrip(".")
        is_may = named == "May" and _MAY_BEFORE.search(text[: match.start()]) is not None
        if month and named[0].isupper() and (len(named) > 3 or is_may):
            yield Amount("date", match.group(), *match.span(), month=month)


def _is_modal(match: re.Match[str]) -> bool:
    """Whether "may", "march" … is no month here."""
    word = match["month"].rstrip(".")
    return not word[0].isupper() and word.casefold() in _OTHER_WORDS_TOO


def _year(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) + (1900 if len(text) == 2 else 0)


def _small(text: str | None) -> int:
    digits = re.match(r"\d+", text or "")
    return int(digits.group()) if digits else 0


def _ordinal(text: str) -> float:
    return float(_small(text) or ORDINALS.get(text.casefold(), 0))


def _centuries(text: str) -> Iterator[Amount]:
    for match in _CENTURY.finditer(text):
        for group in ("first", "second"):
            if match[group]:
                values = frozenset((_ordinal(match[group]),))
                yield Amount("century", match.group(), *match.span(), values)


def _decades(text: str) -> Iterator[Amount]:
    for match in _DECADE.finditer(text):
        year = int(match["year"] or f"19{match['short']}")
        yield Amount("decade", match.group(), *match.span(), frozenset((float(year),)))


def _fractions(text: str) -> Iterator[Amount]:
    for match in _FRACTION.finditer(text):
        if match["over"]:
            value = int(match["over"]) / max(int(match["under"]), 1)
        else:
            part = match["part"].casefold()
            count = (match["count"] or "").casefold()
            if not count and part not in ("half", "halves", "hälfte", "moitié", "mitad"):
                continue  # "third" alone is an ordinal
            value = FRACTIONS[part] * (word_value(count) or _small(count) or 1)
        scale = SCALES.get((match["scale"] or "").casefold())
        values = frozenset((round(value * (scale or 1), 4),))
        yield Amount("number", match.group(), *match.span(), values, "" if scale else "part")


def _year_ranges(text: str) -> Iterator[Amount]:
    for match in _RANGE_OF_YEARS.finditer(text):
        first = int(match["from"] + match["tail"])
        last = int(match["from"] + match["to"])
        if 1000 <= first < last:
            for year in (first, last):
                yield Amount("number", match.group(), *match.span(), frozenset((float(year),)))


def _numbers(text: str) -> Iterator[Amount]:
    for match in _NUMBER.finditer(text):
        if match["figure"]:
            values = readings(match["figure"])
            scale = SCALES.get((match["scale"] or "").casefold().rstrip("."), 1)
            values = frozenset(round(value * scale, 4) for value in values)
            unit = match["unit"]
        else:
            value = word_value(match["words"])
            unit = match["unit2"]
            if value is None or (value == 1 and not unit):
                continue
            values = frozenset((float(value),))
        name = UNITS.get((unit or "").casefold(), "")
        if not name and _MONEY.search(text[: match.start()]):
            name = text[: match.start()].rstrip()[-1]
        yield Amount("number", match.group(), *match.span(), values, name)


def _ordinals(text: str) -> Iterator[Amount]:
    for match in _ORDINAL.finditer(text):
        value = float(match["figure"] or ORDINALS[match["word"].casefold()])
        if value > 1 or match["figure"]:  # "first" is a direction, not a count
            yield Amount("ordinal", match.group(), *match.span(), frozenset((value,)))


def _sharing_units(text: str, amounts: list[Amount]) -> Iterator[Amount]:
    """In "30–60 %" and "three to seven thousand", unit and scale are the first figure's too."""
    for amount, following in zip_longest(amounts, amounts[1:]):
        shares = (
            following is not None
            and amount.kind == following.kind == "number"
            and _SHARES_UNIT.fullmatch(text[amount.end : following.start])
        )
        if shares and not amount.unit:
            scale = _scale_of(following.text)
            values = amount.values | {value * scale for value in amount.values if value < 1000}
            yield replace(amount, values=values, unit=following.unit)
        else:
            yield amount


def _scale_of(text: str) -> float:
    scales = [SCALES[word] for word in re.findall(r"[^\W\d_]+", text.casefold()) if word in SCALES]
    return scales[0] if scales else 1
