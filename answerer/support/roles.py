"""Who did what to whom: sides changed around a verb that both texts have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from answerer.support.cues import NEITHER_WAY, PERSONAL, SAYING
from answerer.support.figures import MONTHS
from answerer.support.lists import DEMONYMS, PLAIN_OPENINGS, SAME_NAMES
from answerer.support.names import is_plain
from answerer.support.text import IRREGULAR, PREPOSITIONS, Word, stem_of, words_of

Words = Sequence[Word]
_BE = frozenset(("is", "are", "was", "were", "be", "been", "being", "got"))
_PRONOUNS = frozenset(("he", "she", "it", "who", "which", "they"))
_ARTICLES = frozenset(("the", "a", "an", "its", "his", "her", "their", "that", "all"))
_SIDES = frozenset(("agent", "to", "against", "from"))
_LIKE = {"with": "to"}
"""Prepositions that mean one side: talk with and talk to."""

_NO_VERB_BEHIND = frozenset(("the", "a", "an", "of", "its", "his", "her", "their"))
_TIMES = frozenset(("in", "at", "on", "during", "until", "between", "after", "before", "near"))


@dataclass(frozen=True, slots=True)
class _Frame:
    """A verb and the words on its sides: `roles["agent"]` did it, `roles["patient"]` bore it."""

    verb: Word
    roles: dict[str, frozenset[str]]
    is_passive: bool
    is_done_by: bool
    is_infinitive: bool
    near_names: frozenset[str]
    agent_names: frozenset[str]
    near_stems: frozenset[str]
    names: frozenset[str]
    name_stems: frozenset[str]
    has_pronoun: bool


def swapped_roles(statement: str, cited: Sequence[str]) -> Iterator[str]:
    """Verbs whose sides are the cited verb's the other way round."""
    said = words_of(statement)
    given = [words_of(text) for text in cited]
    stems = {word.stem for words in given for word in words if word.is_content}
    caps = {word.form for words in given for word in words[1:] if word.is_capital}
    for frame in _frames(said, stems, caps):
        others = [
            other
            for words in given
            for other in _frames(words, {frame.verb.stem}, caps, is_given=frame.verb.form[-1:])
        ]
        others = [other for other in others if other.verb.stem == frame.verb.stem]
        fits = [_fit(frame, other) for other in others]
        nearest = [other for fit, other in zip(fits, others, strict=True) if fit == max(fits)]
        if nearest and all(_are_swapped(frame, other) for other in nearest):
            yield f"the cited sentences have other sides of: {frame.verb.text}"
            return


def _frames(
    words: Words, stems: set[str], caps: set[str], *, is_given: str = ""
) -> Iterator[_Frame]:
    for at, word in enumerate(words):
        is_there = word.stem in stems and word.is_content and not word.is_capital
        follows = words[at - 1].form if at else ""
        may_be = is_given == "s" and word.form.endswith("s") and follows not in _NO_VERB_BEHIND
        if is_there and (may_be or is_verb(words, at)) and not _is_object_clause(words, at):
            yield _frame(words, at, caps)


def _is_object_clause(words: Words, at: int) -> bool:
    """Whether the verb stands in an "engine that Watt built", whose object is before it."""
    near = [word.form for word in words[max(0, at - 6) : at] if word.clause == words[at].clause]
    place = next((i for i, form in enumerate(near) if form in ("that", "which", "whom")), None)
    return place is not None and place < len(near) - 1


def is_verb(words: Words, at: int) -> bool:
    form = words[at].form
    if form.endswith("ly") or words[at].stem in _speech():
        return False
    before = words[at - 1] if at else None
    if before is not None and before.text == "-":
        return False
    if form.endswith("s") and form not in IRREGULAR:
        behind = words[at + 1].form if at + 1 < len(words) else ""
        return before is not None and (before.form in _PRONOUNS or behind in _ARTICLES)
    if form.endswith(("ed", "ing")) or form in IRREGULAR:
        return before is None or before.form not in ("the", "a", "an", "of")
    return bool(at) and words[at - 1].form in ("to", "will", "would", "could", "not", "can", "may")


@cache
def _speech() -> frozenset[str]:
    return frozenset(map(stem_of, SAYING))


@cache
def _neither_way() -> frozenset[str]:
    return frozenset(map(stem_of, NEITHER_WAY))


def _frame(words: Words, at: int, caps: set[str]) -> _Frame:
    verb = words[at]
    left = _left(words, at)
    right = _right(words, at)
    is_passive = _has_be_before(words, at) and not verb.form.endswith("ing")
    is_passive = is_passive or ("by" in right and verb.form.endswith("ed") and not right[""])
    roles = {name: frozenset(stems) for name, stems in right.items() if name}
    if is_passive:
        roles["agent"] = roles.pop("by", frozenset())
        roles["patient"] = frozenset(left)
    else:
        roles["agent"] = frozenset(left)
        roles["patient"] = frozenset(right[""])
    sentence = [word for word in words if word.sentence == verb.sentence]
    before = [word for word in sentence if word.start < verb.start]
    is_done_by = is_passive and "by" in right
    doers = _behind_by(words, at) if is_done_by else before
    return _Frame(
        verb,
        roles,
        is_passive,
        is_done_by,
        at > 0 and words[at - 1].form == "to",
        _names(doers if is_done_by else _near(before, verb), caps),
        _names(doers, caps),
        frozenset(map(stem_of, _names(_near(before, verb), caps))),
        _names(sentence, caps),
        frozenset(map(stem_of, _names(sentence, caps))),
        any(
            word.form in PERSONAL or word.form == "it"
            for word in before
            if word.clause == verb.clause
        ),
    )


