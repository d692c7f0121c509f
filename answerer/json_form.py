"""An answer as the JSON that other tools rely on."""

from __future__ import annotations

from typing import Any

from answerer.citing.chicago import note
from answerer.citing.permalinks import permalink
from answerer.citing.source import Source
from datatypes import Answer, Citation


def answer_json(answer: Answer, *, question_id: str, took_ms: float) -> dict[str, Any]:
    return {"_id": question_id, **to_json(answer), "took_ms": round(took_ms, 1)}


def to_json(answer: Answer) -> dict[str, Any]:
    """Offsets count Unicode characters of the document's canonical text, half-open.

    `page` is the printed label, or else the scan's number, or null. `citations` of a statement are
    numbers of `quotes`. `model` names who wrote the statements' words; null: they are the quotes.
    """
    numbers = {citation.quote: citation.number for citation in answer.citations}
    return {
        "question": answer.question,
        "understood_as": answer.understood_as,
        "found": answer.found,
        "doubtful": answer.doubtful,
        "model": answer.model,
        "notes": [{"kind": note.kind, "n": note.n} for note in answer.notes],
        "confidence": round(answer.confidence, 4),
        "statements": [
            {"text": each.text, "citations": [numbers[quote] for quote in each.quotes]}
            for each in answer.statements
        ],
        "quotes": [_quote(citation) for citation in answer.citations],
        "hits": [
            {
                "document_id": hit.passage.document.document_id,
                "start": hit.passage.span.start,
                "end": hit.passage.span.end,
                "score": round(hit.score, 6),
                "rank": hit.rank,
            }
            for hit in answer.hits
        ],
    }


def _quote(citation: Citation) -> dict[str, Any]:
    quote, mark = citation.quote, citation.quote.highlight
    page = quote.page
    return {
        "number": citation.number,
        "document_id": quote.document.document_id,
        "title": quote.document.title,
        "start": quote.span.start,
        "end": quote.span.end,
        "text": quote.text,
        "highlight": {"start": mark.start, "end": mark.end} if mark else None,
        "page": (page.label or str(page.number)) if page else None,
        "citation": note(Source(quote)),
        "permalink": permalink(quote),
    }
