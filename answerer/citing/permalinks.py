"""Addresses of quotes. An address holds the place and a digest of the wording.

So a link made today either shows the same words tomorrow, found again where they moved to, or
says that the text has changed. It never shows other words.
"""

from __future__ import annotations

import re
from hashlib import sha256
from urllib.parse import quote as percent_encoded
from urllib.parse import unquote

from datatypes import Document, Quote, Span
from errors import QuestionError

PARAMETER = "?quote="
DIGEST_LENGTH = 12  # hexadecimal digits of SHA-256: 48 bits, and a document has fewer spans tried
VALUE = re.compile(
    rf"(.+)~([0-9]{{1,12}})-([0-9]{{1,12}})~([0-9a-f]{{{DIGEST_LENGTH}}})", re.DOTALL
)
# Characters. A quote is a few sentences; a longer span in a hand-made link costs no search.
LONGEST_SOUGHT = 4_000
WORD_START = re.compile(r"(?<!\w)\S")


def permalink(quote: Quote) -> str:
    """`?quote=DOCUMENT_ID~START-END~DIGEST`, percent-encoded."""
    span = quote.span
    value = f"{quote.document.document_id}~{span.start}-{span.end}~{digest(quote.text)}"
    return PARAMETER + percent_encoded(value, safe="", errors="surrogatepass")


def parse_permalink(value: str) -> tuple[str, Span, str]:
    """Document id, span and digest, from a query string or from the value decoded from one.

    Raises QuestionError where it is neither.
    """
    if value.startswith(PARAMETER):
        value = unquote(value.removeprefix(PARAMETER))
    link = VALUE.fullmatch(value)
    if not link or int(link[2]) >= int(link[3]):
        raise QuestionError(
            "The link to the quote is not complete.", "Copy it again from the answer."
        )
    return link[1], Span(int(link[2]), int(link[3])), link[4]


def resolve(value: str, document: Document) -> Quote | None:
    """The quote that a permalink means, or None where the document no longer has that text.

    Text that moved is found again only where it stands exactly once. Raises QuestionError for a
    malformed link.
    """
    document_id, span, expected = parse_permalink(value)
    if document_id != document.document_id:
        return None
    if span.end <= len(document.text) and digest(span.of(document.text)) == expected:
        return Quote(document, span)
    if len(span) > LONGEST_SOUGHT:
        return None
    moved = _find(expected, len(span), document.text)
    return Quote(document, moved) if moved else None


def digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_LENGTH]


def _find(expected: str, length: int, text: str) -> Span | None:
    """The one place whose `length` characters have the digest; only whole words are tried."""
    for word in WORD_START.finditer(text):
        span = Span(word.start(), word.start() + length)
        if span.end > len(text):
            return None
        # A word goes on across the end: no quote ends there.
        if text[span.end - 1].isalnum() and text[span.end : span.end + 1].isalnum():
            continue
        words = span.of(text)
        if digest(words) == expected:
            again = text.find(words, span.start + 1)
            earlier = text.find(words) < span.start
            return None if again >= 0 or earlier else span
    return None
