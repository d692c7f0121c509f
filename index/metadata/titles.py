"""What a document is called when its metadata does not say."""

from __future__ import annotations

import re

from datatypes import visible_line

_MADE_BY_A_MACHINE = re.compile(
    r"^microsoft \w+ - "
    r"|^(untitled|(word |scanned )?document|dokument|title|scan|unbenannt|ohne titel)\W*\d*$"
    r"|\.(docx?|pdf|rtf|odt|txt|html?|indd|qxd|tiff?|jpe?g|dvi|tex)$|^\W*$",
    re.IGNORECASE,
)
_JOINT = re.compile(r"_+|(?<!\d)-+|-+(?!\d)")  # the hyphens of 1963-06-20 stay
_MAX_CHARACTERS = 300
"""A longer title is a paragraph that went astray."""


def sensible_title(title: str | None) -> str | None:
    """A title that a file carries inside, unless a program made it up."""
    text = visible_line(title or "")
    if len(text) > _MAX_CHARACTERS or _MADE_BY_A_MACHINE.search(text):
        return None
    return text


def title_of_file(stem: str) -> str:
    """A file's name, without its ending, made readable: `report_on-policy` → "Report on policy"."""
    text = visible_line(_JOINT.sub(" ", stem))
    return text[:1].upper() + text[1:] if text else stem
