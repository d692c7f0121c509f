"""A quote as a W3C Web Annotation, which other tools can anchor again by its words or its place.

https://www.w3.org/TR/annotation-model/
"""

from __future__ import annotations

from typing import Any

from datatypes import Quote
from interface.server.accept import accepted_weights

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
    weights = accepted_weights(accept)
    return weights.get("application/ld+json", 0.0) > weights.get("application/json", 0.0)
