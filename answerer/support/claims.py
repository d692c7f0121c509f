"""Claims made stronger: some become all, a plan or a rumour becomes a fact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from answerer.support.amounts import amounts_of
from answerer.support.cues import (
    ALL,
    CERTAIN,
    EVERY,
    HEARSAY,
    HEDGES,
    MODAL,
    MOST_GIVEN,
    NOT,
    ONLY,
    ONLY_GIVEN,
    SAYING,
    SOME,
    SURE,
    WANTED,
    words,
)
from answerer.support.meaning import one_word
from answerer.support.text import IRREGULAR, Word, words_of

Words = Sequence[Word]

_AUXILIARY = words("is are was were be been being has have had did does do gets got")
_NOT_QUITE = words("almost nearly virtually not")
_IN_PHRASES = words("at above for after")
_EMPHASISED = words("in about around roughly some a")
"""Before these and before figures, "only" judges and does not restrict: only in 1963."""

_WHOLE = words("whole entire")
_MAJORITY = words("most majority bulk")
_ALSO = words("also besides addition moreover well")
_DIRECTLY = MODAL | {"will", "shall"} | {form for form in HEARSAY if form.endswith("ly")}
"""They hedge the verb that they stand before."""

_WISHES = words("""
    if whether accused accusing suggestion suggestions proposal proposals demands plans require
    requires required
""")
_SUPPOSING = words("""
    claim claims claimed alleged allege alleges believe believes believed suspect suspects suspected
    accuse accused accusing proposal proposals proposed mission demand demands plan plans draft
    whether if hypothesis suggestion suggestions require requires required
""")
"""What follows them in the sentence is somebody's opinion or wish."""


def stretched_claims(statement: str, cited: Sequence[str]) -> Iterator[str]:
    """Words that say more of the same than the cited sentences do."""
    said = words_of(statement)
    given = [words_of(text) for text in cited]
    yield from _quantities(said, given, cited)
    yield from _restrictions(said, given)
    yield from _records(said, given)
    yield from _facts(said, given)


def _quantities(said: Words, given: Sequence[Words], cited: Sequence[str]) -> Iterator[str]:
    forms = {
        word.form
        for text in given
        for at, word in enumerate(text)
        if not (at and word.form == "all" and text[at - 1].form in _IN_PHRASES)
    }
    for at, word in enumerate(said):
        if word.form in EVERY - _WHOLE and not _is_phrase(said, at):
            if not forms & ALL and not _is_throughout(given, _counted(said, at)):
                yield f"{word.text} is more than the cited sentences say"
                return
        elif (
            word.form in _MAJORITY
            and not _is_superlative(said, at)
            and not forms & (MOST_GIVEN | ALL)
            and not _gives_a_share(cited)
        ):
            yield f"{word.text} is more than the cited sentences say"
            return
        kind = _kind_at(said, at)
        if kind is None:
            continue
        counted = _counted(said, at)
        kinds = {
            _kind_at(text, place)
            for text in given
            for place in range(len(text))
            if _kind_at(text, place) is not None and counted & _counted(text, place)
        }
        kinds |= {"one" for text in given if _is_only_one(text, counted)}
        if kinds and not any(_fits(kind, other) for other in kinds):
            yield f"{word.text} is not how many the cited sentences say"
            return


def _fits(one: str, other: str | None) -> bool:
    return one == other or {one, other or ""} in ({"some", "most"}, {"some", "few"})


def _kind(word: Word) -> str | None:
    if word.form in EVERY:
        return "all"
    if word.form in ("few", "hardly", "little", "rarely", "seldom"):
        return "few"
    if word.form in MOST_GIVEN | {"many", "usually"}:
        return (
            "most"
            if word.form == "usually"
            or (not word.form.endswith("ly") and word.form not in ("largest", "greatest", "main"))
            else None
        )
    if word.form.endswith("ly") and word.form not in ("usually", "rarely"):
        return None
    return "some" if word.form in SOME and word.form not in ("about", "half", "part") else None


def _is_throughout(given: Sequence[Words], counted: set[str]) -> bool:
    return any(
        word.form == "throughout" and counted & _counted(text, at)
        for text in given
        for at, word in enumerate(text)
    )


def _kind_at(text: Words, at: int) -> str | None:
    """As `_kind`, but "almost all" is some."""
    kind = _kind(text[at])
    if text[at].form in ("part", "parts", "half") and at + 1 < len(text):
        return "some" if text[at + 1].form == "of" else None
    if kind == "all" and at and text[at - 1].form in _NOT_QUITE:
        return "some"
    return kind


def _is_only_one(text: Words, counted: set[str]) -> bool:
    return any(
        word.form == "one" and text[at - 1].form in ONLY and counted & _counted(text, at)
        for at, word in enumerate(text)
        if at
    )


def _counted(text: Words, at: int) -> set[str]:
    """The nouns that the quantity at this place is of."""
    near = [word for word in text[at + 1 : at + 5] if word.clause == text[at].clause]
    if near and _kind(text[at]) == "all" and near[0].form.endswith("ed"):  # the towns all failed
        near += [word for word in text[:at] if word.sentence == text[at].sentence]
    return {word.stem for word in near if word.is_weighty and _kind(word) is None}


def _is_phrase(said: Words, at: int) -> bool:
    before = said[at - 1].form if at else ""
    behind = said[at + 1].form if at + 1 < len(said) else ""
    return (
        before in ("at", "above", "of", "for", "after", "almost", "nearly", "not", "virtually")
        or behind == "over"
    )


