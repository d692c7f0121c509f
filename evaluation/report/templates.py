"""The templates of a report, for the page of a file and for pages of a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.measures.comparison import LOWER_IS_BETTER
from evaluation.question import counted
from evaluation.report import plain_language
from evaluation.report.question_sections import found_passages

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent / "html"


def template_environment(*folders: Path, shown: Callable[[str], str] | None = None) -> Environment:
    """Templates of the report's parts and of further folders; what they fill into HTML is escaped.

    `shown` makes safe HTML (Markup) of a text of documents or visitors; by default it is escaped
    like everything else.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
    from markupsafe import escape

    environment = Environment(
        loader=FileSystemLoader([*folders, FOLDER]),
        autoescape=select_autoescape(("html.jinja",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "plain": plain_language,
        "counted": counted,
        "lower_is_better": LOWER_IS_BETTER,
        "found_passages": found_passages,
    }
    environment.filters |= {"shown": shown or escape, "opening": plain_language.opening}
    return environment
