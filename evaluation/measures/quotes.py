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
        each.document_id == quote.document.document_id
        and (quote.span.holds(each.span) or each.span.holds(quote.span))
        for each in question.evidence
    )


def quote_success(answer: Answer, question: Question, *, k: int) -> float:
    """1 where one of the first `k` quotes is right, else 0."""
    return float(any(is_right(quote, question) for quote in quotes_of(answer)[:k]))


def highlighted(answer: Answer) -> str:
    """The wording that is marked first, or nothing."""
    marked = (quote for quote in quotes_of(answer) if quote.highlight)
    return next((q.highlight.of(q.document.text) for q in marked if q.highlight), "")


def exact_match(said: str, answers: Sequence[str]) -> float:
    """1 where `said` is one of the answers after SQuAD's normalisation."""
    return float(any(normalised(said) == normalised(answer) for answer in answers))


def f1(said: str, answers: Sequence[str]) -> float:
    """The best overlap of words with one of the answers (SQuAD's F1)."""
    return max((_f1(normalised(said).split(), normalised(a).split()) for a in answers), default=0.0)


def normalised(text: str) -> str:
    """Lower case, without punctuation and articles (Rajpurkar et al., EMNLP 2016)."""
    bare = text.lower().translate(_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", bare).split())


def right_page(answer: Answer, question: Question) -> float | None:
    """Whether the first right quote gives a page on which its evidence stands.

    None where no quote is right or nothing is known of pages.
    """
    for quote in quotes_of(answer):
        for each in question.evidence if is_right(quote, question) else ():
            if each.document_id != quote.document.document_id:
                continue
            first = quote.document.page_at(each.span.start)
            last = quote.document.page_at(each.span.end - 1)
            if each in question.pages:
                return float(quote.page is not None and quote.page.number == question.pages[each])
            if first and last:
                pages = range(first.number, last.number + 1)
                return float(quote.page is not None and quote.page.number in pages)
    return None


def _f1(said: Sequence[str], answer: Sequence[str]) -> float:
    if not said or not answer:
        return float(said == answer)
    n_common = sum((Counter(said) & Counter(answer)).values())
    return 2 * n_common / (len(said) + len(answer))
