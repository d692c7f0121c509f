"""Where a wording stands in the documents, and where something like it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from datatypes import Document, Evidence, Span
from evaluation.question import Documents
from index.text.folding import Folded, fold, folded


@dataclass(frozen=True, slots=True)
class Nearest:
    """The place most like a wording. `similarity`: 0 to 100."""

    document: Document
    span: Span
    similarity: float

    @property
    def text(self) -> str:
        return self.span.of(self.document.text)


class Places:
    """Where wordings stand in a collection, which is folded once for all of them."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = [(document, folded(document.text)) for document in documents]

    def of(self, wording: str) -> list[Evidence]:
        """Every place where the whole words stand, case, accents and line ends aside."""
        sought = folded(wording).strip()
        if not sought:
            return []
        pattern = re.compile(rf"(?<!\w){re.escape(sought)}(?!\w)")
        found: list[Evidence] = []
        for document, text in self._documents:
            if sought in text:
                copy = _folded_document(document)
                spans = (copy.original(*match.span()) for match in pattern.finditer(copy.text))
                found += [Evidence(document.document_id, span) for span in spans]
        return found


def nearest_wording(wording: str, documents: Iterable[Document]) -> Nearest | None:
    """The stretch of a document that is most like `wording`, cut at whole words."""
    from rapidfuzz.fuzz import partial_ratio_alignment

    sought = folded(wording).strip()
    best: tuple[float, Document, int, int] | None = None
    for document in documents:
        copy = folded(document.text)
        if not sought or not copy:
            continue
        found = partial_ratio_alignment(sought, copy, score_cutoff=best[0] if best else 0)
        if found and (best is None or found.score > best[0]):
            best = (found.score, document, found.dest_start, found.dest_end)
    if best is None or best[2] >= best[3]:
        return None
    score, document, start, end = best
    copied = _folded_document(document)
    end = min(end, len(copied.text))
    start = min(start, end - 1)
    return Nearest(document, _whole_words(copied.original(start, end), document.text), score)


def remedy(wording: str, documents: Iterable[Document]) -> str:
    """What to write instead of a wording that is not there."""
    nearest = nearest_wording(wording, documents)
    if nearest is None or nearest.similarity < 50:
        return "Nothing like it is in the documents: copy the wording from them."
    said = " ".join(nearest.text.split())
    return (
        f"The nearest wording is “{said}” "
        f"({nearest.document.document_id}, {nearest.span.start}–{nearest.span.end})."
    )


def each_document(documents: Documents) -> Iterator[Document]:
    for document_id in documents.document_ids():
        if document := documents.document(document_id):
            yield document


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
