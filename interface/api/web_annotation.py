"""A quote as a W3C Web Annotation, which other tools can anchor again by its words or its place.

https://www.w3.org/TR/annotation-model/
"""

from __future__ import annotations

from typing import Any

from datatypes import Quote

MEDIA_TYPE = 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'
_AROUND = 32  # characters before and after, as other annotation tools keep


def web_annotation(quote: Quote, *, annotation_id: str, source: str) -> dict[str, Any]:
    """`annotation_id` and `source` are addresses, of the quote and of its document."""
    text, span = quote.document.text, quote.span
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": annotation_id,
        "type": "Annotation",
        "motivation": "highlighting",
        "target": {
            "source": source,
            "selector": [
                {
                    "type": "TextQuoteSelector",
                    "exact": quote.text,
                    "prefix": text[max(0, span.start - _AROUND) : span.start],
                    "suffix": text[span.end : span.end + _AROUND],
                },
                {"type": "TextPositionSelector", "start": span.start, "end": span.end},
            ],
        },
    }


def prefers_annotation(accept: str) -> bool:
    """Whether an Accept header wants JSON-LD rather than plain JSON."""
    weights = {"application/ld+json": 0.0, "application/json": 0.0}
    for part in accept.lower().split(","):
        kind, *parameters = (each.strip() for each in part.split(";"))
        if kind in weights:
            weights[kind] = next(map(_weight, filter(_is_weight, parameters)), 1.0)
    return weights["application/ld+json"] > weights["application/json"]


def _is_weight(parameter: str) -> bool:
    return parameter.startswith("q=")


def _weight(parameter: str) -> float:
    try:
        return float(parameter.removeprefix("q="))
    except ValueError:
        return 0.0
