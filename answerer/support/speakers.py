"""Who said it: what the cited sentences say of one speaker, and the statement of another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from answerer.support.cues import REPORTERS, SAID_NOUNS, SAYING, THINKING, WRITERS
from answerer.support.text import Word, stem_of, words_of

Words = Sequence[Word]


def other_speakers(statement: str, cited: Sequence[str], before: Sequence[str]) -> Iterator[str]:
    """Who says it in the statement, and does not in the cited sentences.

    In the sentences `before` stands who "he" may be.
    """
    said = words_of(statement)
    given = [words_of(text) for text in cited]
    speakers = _speakers(said)
    ours = [who for who in speakers if not any(w.form in REPORTERS | SAID_NOUNS for w in who)]
    named = [who for words in given for who in _speakers(words) if any(w.is_capital for w in who)]
    own = {word.stem for word in said}
    for who in speakers:
        is_writer = any(word.form in WRITERS for word in who)
        if is_writer and named and not any(w.stem in own for whom in named for w in whom):
            yield f"the cited sentences say that {named[0][-1].text} said it"
            return
    if not ours:
        return
    if not any(_is_speech(word) for words in given for word in words):
        yield f"the cited sentences do not say that {ours[0][-1].text} said it"
        return
    theirs = [who for words in given for who in _speakers(words)]
    stems = {word.stem for who in theirs for word in who}
    if any(
        not any(word.is_capital and word.form not in REPORTERS for word in who) for who in theirs
    ):  # he, or the party
        if not before:
            return
        stems = {word.stem for words in (*given, *map(words_of, before)) for word in words}
    for who in ours:
        if theirs and not any(word.stem in stems for word in who if word.is_weighty):
            yield f"the cited sentences name another speaker than {who[-1].text}"
            return


def _is_told(words: Words, at: int) -> bool:
    return words[at - 1].form not in ("the", "a", "an", "of", "this", "that")


def _is_speech(word: Word) -> bool:
    return word.stem in _speech() or word.text in '"“”«»'


@cache
def _speech() -> frozenset[str]:
    return frozenset(map(stem_of, SAYING | SAID_NOUNS | THINKING))


def _speakers(words: Words) -> list[list[Word]]:
    """The words that name who says something: before "said", behind "according to"."""
    found = []
    for at, word in enumerate(words):
        if word.form == "according" or (word.form in SAID_NOUNS and _follows(words, at) == "by"):
            behind = [w for w in words[at + 2 : at + 10] if w.clause == word.clause]
            found.append([w for w in behind if w.is_weighty])
        elif word.form in SAYING and at and _is_told(words, at):
            sentence = [w for w in words[:at] if w.sentence == word.sentence]
            before = [w for w in sentence if w.clause == word.clause]
            if not any(w.stem for w in before) and len(sentence) > 2 and words[at - 1].text == ")":
                before = [w for w in sentence if w.clause <= word.clause - 2]
            found.append([w for w in before if w.is_weighty or w.form in REPORTERS])
    return [speaker for speaker in found if speaker]


def _follows(words: Words, at: int) -> str:
    return words[at + 1].form if at + 1 < len(words) else ""
