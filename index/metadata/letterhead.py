"""What a line of a letterhead is, where the metadata tell: "27x SED Politburo" are the recipients.

Such lines answer questions whose words they lack ("Who received copies?"). Where a sentence holds
the value of a metadata field, it is matched as if it also said what that field is.
"""

from __future__ import annotations

import datetime
from functools import lru_cache

from datatypes import Document, Span
from index.text.folding import folded, terms_of
from language.english import ENGLISH


def labels_of(document: Document, span: Span) -> tuple[str, ...]:
    """Terms for the fields of the document's metadata whose values stand in the span."""
    values = _values(document)
    if not values:
        return ()
    words = f" {folded(span.of(document.text))} "
    said = [ENGLISH.field_words[name] for name, value in values if value in words]
    return tuple(term for each in said for term in terms_of(each))


@lru_cache(maxsize=256)
def _values(document: Document) -> tuple[tuple[str, str], ...]:
    """Each field's values as they would stand in a folded text."""
    found: list[tuple[str, str]] = []
    for name in ENGLISH.field_words:
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
    month, *_ = ENGLISH.months[day.month - 1]
    return tuple(
        form.format(day=day.day, month=month, year=day.year) for form in ENGLISH.date_forms
    )
