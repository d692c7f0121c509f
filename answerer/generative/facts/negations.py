"""What a statement affirms and its cited sentences deny, or the other way round.

A negation, or a word such as "refuse", denies the content words behind it in its clause. No
grammar is known beyond that: which of the words is the verb is not asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from answerer.generative.facts.words import Word, listed, stem_of, words_of
from index.text.folding import folded
from language.lookup import LANGUAGES

Words = tuple[Word, ...]

_NEGATIONS = frozenset(folded(word) for language in LANGUAGES for word in language.negations)
_POSITIVE_BEFORE = listed(lambda comparison: comparison.positive_before)
_UNTIL = listed(lambda comparison: comparison.until)
_PRONOUNS = listed(lambda comparison: comparison.negative_pronouns)
_REFUSALS = frozenset(map(stem_of, listed(lambda comparison: comparison.refusals)))
_NEAR = frozenset(map(stem_of, listed(lambda comparison: comparison.near_negations)))
_FAINT = frozenset(map(stem_of, listed(lambda comparison: comparison.faint_negations)))
_PREFIXES = listed(lambda comparison: comparison.negative_prefixes)
_SURE_PREFIXES = tuple(listed(lambda comparison: comparison.sure_prefixes))
_NOT_NEGATED = tuple(listed(lambda comparison: comparison.not_negated))

_REACH = 8
"""Words behind a negation among which the denied ones are looked for."""
_MOST_DENIED = 3
_LEAST_SHARED = 2 / 3
"""Of the content words of a statement's clause that a denied sentence has if it is the same."""
_SHORTEST_UN = 6
"""Letters of a word in which "un-" may deny."""
_FARTHEST = 6
"""Words from a negation to one in another clause that it may still deny."""


@dataclass(frozen=True, slots=True)
class _Denial:
    """The place of a negation or refusal, and those of the content words that it denies."""

    place: int
    denied: tuple[int, ...]
    words: Words

    @property
    def cue(self) -> Word:
        return self.words[self.place]

    @property
    def stems(self) -> list[str]:
        return [self.words[place].stem for place in self.denied]

    def __str__(self) -> str:
        places = (self.place, *self.denied)
        return " ".join(word.text for word in self.words[min(places) : max(places) + 1])


def turned_statements(statement: str, cited: Sequence[str]) -> Iterator[str]:
    """The reasons why the statement denies or affirms what the cited sentences do not."""
    said, given = words_of(statement), [words_of(text) for text in cited]
    yield from _put_in(said, given)
    yield from _left_out(said, given)
    yield from _opposites(said, given)


def _is_negation(word: Word) -> bool:
    return word.form in _NEGATIONS or word.form.endswith("n't")


def _is_negative(word: Word) -> bool:
    """Whether the word has a "no" in it, if hidden: lack, unclear."""
    is_un = word.form.startswith(_SURE_PREFIXES) and len(word.form) >= _SHORTEST_UN
    is_un = is_un and not word.form.startswith(_NOT_NEGATED)
    return is_un or _is_negation(word) or word.stem in _NEAR


@lru_cache(maxsize=4_000)
def _denials(words: Words) -> tuple[_Denial, ...]:
    found = []
    for place, cue in enumerate(words):
        behind = words[place + 1].form if place + 1 < len(words) else ""
        clause = [i for i, word in enumerate(words) if word.clause == cue.clause]
        is_positive = behind in _POSITIVE_BEFORE or any(
            words[i].form in _UNTIL for i in clause if i > place
        )
        # What was "stopped by the general" stands before it, as subject or object.
        is_refusal = cue.stem in _REFUSALS and behind != "by"
        if is_positive or not (_is_negation(cue) or is_refusal):
            continue
        denied = [i for i in clause if place < i <= place + _REACH and words[i].is_content]
        if _is_negation(cue) and len(denied) < 2:  # "a party does not exist"
            denied += [i for i in clause if i < place and words[i].is_content][-2:]
        found.append(_Denial(place, tuple(denied[:_MOST_DENIED]), words))
    return tuple(found)


