"""What a document's metadata say, as the pages show it."""

from __future__ import annotations

from datatypes import Metadata


def in_line(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def kind_of_text(metadata: Metadata) -> str:
    """`translation_by` where a translator is known, else what `text_status` says, if anything."""
    status = in_line(metadata.get("text_status", ""))
    if metadata.get("translator") and status in ("", "translation"):
        return "translation_by"
    return status
