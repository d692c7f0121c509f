"""What a line of a letterhead is, where the metadata tell: "27x SED Politburo" are the recipients.

Such lines answer questions whose words they lack ("Who received copies?"). Where a sentence holds
the value of a metadata field, it is matched as if it also said what that field is.
"""

from __future__ import annotations

import datetime
from functools import lru_cache

from datatypes import Document, Span
from index.text.folding import folded, terms_of

_SAID_OF = {
    "recipients": "recipient received receive copy copies sent addressed distribution list",
    "creator": "author wrote written writer drew drawn prepared issued office",
    "date": "date dated day written",
    "translator": "translated translator translation",
    "translated_for": "translated behalf project",
    "original_language": "original language written",
    "archive": "archive archival kept held stored preserved",
    "reference_code": "archival signature reference code shelfmark number archive kept",
    "digital_source": "digital archive online published website internet",
    "url": "address link website online internet",
    "credits": "support supported sponsor sponsored funded paid money credit possible",
    "rights": "rights copyright licence",
}


def labels_of(document: Document, span: Span) -> tuple[str, ...]:
    """Terms for the fields of the document's metadata whose values stand in the span."""
    values = _values(document)
    if not values:
        return ()
    words = f" {folded(span.of(document.text))} "
    said = [_SAID_OF[name] for name, value in values if value in words]
    return tuple(term for each in said for term in terms_of(each))


@lru_cache(maxsize=256)
def _values(document: Document) -> tuple[tuple[str, str], ...]:
    """Each field's values as they would stand in a folded text."""
    found: list[tuple[str, str]] = []
    for name in _SAID_OF:
        given = document.metadata.get(name, ())
        for value in (given,) if isinstance(given, str) else given:
            forms = _dates(value) if name == "date" else (value,)
            found += [(name, folded(form)) for form in forms if len(form) > 3]
    return tuple(found)


def _dates(value: str) -> tuple[str, ...]:
    """An ISO date as letters write it; another wording as it is."""
    try:
        day = datetime.date.fromisoformat(value)
    except ValueError:
        return (value,)
    return (f"{day.day} {day:%B %Y}", f"{day:%B} {day.day}, {day.year}")