def _put_in(said: Words, given: Sequence[Words]) -> Iterator[str]:
    """The first denial of the statement for which the cited sentences have no reason."""
    theirs = [word for words in given for word in words]
    has_negative = any(_is_negative(word) or word.stem in _FAINT for word in theirs)
    for denial in _denials(said):
        if any(_is_opposite(said[place], other) for place in denial.denied for other in theirs):
            continue
        if not has_negative or _denies_alone(denial, said, given):
            yield f"it denies what the cited sentences do not: {denial}"
            return


def _denies_alone(denial: _Denial, said: Words, given: Sequence[Words]) -> bool:
    """Whether the cited sentences have what it denies, and nowhere near a "no"."""
    if not _is_negation(denial.cue) or denial.cue.form in _PRONOUNS or _refuses(said, given):
        return False
    stems = {said[place].stem for place in denial.denied if place > denial.place}
    places = [(words, at) for words in given for at, w in enumerate(words) if w.stem in stems]
    return bool(places) and not any(_is_near_a_no(words, at) for words, at in places)


def _refuses(said: Words, given: Sequence[Words]) -> bool:
    """Whether something that the statement speaks of refuses: "Isaac refused"."""
    own = {word.stem for word in said if word.is_content}
    for words in given:
        clauses = {word.clause for word in words if word.stem in _REFUSALS}
        if any(word.stem in own for word in words if word.clause in clauses):
            return True
    return False


def _is_near_a_no(words: Words, at: int) -> bool:
    here = words[at]
    return any(
        _is_negative(word)
        and (
            word.clause == here.clause
            or (word.sentence == here.sentence and 0 < at - place < _FARTHEST)
        )
        for place, word in enumerate(words)
    )


def _left_out(said: Words, given: Sequence[Words]) -> Iterator[str]:
    """The first denial of the cited sentences that a clause of the statement affirms."""
    for words in given:
        for denial in _denials(words):
            affirmed = {
                word.stem
                for text in given
                for place, word in enumerate(text)
                if text is not words or place not in denial.denied
            }
            if _affirms(said, denial, set(denial.stems) - affirmed, given):
                yield f"the cited sentences deny it: {denial}"
                return


def _affirms(said: Words, denial: _Denial, stems: set[str], given: Sequence[Words]) -> bool:
    """Whether a clause of the statement has denied words without a "no", and is of the same."""
    sentence = {
        word.stem
        for word in denial.words
        if word.sentence == denial.cue.sentence and word.is_content
    }
    n_shared = len({word.stem for word in said} & sentence)
    for clause in dict.fromkeys(word.clause for word in said):
        own = {word.stem for word in said if word.clause == clause and word.is_content}
        is_same = len(own & sentence) >= _LEAST_SHARED * len(own)
        is_same = is_same or (n_shared > 1 and not own.isdisjoint(denial.stems[:1]))
        if own & stems and is_same and not _has_a_no(said, clause, own & stems, given):
            return True
    return False


def _has_a_no(said: Words, clause: int, stems: set[str], given: Sequence[Words]) -> bool:
    """Whether the clause denies one of the stems, or has a "no" that the cited ones have not."""
    theirs = {word.stem for words in given for word in words}
    if any(stem in stems for denial in _denials(said) for stem in denial.stems):
        return True
    own = [word for word in said if word.clause == clause]
    return any(map(_is_negation, own)) or any(
        (_is_negative(word) or word.stem in _FAINT) and word.stem not in theirs for word in own
    )


def _opposites(said: Words, given: Sequence[Words]) -> Iterator[str]:
    """Words that are each other's opposite by "un-": willing, unwilling."""
    theirs = {word.stem for words in given for word in words}
    own = {word.stem for word in said}
    mine = [word for word in _affirmed(said) if word.stem not in theirs]
    for other in (word for words in given for word in _affirmed(words) if word.stem not in own):
        for word in mine:
            if _is_opposite(word, other):
                yield f"the cited sentences say {other.text}, not {word.text}"
                return


def _affirmed(words: Words) -> Iterable[Word]:
    """Content words without a "no" in their clause, but for one in the word itself."""
    noes = [word for word in words if _is_negative(word)]
    for word in words:
        if word.is_content and not any(no.clause == word.clause and no is not word for no in noes):
            yield word


def _is_opposite(one: Word, other: Word) -> bool:
    return any(
        long.form.startswith(prefix) and stem_of(long.form.removeprefix(prefix)) == short.stem
        for long, short in ((one, other), (other, one))
        for prefix in _PREFIXES
    )
