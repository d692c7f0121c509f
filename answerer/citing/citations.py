"""How to cite a quote: in a footnote, in a bibliography, in a reference manager."""

from __future__ import annotations

from answerer.citing import chicago, reference_formats
from answerer.citing.source import Source
from datatypes import Quote


def cite(quote: Quote, *, permalink: str = "") -> dict[str, str]:
    """The citation in six forms: note, short_note, bibliography, bibtex, ris, csl_json.

    What the document's metadata does not say is left out. An absolute `permalink` (https://…) is
    given where the source has no address of its own.
    """
    source = Source(quote, permalink)
    return {
        "note": chicago.note(source),
        "short_note": chicago.short_note(source),
        "bibliography": chicago.bibliography(source),
        "bibtex": reference_formats.bibtex(source),
        "ris": reference_formats.ris(source),
        "csl_json": reference_formats.csl_json(source),
    }
