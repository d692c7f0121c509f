"""Proper names of a statement that no cited sentence has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from answerer.support_figures import MONTHS
from answerer.support_lists import DEMONYMS, PLAIN_OPENINGS, SAME_NAMES, words
from answerer.support_text import Word, words_of
from index.abbreviations import abbreviations_of
from index.folding import confusion_key, folded

_SMALL_WORDS = words("of the and for de la le von van der den del di da du")
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
        if confusion_key(word.form) in self._keys:
            return True
        if word.text.isupper() and any(word.form in initials for initials in self._initials):
            return True
        return any(form in self._forms for form in DEMONYMS.get(word.form, ()))

    def has_abbreviated(self, run: Sequence[Word]) -> bool:
        """Whether the cited sentences have the name's initials: SPA, of which it is the whole."""
        return len(run) > 1 and _initials(run) in self._shorts


def _names(statement: str) -> list[list[Word]]:
    said = words_of(statement)
    return [
        [word for word in run if word.text not in _NO_NAMES]
        for run in _runs(said)
        if not (len(run) == 1 and _is_opening(said, run[0]))
    ]


def _runs(written: Sequence[Word]) -> list[list[Word]]:
    """Capitalised words that stand together, with or without "of the" between them."""
    runs: list[list[Word]] = []
    gap = True
    for word in written:
        is_plain_word = word.form in PLAIN_OPENINGS or word.form in MONTHS
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
    return form.endswith(
        ("s", "ly", "tion", "ment", "ness", "ity", "ing", "ism", "ed", "ance", "ence", "ship")
    )


def _run_text(run: Sequence[Word]) -> str:
    return " ".join(word.form for word in run)


def _initials(run: Sequence[Word]) -> str:
    return "".join(word.form[0] for word in run)
