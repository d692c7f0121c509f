"""Is the right thing quoted: measures of one answer against one question's evidence, no judge."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence

from datatypes import Answer, Quote
from evaluation.question import Question

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def quotes_of(answer: Answer) -> tuple[Quote, ...]:
    """The quotes in the order in which a reader meets them, each once."""
    return tuple(citation.quote for citation in answer.citations)


def is_right(quote: Quote, question: Question) -> bool:
    """Whether the quote contains or lies in a piece of evidence of the same document.

    Where only documents were judged, a relevant one is evidence as a whole.
    """
    if not question.evidence:
        return question.relevant.get(quote.document.document_id, 0) > 0
    return any(
        piece.document_id == quote.document.document_id
        and (quote.span.holds(piece.span) or piece.span.holds(quote.span))
        for piece in question.evidence
    )


def quote_success(answer: Answer, question: Question, *, k: int) -> float:
    """1 where one of the first `k` quotes is right, else 0."""
    return float(any(is_right(quote, question) for quote in quotes_of(answer)[:k]))


def highlighted(answer: Answer) -> str:
    """The wording that is marked first, or nothing."""
    marked = (quote for quote in quotes_of(answer) if quote.highlight)
    return next((q.highlight.of(q.document.text) for q in marked if q.highlight), "")


def exact_match(wording: str, answers: Sequence[str]) -> float:
    """1 where `wording` is one of the answers after SQuAD's normalisation."""
    return float(any(normalised(wording) == normalised(answer) for answer in answers))


def f1(wording: str, answers: Sequence[str]) -> float:
    """The best overlap of words with one of the answers (SQuAD's F1)."""
    return max(
        (_f1(normalised(wording).split(), normalised(a).split()) for a in answers), default=0.0
    )


def normalised(text: str) -> str:
    """Lower case, without punctuation and articles (Rajpurkar et al., EMNLP 2016)."""
    bare = text.lower().translate(_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", bare).split())


def right_page(answer: Answer, question: Question) -> float | None:
    """Whether the first right quote gives a page on which its evidence stands.

    None where no quote is right or nothing is known of pages.
    """
    for quote in quotes_of(answer):
        for piece in question.evidence if is_right(quote, question) else ():
            if piece.document_id != quote.document.document_id:
                continue
            first = quote.document.page_at(piece.span.start)
            last = quote.document.page_at(piece.span.end - 1)
            if piece in question.pages:
                return float(quote.page is not None and quote.page.number == question.pages[piece])
            if first and last:
                pages = range(first.number, last.number + 1)
                return float(quote.page is not None and quote.page.number in pages)
    return None


def _f1(words: Sequence[str], answer: Sequence[str]) -> float:
    if not words or not answer:
        return float(words == answer)
    n_common = sum((Counter(words) & Counter(answer)).values())
    return 2 * n_common / (len(words) + len(answer))
