"""How to cite a quote: in a footnote, in a bibliography, in a reference manager."""

from __future__ import annotations

from answerer.citing.chicago import bibliography, note, short_note
from answerer.citing.reference_formats import bibtex, csl_json, ris
from answerer.citing.source import Source
from datatypes import Quote

_FORMS = (note, short_note, bibliography, bibtex, ris, csl_json)


def cite(quote: Quote) -> dict[str, str]:
    """The citation in six forms: note, short_note, bibliography, bibtex, ris, csl_json.

    What the document's metadata does not say is left out.
    """
    source = Source(quote)
    return {form.__name__: form(source) for form in _FORMS}
