"""Where a wording stands in the documents, and where something like it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from datatypes import Document, Evidence, Span
from index.text.folding import Folded, fold, folded

_LIKE = 50
"""Similarity, 0 to 100, from which on a place is worth showing."""


class EvidenceSearch:
    """Finds wordings in a collection, which is folded once for all of them."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = [(document, folded(document.text)) for document in documents]

    def find(self, wording: str) -> list[Evidence]:
        """Every place where the whole words stand, case, accents and line ends aside."""
        sought = folded(wording).strip()
        if not sought:
            return []
        pattern = re.compile(rf"(?<!\w){re.escape(sought)}(?!\w)")
        places: list[Evidence] = []
        for document, text in self._documents:
            if sought in text:
                copy = _folded_document(document)
                spans = (copy.original(*match.span()) for match in pattern.finditer(copy.text))
                places += [Evidence(document.document_id, span) for span in spans]
        return places


def nearest_wording(wording: str, documents: Iterable[Document]) -> str:
    """What to write instead of a wording that is not there: the words most like it."""
    from rapidfuzz.fuzz import partial_ratio_alignment

    sought = folded(wording).strip()
    similarity, nearest = float(_LIKE), None
    for document in documents:
        copy = folded(document.text)
        if not sought or not copy:
            continue
        place = partial_ratio_alignment(sought, copy, score_cutoff=similarity)
        if (
            place
            and place.dest_start < place.dest_end
            and (nearest is None or place.score > similarity)
        ):
            similarity, nearest = place.score, (document, place.dest_start, place.dest_end)
    if nearest is None:
        return "Nothing like it is in the documents: copy the wording from them."
    document, start, end = nearest
    copied = _folded_document(document)
    end = min(end, len(copied.text))  # without the map a text may be folded a sign longer
    span = _whole_words(copied.original(min(start, end - 1), end), document.text)
    words = " ".join(span.of(document.text).split())
    return f"The nearest wording is “{words}” ({document.document_id}, {span.start}–{span.end})."


@lru_cache(maxsize=64)
def _folded_document(document: Document) -> Folded:
    return fold(document.text)


def _whole_words(span: Span, text: str) -> Span:
    start, end = span.start, span.end
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    inner = text[start:end]
    left = len(inner) - len(inner.lstrip())
    return Span(start + left, start + max(left + 1, len(inner.rstrip())))
