"""What autoescape does not do: text of documents and visitors shown as the text it is.

Templates escape by themselves (`templates`). Beside that, characters that change how others are
displayed are tamed by the filter `shown`, and those that HTML cannot carry never reach a page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup, escape

from datatypes import Span

Marks = Sequence[tuple[Span, str]]  # a span and the class of its <mark>

# Characters that change how others are displayed (bidirectional overrides, embeddings, isolates)
# or that HTML cannot carry (controls, lone surrogates).
_BIDI = "\u202a-\u202e\u2066-\u2069"
_UNPRINTABLE = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
_CONTROL = re.compile(f"[{_BIDI}{_UNPRINTABLE}]")
_LOST = re.compile(f"[{_UNPRINTABLE}]")
_TAMED = Markup('<bdi class="control" data-code="U+{:04X}">{}</bdi>')


def shown(text: str) -> Markup:
    """HTML of `text`. Bidi controls work on nothing but themselves; all controls show their code.

    The code is drawn by the style sheet, so that copying gives the document's own characters. For
    between tags only: in an attribute there can be no elements.
    """
    return Markup(_CONTROL.sub(_tamed, str(escape(text))))


def _tamed(control: re.Match[str]) -> str:
    character = control.group()
    return _TAMED.format(ord(character), "" if _LOST.match(character) else character)


def printable(value: object) -> object:
    """What a template writes; in texts that are not HTML yet, what HTML cannot carry is U+FFFD."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return _LOST.sub("\ufffd", value)
    return value


def attribute(text: str) -> Markup:
    """`text` for inside an attribute's quotation marks, where no template escapes it."""
    return escape(printable(text))


def sendable(text: str) -> str:
    """`text` without lone surrogates, which JSON may hold and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")


def marked_cuts(text: str, span: Span, marks: Marks) -> list[tuple[str, str]]:
    """A span of `text` in cuts, each with the classes of the marks that hold it (or none).

    Marks may overlap each other and the span's edges: the span is cut where any of them begins
    or ends, so that no element is ever opened inside another.
    """
    inside = [(mark, name) for mark, name in marks if mark.overlaps(span)]
    edges = {position for mark, _ in inside for position in (mark.start, mark.end)}
    cuts = sorted({span.start, span.end} | {edge for edge in edges if span.start < edge < span.end})
    return [
        (text[start:end], " ".join(name for mark, name in inside if mark.holds(Span(start, end))))
        for start, end in pairwise(cuts)
    ]
