"""A question in the documents' own spelling: a slip of the finger must not hide what they say."""

from __future__ import annotations

from collections.abc import Callable, Collection

from rapidfuzz.distance import DamerauLevenshtein

from index.storage.base import PassageStore
from index.text.folding import confusion_key, folded, lexical_text, terms_with_spans

_MOST_NEAR = 4
"""Terms that may be meant by one word."""

_N_LOOKED_AT = 5
"""Passages in which the forms of a term are looked for."""

_FEW_WORDS = 4
"""So few do not tell in which language they are."""


def as_spelled(
    question: str,
    index: PassageStore,
    *,
    is_word: Callable[[str], bool],
    names: Collection[str] = (),
) -> str:
    """The question; each word that is none is put as the documents spell the nearest one.

    A word is left as it stands where a document has it, or what a scanner may have made of it,
    where `is_word` knows it in lower case, or where it is among the terms of `names`. A longer
    question, most of whose words are strange, is in another language, and stays as it is.
    """
    terms = terms_with_spans(question)
    held = index.lexical.document_frequency(list(dict.fromkeys(term.text for term in terms)))
    strange = [
        term
        for term in terms
        if not held[term.text]
        and term.text not in names
        and not is_word(term.span.of(question).lower())
    ]
    if 3 * len(strange) > 2 * max(len(terms), _FEW_WORDS):
        return question
    for term in reversed(strange):
        typed = term.span.of(question)
        if word := _nearest_word(term.text, typed, index):
            word = word[0].upper() + word[1:] if typed[0].isupper() else word
            question = question[: term.span.start] + word + question[term.span.end :]
    return question


def near_terms(term: str, index: PassageStore) -> dict[str, int]:
    """The vocabulary's terms that may be meant, nearest first, with how many passages have each.

    One slip in a word of four to seven letters, two in a longer one; the first letter stands.
    """
    if len(term) < 4 or not term.isalpha():
        return {}
    slips = _most_slips(term)
    candidates = index.lexical.terms_beginning(
        term[0], shortest=len(term) - slips, longest=len(term) + slips
    )
    near = [
        (distance, -n_passages, other)
        for other, n_passages in candidates.items()
        if (distance := DamerauLevenshtein.distance(term, other, score_cutoff=slips)) <= slips
    ]
    return {other: -n_passages for _, n_passages, other in sorted(near)[:_MOST_NEAR]}


def _nearest_word(term: str, typed: str, index: PassageStore) -> str | None:
    """Of the forms in which documents have the nearest terms, the one most like what was typed."""
    if index.lexical.terms_like(confusion_key(term)):
        return None
    forms = [
        (_slips(form, typed), -n_passages, form[0].isupper() != typed[0].isupper(), form)
        for near, n_passages in near_terms(term, index).items()
        for form in _forms(near, index)
    ]
    slips, _, _, word = min(forms, default=(0, 0, False, None))
    return word if slips <= _most_slips(typed) else None


def _forms(term: str, index: PassageStore) -> set[str]:
    holding = index.lexical.matching({term: 1.0}, k=_N_LOOKED_AT)
    texts = (
        " ".join(lexical_text(each)) for each in index.texts.passages([key for key, _ in holding])
    )
    words = (
        found.span.of(text)
        for text in texts
        for found in terms_with_spans(text)
        if found.text == term
    )
    return {word for word in words if word.isalpha()}


def _slips(form: str, typed: str) -> int:
    return DamerauLevenshtein.distance(folded(form), folded(typed))


def _most_slips(word: str) -> int:
    return 1 if len(word) < 8 else 2
