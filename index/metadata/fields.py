"""What is known about a document: the fields, and the tables that give them.

A table with an unknown field or an unusable value is refused whole, and its document with it:
a citation that is wrong is worse than one that is missing.
"""

from __future__ import annotations

import datetime
import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping

from datatypes import Metadata
from errors import DocumentError
from index.text.canonical import canonical

PLURAL_FIELDS = frozenset(
    "creator recipients language original_language translator translated_for rights "  # noqa: SIM905
    "credits".split()
)
FIELDS = PLURAL_FIELDS | frozenset(
    "id title date document_type archive place reference_code collection box folder "  # noqa: SIM905
    "digital_source url text_status".split()
)
TEXT_STATUSES = ("original", "transcription", "translation", "ocr")
_ALSO_CALLED = {
    "author": "creator",
    "authors": "creator",
    "type": "document_type",
    "repository": "archive",
    "signature": "reference_code",
    "source": "digital_source",
    "link": "url",
    "license": "rights",
}
_TOML_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


class MetadataError(DocumentError):
    """A table that cannot be used. `line` counts from 1 in the file that holds the table."""

    def __init__(self, what: str, remedy: str, *, line: int | None = None) -> None:
        super().__init__(what, remedy)
        self.line = line


def parse_toml(text: str) -> dict[str, object]:
    """Numbers with a point stay as they are written: folder 1.10 is not folder 1.1."""
    try:
        return tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        what = _TOML_PLACE.sub("", str(error)).rstrip(".")
        raise MetadataError(
            f"Not valid TOML: {what}.", 'Write each field as name = "value".', line=line
        ) from error
    except (RecursionError, ValueError) as error:  # ValueError: a date such as 1963-02-31
        raise MetadataError(
            f"Not valid TOML: {error}.", 'Write each field as name = "value".'
        ) from error


def checked_fields(table: Mapping[str, object], *, text: str, header: str = "") -> Metadata:
    """`table` as metadata: strings, and tuples where the table has lists.

    `text` is what the table was read from, below its `header` if it has one: to find lines.
    """
    fields: dict[str, str | tuple[str, ...]] = {}
    for name, value in table.items():
        try:
            given = _checked(name, value)
        except MetadataError as fault:
            line = line_of(name, text=text, header=header)
            raise MetadataError(fault.what, fault.remedy, line=line) from fault
        if given:
            fields[name] = given
    return fields


def nearest(name: str, known: Iterable[str]) -> str:
    """The mend for a name that is none: what was probably meant, or what there is."""
    known = sorted(known)
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    meant = _ALSO_CALLED.get(plain)
    if meant not in known:
        meant = next(iter(difflib.get_close_matches(plain, known, n=1)), None)
    return f"Write `{meant}`." if meant else f"The names are: {', '.join(known)}."


def line_of(name: str, *, text: str, header: str = "") -> int | None:
    """The line on which `name` gets its value below `[header]`; none if it cannot be told."""
    gives = re.compile(rf"""\s*["']?{re.escape(name)}["']?\s*[=:]""")
    here = ""
    for number, line in enumerate(text.splitlines(), start=1):
        table = re.match(r"\s*\[([^\[\]]+)\]\s*(#.*)?$", line)
        if table:
            here = re.sub(r"[\"'\s]", "", table[1])
        elif here == re.sub(r"[\"'\s]", "", header) and gives.match(line):
            return number
    return None


def _checked(name: str, value: object) -> str | tuple[str, ...]:
    if name not in FIELDS:
        raise MetadataError(f"There is no field `{name}`.", nearest(name, FIELDS))
    if isinstance(value, list):
        if name not in PLURAL_FIELDS:
            raise MetadataError(f"`{name}` has several values.", "Give it one, in quotation marks.")
        return tuple(text for text in (_words(name, one) for one in value) if text)
    text = _words(name, value)
    if name == "text_status" and text and text not in TEXT_STATUSES:
        allowed = ", ".join(TEXT_STATUSES)
        raise MetadataError(f"`text_status` cannot be {text!r}.", f"Write one of: {allowed}.")
    if name == "url" and text and not text.startswith(("https://", "http://")):
        raise MetadataError(
            f"`url` is no web address: {text!r}.", "Begin it with https:// or leave it out."
        )
    return text


def _words(name: str, value: object) -> str:
    if isinstance(value, datetime.date | datetime.time):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        return " ".join(canonical(value).split())
    raise MetadataError(f"`{name}` is not a text.", "Put its value in quotation marks.")
