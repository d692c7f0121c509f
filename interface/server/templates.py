"""The pages' templates, `*.html.jinja` in folders `templates`, which escape all they are given.

A template is named by its path from this room: "chat/templates/turn.html.jinja".
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from interface.server.escaping import marked_cuts, printable, shown

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
