"""Words as they are matched: a folded copy of a text beside a map back to the original.

Readers never see folded text. Folding takes away what scanners, typesetters and typists vary:
case, accents, ligatures, long s, typographic marks, soft and line-end hyphens, runs of space.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

from datatypes import Passage, Span
from language.english import ENGLISH

FOLDING_VERSION = 2
"""Goes into the recipe: an index folded otherwise is made anew."""

_LINE_END_HYPHEN = re.compile(r"(?<=\w)[-\u00ad\u2010\u2011\u00ac][ \t]*\n[ \t]*(?=[^\W\d_A-Z])")
_SPACE = re.compile(r"\s+")
_MARKS = str.maketrans(
    "‘’‚‛ʼ′´`" + "“”„‟«»″" + "‐‑‒–—―−" + "ſøłđı",
    "''''''''" + '"""""""' + "-------" + "soldi",
    "\u00ad\u200b\u200c\u200d\u2060\ufeff",  # not seen, as the joiners between letters
) | {ord("æ"): "ae", ord("œ"): "oe"}
_WORD = re.compile(
    r"\d+(?:[.,]\d+)+"  # 78.6 and 1,204 are one word each
    r"|[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"  # scripts without spaces: a sign is a word
    r"|(?:(?![\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff])[^\W_])+"
)
_stemmer = Stemmer.Stemmer(ENGLISH.stemmer)
_stemmer_lock = threading.Lock()

# Signs that scanners take for one another, after folding ("Kim II Sung" for "Kim Il Sung").
_CONFUSED_PAIRS = (("rn", "m"), ("vv", "w"))
_CONFUSED_SIGNS = str.maketrans("i1|!05", "llllos")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `origins[i]` is where its character `i` stands in the original."""

    text: str
    origins: tuple[int, ...]

    def original(self, start: int, end: int) -> Span:
        """The original characters behind the folded characters `start` to `end` (end > start)."""
        last = self.origins[end - 1] + 1
        return Span(self.origins[start], max(last, self.origins[start] + 1))


@dataclass(frozen=True, slots=True)
class Term:
    """A word in the form it is matched by, and where it stands in the original text."""

    text: str
    span: Span


def folded(text: str) -> str:
    """`text` in the form it is matched by, without the map."""
    text = _SPACE.sub(" ", _LINE_END_HYPHEN.sub("", text))
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_MARKS).casefold())
        text = "".join(sign for sign in text if not unicodedata.combining(sign))
        return text.translate(_MARKS).casefold()
    return text.lower().replace("`", "'")


def fold(text: str) -> Folded:
    """`text` in the form it is matched by, each character knowing where it came from."""
    joined = {i for match in _LINE_END_HYPHEN.finditer(text) for i in range(*match.span())}
    signs: list[str] = []
    origins: list[int] = []
    before = ""
    for position, sign in enumerate(text):
        if position in joined:
            continue
        if not (sign.isspace() and before.isspace()):
            parts = " " if sign.isspace() else _folded_sign(sign)
            signs.append(parts)
            origins += [position] * len(parts)
        before = sign
    return Folded("".join(signs), tuple(origins))


def terms_of(text: str) -> list[str]:
    """The words of `text`, folded and stemmed, in order."""
    return [_term(word) for word in _WORD.findall(folded(text))]


def terms_with_spans(text: str, *, offset: int = 0) -> list[Term]:
    """The same words with their places in `text`, moved on by `offset` characters."""
    copy = fold(text)
    terms = []
    for match in _WORD.finditer(copy.text):
        span = copy.original(*match.span())
        terms.append(Term(_term(match.group()), Span(span.start + offset, span.end + offset)))
    return terms


def lexical_text(passage: Passage) -> tuple[str, str]:
    """What the lexical index holds of a passage: (title and heading, body)."""
    title = passage.document.title
    heading = f"{title} {passage.heading}" if passage.heading else title
    return heading, passage.text


@lru_cache(maxsize=100_000)
def confusion_key(term: str) -> str:
    """Terms with equal keys may be one word that a scanner read in two ways."""
    if term.isdigit():
        return term
    for pair, sign in _CONFUSED_PAIRS:
        term = term.replace(pair, sign)
    return term.translate(_CONFUSED_SIGNS)


@lru_cache(maxsize=10_000)
def _folded_sign(sign: str) -> str:
    return folded(sign)


@lru_cache(maxsize=200_000)
def _term(word: str) -> str:
    if word[0].isdigit():
        return word.replace(",", "")
    with _stemmer_lock:  # a stemmer keeps a cache of its own that threads must not share
        return str(_stemmer.stemWord(word))
