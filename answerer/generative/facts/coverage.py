"""Numbers and dates of a statement that the cited sentences do not give, or give something else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, takewhile

from answerer.generative.facts.amounts import Amount, amounts_of
from answerer.generative.facts.figures import ARTICLES, SCALES, UNITS, in_figures
from answerer.generative.facts.words import CONJUNCTIONS, content_stems, listed, words_of

_PAIRS = listed(lambda comparison: comparison.pairs)
_YEARS_IN = {"year": 1, "decade": 10, "century": 100}
_PERIODS = frozenset(("day", "week", "month", *_YEARS_IN))
_N_NOUNS = 4
"""Words behind a number that may say what it counts: about 3 million industrial workers."""
_LONGEST_LIST = 20
"""What a text may name without a count."""


def find_uncovered_amounts(statement: str, cited: str, titles: str, before: str) -> Iterator[str]:
    """The statement's numbers, dates and units that neither the sentences nor the titles give.

    A number of the sentences `before` counts where the cited ones have none of its kind and unit.
    """
    cited_amounts = amounts_of(cited)
    named = cited_amounts + amounts_of(titles)
    meant = named + amounts_of(before)
    for amount in amounts_of(statement):
        is_counted = any(
            (other.kind, other.unit) == (amount.kind, amount.unit) for other in cited_amounts
        )
        around = named if is_counted and amount.unit else meant
        if not (
            any(_covers(other, amount, meant) for other in around)
            or (amount.values == {2} and not amount.unit and _names_two(cited, cited_amounts))
            or _is_between_years(amount, cited_amounts)
        ):
            yield f"{amount.text} is not in the cited sentences"
    theirs, own = set(_bare_units(cited)), set(_bare_units(statement))
    if theirs and own - theirs:
        yield f"{min(own - theirs)} is no unit of the cited sentences"


def find_misplaced_amounts(statement: str, cited: str) -> Iterator[str]:
    """Numbers and dates that stand in the cited sentences with what the statement says of others.

    "Five legions in eight bases" for "eight legions in five bases".
    """
    source = list(_with_belongings(cited))
    for amount, own in _with_belongings(statement):
        like = [(other, theirs) for other, theirs in source if _is_like(other, amount)]
        right = [theirs for other, theirs in like if _is_same(other, amount)]
        if not right or any(not theirs or own & theirs for theirs in right):
            continue
        least = 2 if _is_date(amount) else 1
        if any(len(own & theirs) >= least for _, theirs in like):
            yield f"{amount.text} belongs to something else in the cited sentences"
            return


def _with_belongings(text: str) -> Iterator[tuple[Amount, set[str]]]:
    """Each amount with the stems of what it counts, or of all that may be dated by it."""
    amounts, text = amounts_of(text), in_figures(text)
    ends = [0, *(amount.end for amount in amounts)]
    starts = [*(amount.start for amount in amounts), len(text)]
    for amount, end_before, start_behind in zip(amounts, ends, starts[1:], strict=False):
        behind = text[amount.end : start_behind]
        is_date = _is_date(amount)
        around = text[end_before : amount.start] + behind
        yield amount, content_stems(around) if is_date else _counted(behind)


def _counted(behind: str) -> set[str]:
    """The stems of the words behind a number up to the first that means nothing."""
    words = words_of(behind)[:_N_NOUNS]
    return {word.stem for word in takewhile(lambda word: word.is_content, words)}


def _is_date(amount: Amount) -> bool:
    return amount.kind in ("date", "period") or bool(_years(amount))


def _is_like(one: Amount, other: Amount) -> bool:
    return (one.kind, one.unit, _is_date(one)) == (other.kind, other.unit, _is_date(other))


def _is_same(one: Amount, other: Amount) -> bool:
    return (one.day, one.month, one.years) == (other.day, other.month, other.years) and (
        one.kind in ("date", "period") or bool(one.values & other.values)
    )


def _covers(source: Amount, amount: Amount, others: Sequence[Amount]) -> bool:
    """Whether the first says the second. A date without a year takes it from one of `others`."""
    if amount.kind == "date":
        is_day = source.month == amount.month and amount.day in (None, source.day)
        if source.kind != "date" or not is_day or not amount.year or source.year == amount.year:
            return source.kind == "date" and is_day
        return source.year is None and any(amount.year in _years(other) for other in others)
    if amount.kind == "period":
        years = set(source.years) or _years(source)
        return bool(years) and years <= set(amount.years)
    if source.kind == "date":
        return amount.kind == "number" and not amount.unit and source.year in amount.values
    is_unit = not amount.unit or amount.unit == source.unit
    return source.kind == amount.kind and is_unit and bool(amount.values & source.values)


def _years(amount: Amount) -> set[float]:
    """The years that a date or a plain number may mean."""
    if amount.year:
        return {float(amount.year)}
    return {value for value in amount.values if 1000 <= value <= 2100 and not amount.unit}


def _names_two(cited: str, cited_amounts: Sequence[Amount]) -> bool:
    """Whether the sentences say "both", or name things without a count: two may be one's own."""
    forms = {word.form for word in words_of(cited)}
    counts = any(
        amount.kind == "number" and min(amount.values) < _LONGEST_LIST for amount in cited_amounts
    )
    return bool(forms & _PAIRS or (forms & CONJUNCTIONS and not counts))


def _is_between_years(amount: Amount, cited_amounts: Sequence[Amount]) -> bool:
    """Whether "ten years" lie between two years that are cited."""
    length = _YEARS_IN.get(amount.unit, 0)
    years = sorted({year for other in cited_amounts for year in _years(other)})
    return any((later - year) / length in amount.values for year, later in combinations(years, 2)
               if length)  # fmt: skip


def _bare_units(text: str) -> Iterator[str]:
    """Units of time and scales without a number: "years", "a month", "hundreds"."""
    before = ""
    for word in words_of(text):
        if word.form.endswith("s") or before in ARTICLES:
            unit = UNITS.get(word.form, "")
            yield from [unit] if unit in _PERIODS else []
            yield from [word.form] if word.form[:-1] in SCALES else []
        before = word.form
