"""Denials put in or left out, and words turned into their opposites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from answerer.support.cues import HARDLY_NEGATIVE, NEGATIVE, NO_DENIAL_BEFORE, NOT, REFUSING
from answerer.support.meaning import antonyms, held, one_word, opposite, same
from answerer.support.text import Word, stem_of, words_of

Words = Sequence[Word]

_EXISTING = frozenset(map(stem_of, ("exist", "occur", "happen")))
_INSTEAD = frozenset(("rather", "instead", "actually", "but", "although", "though", "while"))
_NOBODY = frozenset(("none", "nobody", "nothing", "nowhere", "neither"))
_SCOPE = 5
"""Weighty words behind a denial that it is about."""

_EXCEPT = frozenset(("except", "excepting", "excluding", "unlike"))
_DEGREES = frozenset(
    (
        *("more", "less", "most", "least", "very", "so", "too", "really", "quite", "yet", "even"),
        *("still", "only", "particularly", "longer", "any", "much"),
    )
)
_REACH = 8
"""Words behind a denial among which the denied one is looked for."""


def turned_statements(statement: str, cited: Sequence[str]) -> Iterator[str]:
    """What the statement affirms and the cited sentences deny, or the other way round."""
    said = words_of(statement)
    given = [words_of(text) for text in cited]
    yield from _denials_put_in(said, given)
    yield from _denials_left_out(said, given)
    yield from _opposites(said, given)
    yield from _exceptions(said, given)


@lru_cache(maxsize=4_000)
def denied_places(words: tuple[Word, ...]) -> frozenset[int]:
    """The places of the words that a plain denial or a refusal governs."""
    return frozenset(place for _, heads in _denials(words) for place in heads)


def is_negative(word: Word) -> bool:
    """Whether the word has a "no" in it."""
    return is_denial(word) or word.form in NEGATIVE or _un(word.form) or _is_turned(word)


def is_denial(word: Word) -> bool:
    return word.form in NOT or word.form.endswith(("n't", "n’t"))


def _is_turned(word: Word) -> bool:
    """Whether "im-" makes the word its opposite: impartial, not important."""
    turned = antonyms().get(word.stem, ())
    bases = {word.stem.removeprefix(prefix) for prefix in ("im", "in", "ir", "dis")} - {word.stem}
    return any(one_word(base, other) for base in bases for other in turned)


def _un(form: str) -> bool:
    """Whether the word begins with a "no": unclear, non-socialist; not unity or unrest."""
    is_other = form.startswith(("uni", "under", "unrest", "until", "unless"))
    return form.startswith(("un", "non")) and len(form) > 5 and not is_other


def _denials(words: Words) -> Iterator[tuple[int, list[int]]]:
    for place, word in enumerate(words):
        if is_denial(word) or word.form in REFUSING:
            behind = words[place + 1].form if place + 1 < len(words) else ""
            if behind not in NO_DENIAL_BEFORE:
                heads = _heads(words, place)
                is_from = bool(heads) and words[heads[0] - 1].form == "from"
                if behind != "by" or is_denial(word) or is_from:
                    yield place, heads


def _heads(words: Words, place: int) -> list[int]:
    """What is denied: the noun phrase behind "no", elsewhere the next word that means something."""
    cue = words[place]
    if not is_denial(cue):
        governed = _governed(words, place)
        if governed:
            return governed
    behind = [word for word in words[place + 1 : place + 3] if word.clause == cue.clause]
    if any(word.stem in _EXISTING for word in behind):  # "a party does not exist"
        before = [i for i in range(place) if words[i].clause == cue.clause]
        return [i for i in before if words[i].is_weighty][-2:]
    heads: list[int] = []
    for at in range(place + 1, min(place + 1 + _REACH, len(words))):
        word = words[at]
        if word.clause != cue.clause:
            break
        if word.is_content and not word.form.endswith("ly") and word.form not in _DEGREES:
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
            stems = {word.stem for words in given for word in words}
            if not heads or said[cue].stem in stems or said[heads[0] - 1].form != "to":
                continue
        negative = [words for words in given if any(map(is_negative, words))]
        if not negative and is_denial(said[cue]):
            yield f"it denies what the cited sentences do not: {_shown(said, cue, heads)}"
            return
        if said[cue].form in _NOBODY:
            return
        for head in heads:
            places = [
                (words, at)
                for words in given
                for at, word in enumerate(words)
                if word.stem == said[head].stem
            ]
            refused = any(word.form in REFUSING for words in given for word in words)
            wanted = all(at and words[at - 1].form == "to" for words, at in places)
            if (
                places
                and not (refused and wanted)
                and not _is_denied_elsewhere(said, given)
                and not any(_is_near_a_no(*each) for each in places)
            ):
                yield f"it denies what the cited sentences do not: {_shown(said, cue, heads)}"
                return


def _is_denied_elsewhere(said: Words, given: Sequence[tuple[Word, ...]]) -> bool:
    """Whether a sentence with a plain denial speaks of the same things in other words."""
    own = {word.stem for word in said if word.is_weighty}
    return any(
        len(own & {word.stem for word in words if word.is_weighty}) > 2
        for words in given
        if len(given) > 1 and any(map(is_denial, words))
    )


def _is_near_a_no(words: tuple[Word, ...], at: int) -> bool:
    here = words[at]
    return at in denied_places(words) or any(
        is_negative(word)
        and word.form not in HARDLY_NEGATIVE
        and (word.clause == here.clause or (word.sentence == here.sentence and 0 < at - place < 6))
        for place, word in enumerate(words)
    )


def _denials_left_out(said: tuple[Word, ...], given: Sequence[tuple[Word, ...]]) -> Iterator[str]:
    own = denied_places(said)
    affirmed: set[str] = set()
    for words in given:
        denied = denied_places(words)
        affirmed.update(word.stem for at, word in enumerate(words) if at not in denied)
    denied_here = {said[at].stem for at in own}
    least = 1 if len(given) == 1 else 2
    for words in given:
        for cue, heads in _denials(words):
            if is_denial(words[cue]) and _has_scope(said, words, cue):
                yield f"the cited sentences deny it: {_shown(words, cue, heads)}"
                return
            for head in heads:
                if words[head].stem in affirmed | denied_here:
                    continue
                for at, word in enumerate(said):
                    if (
                        at not in own
                        and word.is_content
                        and _is_head(word, words[head], is_alone=len(heads) == 1)
                        and (
                            words[cue].form in _NOBODY or _n_shared(said, at, words, head) >= least
                        )
                        and not _has_a_no(said, at, words)
                    ):
                        yield f"the cited sentences deny it: {_shown(words, cue, heads)}"
                        return


def _has_scope(said: Words, words: Words, cue: int) -> bool:
    """Whether the statement says, without any "no", most of what stands behind a denial."""
    clause = words[cue].clause
    scope = [word.stem for word in words[cue + 1 :] if word.clause == clause and word.is_weighty]
    own = {word.stem for word in said}
    scope = scope[:_SCOPE]
    shared = sum(stem in own for stem in scope)
    if shared < 3 or shared <= len(scope) * 2 / 3:
        return False
    theirs = {word.stem for word in words if not is_denial(word)}
    return not any(
        (is_negative(word) or word.form in _INSTEAD) and word.stem not in theirs for word in said
    )


def _is_head(word: Word, head: Word, *, is_alone: bool) -> bool:
    return word.stem == head.stem or (
        is_alone and head.is_weighty and word.is_weighty and same(word.stem, head.stem)
    )


def _n_shared(said: Words, at: int, given: Words, head: int) -> int:
    """How much else the sentences around the two words have in common; enough, if all of it."""
    ours = {w.stem for w in said if w.is_weighty and w.sentence == said[at].sentence}
    theirs = {w.stem for w in given if w.is_weighty and w.sentence == given[head].sentence}
    shared = ours & theirs - {given[head].stem}
    return len(shared) if len(shared) < len(ours) - 1 else 2


def _has_a_no(said: Words, at: int, given: Words) -> bool:
    """Whether the statement has a "no" of its own near the word, in other words than the cited."""
    stems = {word.stem for word in given}
    return any(
        is_denial(word) or (is_negative(word) and word.stem not in stems and not _is_a_few(said, i))
        for i, word in enumerate(said)
        if word.clause == said[at].clause
    )


def _is_a_few(words: Words, at: int) -> bool:
    return words[at].form in ("few", "little") and at > 0 and words[at - 1].form == "a"


def _exceptions(said: Words, given: Sequence[Words]) -> Iterator[str]:
    """Names that the cited sentences except: "all but Albania"."""
    excepted: set[str] = set()
    for words in given:
        for place, word in enumerate(words):
            if word.form in _EXCEPT:
                behind = [w for w in words[place + 1 : place + 6] if w.clause == word.clause]
                excepted.update(w.form for w in behind if w.is_capital)
    clauses = {w.clause for w in said if w.form in _EXCEPT or is_denial(w) or w.form in NEGATIVE}
    for word in said:
        if word.form in excepted and word.clause not in clauses:
            yield f"the cited sentences except {word.text}"
            return


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
                    and _share_a_word(said, word, words, other)
                    and _is_lessened(said, at, denied_here) == _is_lessened(words, place, denied)
                ):
                    yield f"the cited sentences say {other.text}, not {word.text}"
                    return


def _share_a_word(said: Words, word: Word, words: Words, other: Word) -> bool:
    """Whether the clauses around the two words speak of one thing."""
    ours = {w.stem for w in said if w.is_content and w.clause == word.clause and w is not word}
    theirs = {w.stem for w in words if w.is_content and w.sentence == other.sentence}
    return not ours or any(held(stem, theirs) for stem in ours)


def _is_lessened(words: Words, at: int, denied: frozenset[int]) -> bool:
    """Whether the word is denied, or made less: "less tolerant"."""
    return (at in denied) != (at > 0 and words[at - 1].form in ("less", "least"))


def _shown(words: Words, cue: int, heads: Sequence[int]) -> str:
    last = heads[-1] if heads else cue
    return " ".join(word.text for word in words[cue : last + 1])
