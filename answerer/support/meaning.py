"""Which words mean the same or the opposite: by their stems, by WordNet, by lists of our own."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from pathlib import Path

from answerer.support.cues import OPPOSITES, PARAPHRASES
from answerer.support.text import stem_of

_WORDNET = Path(__file__).parent / "wordnet"
_SHARED_PREFIX = 5
"""Letters that two stems of one word have in common: expan-d and expan-s."""
_PREFIXES = ("un", "in", "im", "ir", "il", "dis", "non", "mis")


@lru_cache(maxsize=100_000)
def same(one: str, other: str) -> bool:
    """Whether two stems may say the same."""
    if one_word(one, other):
        return True
    return other in synonyms().get(one, ())


@lru_cache(maxsize=100_000)
def opposite(one: str, other: str) -> bool:
    """Whether two stems deny each other: willing and unwilling, long and short, rise and fall."""
    if one == other:
        return False
    if other in antonyms().get(one, ()):
        return True
    return any(
        long == prefix + short
        for long, short in ((one, other), (other, one))
        for prefix in _PREFIXES
        if len(short) > 3
    )


def held(stem: str, stems: Collection[str]) -> bool:
    """Whether one of `stems` may say what `stem` says."""
    return stem in stems or any(same(stem, other) for other in stems)


def one_word(one: str, other: str) -> bool:
    """Whether two stems come of one word: expans(ion) and expand."""
    if one == other:
        return True
    shared = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        shared += 1
    shorter = min(len(one), len(other))
    if shared < min(_SHARED_PREFIX, shorter) or shared < 4:
        return False
    return max(len(one), len(other)) - shared <= 4 and shared >= shorter - 2


@cache
def synonyms() -> Mapping[str, frozenset[str]]:
    table = _read("synonyms")
    for line in PARAPHRASES:
        stems = {stem_of(word) for word in line.split()}
        for stem in stems:
            table[stem] |= stems - {stem}
    return {stem: frozenset(others) for stem, others in table.items()}


@cache
def antonyms() -> Mapping[str, frozenset[str]]:
    table = _read("antonyms")
    for line in OPPOSITES:
        sides = [{stem_of(word) for word in side.split()} for side in line.split("|")]
        for here, there in ((sides[0], sides[1]), (sides[1], sides[0])):
            for stem in here:
                table[stem] |= there
    return {stem: frozenset(others) for stem, others in table.items()}


def _read(name: str) -> dict[str, set[str]]:
    table: dict[str, set[str]] = defaultdict(set)
    text = gzip.decompress((_WORDNET / f"{name}.txt.gz").read_bytes()).decode()
    for line in text.splitlines():
        stem, *others = line.split()
        table[stem].update(others)
        for other in others:
            table[other].add(stem)
    return table
