"""The canonical text, which every span counts: NFC, LF line ends, no control characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from datatypes import Span

_LINE_END = re.compile(r"\r\n?|\x85")
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_REPLACED = {
    **dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], " "),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
    **{ord(kept): kept for kept in "\n\t"},
    **dict.fromkeys((0x0B, 0x0C), "\n"),  # vertical tab and form feed end a line
}


def canonical(text: str) -> str:
    """NFC with LF line ends; a control character becomes one space, half a surrogate U+FFFD."""
    if _UNWANTED.search(text):
        text = _LINE_END.sub("\n", text).translate(_REPLACED)
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", text)


def canonical_with_spans(text: str, spans: Iterable[Span]) -> tuple[str, list[Span]]:
    """`canonical(text)` and the same spans in it.

    Every span must begin and end at the text's bounds or next to a line end or a tab: only there
    is the canonical form of a whole the canonical forms of its parts. The text's own line ends
    must be LF already.
    """
    spans = list(spans)
    settled = canonical(text)
    if settled == text:
        return settled, spans
    cuts = sorted({cut for span in spans for cut in (span.start, span.end)})
    moved, before, length = {}, 0, 0
    for cut in cuts:
        length += len(canonical(text[before:cut]))
        moved[cut], before = length, cut
    return settled, [Span(moved[span.start], moved[span.end]) for span in spans]
