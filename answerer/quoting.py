"""Sentences → quotes: how much is quoted around the best sentence, and which words are marked."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from answerer.confidence import Judged
from answerer.evidence import Sentence, refers_back, sentence_terms
from answerer.expected import expected_kind, expressions
from datatypes import Document, Quote, Span
from errors import IndexDamaged
from index.text.folding import terms_of
from retriever.hybrid import Reading
from retriever.lexical import FUNCTION_WORDS

MOST_QUOTES = 3
MOST_SENTENCES = 3
"""In one quote."""
_LONGEST = 700
"""Characters of a quote of several sentences; a single one is never cut."""
_SAME = 0.6
"""Share of a sentence's content words that an earlier quote has: beyond it, it adds nothing."""
_PARAGRAPH = re.compile(r"\n\s*\n")


def quotes_of(reading: Reading, judged: Judged, *, margin: float) -> tuple[Quote, ...]:
    """The best sentence as a quote, and others that come near it (`margin`) and add something."""
    quotes: list[Quote] = []
    for sentence, score in zip(judged.sentences, judged.scores, strict=True):
        if len(quotes) == MOST_QUOTES or score < judged.scores[0] - margin:
            break
        span = _around(sentence, judged, margin=margin)
        if all(_adds(sentence, span, quote) for quote in quotes):
            quotes.append(Quote(sentence.document, span, _highlight(reading, sentence)))
    return tuple(quotes)


def check_against(quote: Quote, stored: Document | None) -> None:
    """Raises IndexDamaged unless the quote's words stand at its place in the stored document."""
    if stored is None or quote.span.of(stored.text) != quote.text:
        raise IndexDamaged(
            f"A quote of {quote.document.document_id} is not what the index holds there.",
            "Make the index anew with: python -m index FOLDER",
        )


def _around(sentence: Sentence, judged: Judged, *, margin: float) -> Span:
    """The sentence, with the one before if it points back to it, and neighbours as good as it."""
    spans = sentence.passage.sentences
    text = sentence.document.text
    scores = {
        (other.document.document_id, other.span): score
        for other, score in zip(judged.sentences, judged.scores, strict=True)
    }
    name = sentence.document.document_id
    wanted = scores[name, sentence.span] - margin
    first = last = sentence.place
    if first and refers_back(sentence.text) and _go_on(text, spans[first - 1], spans[first]):
        first -= 1
    for place in (last + 1, first - 1):
        if not 0 <= place < len(spans) or last - first + 1 >= MOST_SENTENCES:
            continue
        near = scores.get((name, spans[place]), wanted - 1) >= wanted
        pair = sorted((spans[place], spans[last if place > last else first]))
        if near and _go_on(text, *pair):
            first, last = min(first, place), max(last, place)
    whole = Span(spans[first].start, spans[last].end)
    return whole if len(whole) <= _LONGEST else sentence.span


def _go_on(text: str, before: Span, after: Span) -> bool:
    """Whether two neighbouring sentences stand in one paragraph."""
    return not _PARAGRAPH.search(text, before.end, after.start)


def _adds(sentence: Sentence, span: Span, quote: Quote) -> bool:
    same = sentence.document.document_id == quote.document.document_id
    if same and span.overlaps(quote.span):
        return False
    own = {term for term in sentence_terms(sentence.text) if term not in FUNCTION_WORDS}
    said = set(terms_of(quote.text))
    return len(own & said) < _SAME * len(own)


def _highlight(reading: Reading, sentence: Sentence) -> Span | None:
    """What the reader takes for the answer; else words of the kind asked for, next to its words."""
    if sentence.answer is not None:
        return sentence.answer
    kind = expected_kind(reading.question)
    if kind in ("other", "reason"):
        return None
    asked = frozenset(terms_of(reading.question))
    text, start = sentence.text, sentence.span.start
    found = list(expressions(kind, text, asked))
    if not found:
        return None
    anchors = list(_places(text, asked))

    def distance(span: Span) -> int:
        return min((abs(place - span.start) for place in anchors), default=0)

    nearest = min(found, key=distance)
    return Span(start + nearest.start, start + nearest.end)


def _places(text: str, asked: Collection[str]) -> Iterator[int]:
    """Where words of the question stand in the text."""
    for word in re.finditer(r"[^\W_]+", text):
        terms = terms_of(word.group())
        if terms and terms[0] in asked and terms[0] not in FUNCTION_WORDS:
            yield word.start()
