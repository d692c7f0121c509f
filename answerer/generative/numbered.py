"""The numbered sentences that a language model is shown; nothing in them looks like ours.

The model gets a copy to read; what is quoted is cut from the document. So the copy may be changed:
invisible signs go, and what could be taken for our numbers, our tags or a chat format's role tags
is written otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datatypes import Answer, Document, Passage, Quote, Span
from prompts.tokens import fit_sentences

N_PASSAGES = 5
"""Passages whose sentences are shown, and which the reader judges beside the statements."""

_TAMED = str.maketrans({"<": "‹", ">": "›", "[": "{", "]": "}", "【": "{", "】": "}", "`": "'"})
_ROUND = re.compile(r"\(\s*([sS]\d{1,4}[^()]{0,40})\)")
_UNSEEN = ("Cc", "Cf", "Cs", "Co")
_MOST_TITLE = 200  # characters


@dataclass(frozen=True, slots=True)
class Numbered:
    """`sentences[0]` is [s1]. `text` is what the model reads."""

    sentences: tuple[Quote, ...]
    text: str
    n_tokens: int


def numbered(answer: Answer, *, room: int) -> Numbered:
    """The best sentences behind an answer that fit into `room` tokens, in reading order."""
    found = list(_best_first(answer))

    def written(chosen: Sequence[int]) -> str:
        return _written(_in_reading_order([found[place] for place in chosen]))

    fitted = fit_sentences([tamed(quote.text) for quote in found], room=room, written=written)
    sentences = _in_reading_order([found[place] for place in fitted.chosen])
    return Numbered(tuple(sentences), fitted.text, fitted.n_tokens)


def tamed(text: str) -> str:
    """One visible line without brackets that mean something to us or to a chat format."""
    return _ROUND.sub(r"{\1}", visible(text).translate(_TAMED))


def visible(text: str) -> str:
    """One line without signs that are not seen, such as joiners, overrides and controls."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(sign for sign in line if unicodedata.category(sign) not in _UNSEEN)


def _best_first(answer: Answer) -> Iterator[Quote]:
    """What the answer quotes, then the rest of those passages, then of the others by rank."""
    passages = [hit.passage for hit in answer.hits[:N_PASSAGES]]
    quotes = [citation.quote for citation in answer.citations]
    quoting = [passage for passage in passages if any(_overlap(passage, q) for q in quotes)]
    others = [passage for passage in passages if passage not in quoting]
    all_sentences = [
        (passage.document, span) for passage in [*quoting, *others] for span in passage.sentences
    ]
    quoted = [
        (document, span)
        for document, span in all_sentences
        if any(_same(document, quote) and span.overlaps(quote.span) for quote in quotes)
    ]
    seen: set[tuple[str, Span]] = set()
    for document, span in [*quoted, *all_sentences]:
        key = (document.document_id, span)
        if key not in seen and any(map(str.isalnum, span.of(document.text))):
            seen.add(key)
            yield Quote(document, span)


def _in_reading_order(quotes: Sequence[Quote]) -> list[Quote]:
    """Documents in the order of their best sentences."""
    first: dict[str, int] = {}
    for place, quote in enumerate(quotes):
        first.setdefault(quote.document.document_id, place)
    return sorted(quotes, key=lambda quote: (first[quote.document.document_id], quote.span))


def _written(sentences: Sequence[Quote]) -> str:
    lines: list[str] = []
    before: Document | None = None
    for number, quote in enumerate(sentences, start=1):
        if before is None or not _same(before, quote):
            lines.append(f"Document: {tamed(quote.document.title)[:_MOST_TITLE]}")
            before = quote.document
        lines.append(f"[s{number}] {tamed(quote.text)}")
    return "\n".join(lines)


def _overlap(passage: Passage, quote: Quote) -> bool:
    return _same(passage.document, quote) and passage.span.overlaps(quote.span)


def _same(document: Document, quote: Quote) -> bool:
    return document.document_id == quote.document.document_id
