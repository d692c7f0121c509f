"""What kind of answer a question asks for, and where a text has words of that kind.

Rules on the surface of the text, in the manner of the answer types of TREC's question answering
(Li & Roth, COLING 2002): enough to prefer a sentence with a number where "how many" is asked, and
to mark the number. They decide nothing alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from datatypes import Span
from index.text.folding import terms_of
from language.base import Kind
from language.english import ENGLISH

KINDS: tuple[Kind, ...] = ("number", "date", "person", "place", "reason")

_ASKS = {kind: re.compile(pattern) for kind, pattern in ENGLISH.question_kinds.items()}
_EXPRESSIONS = {kind: re.compile(pattern) for kind, pattern in ENGLISH.expressions.items()}
_SENTENCE_START = re.compile(r"[\s\"'“‘(\[*•.-]*\Z")


def expected_kind(question: str) -> Kind:
    """The kind that the question's wording asks for; "other" where it does not tell."""
    return next((kind for kind, asks in _ASKS.items() if asks.search(question)), "other")


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
    is_name = kind in ("person", "place")
    # the figures of a date are no amounts, and a month is no name
    dates = list(_EXPRESSIONS["date"].finditer(text)) if is_name or kind == "number" else []
    matches = _EXPRESSIONS[kind].finditer(text) if kind in _EXPRESSIONS else ()
    return tuple(
        (
            Span(match.start(), match.start() + len(match.group().rstrip(" ,.-")) or match.end()),
            frozenset(terms_of(match.group())),
        )
        for match in matches
        if not any(date.start() < match.end() and match.start() < date.end() for date in dates)
        and not (is_name and _is_only_a_sentence_start(text, match))
    )


def _is_only_a_sentence_start(text: str, name: re.Match[str]) -> bool:
    """A single capitalised word at the head of the sentence need not be a name."""
    at_start = _SENTENCE_START.match(text[: name.start()]) is not None
    return at_start and " " not in name.group()
