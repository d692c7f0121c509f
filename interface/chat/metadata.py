"""What a document's metadata say, as the pages show it."""

from __future__ import annotations

from datatypes import Metadata
from interface.wording.wordings import Wording

KINDS_OF_TEXT = ("original", "transcription", "translation", "translation_by", "ocr")
"""Values of `text_status` that have a wording."""


def in_line(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def text_status(metadata: Metadata) -> str:
    """`translation_by` where a translator is known, else what `text_status` says, if anything."""
    status = in_line(metadata.get("text_status", ""))
    if metadata.get("translator") and status in ("", "translation"):
        return "translation_by"
    return status


def kind_of_text(metadata: Metadata, wording: Wording) -> str:
    """What kind of text this is, in words; empty where the metadata do not say."""
    status = text_status(metadata)
    if status not in KINDS_OF_TEXT:
        return status
    return wording[status].format(translator=in_line(metadata.get("translator", "")))
