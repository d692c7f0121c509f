"""The pages' templates, which escape all they are given, and what that does not do.

Templates are the `*.html.jinja` in folders `templates`, each named by its path from this room:
"chat/templates/turn.html.jinja". In text of documents and visitors, characters that change how
others are displayed are tamed by the filter `shown`, and what HTML cannot carry reaches no page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
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


ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1]),
    autoescape=True,
    finalize=printable,
    undefined=StrictUndefined,  # a word that is missing is an error, not a gap
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
ENVIRONMENT.filters["shown"] = shown
ENVIRONMENT.globals["marked_cuts"] = marked_cuts


def macro(template: str, name: str) -> Callable[..., Markup]:
    """A macro of a template, for HTML that is no whole page."""
    function: Callable[..., Markup] = getattr(ENVIRONMENT.get_template(template).module, name)
    return function
