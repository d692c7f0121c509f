"""Numbers and dates that belong to something else: eight legions in five bases, not the reverse."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from answerer.support.amounts import Amount, amounts_of
from answerer.support.meaning import held
from answerer.support.text import PREPOSITIONS, Word, words_of

_RANGE = re.compile(r"\s*(?:-|–|—|to|and|or)\s*")
_MONEY = ("$", "€", "£", "%")
_ENDS = (*".;:", "and", "but", "when", "while")
_N_BETWEEN = 4
"""Words from a name to its date: "Willard died in 1804"."""

_N_NOUNS = 3
"""Words behind a number that may say what it counts: "about 3 million industrial workers"."""


def mismatched_amounts(statement: str, cited: Sequence[str]) -> Iterator[str]:
    """Numbers that stand with the words of another number of the cited sentences."""
    given = [
        (text, other, _belongings(text, other)) for text in cited for other in amounts_of(text)
    ]
    for amount in amounts_of(statement):
        own = _belongings(statement, amount)
        like = [each for each in given if _is_like(amount, each[1])]
        same = [each for each in like if _is_same(amount, each[1])]
        right = {stem for _, _, theirs in same for stem in theirs}
        right_names = {name for text, other, _ in same for name in _place_names(text, other)}
        if not same or _is_in_a_name(statement, amount):
            continue
        nearest = _nearest(statement, amount) if _is_date(amount) else set()
        who = _who(statement, amount) if _is_date(amount) else set()
        for given_text, other, theirs in like:
            if _is_same(amount, other):
                continue
            names = (
                _place_names(statement, amount),
                right_names,
                _place_names(given_text, other),
            )
            is_else = bool(who) and not who & right and who <= theirs and bool(right)
            if is_else or (names[0] & names[2] and names[1] and not names[0] & names[1]):
                yield f"{amount.text.strip()} belongs to something else in the cited sentences"
                return
            wrong = {stem for stem in own & theirs if not held(stem, right)}
            if not right or nearest & right - theirs:
                continue
            fit = {stem for stem in own & right if not held(stem, theirs)}
            if len(wrong) > 2 * len(fit) and len(wrong) >= (2 if _is_date(amount) else 1):
                yield f"{amount.text.strip()} belongs to something else in the cited sentences"
                return


def _is_in_a_name(text: str, amount: Amount) -> bool:
    """Whether the number is a word of a name: the Six Nations."""
    return (
        amount.start > 0
        and amount.text[0].isupper()
        and text[amount.end : amount.end + 2].istitle()
    )


def _is_like(one: Amount, other: Amount) -> bool:
    return one.kind == other.kind and one.unit == other.unit


def _is_same(one: Amount, other: Amount) -> bool:
    if one.kind == "date":
        return one.month == other.month and (not one.day or one.day == other.day)
    return bool(one.values & other.values)


def _is_date(amount: Amount) -> bool:
    """Whether it says when; a plain number that may be a year does."""
    year = any(1000 <= value <= 2100 and value == int(value) for value in amount.values)
    return amount.kind in ("date", "century", "decade") or (
        year and not amount.unit and amount.text.strip().isdigit()
    )


def _belongings(text: str, amount: Amount) -> set[str]:
    """The stems of what a number counts or a date dates."""
    words = words_of(text)
    if not _is_date(amount):
        end = _range_end(text, amount)
        behind = [word for word in words if word.start >= end]
        if amount.unit in _MONEY and behind and behind[0].form in ("in", "for", "of"):
            behind = behind[1:]
        return _counted(behind)
    behind = [word for word in words if word.start >= amount.end]
    if behind and behind[0].is_content and amount.kind == "number":  # the 1979 referendum
        return _counted(behind)
    dates = [other for other in amounts_of(text) if _is_date(other)]
    first = max((other.end for other in dates if other.end <= amount.start), default=0)
    last = min((other.start for other in dates if other.start >= amount.end), default=len(text))
    before = [word for word in words if first <= word.start < amount.start]
    behind = [word for word in words if amount.end <= word.start < last]
    told, untold = _told(reversed(before)), _told(behind)
    near = [word.form for word in behind[:2]]
    ends = bool(near) and near[0 if near[0] != "," else -1] in _ENDS
    return (untold or told) if _opens(before) and not ends else (told or untold)


def _place_names(text: str, amount: Amount) -> set[str]:
    """The names that a number stands for: 100,000 people in Sweden."""
    behind = [word for word in words_of(text) if word.start >= _range_end(text, amount)][:6]
    for place, word in enumerate(behind):
        if word.is_number or not word.stem:
            return set()
        if word.form in ("in", "for"):
            return {name.stem for name in behind[place + 1 : place + 3] if name.is_capital}
    return set()


def _nearest(text: str, amount: Amount) -> set[str]:
    """The two weighty words before a date."""
    before = [word for word in words_of(text) if word.start < amount.start and word.is_weighty]
    return {word.stem for word in before[-2:]}


def _who(text: str, amount: Amount) -> set[str]:
    """The stems of the last name before a date, in its clause."""
    before = [word for word in words_of(text) if word.start < amount.start]
    clause = [word for word in before if word.clause == before[-1].clause]
    last = next((i for i in reversed(range(len(clause))) if clause[i].is_capital), None)
    if last is None or len(clause) - last > _N_BETWEEN:
        return set()
    first = last
    while first and clause[first - 1].is_capital:
        first -= 1
    articles = ("the", "a", "an")
    ahead = [word.form for word in clause[max(0, first - 2) : first] if word.form not in articles]
    if ahead and ahead[-1] in PREPOSITIONS:
        return set()
    return {word.stem for word in clause[first : last + 1] if word.is_content}


def _opens(before: Sequence[Word]) -> bool:
    """Whether a date stands at the head of its clause: "in 1936 it …", "by May 1963, he …"."""
    near = [word.text for word in before[-3:]]
    return len(before) < 3 or any(text in ",;:)]" for text in near) or near[-2] in ("and", "but")


def _range_end(text: str, amount: Amount) -> int:
    """Where the range ends that the number begins: "75,000 to 100,000"."""
    behind = next((other for other in amounts_of(text) if other.start >= amount.end), None)
    if behind and _RANGE.fullmatch(text[amount.end : behind.start]):
        return behind.end
    return amount.end


def _counted(behind: Sequence[Word]) -> set[str]:
    found: set[str] = set()
    for word in behind:
        if word.is_number or len(found) == _N_NOUNS or word.text in ",;.()[]":
            break
        if word.is_content and not word.form.endswith("ed"):
            found.add(word.stem)
        elif word.form not in ("of", "the", "-"):
            break
    return found


def _told(words: Iterable[Word]) -> set[str]:
    """Stems from here to the end of the sentence."""
    found: set[str] = set()
    sentence: int | None = None
    for word in words:
        sentence = word.sentence if sentence is None else sentence
        if word.sentence != sentence:
            break
        if word.is_weighty:
            found.add(word.stem)
    return found
