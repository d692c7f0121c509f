"""A statement or a cited sentence as words: folded, stemmed, in clauses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from index.folding import folded, terms_of

_TOKEN = re.compile(
    r"\d+(?:[.,:/]\d+)*\.?(?:st|nd|rd|th|s)?(?![^\W_])|[^\W_]+(?:['’][^\W\d_]+)?|[.,;:!?()\[\]%°$€£–—-]"
)
_APOSTROPHE = re.compile(r"['’](?:s|S)?\Z")
_BOUNDS = frozenset(".,;:!?()[]–—")

IRREGULAR = {
    form: lemma
    for lemma, forms in {
        "say": "said says",
        "begin": "began begun beginning",
        "become": "became becoming",
        "bring": "brought",
        "build": "built",
        "buy": "bought",
        "catch": "caught",
        "choose": "chose chosen",
        "come": "came",
        "drive": "drove driven",
        "fall": "fell fallen",
        "feel": "felt",
        "fight": "fought",
        "find": "found",
        "flee": "fled",
        "fly": "flew flown",
        "get": "got gotten",
        "give": "gave given",
        "go": "went gone",
        "grow": "grew grown growth",
        "have": "had has",
        "hear": "heard",
        "hold": "held",
        "keep": "kept",
        "know": "knew known",
        "lead": "led",
        "leave": "left",
        "lend": "lent",
        "lie": "lay lain",
        "lose": "lost loss losses",
        "make": "made",
        "mean": "meant",
        "meet": "met",
        "overthrow": "overthrew overthrown",
        "pay": "paid",
        "rise": "rose risen",
        "run": "ran",
        "see": "saw seen",
        "sell": "sold sale sales",
        "send": "sent",
        "show": "shown",
        "sink": "sank sunk",
        "speak": "spoke spoken speech",
        "spend": "spent",
        "stand": "stood",
        "take": "took taken",
        "teach": "taught",
        "tell": "told",
        "think": "thought",
        "understand": "understood",
        "wear": "wore worn",
        "win": "won",
        "withdraw": "withdrew withdrawn withdrawal",
        "write": "wrote written",
        "die": "died dies dying dead death deaths",
        "man": "men",
        "woman": "women",
        "child": "children",
    }.items()
    for form in forms.split()
}
"""Forms that a stemmer does not bring together."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a mark. `stem` is empty for a mark; `clause` counts from 0 between marks."""

    text: str
    form: str
    stem: str
    start: int
    clause: int

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def is_number(self) -> bool:
        return self.text[0].isdigit()


@lru_cache(maxsize=4_000)
def words_of(text: str) -> tuple[Word, ...]:
    """The words and marks of `text` in order; a possessive ending is taken off."""
    words = []
    clause = 0
    for match in _TOKEN.finditer(text):
        written = match.group()
        if not written[0].isalnum():
            clause += written in _BOUNDS
            words.append(Word(written, written, "", match.start(), clause))
            continue
        form = folded(_APOSTROPHE.sub("", written))
        words.append(Word(written, form, stem_of(form), match.start(), clause))
    return tuple(words)


@lru_cache(maxsize=50_000)
def stem_of(form: str) -> str:
    terms = terms_of(IRREGULAR.get(form, form))
    return terms[0] if terms else form
