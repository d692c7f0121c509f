"""What a statement affirms and its cited sentences deny, or the other way round.

A negation, or a word such as "refuse", denies the content words behind it in its clause. No
grammar is known beyond that: which of the words is the verb is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator
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


@dataclass(frozen=True, slots=True)
class _Denial:
    """A negation or refusal, and the content words behind and before it that it denies."""

    cue: Word
    behind: Words
    before: Words

    @property
    def stems(self) -> list[str]:
        return [word.stem for word in (*self.behind, *self.before)]

    def __str__(self) -> str:
        return " ".join(word.text for word in (*self.before, self.cue, *self.behind))


def find_turned_negations(statement: str, cited: str) -> Iterator[str]:
    """The reasons why the statement denies or affirms what the cited sentences do not."""
    claim, source = words_of(statement), words_of(cited)
    yield from _put_in(claim, source)
    yield from _left_out(claim, source)
    yield from _opposites(claim, source)


def _is_negation(word: Word) -> bool:
    return word.form in _NEGATIONS or word.form.endswith("n't")


def _is_negative(word: Word) -> bool:
    """Whether the word has a "no" in it, if hidden: lack, unclear."""
    is_un = word.form.startswith(_SURE_PREFIXES) and not word.form.startswith(_NOT_NEGATED)
    return is_un or _is_negation(word) or word.stem in _NEAR


def _clause(words: Words, clause: int) -> list[Word]:
    return [word for word in words if word.clause == clause]


@lru_cache(maxsize=4_000)
def _denials(words: Words) -> tuple[_Denial, ...]:
    denials = []
    for cue in words:
        if not (_is_negation(cue) or cue.stem in _REFUSALS):
            continue
        clause = _clause(words, cue.clause)
        place = clause.index(cue)
        rest = clause[place + 1 :]
        if any(word.form in _POSITIVE_BEFORE for word in rest[:1]) or any(
            word.form in _UNTIL for word in rest
        ):
            continue
        behind = [word for word in rest[:_REACH] if word.is_content][:_MOST_DENIED]
        before = [word for word in clause[:place] if word.is_content][-2:]
        if not _is_negation(cue) or len(behind) > 1:
            before = []  # else as in "a party does not exist"
        denials.append(_Denial(cue, tuple(behind), tuple(before)))
    return tuple(denials)


def _put_in(claim: Words, source: Words) -> Iterator[str]:
    """The first denial of the statement for which the cited sentences have no reason."""
    has_negative = any(_is_negative(word) or word.stem in _FAINT for word in source)
    for denial in _denials(claim):
        if any(_is_opposite(word, other) for word in denial.behind for other in source):
            continue
        if not has_negative or _denies_alone(denial, claim, source):
            yield f"it denies what the cited sentences do not: {denial}"
            return


def _denies_alone(denial: _Denial, claim: Words, source: Words) -> bool:
    """Whether the cited sentences have what it denies, and nowhere in a clause with a "no"."""
    own = {word.stem for word in claim if word.is_content}
    refusing = {word.clause for word in source if word.stem in _REFUSALS}
    if any(word.stem in own for word in source if word.clause in refusing):
        return False  # "Isaac refused", and the statement speaks of Isaac
    if not _is_negation(denial.cue) or denial.cue.form in _PRONOUNS:
        return False
    stems = {word.stem for word in denial.behind}
    clauses = {word.clause for word in source if word.stem in stems}
    return bool(clauses) and not any(
        _is_negative(word) for word in source if word.clause in clauses
    )


def _left_out(claim: Words, source: Words) -> Iterator[str]:
    """The first denial of the cited sentences that a clause of the statement affirms."""
    for denial in _denials(source):
        denied = (*denial.behind, *denial.before)
        stems = set(denial.stems) - {word.stem for word in source if word not in denied}
        if _affirms(claim, denial, stems, source):
            yield f"the cited sentences deny it: {denial}"
            return


def _affirms(claim: Words, denial: _Denial, stems: set[str], source: Words) -> bool:
    """Whether a clause of the statement has denied words without a "no", and is of the same."""
    sentence = {w.stem for w in source if w.sentence == denial.cue.sentence and w.is_content}
    n_shared = len({word.stem for word in claim} & sentence)
    for clause in dict.fromkeys(word.clause for word in claim):
        own = {word.stem for word in _clause(claim, clause) if word.is_content}
        is_same = len(own & sentence) >= _LEAST_SHARED * len(own)
        is_same = is_same or (n_shared > 1 and not own.isdisjoint(denial.stems[:1]))
        if own & stems and is_same and not _has_a_no(claim, clause, own & stems, source):
            return True
    return False


def _has_a_no(claim: Words, clause: int, stems: set[str], source: Words) -> bool:
    """Whether the clause denies one of the stems, or has a "no" that the cited ones have not."""
    theirs = {word.stem for word in source}
    return any(not stems.isdisjoint(denial.stems) for denial in _denials(claim)) or any(
        _is_negation(word)
        or ((_is_negative(word) or word.stem in _FAINT) and word.stem not in theirs)
        for word in _clause(claim, clause)
    )


def _opposites(claim: Words, source: Words) -> Iterator[str]:
    """The first words that are each other's opposite by "un-": willing, unwilling."""
    own, theirs = ({word.stem for word in words} for words in (claim, source))
    for word in _affirmed(claim, besides=theirs):
        for other in _affirmed(source, besides=own):
            if _is_opposite(word, other):
                yield f"the cited sentences say {other.text}, not {word.text}"
                return


def _affirmed(words: Words, *, besides: set[str]) -> Iterator[Word]:
    """Content words without a "no" in their clause, but for one in the word itself."""
    noes = [word for word in words if _is_negative(word)]
    for word in words:
        is_denied = any(no.clause == word.clause and no is not word for no in noes)
        if word.is_content and word.stem not in besides and not is_denied:
            yield word


def _is_opposite(one: Word, other: Word) -> bool:
    return any(
        long.form.startswith(prefix) and stem_of(long.form.removeprefix(prefix)) == short.stem
        for long, short in ((one, other), (other, one))
        for prefix in _PREFIXES
    )
