"""Denials put in or left out: what the text affirms and the statement denies, and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from answerer.support_lists import DENIALS, NEGATIVE
from answerer.support_text import Word, words_of
from retriever.lexical import FUNCTION_WORDS

_SCOPE = 3
"""Content words behind a denial that it reaches."""


def turned_statements(statement: str, cited: Sequence[str]) -> Iterator[str]:
    said = words_of(statement)
    given = [words_of(text) for text in cited]
    denies = any(_is_denial(word) for word in said)
    if denies and not any(_is_negative(word) for words in given for word in words):
        yield "the statement denies what the cited sentences do not"
        return
    if any(_is_negative(word) for word in said):
        return
    stems = {word.stem for word in said if word.stem}
    for words in given:
        for place, word in enumerate(words):
            if _is_denial(word):
                scope = _scope(words, place)
                if scope and scope[0] in stems:
                    yield f"the cited sentences deny it: {word.text} … {scope[0]}"
                    return


def _scope(words: Sequence[Word], place: int) -> list[str]:
    clause = words[place].clause
    behind = [word for word in words[place + 1 :] if word.clause == clause and word.stem]
    return [word.stem for word in behind if word.stem not in FUNCTION_WORDS][:_SCOPE]


def _is_denial(word: Word) -> bool:
    return word.form in DENIALS or word.form.endswith("n't")


def _is_negative(word: Word) -> bool:
    return (
        _is_denial(word)
        or word.form in NEGATIVE
        or (word.form.startswith(("un", "non", "dis")) and len(word.form) > 6)
    )
