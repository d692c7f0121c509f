"""Text of documents and visitors → HTML that shows it as the text it is.

Every character that came from outside passes through `shown` (between tags) or `attribute`
(inside quotation marks of an attribute); nothing else in this room escapes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from itertools import pairwise

from datatypes import Span

# Characters that change how others are displayed (bidirectional overrides, embeddings, isolates)
# or that HTML cannot carry (controls, lone surrogates).
_BIDI = "\u202a-\u202e\u2066-\u2069"
_UNPRINTABLE = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
_CONTROL = re.compile(f"[{_BIDI}{_UNPRINTABLE}]")
_LOST = re.compile(f"[{_UNPRINTABLE}]")


def shown(text: str) -> str:
    """HTML of `text`. Bidi controls work on nothing but themselves; all controls show their code.

    The code is drawn by the style sheet, so that copying gives the document's own characters.
    """
    return _CONTROL.sub(_tamed, escape(text))


def attribute(text: str) -> str:
    """`text` for inside an attribute's quotation marks; characters HTML cannot carry are U+FFFD."""
    return _LOST.sub("\ufffd", escape(text))


def sendable(text: str) -> str:
    """`text` without lone surrogates, which JSON may hold and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")


def shown_span(text: str, span: Span, marks: Sequence[tuple[Span, str]] = ()) -> str:
    """HTML of a span of `text`; what lies in a mark's span is a `<mark>` of the mark's class.

    Marks may overlap each other and the span's edges: the span is cut where any of them begins
    or ends, so that no element is ever opened inside another.
    """
    inside = [(mark, name) for mark, name in marks if mark.overlaps(span)]
    edges = {position for mark, _ in inside for position in (mark.start, mark.end)}
    cuts = sorted({span.start, span.end} | {edge for edge in edges if span.start < edge < span.end})
    return "".join(_cut(text, Span(start, end), inside) for start, end in pairwise(cuts))


def _cut(text: str, span: Span, marks: Sequence[tuple[Span, str]]) -> str:
    names = " ".join(name for mark, name in marks if mark.holds(span))
    words = shown(span.of(text))
    return f'<mark class="{names}">{words}</mark>' if names else words


def _tamed(found: re.Match[str]) -> str:
    character = found.group()
    kept = "" if _LOST.match(character) else character
    return f'<bdi class="control" data-code="U+{ord(character):04X}">{kept}</bdi>'
