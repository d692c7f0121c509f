"""What kind of answer a question asks for, and where a text has words of that kind.

Rules on the surface of the text, in the manner of the answer types of TREC's question answering
(Li & Roth, COLING 2002): enough to prefer a sentence with a number where "how many" is asked, and
to mark the number. They decide nothing alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Literal

from datatypes import Span
from index.text.folding import terms_of

Kind = Literal["number", "date", "person", "place", "reason", "other"]
KINDS: tuple[Kind, ...] = ("number", "date", "person", "place", "reason")

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_YEAR = r"(?:1[0-9]{3}|20[0-9]{2})"
_WORD_NUMBER = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    r"hundreds?|thousands?|millions?|billions?|dozens?|half|twice|thrice|once|single|double)"
)
_UNIT = (
    r"(?:\s*(?:%|percent|per cent|million|billion|trillion|thousand|hundred|times|years?|months?|"
    r"weeks?|days?|hours?|minutes?|km|kilomet\w+|miles?|met(?:er|re)s?|feet|tons?|kg|°C|°F)\b)*"
)
_AMOUNT = re.compile(
    rf"(?:[$£€]\s?)?(?<![\w.,-])\d+(?:[.,]\d+)*(?:x\b)?(?!\w){_UNIT}%?"
    rf"|\b{_WORD_NUMBER}(?:[\s-]+{_WORD_NUMBER})*\b{_UNIT}",
    re.IGNORECASE,
)
_DATE = re.compile(
    rf"\b(?:(?:early|mid|late)[\s-]+)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:and\s+\d{{1,2}}\s+)?)?{_MONTH}"
    rf"(?:\s+\d{{1,2}}(?:st|nd|rd|th)?\b)?(?:,?\s+{_YEAR})?"
    rf"|\b(?:between\s+)?{_YEAR}(?:\s*(?:-|–|and|to)\s*{_YEAR})?s?\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)(?:\s+and\s+\d{{1,2}}(?:st|nd|rd|th))?\s+centur(?:y|ies)\b"
    rf"|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
    rf"|\b\d{{1,4}}(?:\s*-\s*\d{{1,4}})?\s*(?:BCE?|CE|AD)\b"
)
_NAME = re.compile(
    r"(?<![\w'’-])(?:[A-ZÀ-Þ][\w'’.-]*)(?:\s+(?:(?:of|the|de|von|van|da|la|and)\s+)*[A-ZÀ-Þ][\w'’-]*)*"
)
_REASON = re.compile(
    r"\b(?:because|due to|owing to|since|in order to|so that|so as to|therefore|thus|hence|"
    r"this is why|that is why|reasons?|as a result|caused?|causing|leads? to|led to|consequently|"
    r"results? (?:in|from)|resulting|for fear|thanks to|on account of|given that|to avoid|"
    r"purpose|aim|objective)\b",
    re.IGNORECASE,
)
_PATTERNS = {
    "number": _AMOUNT,
    "date": _DATE,
    "person": _NAME,
    "place": _NAME,
    "reason": _REASON,
}

_ASKS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))  # type: ignore[misc]
    for kind, pattern in (
        (
            "date",
            r"\bwhen\b|\b(?:what|which)\s+(?:\w+\s+)?(?:year|date|day|month|century|decade|time)s?\b"
            r"|\bhow long ago\b|\bsince when\b",
        ),
        (
            "number",
            r"\bhow (?:many|much|long|old|far|tall|large|big|often|high|deep|fast)\b|\bpercent"
            r"|\b(?:what|which)\s+(?:\w+\s+){0,2}(?:number|share|amount|proportion|fraction|rate|sum)\b"
            r"|\bnumber of\b",
        ),
        ("reason", r"\bwhy\b|\bfor what reason|\bwhat (?:caused|reasons?|led)\b|\bhow come\b"),
        (
            "person",
            r"\bwho\b|\bwhom\b|\bwhose\b|\b(?:name|which|what) (?:person|man|woman|author)\b",
        ),
        (
            "place",
            r"\bwhere\b|\b(?:what|which)\s+(?:\w+\s+)?(?:city|country|countries|town|state|place|"
            r"region|location|village|capital)\b",
        ),
    )
)
_SENTENCE_START = re.compile(r"[\s\"'“‘(\[*•.-]*\Z")


def expected_kind(question: str) -> Kind:
    """The kind that the question's wording asks for; "other" where it does not tell."""
    return next((kind for kind, asks in _ASKS if asks.search(question)), "other")


def expressions(kind: Kind, text: str, asked: Collection[str] = ()) -> Iterator[Span]:
    """Places of words of the kind in `text` that say more than the question's `asked` terms."""
    known = frozenset(asked)
    for span, terms in _all_expressions(kind, text):
        if not terms <= known:
            yield span


def has_expression(kind: Kind, text: str, asked: Collection[str]) -> bool:
    return next(expressions(kind, text, asked), None) is not None


@lru_cache(maxsize=20_000)
def _all_expressions(kind: Kind, text: str) -> tuple[tuple[Span, frozenset[str]], ...]:
    """With their terms. Kept for sentences of documents; what was asked is kept nowhere."""
    pattern = _PATTERNS.get(kind)
    dates = list(_DATE.finditer(text)) if kind in ("number", "person", "place") else []
    return tuple(
        (
            Span(found.start(), found.start() + len(found.group().rstrip(" ,.-")) or found.end()),
            frozenset(terms_of(found.group())),
        )
        for found in (pattern.finditer(text) if pattern else ())
        if not any(date.start() < found.end() and found.start() < date.end() for date in dates)
        and not (kind in ("person", "place") and _is_only_a_sentence_start(text, found))
    )


def _is_only_a_sentence_start(text: str, found: re.Match[str]) -> bool:
    """A single capitalised word at the head of the sentence need not be a name."""
    at_start = _SENTENCE_START.match(text[: found.start()]) is not None
    return at_start and " " not in found.group()
