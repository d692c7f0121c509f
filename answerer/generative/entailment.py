"""Does a language model's statement go beyond the sentences that it points at?

Numbers, dates, units, names and negations are compared: what can be told in any language without
understanding it. Grammar is left to the reader, above whose quotes the statement stands. How many
lies are stopped is measured on hand-written cases: `python -m benchmarks.lies`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from answerer.generative.facts.coverage import find_misplaced_amounts, find_uncovered_amounts
from answerer.generative.facts.names import find_unknown_names
from answerer.generative.facts.negations import find_turned_negations
from answerer.generative.facts.words import listed, words_of
from datatypes import Document, Quote
from index.text.chunker import sentences_of
from index.text.folding import folded

_LOOKED_BACK = 800  # characters
_N_BEFORE = 3  # sentences, as the check was measured
_POINTING = listed(lambda comparison: comparison.pointing_back)
_PERSONS = listed(lambda comparison: comparison.persons)


def unsupported(statement: str, cited: Sequence[Quote]) -> tuple[str, ...]:
    """The reasons why the cited sentences do not say the statement; none found: empty.

    Titles and metadata of their documents may be named too. Where a cited sentence points back
    ("he", "both"), the name and the number may come from the sentences before it. Marks such as
    [s12] must be gone from the statement.

    This is the place for a trained entailment head (cited sentences, statement → does it follow?),
    as `answerer/reader.py` is one for relevance: it would add its reason to these.
    """
    if not cited:
        return ("no sentence is cited",)
    texts = [quote.text for quote in cited]
    if folded(statement).strip() in {folded(text).strip() for text in texts}:
        return ()
    documents = {quote.document.document_id: quote.document for quote in cited}.values()
    before = _joined(text for quote in cited for text in _before(quote))
    meant = before if any(map(_points_back, texts)) else ""
    source, titles = _joined(texts), _joined(map(_titles, documents))
    return (
        *find_uncovered_amounts(statement, source, titles, meant),
        *find_misplaced_amounts(statement, source),
        *find_unknown_names(
            statement,
            _joined((source, titles, meant)),
            before,
            [document.text for document in documents],
        ),
        *find_turned_negations(statement, source),
    )


def _joined(texts: Iterable[str]) -> str:
    return "\n\n".join(texts)


def _titles(document: Document) -> str:
    """Title and metadata."""
    values = document.metadata.values()
    return _joined([document.title, *(v if isinstance(v, str) else _joined(v) for v in values)])


def _before(quote: Quote) -> list[str]:
    """The sentences ahead of the quote, from which it may take whom "he" or "both" means."""
    start = quote.span.start
    ahead = quote.document.text[max(0, start - _LOOKED_BACK) : start]
    if not ahead.strip():
        return []
    spans = sentences_of(Document(quote.document.document_id, "", ahead))
    return [span.of(ahead) for span in spans[-_N_BEFORE:]]


def _points_back(text: str) -> bool:
    """Whether a sentence has a "he", or a "these" before it names anything itself."""
    named = False
    for place, word in enumerate(words_of(text)):
        named = named or (place > 2 and word.is_capital and word.is_content)
        if word.form in _POINTING and (word.form in _PERSONS or not named):
            return True
    return False
