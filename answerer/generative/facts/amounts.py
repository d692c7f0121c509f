"""Numbers, dates and units of a text in one form.

"three million" is 3,000,000, "July 12th" is 12 July, "the sixth" is the 6th, "per cent" is "%".
A figure that can be read in two ways ("3.000", "4/5/1963") has both readings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from answerer.generative.facts.figures import (
    FIGURE,
    UNITS,
    any_of,
    in_figures,
    is_number_word,
    readings,
)
from answerer.generative.facts.words import listed
from language.lookup import LANGUAGES

Kind = Literal["date", "period", "number"]


@dataclass(frozen=True, slots=True)
class Amount:
    """What a text counts or dates.

    `values`: the ways to read a number; the 6th is 6. `unit`: its plain name ("km", "%"), empty
    where there is none; a fraction is in "%". `years`: those of a period, such as a century.
    `text` is the wording at `start` to `end`, with number words as figures.
    """

    kind: Kind
    values: frozenset[float] = frozenset()
    unit: str = ""
    day: int | None = None
    month: int | None = None
    year: int | None = None
    years: range = range(0)
    text: str = ""
    start: int = 0
    end: int = 0


_MONTHS = {
    form.casefold(): number
    for language in LANGUAGES
    for number, forms in enumerate(language.months, start=1)
    for form in forms
}
_MONTH_NAMES = {forms[0].casefold() for language in LANGUAGES for forms in language.months}
_SMALL_MONTHS = {name for language in LANGUAGES for (name, *_) in language.months if name.islower()}
_MARK = any_of(listed(lambda comparison: comparison.ordinal_marks))
_DAY_MARK = rf"{_MARK}|\."
_MONTH = rf"(?P<month>{any_of(_MONTHS)})\b\.?"
_DAY = rf"(?:0?[1-9]|[12][0-9]|3[01])(?:{_DAY_MARK})?(?![\d.,]*\d)"
_YEAR = r"(?:1[0-9]{3}|20[0-9]{2})(?!\d|,\d)"
_TO = any_of(listed(lambda comparison: comparison.range_words))
_RANGE = rf"\s*(?:[-–—/,]|{_TO})\s*"
_SHARING = re.compile(rf"\s*(?:[-–—]|{_TO})\s*", re.I)
_DAYS = rf"(?P<day>{_DAY})(?:{_RANGE}(?P<day2>{_DAY}))?"
_OF = rf"(?:\s(?!(?:{_TO})\b)[^\W\d_]{{2,3}})?"  # 5 de mayo, May the 13th
_CENTURY = any_of(form for form, unit in UNITS.items() if unit == "century")
_UNIT = rf"(?:{any_of(UNITS)})(?![^\W\d_])"


_Reader = Callable[[re.Match[str]], Iterable[Amount]]


def _dates(match: re.Match[str]) -> Iterator[Amount]:
    fields = match.groupdict()
    month, year = _month(fields["month"]), fields.get("year")
    for written in filter(None, (fields.get("day") or "0", fields.get("day2"))):
        day = int(re.sub(r"\D", "", written))
        if 1 <= month <= 12 and day <= 31:
            in_full = int(year) + 1900 * (len(year) == 2) if year else None
            yield Amount("date", day=day or None, month=month, year=in_full)


def _month(written: str) -> int:
    """The number of the month; 0 for a word in small letters that is no month, such as "may"."""
    if written.isdigit():
        return int(written)
    form = written.casefold()
    return _MONTHS[form] if written[0].isupper() or form in _SMALL_MONTHS else 0


def _either_way(match: re.Match[str]) -> Iterator[Amount]:
    """4/5/1963 is in April or in May."""
    one, two, year = (int(match[place]) for place in (1, 2, 3))
    for day, month in ((one, two), (two, one)):
        if month <= 12 and day <= 31:
            yield Amount("date", day=day, month=month, year=year)


def _bare_months(match: re.Match[str]) -> Iterator[Amount]:
    """Months without a day or a year, written with a capital within a sentence if short."""
    named = match["month"]
    opens = re.search(r"(?:\A|[.!?:]\s+)\Z", match.string[: match.start()])
    is_name = named.casefold() in _MONTH_NAMES and not opens
    if named[0].isupper() and (len(named) > 3 or is_name):
        yield Amount("date", month=_month(named))


def _centuries(match: re.Match[str]) -> Iterator[Amount]:
    for number in filter(None, match.group("first", "second")):
        start = 100 * (int(number) - 1)
        yield Amount("period", years=range(start, start + 100))


def _decades(match: re.Match[str]) -> Iterator[Amount]:
    start = int(match["year"] or f"19{match['short']}")
    yield Amount("period", years=range(start, start + (10 if start % 100 else 100)))


def _year_ranges(match: re.Match[str]) -> Iterator[Amount]:
    first, last = int(match["first"] + match["tail"]), int(match["first"] + match["last"])
    if 1000 <= first < last:
        yield from (Amount("number", frozenset((float(year),))) for year in (first, last))


def _parts(match: re.Match[str]) -> Iterator[Amount]:
    share = 100 * int(match[1]) / max(1, int(match[2]))
    yield Amount("number", frozenset((round(share, 4),)), "%")


def _numbers(match: re.Match[str]) -> Iterator[Amount]:
    values = readings(match["figure"])
    unit = UNITS.get((match["unit"] or match["money"] or "").casefold(), "")
    if unit == "%" and len(match["figure"]) > 4:  # a third is about 33 %
        values |= {round(value, digits) for value in values for digits in (0, 1)}
    if values != {1} or unit:  # "one" alone is an article
        yield Amount("number", values, unit)


_READERS: tuple[tuple[str, _Reader], ...] = (
    # 20 June 1963; 13 and 15 May 1963; 13 May
    (rf"(?<![\w.,]){_DAYS}{_OF}\s*{_MONTH}(?:,?{_OF}\s*(?P<year>{_YEAR}))?", _dates),
    # June 20th, 1963; May 13-15; June 1963
    (rf"\b{_MONTH}{_OF}\s+{_DAYS}(?:,?{_OF}\s+(?P<year>{_YEAR}))?", _dates),
    (rf"\b{_MONTH},?{_OF}\s+(?P<year>{_YEAR})", _dates),
    (r"(?<![\d.])(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)", _dates),
    (r"(?<![\w.])(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.(?:\s?(?P<year>\d{4}|\d\d\b))?", _dates),
    (r"(?<![\d/])(\d\d?)/(\d\d?)/(\d{4})(?!\d)", _either_way),
    (rf"\b{_MONTH}(?!\w)", _bare_months),
    (
        rf"\b(?P<first>\d\d?)(?:{_MARK})?(?:{_RANGE}(?:[^\W\d_]+\s)?(?P<second>\d\d?)"
        rf"(?:{_MARK})?)?[\s-]+(?:{_CENTURY})\b",
        _centuries,
    ),
    (r"\b(?P<year>1\d\d0|20\d0)(?:s|er)\b|['’](?P<short>[1-9]0)s\b", _decades),
    (r"(?<![\d/])(\d)/(\d\d?)(?![\d/])", _parts),
    (r"(?<!\d)(?P<first>\d\d)(?P<tail>\d\d)\s?[–/-]\s?(?P<last>\d\d)(?!\d)", _year_ranges),
    (
        rf"(?:(?P<money>[$€£])\s?|(?<![\w.,]))(?P<figure>{FIGURE})(?:{_MARK})?(?:[\s-]*(?P<unit>{_UNIT}))?",
        _numbers,
    ),
)
_COMPILED = [(re.compile(pattern, re.I), read) for pattern, read in _READERS]


@lru_cache(maxsize=4_000)
def amounts_of(text: str) -> tuple[Amount, ...]:
    """All numbers and dates in order of place, which is one in the text `in_figures`."""
    text = in_figures(text)
    amounts: list[Amount] = []
    for pattern, read in _COMPILED:
        for match in list(pattern.finditer(text)):
            start, end = match.span()
            read_here = [
                replace(amount, text=match.group().strip(), start=start, end=end)
                for amount in read(match)
            ]
            if read_here:  # not to be read again as something else
                amounts += read_here
                text = text[:start] + "\0" * (end - start) + text[end:]
    amounts.sort(key=lambda amount: amount.start)
    for place, (amount, following) in enumerate(pairwise(amounts)):
        is_pair = amount.kind == following.kind == "number" and not amount.unit
        if is_pair and _SHARING.fullmatch(text[amount.end : following.start]):
            amounts[place] = _like(amount, following)
    return tuple(amounts)


def _like(amount: Amount, following: Amount) -> Amount:
    """In "30–60 %" and "3 to 7000", unit and scale are the first figure's too."""
    scales = (1e9, 1e6, 1e3)
    scale = next((s for s in scales if all(value % s == 0 for value in following.values)), 1)
    values = amount.values | {value * scale for value in amount.values if value < 1000}
    return replace(amount, values=values, unit=following.unit)


def is_amount_word(form: str) -> bool:
    """Whether the word is a month, a number or a unit."""
    return form in _MONTHS or form in UNITS or is_number_word(form)
