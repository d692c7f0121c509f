"""Sentences → quotes: how much is quoted around the best sentence, and which words are marked."""

from __future__ import annotations

import re

from answerer.evidence import Sentence, refers_back, sentence_terms
from answerer.expected import expected_kind, expressions
from answerer.sentence_ranking import RankedSentences
from datatypes import Document, Quote, Span
from errors import IndexDamaged
from index.text.folding import terms_of, terms_with_spans
from retriever.hybrid import ParsedQuestion
from retriever.lexical import FUNCTION_WORDS

MOST_QUOTES = 3
MOST_SENTENCES = 3
"""In one quote."""
_LONGEST = 700
"""Characters of a quote of several sentences; a single one is never cut."""
_SAME = 0.6
"""Share of a sentence's content words that an earlier quote has: beyond it, it adds nothing."""
_PARAGRAPH = re.compile(r"\n\s*\n")


def cut_quotes(question: ParsedQuestion, ranked: RankedSentences) -> tuple[Quote, ...]:
    """The best sentence as a quote, and others that come near it and add something."""
    quotes: list[Quote] = []
    for sentence, score in zip(ranked.sentences, ranked.scores, strict=True):
        if len(quotes) == MOST_QUOTES or score < ranked.scores[0] - ranked.margin:
            break
        span = _around(sentence, ranked)
        new = Quote(sentence.document, span, _highlight(question, sentence))
        if all(_adds(sentence, new, quote) for quote in quotes):
            quotes.append(new)
    return tuple(quotes)


def check_against(quote: Quote, stored: Document | None) -> None:
    """Raises IndexDamaged unless the quote's words stand at its place in the stored document."""
    if stored is None or quote.span.of(stored.text) != quote.text:
        raise IndexDamaged(
            f"A quote of {quote.document.document_id} is not what the index holds there.",
            "Make the index anew with: python -m index FOLDER",
        )


def _around(sentence: Sentence, ranked: RankedSentences) -> Span:
    """The sentence, with the one before if it points back to it, and neighbours as good as it."""
    spans = sentence.passage.sentences
    text = sentence.document.text
    name, scores = sentence.document.document_id, ranked.scores_by_place()
    wanted = scores[name, sentence.span] - ranked.margin
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


def _adds(sentence: Sentence, new: Quote, quote: Quote) -> bool:
    """Whether the new quote, made for the sentence, says more than the other one does."""
    own = set(sentence_terms(sentence.text)) - FUNCTION_WORDS
    repeated = own.intersection(terms_of(quote.text))
    return not new.overlaps(quote) and len(repeated) < _SAME * len(own)


def _highlight(question: ParsedQuestion, sentence: Sentence) -> Span | None:
    """What the reader takes for the answer; else words of the kind asked for, next to its words."""
    if sentence.answer is not None:
        return sentence.answer
    kind = expected_kind(question.question)
    if kind in ("other", "reason"):
        return None
    asked = frozenset(terms_of(question.question))
    text, start = sentence.text, sentence.span.start
    found = list(expressions(kind, text, asked))
    if not found:
        return None
    met = asked - FUNCTION_WORDS
    anchors = [term.span.start for term in terms_with_spans(text) if term.text in met]

    def distance(span: Span) -> int:
        return min((abs(anchor - span.start) for anchor in anchors), default=0)

    nearest = min(found, key=distance)
    return Span(start + nearest.start, start + nearest.end)
