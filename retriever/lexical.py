"""The words of a question, weighted: what is searched for in the lexical index.

Function words carry nothing. A word brings along what scanners make of it, a word that no document
has brings its nearest spelling, and the collection's other names for a thing bring each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from rapidfuzz.distance import DamerauLevenshtein

from index.folding import confusion_key, terms_of
from index.passage_index import PassageIndex

_FUNCTION_WORDS = frozenset(
    terms_of(
        "a an the of in on at to for by with from and or is are was were be been being am do does "
        "did has have had having what which who whom whose when where why how many much that this "
        "these those it its as than then there their they them he she his her him we our us you "
        "your i my me not no if can could would should may might will shall about into over s t "
        "tell give please say says said so also any some such"
    )
)

_CONFUSED_WEIGHT = 0.5
"""Of a term that a scanner may have made of the asked one, against the asked one."""

_SPELLING_WEIGHT = 0.8
"""Of the nearest spelling of a word that no document has."""

_OTHER_NAME_WEIGHT = 0.8
"""Of another name for the thing, shared among the name's words."""


def content_terms(text: str) -> list[str]:
    """The terms of `text` that carry meaning, in order; all of them where none does."""
    terms = terms_of(text)
    return [term for term in terms if term not in _FUNCTION_WORDS] or terms


def content_pairs(terms: Sequence[str]) -> set[tuple[str, str]]:
    """Neighbouring terms, the "ordered windows" of Metzler & Croft (SIGIR 2005)."""
    return {(first, second) for first, second in pairwise(terms) if first != second}


def weighted_terms(
    question: str, index: PassageIndex, *, names: Iterable[Sequence[str]] = ()
) -> dict[str, float]:
    """Terms to search for and their weights. `names`: groups of names for one thing."""
    asked = content_terms(question)
    weights: dict[str, float] = {term: float(count) for term, count in Counter(asked).items()}
    known = index.document_frequency(list(weights))
    for term in list(weights):
        for other, weight in _misread(term, index).items():
            weights[other] = max(weights.get(other, 0.0), weight)
        if not known[term] and (nearest := _nearest_spelling(term, index)):
            weights[nearest] = max(weights.get(nearest, 0.0), _SPELLING_WEIGHT)
    for term, weight in _other_names(terms_of(question), names).items():
        weights[term] = max(weights.get(term, 0.0), weight)
    return weights


def coverage(
    terms: Iterable[str], asked: Mapping[str, float], rarity: Mapping[str, float]
) -> float:
    """The share of the asked terms, weighted by rarity, that `terms` hold; 0 to 1."""
    total = sum(asked[term] * rarity[term] for term in asked)
    held = set(terms)
    return sum(asked[term] * rarity[term] for term in asked if term in held) / total if total else 0


def _misread(term: str, index: PassageIndex) -> dict[str, float]:
    like = index.terms_like(confusion_key(term))
    return {other.text: _CONFUSED_WEIGHT for other in like if other.text != term}


def _nearest_spelling(term: str, index: PassageIndex) -> str | None:
    """One slip in a word of four to seven letters, two in a longer one; the first letter stands."""
    if len(term) < 4 or not term.isalpha():
        return None
    slips = 1 if len(term) < 8 else 2
    candidates = index.terms_beginning(
        term[0], shortest=len(term) - slips, longest=len(term) + slips
    )
    near = [
        (distance, -other.n_passages, other.text)
        for other in candidates
        if (distance := DamerauLevenshtein.distance(term, other.text, score_cutoff=slips)) <= slips
    ]
    return min(near)[2] if near else None


def _other_names(terms: Sequence[str], names: Iterable[Sequence[str]]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for group in names:
        folded = [terms_of(name) for name in group]
        if any(_holds(terms, name) for name in folded):
            for name in folded:
                for term in name:
                    if term not in _FUNCTION_WORDS:
                        weights[term] = max(weights.get(term, 0), _OTHER_NAME_WEIGHT / len(name))
    return weights


def _holds(terms: Sequence[str], name: Sequence[str]) -> bool:
    n = len(name)
    return n > 0 and any(terms[i : i + n] == name for i in range(len(terms) - n + 1))
