"""Numbers and dates of a statement that the cited sentences do not give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import combinations

from answerer.support.amounts import Amount, amounts_of
from answerer.support.figures import UNITS
from answerer.support.text import Word, words_of

_BOTH = frozenset(("both", "either", "neither", "pair", "couple", "twice", "beide", "beiden"))
_PERIODS = frozenset(("day", "week", "month", "year", "decade", "century"))


def uncovered_amounts(
    statement: str, cited: Sequence[str], titles: Sequence[str], before: Sequence[str] = ()
) -> Iterator[str]:
    """The statement's numbers, dates and units that neither the sentences nor the titles give.

    A number of the sentences `before` counts where the cited ones have none of its kind and unit.
    """
    given = [amount for text in cited for amount in amounts_of(text)]
    named = given + [amount for text in titles for amount in amounts_of(text)]
    meant = [amount for text in before for amount in amounts_of(text)]
    both = {word.form for text in cited for word in words_of(text)} & _BOTH
    for amount in amounts_of(statement):
        if amount.values == {2} and not amount.unit and (both or _lists_two(cited, given)):
            continue
        if _is_span_of_years(amount, given) or _counts_its_list(statement, amount):
            continue
        is_counted = any((other.kind, other.unit) == (amount.kind, amount.unit) for other in given)
        around = named if is_counted and amount.unit else named + meant
        if not any(map(partial(_covers, amount=amount, more=[*named, *meant]), around)):
            yield f"{amount.text.strip()} is not in the cited sentences"
    yield from _other_periods(statement, cited)


def _lists_two(cited: Sequence[str], given: Sequence[Amount]) -> bool:
    """Whether the sentences name things without a count: two may be one's own."""
    counts = any(amount.kind == "number" and min(amount.values) < 20 for amount in given)
    return not counts and any(word.form == "and" for text in cited for word in words_of(text))


def _counts_its_list(statement: str, amount: Amount) -> bool:
    """Whether the statement itself names as many: "three states: Uganda, Yemen and Egypt"."""
    _, colon, listed = statement[amount.end :].partition(":")
    if not colon or amount.unit:
        return False
    items = re.split(r",\s*(?:and\s+)?|\s+and\s+", listed)
    return float(len(items)) in amount.values


def _covers(given: Amount, amount: Amount, more: Sequence[Amount]) -> bool:
    if amount.kind == "date":
        return given.kind == "date" and _date_covers(given, amount, more)
    if amount.kind in ("century", "decade"):
        return _period_covers(given, amount)
    if given.kind == "date":
        return given.year in amount.values and not amount.unit
    if given.kind != amount.kind:
        return False
    if {amount.unit, given.unit} == {"%", "part"}:
        return bool(_shares(amount) & _shares(given))
    return bool(amount.values & given.values) and (not amount.unit or amount.unit == given.unit)


def _shares(amount: Amount) -> set[float]:
    whole = 100 if amount.unit == "%" else 1
    return {round(value / whole, 2) for value in amount.values}


def _date_covers(given: Amount, amount: Amount, more: Sequence[Amount]) -> bool:
    if amount.month != given.month or (amount.day and amount.day != given.day):
        return False
    if not amount.year or amount.year == given.year:
        return True
    return given.year is None and any(
        amount.year == other.year or amount.year in other.values for other in more
    )


def _period_covers(given: Amount, amount: Amount) -> bool:
    if amount.kind == given.kind:
        return bool(amount.values & given.values)
    if given.unit or given.kind == "ordinal":
        return False
    lengths = {"century": 100, "decade": 10}
    for period in amount.values:
        first = (period - 1) * 100 if amount.kind == "century" else period
        years = {float(given.year or 0)} if given.kind == "date" else set(given.values)
        if given.kind == "century":  # "the 1600s" is the 17th century
            years = {(value - 1) * 100 for value in given.values}
            if amount.values & years:
                return True
            continue
        if any(year and first <= year < first + lengths[amount.kind] for year in years):
            return True
    return False


def _is_span_of_years(amount: Amount, given: Sequence[Amount]) -> bool:
    """Whether "ten years" lie between two years that are given."""
    length = {"year": 1, "decade": 10, "century": 100}.get(amount.unit)
    if not length:
        return False
    years = {value for other in given for value in other.values if 1000 <= value <= 2100}
    years |= {float(other.year) for other in given if other.year}
    return any(abs(a - b) in {v * length for v in amount.values} for a, b in combinations(years, 2))


def _other_periods(statement: str, cited: Sequence[str]) -> Iterator[str]:
    """Months where the cited sentences say years."""
    theirs = {name for text in cited for name, _ in _bare_periods(text)}
    for name, word in _bare_periods(statement):
        if theirs and name not in theirs:
            yield f"{word.text} are not what the cited sentences say"
            return


def _bare_periods(text: str) -> Iterator[tuple[str, Word]]:
    before = ""
    for word in words_of(text):
        name = UNITS.get(word.form, "")
        if name in _PERIODS and (word.form.endswith("s") or before in ("a", "an")):
            yield name, word
        before = word.form
