"""An answer as the JSON that every interface and other tools rely on."""

from __future__ import annotations

from typing import Any

from answerer.citing.chicago import note
from answerer.citing.permalinks import permalink
from answerer.citing.source import Source
from datatypes import Answer, Citation, Quote
from retriever.run import hit_json


def to_json(answer: Answer) -> dict[str, Any]:
    """Offsets count Unicode characters of the document's canonical text, half-open.

    `page` is the printed label, or else the scan's number, or null. `citations` of a statement are
    numbers of `quotes`. `model` names who wrote the statements' words; null: they are the quotes.
    Without calibration `confidence` is null.
    """
    numbers = {citation.quote: citation.number for citation in answer.citations}
    return {
        "question": answer.question,
        "understood_as": answer.understood_as,
        "found": answer.found,
        "doubtful": answer.doubtful,
        "model": answer.model,
        "notes": [{"kind": note.kind, "n": note.n} for note in answer.notes],
        "calibrated": answer.confidence is not None,
        "confidence": None if answer.confidence is None else round(answer.confidence, 4),
        "statements": [
            {"text": statement.text, "citations": [numbers[each] for each in statement.quotes]}
            for statement in answer.statements
        ],
        "quotes": [_quote_json(citation) for citation in answer.citations],
        "hits": [hit_json(hit) for hit in answer.hits],
    }


def slice_json(quote: Quote) -> dict[str, Any]:
    """Where the quote stands, and its words."""
    return {
        "document_id": quote.document.document_id,
        "start": quote.span.start,
        "end": quote.span.end,
        "text": quote.text,
    }


def _quote_json(citation: Citation) -> dict[str, Any]:
    quote, mark = citation.quote, citation.quote.highlight
    return {
        "number": citation.number,
        **slice_json(quote),
        "title": quote.document.title,
        "highlight": {"start": mark.start, "end": mark.end} if mark else None,
        "page": quote.page.name if quote.page else None,
        "citation": note(Source(quote)),
        "permalink": permalink(quote),
    }
