"""Directions turned round: rise and fall, before and after, north and south, first and last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from answerer.support_cues import DIRECTIONS
from answerer.support_meaning import held, opposite
from answerer.support_polarity import denied_places
from answerer.support_text import Word, words_of


def turned_directions(statement: str, cited: Sequence[str]) -> Iterator[str]:
    """Words of direction whose opposite the cited sentences say of the same thing."""
    said = words_of(statement)
    given = [words_of(text) for text in cited]
    for at, word in enumerate(said):
        if word.is_capital and at:  # North Korea, Lower Rhine
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
    if words[place].is_capital and place:
        return None
    for other, way in _ways().get(words[place].form, ()):
        if other == axis:
            return way != (place in denied_places(words))
    return None


def _nearness(said: Sequence[Word], at: int, words: Sequence[Word], place: int) -> float:
    """How many words around the two are the same, those of the same clause twice."""
    own = _around(said, at)
    others = _around(words, place)
    clause = {word.stem for word in words if word.clause == words[place].clause}
    shared = {stem for stem in own if held(stem, others)}
    return len(shared) + sum(held(stem, clause) for stem in shared)


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
    words = next(words for words in given if other in words)
    place = list(words).index(other)
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
