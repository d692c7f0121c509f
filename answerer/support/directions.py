"""Directions turned round: rise and fall, before and after, north and south, first and last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from answerer.support.cues import DIRECTIONS
from answerer.support.meaning import held, opposite
from answerer.support.polarity import denied_places
from answerer.support.text import Word, words_of

_MULTIPLIED = frozenset(("as", "more", "larger", "higher", "greater", "what"))
_RELATING = frozenset(
    (
        *("before", "after", "prior", "following", "preceded", "precedes", "followed", "follows"),
        *("above", "below", "over", "under", "until", "since", "earlier", "later"),
    )
)


def turned_directions(statement: str, cited: Sequence[str]) -> Iterator[str]:
    """Words of direction whose opposite the cited sentences say of the same thing."""
    said = words_of(statement)
    given = [words_of(text) for text in cited]
    for at, word in enumerate(said):
        if (word.is_capital and at) or _strengthens(said, at):  # North Korea, Lower Rhine
            continue
        for axis, points in _ways().get(word.form, ()):
            way = points != (at in denied_places(said))
            found = [
                (_nearness(said, at, words, place), _way(words, place, axis) == way, other)
                for words in given
                for place, other in enumerate(words)
                if _way(words, place, axis) is not None
            ]
            if not found:
                continue
            best = max(near for near, _, _ in found)
            nearest = [(agrees, other) for near, agrees, other in found if near == best]
            if any(agrees for agrees, _ in nearest):
                continue
            if _is_turned_with_its_sides(said, at, given, nearest[0][1]):
                continue
            if any(agrees for _, agrees, _ in found) and best < 1:
                continue
            if _is_turned_twice(said, at, given, nearest[0][1]):
                continue
            yield f"the cited sentences say {nearest[0][1].text}, not {word.text}"
            return


def _way(words: tuple[Word, ...], place: int, axis: int) -> bool | None:
    if (words[place].is_capital and place) or _strengthens(words, place):
        return None
    form = words[place].form
    if form == "times" and 0 < place < len(words) - 1:  # "1.4 times as much"
        form = "more" if words[place + 1].form in _MULTIPLIED else form
    for other, way in _ways().get(form, ()):
        if other == axis:
            return way != (place in denied_places(words))
    return None


def _strengthens(words: Sequence[Word], at: int) -> bool:
    """Whether "more" only makes the next word stronger, which has a direction itself."""
    behind = words[at + 1].form if at + 1 < len(words) else ""
    return words[at].form in ("more", "most") and (behind in _ways() or behind.endswith("ly"))


def _nearness(said: Sequence[Word], at: int, words: Sequence[Word], place: int) -> float:
    """How many words around the two are the same, those of the same clause twice."""
    own = _around(said, at)
    others = _around(words, place)
    clause = {word.stem for word in words if word.clause == words[place].clause}
    shared = {stem for stem in own if held(stem, others)}
    beside = said[at + 1 : at + 2], words[place + 1 : place + 2]
    is_beside = any(
        one.is_content and one.stem == two.stem for one, two in zip(*beside, strict=False)
    )
    return len(shared) + sum(held(stem, clause) for stem in shared) + 4 * is_beside


def _around(words: Sequence[Word], at: int) -> set[str]:
    here = words[at]
    return {
        word.stem
        for word in words
        if word.is_content and word is not here and word.clause == here.clause
    }


def _is_turned_with_its_sides(
    said: Sequence[Word], at: int, given: Sequence[Sequence[Word]], other: Word
) -> bool:
    """Whether the sides are exchanged too, as in "A before B" and "B after A"."""
    relates = said[at].form in _RELATING or any(word.form == "than" for word in said)
    if not relates and said[min(at + 1, len(said) - 1)].form != "of":
        return False
    words = next(words for words in given if other in words)
    place = list(words).index(other)
    thans = _place_of("than", said), _place_of("than", words)
    if None not in thans:
        at, place = thans[0] or 0, thans[1] or 0
    left, right = _sides(said, at)
    before, behind = _sides(words, place)
    crossed = len(left & behind) + len(right & before)
    straight = len(left & before) + len(right & behind)
    return crossed > straight


def _is_turned_twice(
    said: Sequence[Word], at: int, given: Sequence[Sequence[Word]], other: Word
) -> bool:
    """Whether "less tolerant" stands for "more intolerant"."""
    words = next(words for words in given if other in words)
    own = said[at + 1 : at + 3]
    theirs = words[list(words).index(other) + 1 :][:2]
    return any(opposite(one.stem, two.stem) for one in own for two in theirs)


def _place_of(form: str, words: Sequence[Word]) -> int | None:
    return next((place for place, word in enumerate(words) if word.form == form), None)


def _sides(words: Sequence[Word], at: int) -> tuple[set[str], set[str]]:
    here = words[at]
    same = [word for word in words if word.sentence == here.sentence and word.is_weighty]
    return (
        {word.stem for word in same if word.start < here.start},
        {word.stem for word in same if word.start > here.start},
    )


@cache
def _ways() -> dict[str, list[tuple[int, bool]]]:
    """For each word of direction its axes, and which way it points on them."""
    ways: dict[str, list[tuple[int, bool]]] = {}
    for axis, line in enumerate(DIRECTIONS):
        for way, side in zip((True, False), line.split("|"), strict=True):
            for form in side.split():
                if (axis, way) not in ways.setdefault(form, []):
                    ways[form].append((axis, way))
    return ways
