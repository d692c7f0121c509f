"""Who did what to whom, and who said it: sides changed around a verb that both texts have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from answerer.support_cues import POINTING, REPORTERS, SAID_NOUNS, SAYING
from answerer.support_lists import DEMONYMS
from answerer.support_text import IRREGULAR, PREPOSITIONS, Word, words_of

Words = Sequence[Word]
_BE = frozenset(("is", "are", "was", "were", "be", "been", "being", "got"))
_PRONOUNS = frozenset(("he", "she", "it", "who", "which", "they"))
_ARTICLES = frozenset(("the", "a", "an", "its", "his", "her", "their", "that", "all"))
_TIMES = frozenset(("in", "at", "on", "during", "until", "between", "after", "before", "near"))


@dataclass(frozen=True, slots=True)
class _Frame:
    """A verb and the words on its sides: `roles["agent"]` did it, `roles["patient"]` bore it."""

    verb: Word
    roles: dict[str, frozenset[str]]
    is_passive: bool
    is_done_by: bool
    near_names: frozenset[str]
    agent_names: frozenset[str]
    names: frozenset[str]
    has_pronoun: bool


def swapped_roles(statement: str, cited: Sequence[str]) -> Iterator[str]:
    """Verbs whose sides are the cited verb's the other way round."""
    said = words_of(statement)
    given = [words_of(text) for text in cited]
    stems = {word.stem for words in given for word in words if word.is_content}
    for frame in _frames(said, stems):
        others = [
            other for words in given for other in _frames(words, {frame.verb.stem}, is_given=True)
        ]
        others = [other for other in others if other.verb.stem == frame.verb.stem]
        if others and all(_are_swapped(frame, other) for other in others):
            yield f"the cited sentences have other sides of: {frame.verb.text}"
            return
    yield from _other_speakers(said, given)


def _frames(words: Words, stems: set[str], *, is_given: bool = False) -> Iterator[_Frame]:
    for at, word in enumerate(words):
        if word.stem in stems and word.is_content and not word.is_capital and _is_verb(words, at):
            yield _frame(words, at)


def _is_verb(words: Words, at: int) -> bool:
    form = words[at].form
    if form.endswith("ly"):
        return False
    before = words[at - 1] if at else None
    if form.endswith("s") and form not in IRREGULAR:
        behind = words[at + 1].form if at + 1 < len(words) else ""
        return before is not None and (
            before.form in _PRONOUNS or (before.is_capital and behind in _ARTICLES)
        )
    if form.endswith(("ed", "ing")) or form in IRREGULAR:
        return before is None or before.form not in ("the", "a", "an", "of")
    return bool(at) and words[at - 1].form in ("to", "will", "would", "could", "not", "can", "may")


def _frame(words: Words, at: int) -> _Frame:
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
        _names([word for word in doers if is_done_by or word.clause == verb.clause]),
        _names(doers),
        _names(sentence),
        any(word.form in POINTING for word in before),
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


def _names(words: Words) -> frozenset[str]:
    return frozenset(word.form for word in words if word.is_capital and word.is_content)


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
        if word.clause > words[at].clause + 1 or word.sentence != words[at].sentence:
            break
        if word.form in PREPOSITIONS and word.form != "of":
            role = word.form
            found.setdefault(role, set())
        elif word.is_content:
            found[role].add(word.stem)
    return found


def _are_swapped(one: _Frame, other: _Frame) -> bool:
    names = [name for name in one.roles if name not in _TIMES and name in other.roles]
    for here in names:
        for there in names:
            if here >= there:
                continue
            ours, theirs = one.roles, other.roles
            over = (ours[here] & theirs[there]) - theirs[here] - ours[there]
            back = (ours[there] & theirs[here]) - theirs[there] - ours[here]
            if over and back:
                return True
    return _has_another_agent(one, other)


def _has_another_agent(one: _Frame, other: _Frame) -> bool:
    """Whether both name who did it, and it is somebody else."""
    if (one.is_passive, one.is_done_by) != (other.is_passive, other.is_done_by):
        return False
    ours, theirs = one.near_names, other.agent_names
    if not ours or not theirs or _any_same(ours - theirs, theirs):
        return False
    if one.is_done_by:
        return bool(ours - theirs) and bool(theirs - ours) and ours - theirs <= other.names
    return not ours & theirs and not other.has_pronoun


def _any_same(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    return any(their in DEMONYMS.get(our, ()) for our in ours for their in theirs)


def _other_speakers(said: Words, given: Sequence[Words]) -> Iterator[str]:
    ours = _speakers(said)
    theirs = [speaker for words in given for speaker in _speakers(words)]
    named = [speaker for speaker in theirs if not any(w.form in REPORTERS for w in speaker)]
    if not named or len(named) < len(theirs):
        return
    stems = {word.stem for speaker in named for word in speaker}
    for speaker in ours:
        if any(word.form in REPORTERS for word in speaker):
            continue
        if speaker and not any(word.stem in stems for word in speaker):
            yield f"the cited sentences name another speaker than {speaker[-1].text}"
            return


def _speakers(words: Words) -> list[list[Word]]:
    """The words that name who says something: before "said", behind "according to"."""
    found = []
    for at, word in enumerate(words):
        if word.form == "according" or (word.form in SAID_NOUNS and _follows(words, at) == "by"):
            behind = [w for w in words[at + 2 : at + 10] if w.clause == word.clause]
            found.append([w for w in behind if w.is_content])
        elif word.form in SAYING and at and _is_verb(words, at):
            before = [w for w in words[:at] if w.clause == word.clause]
            found.append([w for w in before if w.is_content or w.form in REPORTERS])
    return [speaker for speaker in found if speaker]


def _follows(words: Words, at: int) -> str:
    return words[at + 1].form if at + 1 < len(words) else ""