def _is_superlative(said: Words, at: int) -> bool:
    before = said[at - 1].form if at else ""
    behind = said[at + 1].form if at + 1 < len(said) else ""
    return said[at].form == "most" and (
        before in ("the", "its", "his", "at") or behind.endswith("ly")
    )


def _gives_a_share(cited: Sequence[str]) -> bool:
    return any(
        (amount.unit == "%" and max(amount.values) > 50)
        or (amount.unit == "part" and max(amount.values) >= 0.5)
        for text in cited
        for amount in amounts_of(text)
    )


def _restrictions(said: Words, given: Sequence[Words]) -> Iterator[str]:
    forms = {word.form for text in given for word in text}
    own = {word.form for word in said}
    for at, word in enumerate(said):
        behind = said[at + 1] if at + 1 < len(said) else word
        is_emphasis = behind.is_number or behind.form in _EMPHASISED
        if word.form in ONLY and not is_emphasis and not forms & (ONLY_GIVEN | NOT):
            yield f"{word.text} is not in the cited sentences"
            return
    if forms & ONLY and own & _ALSO and not own & ONLY and not forms & _ALSO:
        yield "the cited sentences say only"


def _records(said: Words, given: Sequence[Words]) -> Iterator[str]:
    """What is "more than any other" must be the first or the most in the cited sentences."""
    forms = [word.form for word in said]
    compares = any(
        word.form in ("than", "most", "first", "only") or word.form.endswith("est")
        for words in given
        for word in words
    )
    if ("than", "any") in pairwise(forms) and not compares:
        yield "than any is more than the cited sentences say"


def _facts(said: Words, given: Sequence[Words]) -> Iterator[str]:
    own = {word.form for word in said}
    forms = {word.form for text in given for word in text}
    for word in said:
        if word.form in CERTAIN and not forms & SURE and not own & (NOT | {"for"}):
            yield f"{word.text} is more than the cited sentences say"
            return
    if own & HEDGES or _is_to_be(said):
        return
    hedged: list[tuple[Word, Word]] = []
    plain: set[str] = set()
    for text in given:
        behind = _hedged(text)
        hedged += [(cue, text[at]) for at, cue in behind.items()]
        plain |= {word.stem for at, word in enumerate(text) if word.stem and at not in behind}
    for at, word in enumerate(said):
        if not word.is_content or "to" in (before.form for before in said[max(0, at - 3) : at]):
            continue
        for cue, other in hedged:
            if other.stem in plain or not one_word(word.stem, other.stem):
                continue
            if cue.form in ("will", "shall") and not _is_past(word):
                continue
            is_said = _is_asserted(said, at) or (cue.form in MODAL and word.form.endswith("s"))
            if not is_said:
                continue
            yield f"the cited sentences only say: {cue.text} … {other.text}"
            return


def _is_to_be(said: Words) -> bool:
    """Whether something "is to happen" or "was to happen"."""
    return any(one.form in _AUXILIARY and two.form == "to" for one, two in pairwise(said))


def _hedged(text: Words) -> dict[int, Word]:
    """The places of words that are not said to be so, each with what hedges it."""
    found: dict[int, Word] = {}
    for place, cue in enumerate(text):
        start = 0
        if cue.form in _SUPPOSING and _is_spreading(text, place):
            for at in range(place + 1, len(text)):
                if text[at].sentence == cue.sentence and text[at].is_content:
                    found.setdefault(at, cue)
        elif cue.form in _DIRECTLY or (cue.form == "would" and _is_told(text, cue)):
            start = place + 1
        elif cue.form in ("how", "whether") and _next_is(text, place, "to"):
            start = place + 2
        elif cue.form in HEARSAY | WANTED:
            start = _behind_to(text, place)
        is_month = cue.form == "may" and cue.is_capital and place > 0
        head = _next_content(text, start, cue) if start and not is_month else None
        if head is not None:
            found.setdefault(head, cue)
    return found


def _is_told(text: Words, cue: Word) -> bool:
    """Whether the sentence tells what somebody says: he said that he would."""
    return any(w.form in SAYING or w.form == "stating" for w in text if w.sentence == cue.sentence)


def _is_spreading(text: Words, place: int) -> bool:
    """Whether what follows is supposed: "claimed that …", "the mission: …", "whether …"."""
    behind = text[place + 1].form if place + 1 < len(text) else ""
    return text[place].form in _WISHES or behind in ("that", "to", ":", "for")


def _next_is(text: Words, place: int, form: str) -> bool:
    return place + 1 < len(text) and text[place + 1].form == form


def _behind_to(text: Words, place: int) -> int:
    """The place behind the "to" that the word governs; 0 where there is none near."""
    for at in range(place + 1, min(place + 6, len(text))):
        if text[at].clause != text[place].clause:
            return 0
        if text[at].form == "to":
            return at + 1
    return 0


def _next_content(text: Words, start: int, cue: Word) -> int | None:
    for at in range(start, min(start + 5, len(text))):
        word = text[at]
        if word.sentence != cue.sentence or word.text in ",;":
            return None
        if word.is_content and not word.form.endswith("ly"):
            return at
    return None


def _is_asserted(said: Words, at: int) -> bool:
    """A guess whether the word is a verb that says what is or was."""
    before = [word.form for word in said[max(0, at - 3) : at]]
    if "to" in before:
        return False
    return _is_past(said[at]) or bool(_AUXILIARY & set(before))


def _is_past(word: Word) -> bool:
    return word.form.endswith("ed") or word.form in IRREGULAR
