"""Denials put in or left out, and words turned into their opposites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from answerer.support_cues import NEGATIVE, NO_DENIAL_BEFORE, NOT, REFUSING
from answerer.support_meaning import held, opposite, same
from answerer.support_text import Word, words_of

Words = Sequence[Word]

_DEGREES = frozenset(("more", "less", "most", "least"))
_REACH = 8
"""Words behind a denial among which the denied one is looked for."""


def turned_statements(statement: str, cited: Sequence[str]) -> Iterator[str]:
    """What the statement affirms and the cited sentences deny, or the other way round."""
    said = words_of(statement)
    given = [words_of(text) for text in cited]
    yield from _denials_put_in(said, given)
    yield from _denials_left_out(said, given)
    yield from _opposites(said, given)


@lru_cache(maxsize=4_000)
def denied_places(words: tuple[Word, ...]) -> frozenset[int]:
    """The places of the words that a plain denial or a refusal governs."""
    return frozenset(place for _, heads in _denials(words) for place in heads)


def is_negative(word: Word) -> bool:
    """Whether the word has a "no" in it."""
    return is_denial(word) or word.form in NEGATIVE or _un(word.form)


def is_denial(word: Word) -> bool:
    return word.form in NOT or word.form.endswith(("n't", "n’t"))


def _un(form: str) -> bool:
    return (
        form.startswith(("un", "non")) and len(form) > 5 and not form.startswith(("uni", "under"))
    )


def _denials(words: Words) -> Iterator[tuple[int, list[int]]]:
    for place, word in enumerate(words):
        if is_denial(word) or word.form in REFUSING:
            behind = words[place + 1].form if place + 1 < len(words) else ""
            if behind not in NO_DENIAL_BEFORE:
                heads = _heads(words, place)
                if behind != "by" or is_denial(word) or words[heads[0] - 1].form == "from":
                    yield place, heads


def _heads(words: Words, place: int) -> list[int]:
    """What is denied: the noun phrase behind "no", elsewhere the next word that means something."""
    cue = words[place]
    if not is_denial(cue):
        governed = _governed(words, place)
        if governed:
            return governed
    heads: list[int] = []
    for at in range(place + 1, min(place + 1 + _REACH, len(words))):
        word = words[at]
        if word.clause != cue.clause:
            break
        if word.is_content and not word.form.endswith("ly"):
            heads.append(at)
            if cue.form not in ("no", "without", "kein", "keine", "sans", "sin") or len(heads) == 3:
                break
        elif heads:
            break
    return heads


def _governed(words: Words, place: int) -> list[int]:
    """The verb in "refused to settle" and "barred by the government from settling"."""
    for at in range(place + 1, min(place + 1 + _REACH, len(words) - 1)):
        if words[at].clause != words[place].clause:
            break
        if words[at].form in ("to", "from") and words[at + 1].is_content:
            return [at + 1]
    return []


def _denials_put_in(said: tuple[Word, ...], given: Sequence[tuple[Word, ...]]) -> Iterator[str]:
    for cue, heads in _denials(said):
        if not is_denial(said[cue]):
            continue
        negative = [words for words in given if any(map(is_negative, words))]
        if not negative:
            yield f"it denies what the cited sentences do not: {_shown(said, cue, heads)}"
            return
        for head in heads:
            places = [
                (words, at)
                for words in given
                for at, word in enumerate(words)
                if word.stem == said[head].stem
            ]
            if places and not any(_is_near_a_no(words, at) for words, at in places):
                yield f"it denies what the cited sentences do not: {_shown(said, cue, heads)}"
                return


def _is_near_a_no(words: tuple[Word, ...], at: int) -> bool:
    here = words[at]
    return at in denied_places(words) or any(
        is_negative(word)
        and (word.clause == here.clause or (word.sentence == here.sentence and 0 < at - place < 6))
        for place, word in enumerate(words)
    )


def _denials_left_out(said: tuple[Word, ...], given: Sequence[tuple[Word, ...]]) -> Iterator[str]:
    own = denied_places(said)
    affirmed = {
        word.stem
        for words in given
        for at, word in enumerate(words)
        if word.stem and at not in denied_places(words)
    }
    for words in given:
        for cue, heads in _denials(words):
            for head in heads:
                if words[head].stem in affirmed:
                    continue
                for at, word in enumerate(said):
                    if (
                        at not in own
                        and word.is_content
                        and _is_head(word, words[head], is_alone=len(heads) == 1)
                        and _are_about_one_thing(said, at, words, head)
                        and not _has_a_no(said, at, words)
                    ):
                        yield f"the cited sentences deny it: {_shown(words, cue, heads)}"
                        return


def _is_head(word: Word, head: Word, *, is_alone: bool) -> bool:
    return word.stem == head.stem or (
        is_alone and head.is_weighty and word.is_weighty and same(word.stem, head.stem)
    )


def _are_about_one_thing(said: Words, at: int, given: Words, head: int) -> bool:
    """Whether the sentences around the two words share what they speak of."""
    ours = {w.stem for w in said if w.is_weighty and w.sentence == said[at].sentence}
    theirs = {w.stem for w in given if w.is_weighty and w.sentence == given[head].sentence}
    shared = ours & theirs - {given[head].stem}
    return len(shared) >= min(2, len(ours) - 1)


def _has_a_no(said: Words, at: int, given: Words) -> bool:
    """Whether the statement has a "no" of its own near the word, in other words than the cited."""
    stems = {word.stem for word in given}
    return any(
        is_denial(word) or (is_negative(word) and word.stem not in stems and not _is_a_few(said, i))
        for i, word in enumerate(said)
        if word.sentence == said[at].sentence
    )


def _is_a_few(words: Words, at: int) -> bool:
    return words[at].form in ("few", "little") and at > 0 and words[at - 1].form == "a"


def _opposites(said: tuple[Word, ...], given: Sequence[tuple[Word, ...]]) -> Iterator[str]:
    stems = {word.stem for words in given for word in words if word.is_content}
    own = {word.stem for word in said}
    denied_here = denied_places(said)
    for at, word in enumerate(said):
        if (
            not word.is_content
            or word.is_capital
            or word.form in _DEGREES
            or held(word.stem, stems)
        ):
            continue
        for words in given:
            denied = denied_places(words)
            for place, other in enumerate(words):
                if (
                    other.is_content
                    and other.stem not in own
                    and opposite(word.stem, other.stem)
                    and _is_lessened(said, at, denied_here) == _is_lessened(words, place, denied)
                ):
                    yield f"the cited sentences say {other.text}, not {word.text}"
                    return


def _is_lessened(words: Words, at: int, denied: frozenset[int]) -> bool:
    """Whether the word is denied, or made less: "less tolerant"."""
    return (at in denied) != (at > 0 and words[at - 1].form in ("less", "least"))


def _shown(words: Words, cue: int, heads: Sequence[int]) -> str:
    last = heads[-1] if heads else cue
    return " ".join(word.text for word in words[cue : last + 1])
