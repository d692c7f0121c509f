"""Hits for other programs: JSON, and a TREC run (`query_id Q0 document_id rank score tag`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from datatypes import Hit

Unit = Literal["document", "passage"]

TAG = "docent"
_SPACE = re.compile(r"\s")


def hit_json(hit: Hit) -> dict[str, Any]:
    """`start` and `end` count Unicode characters of the document's canonical text, half-open."""
    passage = hit.passage
    return {
        "document_id": passage.document.document_id,
        "start": passage.span.start,
        "end": passage.span.end,
        "score": round(hit.score, 6),
        "rank": hit.rank,
    }


def run_lines(
    query_id: str, hits: Sequence[Hit], *, k: int, unit: Unit = "document"
) -> Iterator[str]:
    """The `k` best documents, each by its best passage, or the `k` best passages."""
    ranked: dict[str, float] = {}
    for hit in hits:
        passage = hit.passage
        name = passage.passage_id if unit == "passage" else passage.document.document_id
        ranked.setdefault(name, hit.score)
    for rank, (name, score) in enumerate(list(ranked.items())[:k], start=1):
        yield f"{run_field(query_id)} Q0 {run_field(name)} {rank} {score:.6f} {TAG}"


def run_field(value: str) -> str:
    """A run's fields are split at spaces, so none may hold one."""
    return _SPACE.sub("_", value)
