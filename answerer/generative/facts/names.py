"""Proper names of a statement that no cited sentence has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from answerer.generative.facts.amounts import is_amount_word
from answerer.generative.facts.words import PREPOSITIONS, Word, listed, stem_of, words_of
from index.text.folding import confusion_key, folded
from language.lookup import LANGUAGES

_PARTICLES = listed(lambda comparison: comparison.name_particles)
_NO_NAMES = frozenset(("I", "A", "O"))
_SAME_NAMES = [names for language in LANGUAGES for names in language.comparison.same_names]
_NAME_ENDINGS = listed(lambda comparison: comparison.name_endings) | {""}
_COMMON_ENDINGS = tuple(listed(lambda comparison: comparison.common_endings))
_LEAST_SHARED = 4
"""Letters of two names that differ in their endings."""

_WORD = re.compile(r"[^\W\d_]+")
_OFTEN = 5
"""Times that the name of what a document is about stands in it at least."""


def find_unknown_names(
    statement: str, cited: str, before: str, documents: Sequence[str]
) -> Iterator[str]:
    """The statement's names that the cited text does not have.

    A name that is cited in part may be given in full as it stands in the sentences `before`, and
    the name that is in the whole text of a document most often may always be said.
    """
    text = "\n\n".join((cited, *map(_subject, documents)))
    known = _known_forms(text)
    abbreviations = {word.form for word in words_of(text) if word.text[:2].isupper()}
    fuller = [_joined(run) for run in _runs(words_of(before))]
    claim = words_of(statement)
    for run in _runs(claim):
        name = [word for word in run if not _is_common(word, claim, documents)]
        is_short = len(name) > 1 and _initials(name) in abbreviations
        unknown = [word for word in name if not _is_known(word, known)]
        is_fuller = len(unknown) < len(name) and any(_joined(name) in other for other in fuller)
        if not (is_short or is_fuller):
            yield from (f"the name {word.text} is not in the cited sentences" for word in unknown)


def _known_forms(text: str) -> set[str]:
    """The words of a text, also two as one, their stems, and other names of what they name."""
    words = [word for word in words_of(text) if word.stem]
    forms = [word.form for word in words]
    known = {*forms, *(word.stem for word in words)}
    known.update("".join(pair) for pair in pairwise(forms))
    known.update(_initials(run) for run in _runs(words) if len(run) > 1)
    for names in _SAME_NAMES:
        if any(f" {name} " in f" {' '.join(forms)} " for name in names):
            known.update(part for name in names for part in name.split())
    return known | {confusion_key(form) for form in known}


def _is_known(word: Word, known: set[str]) -> bool:
    forms = (word.form, word.form.removesuffix("s"), word.stem, confusion_key(word.form))
    start = word.form[:_LEAST_SHARED]
    return not known.isdisjoint(forms) or any(
        _is_one_name(word.form, form) for form in known if form.startswith(start)
    )


def _runs(words: Sequence[Word]) -> list[list[Word]]:
    """Capitalised words that stand together, with or without "of the" between them."""
    runs: list[list[Word]] = [[]]
    for word in words:
        if _may_name(word):
            runs[-1].append(word)
        elif word.form not in _PARTICLES and word.text not in ("-", "."):
            runs.append([])
    return [run for run in runs if run]


def _may_name(word: Word) -> bool:
    is_name = word.is_capital and word.is_content and word.text not in _NO_NAMES
    return is_name and not is_amount_word(word.form)


def _is_common(word: Word, claim: Sequence[Word], documents: Sequence[str]) -> bool:
    """A guess whether a word that opens a sentence is no name.

    So it is taken for none if the documents somewhere write it small.
    """
    if not word.opens or not word.text[1:].islower():
        return False
    behind = [other.form for other in claim[claim.index(word) + 1 :][:1]]
    return (
        word.form.endswith(_COMMON_ENDINGS)
        or not PREPOSITIONS.isdisjoint(behind)
        or any(word.stem in _small_stems(text) for text in documents)
    )


@lru_cache(maxsize=64)
def _small_stems(text: str) -> Collection[str]:
    return {stem_of(folded(word)) for word in set(_WORD.findall(text)) if word.islower()}


@lru_cache(maxsize=64)
def _subject(text: str) -> str:
    """The name that stands in a document most often: lists and minutes often leave it out."""
    capitals = Counter(word for word in _WORD.findall(text) if word[0].isupper())
    often = (word for word, n in capitals.most_common() if n >= _OFTEN)
    return next((word for word in often if any(map(_may_name, words_of(word)))), "")


def _is_one_name(one: str, other: str) -> bool:
    """Whether two names differ by their endings alone: Korea, Korean; Scotland, Scottish."""
    return any(
        one[:cut] == other[:cut] and _NAME_ENDINGS.issuperset((one[cut:], other[cut:]))
        for cut in range(_LEAST_SHARED, min(len(one), len(other)) + 1)
    )


def _joined(run: Sequence[Word]) -> str:
    return " ".join(word.form for word in run)


def _initials(run: Sequence[Word]) -> str:
    return "".join(word.form[0] for word in run)
