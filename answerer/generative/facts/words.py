"""A statement or a cited sentence as words: folded, stemmed, in clauses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from index.text.folding import folded, terms_of
from language.base import Comparison
from language.lookup import LANGUAGES
from retriever.lexical import FUNCTION_WORDS

_TOKEN = re.compile(
    r"\d+(?:[.,:/]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?|[^\W_]+|\n\n|[.,;:!?()\[\]–—\"“”„«»-]"
)
_APOSTROPHE = re.compile(r"['’](?:s|S)?\Z")
_PARAGRAPH = "\n\n"
_CLAUSE_MARKS = frozenset((*".,;:!?()[]–—", _PARAGRAPH))
_SENTENCE_MARKS = frozenset(".!?;:")
_SENTENCE_BEHIND = re.compile(r"\W*\s+[^\Wa-z_]")


def listed(pick: Callable[[Comparison], Iterable[str]]) -> frozenset[str]:
    """The words of a list of all languages, folded: which one a text is in is not asked."""
    return frozenset(folded(word) for language in LANGUAGES for word in pick(language.comparison))


CONJUNCTIONS = listed(lambda comparison: comparison.conjunctions)
PREPOSITIONS = listed(lambda comparison: comparison.prepositions)
_LIGHT = FUNCTION_WORDS.union(
    CONJUNCTIONS, PREPOSITIONS, terms_of(" ".join(listed(lambda c: c.light_words)))
)


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """A word or a mark, whose `stem` is empty. `clause` and `sentence` count from 0.

    `opens`: whether it is the first of a sentence. Two words of one form are two words: they are
    compared by identity.
    """

    text: str
    form: str
    stem: str
    clause: int
    sentence: int
    opens: bool
    is_capital: bool
    is_content: bool
    """Whether it means something of its own; a number does not."""


@lru_cache(maxsize=4_000)
def words_of(text: str) -> tuple[Word, ...]:
    """The words and marks of `text` in order; a possessive ending is taken off."""
    words: list[Word] = []
    clause = sentence = 0
    opens = True
    for match in _TOKEN.finditer(text):
        token = match.group()
        form = folded(_APOSTROPHE.sub("", token))
        stem = stem_of(form) if token[0].isalnum() else ""
        ends = token == _PARAGRAPH or (
            token in _SENTENCE_MARKS and _SENTENCE_BEHIND.match(text, match.end()) is not None
        )
        clause += token in _CLAUSE_MARKS or form in CONJUNCTIONS
        sentence += ends
        is_content = bool(stem) and not token[0].isdigit() and _LIGHT.isdisjoint((form, stem))
        is_first, is_capital = bool(stem) and opens, token[0].isupper()
        words.append(Word(token, form, stem, clause, sentence, is_first, is_capital, is_content))
        opens = ends or (opens and not stem)
    return tuple(words)


def content_stems(text: str) -> set[str]:
    return {word.stem for word in words_of(text) if word.is_content}


@lru_cache(maxsize=50_000)
def stem_of(form: str) -> str:
    terms = terms_of(form)
    return terms[0] if terms else form
