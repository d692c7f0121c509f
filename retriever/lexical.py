"""The words of a question, and the forms in which the documents may have each of them.

Function words carry nothing. A word brings along what scanners make of it, a word that is neither
in a document nor in a name brings its nearest spelling, and a name brings the other names of the
same thing: those of the collection's glossary, and the abbreviations that the documents introduce.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from index.storage.base import PassageStore
from index.text.folding import confusion_key, terms_of
from language.english import ENGLISH
from retriever.spelling import near_terms

FUNCTION_WORDS = frozenset(terms_of(" ".join(ENGLISH.function_words)))

_CONFUSED_WEIGHT = 0.5
"""Of a term that a scanner may have made of the asked one, against the asked one."""

_SPELLING_WEIGHT = 0.8
"""Of the nearest spelling of a word that no document has."""

_OTHER_NAME_WEIGHT = 0.8
"""Of another name for the thing, shared among the name's words."""

Name = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskedTerm:
    """One word of a question. `weight` counts how often it was asked.

    `variants`: other forms of the word and their weight, 0 to 1. `names`: other names for the
    thing that the word names (or helps to name), each of one or more terms.
    """

    text: str
    weight: float = 1.0
    variants: Mapping[str, float] = field(default_factory=dict, hash=False)
    names: tuple[Name, ...] = ()

    @property
    def forms(self) -> tuple[str, ...]:
        return (self.text, *self.variants)

    def held_by(self, terms: Collection[str]) -> float:
        """How well a text with these terms has the word, 0 to 1."""
        if self.text in terms:
            return 1.0
        found = max((weight for form, weight in self.variants.items() if form in terms), default=0)
        if any(all(term in terms for term in name) for name in self.names):
            return max(found, _OTHER_NAME_WEIGHT)
        return found


class Names:
    """Groups of names for one thing. Two groups that share a name are told apart, not merged.

    `terms`: those of all names.
    """

    def __init__(self, groups: Iterable[Sequence[str]]) -> None:
        self._groups: dict[str, list[tuple[Name, tuple[Name, ...]]]] = defaultdict(list)
        for group in groups:
            names = [name for name in dict.fromkeys(map(_name, group)) if name]
            for name in names:
                others = tuple(other for other in names if other != name)
                if others:
                    self._groups[name[0]].append((name, others))
        known = (name for same_start in self._groups.values() for name, _ in same_start)
        self.terms = frozenset(term for name in known for term in name)

    def named_in(self, terms: Sequence[str]) -> Iterable[tuple[Name, tuple[Name, ...]]]:
        """Each name that stands in `terms`, with the others of its group.

        A name within a longer one is none: the Democratic Republic of Korea is not the Republic.
        """
        found = [
            (place, place + len(name), name, others)
            for place, term in enumerate(terms)
            for name, others in self._groups.get(term, ())
            if tuple(terms[place : place + len(name)]) == name
        ]
        for start, end, name, others in found:
            around = ((a, b) for a, b, _, _ in found if a <= start and end <= b)
            if all(place == (start, end) for place in around):
                yield name, others


def _name(text: str) -> Name:
    """Its terms; "People's" and "Peoples" are one word in a name."""
    return tuple(term for term in terms_of(text) if term != "s")


def content_terms(text: str) -> list[str]:
    """The terms of `text` that carry meaning, in order; all of them where none does."""
    terms = terms_of(text)
    return [term for term in terms if term not in FUNCTION_WORDS] or terms


def asked_terms(question: str, index: PassageStore, names: Names) -> tuple[AskedTerm, ...]:
    """The question's words in order, each once."""
    asked = content_terms(question)
    known = index.lexical.document_frequency(list(dict.fromkeys(asked)))
    other_names: dict[str, dict[Name, None]] = defaultdict(dict)
    for name, others in names.named_in(_name(question)):
        for term in name:
            other_names[term] |= dict.fromkeys(others)
    return tuple(
        AskedTerm(
            term,
            float(asked.count(term)),
            _variants(term, index, is_known=known[term] > 0 or bool(other_names[term])),
            tuple(other_names[term]),
        )
        for term in dict.fromkeys(asked)
    )


def content_pairs(terms: Sequence[str]) -> set[tuple[str, str]]:
    """Neighbouring terms, the "ordered windows" of Metzler & Croft (SIGIR 2005)."""
    return {(first, second) for first, second in pairwise(terms) if first != second}


def coverage(
    asked: Iterable[AskedTerm], rarity: Mapping[str, float], terms: Collection[str]
) -> float:
    """The share of the asked words, weighted by rarity, that a text with these terms has."""
    total = held = 0.0
    for term in asked:
        weight = term.weight * rarity[term.text]
        total += weight
        held += weight * term.held_by(terms)
    return held / total if total else 0.0


def weighted_terms(asked: Iterable[AskedTerm]) -> dict[str, float]:
    """All forms as terms to search for, with the best weight that any word gives them."""
    weights: dict[str, float] = {}
    for term in asked:
        forms = {term.text: term.weight, **term.variants}
        for name in term.names:
            share = _OTHER_NAME_WEIGHT / len(name)
            forms |= {part: share for part in name if part not in FUNCTION_WORDS | forms.keys()}
        for form, weight in forms.items():
            weights[form] = max(weights.get(form, 0.0), weight)
    return weights


def _variants(term: str, index: PassageStore, *, is_known: bool) -> dict[str, float]:
    like = index.lexical.terms_like(confusion_key(term))
    variants = {other: _CONFUSED_WEIGHT for other in like if other != term}
    if not is_known and (nearest := next(iter(near_terms(term, index)), None)):
        variants[nearest] = max(variants.get(nearest, 0.0), _SPELLING_WEIGHT)
    return variants
