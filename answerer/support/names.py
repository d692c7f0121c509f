"""Proper names of a statement that no cited sentence has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from answerer.support.cues import LINKING, PERSONAL, POINTING, words
from answerer.support.figures import MONTHS, UNITS, is_number_word
from answerer.support.lists import DEMONYMS, PLAIN_OPENINGS, SAME_NAMES
from answerer.support.meaning import synonyms
from answerer.support.text import Word, stem_of, words_of
from index.text.abbreviations import abbreviations_of
from index.text.folding import confusion_key, folded

_SMALL_WORDS = words("of the and for de la le von van der den del di da du")
_ENDINGS = ("n", "ns", "an", "ans", "ian", "ians", "ese", "ish")
_NO_NAMES = frozenset(("I", "A", "O"))


def unknown_names(
    statement: str, cited: Sequence[str], context: Sequence[str], before: Sequence[str] = ()
) -> Iterator[str]:
    """The statement's names that neither the cited sentences nor the titles have.

    A name that is cited in part may be given in full as it stands in the sentences `before`.
    """
    known = _Known([*cited, *context])
    fuller = [_run_text(run) for text in before for run in _runs(words_of(text))]
    seen = set()
    for run in _names(statement):
        if known.has_abbreviated(run):
            continue
        if any(map(known.has, run)) and any(_run_text(run) in name for name in fuller):
            continue
        for word in run:
            if not known.has(word) and word.form not in seen:
                seen.add(word.form)
                yield f"the name {word.text} is not in the cited sentences"


def points_back(words: Sequence[Word]) -> bool:
    """Whether a sentence has a "he", or a "these" before it names anything itself."""
    named = False
    for place, word in enumerate(words):
        named = named or (place > 2 and word.is_capital and word.is_content)
        if word.form in POINTING | LINKING and (word.form in PERSONAL or not named):
            return True
    return False


def exchanged_names(statement: str, cited: Sequence[str]) -> Iterator[str]:
    """Names of whom the statement says what another cited sentence says of somebody else."""
    given = [words_of(text) for text in cited]
    said = words_of(statement)
    for clause in {word.clause: None for word in said}:
        part = [word for word in said if word.clause == clause]
        runs = _runs(part)
        if not runs or not runs[0]:
            continue
        name = runs[0]
        told = {w.stem for w in part if (w.is_weighty or w.is_number) and w not in name}
        if any(_is_beside(text, name, told) for text in given):
            yield f"the cited sentences say it of somebody else than {name[-1].text}"
            return
        if len(given) < 2:
            continue
        fits = [sum(word in {w.stem for w in words} for word in told) for words in given]
        has = [all(word.form in {w.form for w in words} for word in name) for words in given]
        is_what = _called(part, name)
        if is_what and any(
            is_what in {w.stem for w in text} and not it and not points_back(text)
            for text, it in zip(given, has, strict=True)
        ):
            holds = [is_what in {w.stem for w in text} for text in given]
            if not any(hold and it for hold, it in zip(holds, has, strict=True)) and any(has):
                yield f"the cited sentences say it of somebody else than {name[-1].text}"
                return
        best = max(fits)
        own = max((fit for fit, it in zip(fits, has, strict=True) if it), default=best)
        for text, fit, it in zip(given, fits, has, strict=True):
            others = any(word.is_capital and word.is_content for word in text[1:])
            is_other = own < 2 or best == len(told)
            if is_other and fit == best > own + 1 and not it and others and not points_back(text):
                yield f"the cited sentences say it of somebody else than {name[-1].text}"
                return


def _called(part: Sequence[Word], name: Sequence[Word]) -> str:
    """What the clause says the name is: "Anna is the current mayor"; empty if it does not."""
    place = part.index(name[-1]) + 1
    if place >= len(part) or part[place].form not in ("is", "was", "are", "were"):
        return ""
    return next((word.stem for word in part[place:] if word.is_weighty), "")


def _is_beside(text: Sequence[Word], name: Sequence[Word], told: set[str]) -> bool:
    """Whether the name stands only in a "whose brother …", and what is told of it outside."""
    forms = {word.form for word in name}
    places = {word.clause for word in text if word.form in forms and word.is_capital}
    if not places:
        return False
    heads = {word.clause: word.form for word in reversed(text)}
    if any(heads[place] not in ("whose", "whom") for place in places):
        return False
    inside = {word.stem for word in text if word.clause in places}
    outside = {word.stem for word in text if word.clause not in places}
    return not told & inside - outside and len(told & outside) > 1


class _Known:
    """What names may be said: those of the sentences, their other forms, their abbreviations."""

    def __init__(self, texts: Sequence[str]) -> None:
        text = "\n\n".join(texts)
        written = [word for word in words_of(text) if word.stem]
        forms = [word.form for word in written]
        self._forms = set(forms)
        self._forms.update("".join(pair) for pair in pairwise(forms))
        plain = f" {' '.join(forms)} "
        for group in SAME_NAMES:
            if any(f" {name} " in plain for name in group):
                self._forms.update(part for name in group for part in name.split())
        for short, long in abbreviations_of(text):
            self._forms.update((folded(short), *folded(long).split()))
        for form in tuple(self._forms):
            self._forms.update(DEMONYMS.get(form, ()))
        self._stems = {word.stem for word in written}
        self._keys = {confusion_key(form) for form in self._forms if len(form) > 1}
        self._initials = {_initials(run) for run in _runs(written)}
        self._shorts = {word.form for word in written if word.text.isupper() and len(word.text) > 1}

    def has(self, word: Word) -> bool:
        if word.form in self._forms or word.stem in self._stems:
            return True
        if confusion_key(word.form) in self._keys or word.form.removesuffix("s") in self._forms:
            return True
        if any(_is_from(word.form, form) or _is_from(form, word.form) for form in self._forms):
            return True
        if word.text.isupper() and any(word.form in initials for initials in self._initials):
            return True
        return any(form in self._forms for form in DEMONYMS.get(word.form, ()))

    def has_abbreviated(self, run: Sequence[Word]) -> bool:
        """Whether the cited sentences have the name's initials: SPA, of which it is the whole."""
        return len(run) > 1 and _initials(run) in self._shorts


