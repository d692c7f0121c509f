"""A statement or a cited sentence as words: folded, stemmed, in clauses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from index.text.folding import folded, terms_of
from retriever.lexical import FUNCTION_WORDS

_TOKEN = re.compile(
    r"\d+(?:[.,:/]\d+)*\.?(?:st|nd|rd|th|s)?(?![^\W_])|[^\W_]+(?:['’][^\W\d_]+)?|[.,;:!?()\[\]%°$€£–—\"“”«»-]"
)
_APOSTROPHE = re.compile(r"['’](?:s|S)?\Z")
_SHORT = re.compile(r"(?:\b[A-Z]|\b(?:St|Mr|Mrs|Dr|Prof|Gen|Lt|Col|No|vs|ca|d))\Z")
_BOUNDS = frozenset(".,;:!?()[]–—")
_JOINING = frozenset(
    (
        *("and", "but", "while", "whereas", "although", "though", "because", "so", "which", "who"),
        *("whom", "whose", "where", "when", "since", "unless", "if", "yet", "und", "aber", "et"),
        *("mais", "y", "pero"),
    )
)
PREPOSITIONS = frozenset(
    (
        *("to", "from", "by", "with", "against", "for", "in", "at", "on", "under", "into", "over"),
        *("after", "before", "between", "during", "through", "towards", "toward", "until", "as"),
        *("than", "about", "upon", "among", "off", "near", "of", "within", "across", "along"),
    )
)
LIGHT = frozenset(
    terms_of(
        "make take get go come become keep put use thing lot number part side year way kind form "
        "place time day one two there here now then today current present very quite rather still "
        "already even just well however thus therefore hence while although though because since "
        "when where whether upon within between among toward during under according regard "
        "concern certain several many most all every each both other another only own such same "
        "more less much few some any include especially particular mainly mostly largely actually "
        "apparently probably perhaps reportedly roughly approximately around nearly almost must "
        "need let become remain be mean new old great large small big long high low good first "
        "last next previous former later early late before after again ever never always often "
        "nobody nothing none nowhere everyone everybody anyone someone somebody "
        "usually out up down off away back"
    )
)
"""Stems that say little alone: that they are missing tells nothing."""

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


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """A word or a mark, whose `stem` is empty.

    `sentence` and `clause` count from 0; a clause is what stands between marks and conjunctions.
    A content word means something; a weighty one means something of its own. Words are told apart
    by identity: two of one form in a text are two words.
    """

    text: str
    form: str
    stem: str
    start: int
    clause: int
    sentence: int

    is_capital: bool
    is_number: bool
    is_content: bool
    is_weighty: bool


@lru_cache(maxsize=4_000)
def words_of(text: str) -> tuple[Word, ...]:
    """The words and marks of `text` in order; a possessive ending is taken off."""
    words = []
    clause = sentence = 0
    for match in _TOKEN.finditer(text):
        written = match.group()
        if not written[0].isalnum():
            clause += written in _BOUNDS
            sentence += written in ";!?" or _ends(text, match)
            words.append(_word(written, written, match.start(), clause=clause, sentence=sentence))
            continue
        form = folded(_APOSTROPHE.sub("", written))
        clause += form in _JOINING
        words.append(_word(written, form, match.start(), clause=clause, sentence=sentence))
    return tuple(words)


def _word(text: str, form: str, start: int, *, clause: int, sentence: int) -> Word:
    stem = stem_of(form) if text[0].isalnum() else ""
    is_number = text[0].isdigit()
    is_content = bool(stem) and not (
        is_number or stem in FUNCTION_WORDS or form in PREPOSITIONS or form in _JOINING
    )
    return Word(
        text,
        form,
        stem,
        start,
        clause,
        sentence,
        is_capital=text[0].isupper(),
        is_number=is_number,
        is_content=is_content,
        is_weighty=is_content and stem not in LIGHT,
    )


def _ends(text: str, mark: re.Match[str]) -> bool:
    """Whether the full stop ends a sentence: a space and a capital follow, and it is no initial."""
    if _SHORT.search(text[: mark.start()]):
        return False
    return (
        mark.group() == "." and re.match(r"[\"'”’)]*\s+[^\Wa-z_]", text[mark.end() :]) is not None
    )


@lru_cache(maxsize=50_000)
def stem_of(form: str) -> str:
    terms = terms_of(IRREGULAR.get(form, form))
    return terms[0] if terms else form
