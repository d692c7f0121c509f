"""Documents and passages in the form in which a store keeps them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import NamedTuple

import msgspec

from datatypes import Document, Passage, Span
from index.text.abbreviations import abbreviations_of


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document to be stored; made once, because its hash tells whether the document changed.

    `source` is its file's path within the folder of documents; `structure` is JSON of the document
    without its text. `sha256` covers everything but the source.
    """

    document: Document
    source: str
    structure: bytes
    abbreviations: tuple[tuple[str, str], ...]
    sha256: bytes

    @classmethod
    def of(cls, document: Document, source: str) -> DocumentRecord:
        abbreviations = tuple(abbreviations_of(document.text))
        sha256 = hashlib.sha256(msgspec.json.encode((document, abbreviations))).digest()
        structure = msgspec.json.encode(replace(document, text=""))
        return cls(document, source, structure, abbreviations, sha256)


class PassageRecord(NamedTuple):
    """A passage to be stored. `n_tokens`: its length as the embedding model counts it.

    `input_sha256` is the hash of all that its vectors depend on, the model included.
    """

    passage: Passage
    input_sha256: bytes
    n_tokens: int


def document_from(structure: bytes, text: str) -> Document:
    """The document again."""
    return replace(msgspec.json.decode(structure, type=Document), text=text)


def passage_json(passage: Passage) -> bytes:
    """Of the passage without its document: heading, then start and end of it and its sentences."""
    spans = (passage.span, *passage.sentences)
    return msgspec.json.encode((passage.heading, [(span.start, span.end) for span in spans]))


def passage_from(document: Document, serialized: bytes) -> Passage:
    """The passage again."""
    heading, bounds = msgspec.json.decode(serialized)
    span, *sentences = (Span(start, end) for start, end in bounds)
    return Passage(document, span, heading, tuple(sentences))