def _names(statement: str) -> list[list[Word]]:
    said = words_of(statement)
    runs = [run[1:] if _is_opening(said, run[0]) else run for run in _runs(said)]
    return [[word for word in run if word.text not in _NO_NAMES] for run in runs if run]


def _runs(written: Sequence[Word]) -> list[list[Word]]:
    """Capitalised words that stand together, with or without "of the" between them."""
    runs: list[list[Word]] = []
    gap = True
    for word in written:
        is_plain_word = (
            word.form in PLAIN_OPENINGS
            or word.form in MONTHS
            or is_number_word(word.form)
            or word.form in UNITS
        )
        if word.is_capital and word.stem and not is_plain_word:
            if gap:
                runs.append([])
            runs[-1].append(word)
            gap = False
        elif word.form not in _SMALL_WORDS and word.text not in ("-", "."):
            gap = True
    return runs


def _is_opening(said: Sequence[Word], word: Word) -> bool:
    """Whether the word is capitalised only because a sentence begins with it."""
    place = said.index(word)
    opens = place == 0 or said[place - 1].text in (".", "!", "?", ":")
    return opens and word.text[1:].islower() and is_plain(word.form)


@lru_cache(maxsize=10_000)
def is_plain(form: str) -> bool:
    """A guess whether a word at the head of a sentence is a common noun, adverb or participle."""
    bases = (form, form.removesuffix("er"), form.removesuffix("est"), form.removesuffix("r"))
    return any(stem_of(base) in synonyms() for base in bases if base) or form.endswith(
        ("s", "ly", "tion", "ment", "ness", "ity", "ing", "ism", "ed", "ance", "ence", "ship")
    )


def _run_text(run: Sequence[Word]) -> str:
    return " ".join(word.form for word in run)


def _is_from(one: str, other: str) -> bool:
    """Whether the first is the adjective of the second: Saharan, Sahara."""
    return len(other) > 3 and one.startswith(other) and one[len(other) :] in _ENDINGS


def _initials(run: Sequence[Word]) -> str:
    return "".join(word.form[0] for word in run)