def _has_be_before(words: Words, at: int) -> bool:
    """Whether a form of "be" governs the verb: "was betrayed", "were not fully led"."""
    for word in reversed(words[max(0, at - 4) : at]):
        if word.form in _BE:
            return True
        if word.is_content and not word.form.endswith("ly"):
            return False
    return False


def _behind_by(words: Words, at: int) -> list[Word]:
    """The first words behind "by", as far as they are one name with its titles."""
    place = next((i for i in range(at, len(words)) if words[i].form == "by"), len(words))
    doers: list[Word] = []
    for word in words[place + 1 :]:
        if word.form in PREPOSITIONS and word.form != "of":
            break
        is_name = word.is_capital or word.form in ("of", "the", "de", "la", "and", "von")
        if not is_name and any(doer.is_capital for doer in doers):
            break
        doers.append(word)
    return doers


def _near(before: Words, verb: Word) -> list[Word]:
    """The words of the verb's clause before it that stand behind no preposition but "of"."""
    found: list[Word] = []
    is_free = True
    for word in before:
        if word.clause != verb.clause:
            continue
        if word.form in ("after", "before", "until", "as", "that"):  # a clause of its own begins
            found, is_free = [], True
        elif word.form in PREPOSITIONS and word.form != "of":
            is_free = False
        elif is_free:
            found.append(word)
    return found


def _names(words: Words, caps: set[str]) -> frozenset[str]:
    return frozenset(
        word.form
        for word in words
        if word.is_capital
        and word.is_content
        and word.form not in MONTHS
        and word.form not in PLAIN_OPENINGS
        and not (word.start == 0 and word.form not in caps and is_plain(word.form))
    )


def _left(words: Words, at: int) -> set[str]:
    """What stands before the verb in its sentence."""
    found: set[str] = set()
    for word in reversed(words[:at]):
        if word.sentence != words[at].sentence:
            break
        if word.is_content:
            found.add(word.stem)
    return found


def _right(words: Words, at: int) -> dict[str, set[str]]:
    """What stands behind the verb, by the preposition before it; "" without one."""
    found: dict[str, set[str]] = {"": set()}
    role = ""
    for word in words[at + 1 :]:
        if word.clause != words[at].clause:
            break
        if word.form in PREPOSITIONS and word.form != "of":
            role = word.form
            found.setdefault(role, set())
        elif word.is_content:
            found[role].add(word.stem)
    return found


def _are_swapped(one: _Frame, other: _Frame) -> bool:
    names = [name for name in one.roles if name not in _TIMES and name in other.roles]
    if one.verb.stem in _neither_way():
        names = [name for name in names if name in ("from", "to")]
    for here in names:
        for there in names:
            if here >= there:
                continue
            ours, theirs = one.roles, other.roles
            over = (ours[here] & theirs[there]) - theirs[here] - ours[there]
            back = (ours[there] & theirs[here]) - theirs[there] - ours[here]
            if over and back:
                return True
    if one.verb.stem in _neither_way():
        return False
    if _n_moved(one, other) > 1:
        return True
    if (
        one.is_done_by
        and other.is_done_by
        and one.roles["patient"] & other.roles["agent"]
        and not one.roles["agent"] & other.roles["agent"]
    ):
        return True
    borne = other.roles["patient"] - other.roles["agent"] - one.roles["patient"]
    if one.near_stems & borne & other.name_stems and not one.is_passive and not other.is_passive:
        return bool(one.roles["patient"] and (other.has_pronoun or other.near_names))
    return _has_another_agent(one, other)


def _fit(one: _Frame, other: _Frame) -> int:
    """How many words stand on any side of both."""
    ours = frozenset().union(*one.roles.values())
    return len(ours & frozenset().union(*other.roles.values()))


def _n_moved(one: _Frame, other: _Frame) -> int:
    """How many names stand on another side in each; 0 where one stands on the same."""
    if one.is_passive or other.is_passive:
        return 0
    moved = 0
    for name in one.name_stems & other.name_stems:
        ours = {_LIKE.get(role, role) for role, stems in one.roles.items() if name in stems}
        theirs = {_LIKE.get(role, role) for role, stems in other.roles.items() if name in stems}
        if ours & theirs:
            return 0
        moved += bool(ours and theirs and _SIDES.issuperset(ours | theirs))
    return moved


def _has_another_agent(one: _Frame, other: _Frame) -> bool:
    """Whether both name who did it, and it is somebody else."""
    ours, theirs = one.near_names, other.near_names or other.agent_names
    is_known = not (one.is_infinitive or other.is_infinitive) and ours and theirs
    if not is_known or _any_same(ours, theirs):
        return False
    if one.is_passive == other.is_passive and one.is_done_by == other.is_done_by:
        if one.is_done_by:
            return bool(ours - theirs) and bool(theirs - ours) and ours - theirs <= other.names
        return not ours & theirs and not other.has_pronoun
    is_turned = one.is_done_by != other.is_done_by and one.is_passive != other.is_passive
    shares = bool(one.roles["patient"] & other.roles["patient"])
    return is_turned and shares and not ours & other.near_names and bool(other.near_names)


def _any_same(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether the names may be two of one thing: Korea and Korean, North Korea and DPRK."""
    for group in SAME_NAMES:
        names = [frozenset(name.split()) for name in group]
        if any(ours <= name for name in names) and any(theirs <= name for name in names):
            return True
    return any(their in DEMONYMS.get(our, ()) for our in ours for their in theirs)
