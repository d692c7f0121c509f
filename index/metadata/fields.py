"""What is known about a document: the fields, and the tables that give them.

A table with an unknown field or an unusable value is refused whole, and its document with it:
a citation that is wrong is worse than one that is missing.
"""

from __future__ import annotations

import datetime
import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from datatypes import Metadata, visible_line
from errors import DocumentError

_KNOWN = tomllib.loads(Path(__file__).with_name("fields.toml").read_text(encoding="utf-8"))
PLURAL_FIELDS = frozenset(_KNOWN["several_values"])
FIELDS = PLURAL_FIELDS.union(_KNOWN["one_value"])
TEXT_STATUSES = tuple(_KNOWN["text_statuses"])
_QUOTE_IT = "Put its value in quotation marks."
_BARE_NAME = re.compile(r"[A-Za-z0-9_-]+")
_QUOTES_AND_SPACE = re.compile(r"[\"'\s]")
_TOML_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of names and values, and the `text` below whose `[header]` it stands: for lines."""

    values: Mapping[str, object]
    text: str
    header: str = ""

    def fault(self, name: str, what: str, remedy: str) -> DocumentError:
        return DocumentError(what, remedy, line=self._line_of(name))

    def subtable(self, name: str) -> Table:
        """The table of this name, which is empty where there is none."""
        values = self.values.get(name, {})
        shown = name if _BARE_NAME.fullmatch(name) else f'"{name}"'
        header = f"{self.header}.{shown}" if self.header else shown
        if not isinstance(values, dict):
            raise DocumentError(
                f"[{header}] is not a table.", f"Write [{header}] on a line of its own."
            )
        return Table(values, self.text, header)

    def refuse_others(self, known: Sequence[str], what: str) -> None:
        """Raises DocumentError, saying `what` of it, where a name is not among those known."""
        for name in self.values:
            if name not in known:
                raise self.fault(name, what.format(name), nearest(name, known))

    def texts(self, names: Iterable[str]) -> dict[str, str]:
        """The values of these names that are not empty, all of them strings."""
        texts = {}
        for name in names:
            value = self.values.get(name, "")
            if not isinstance(value, str):
                raise self.fault(name, f"`{name}` is not a text.", _QUOTE_IT)
            if value.strip():
                texts[name] = value.strip()
        return texts

    def _line_of(self, name: str) -> int | None:
        """The line on which `name` gets its value; none if it cannot be told."""
        gives = re.compile(rf"""\s*["']?{re.escape(name)}["']?\s*[=:]""")
        here = ""
        for number, line in enumerate(self.text.splitlines(), start=1):
            table = re.match(r"\s*\[([^\[\]]+)\]\s*(#.*)?$", line)
            if table:
                here = _QUOTES_AND_SPACE.sub("", table[1])
            elif here == _QUOTES_AND_SPACE.sub("", self.header) and gives.match(line):
                return number
        return None


def parse_toml(text: str) -> Table:
    """Numbers with a point stay as they are written: folder 1.10 is not folder 1.1."""
    try:
        return Table(tomllib.loads(text, parse_float=str), text)
    except (ValueError, RecursionError) as error:  # ValueError: also a date such as 1963-02-31
        place = _TOML_PLACE.search(str(error))
        line = int(place[1] or text.count("\n") + 1) if place else None
        what = _TOML_PLACE.sub("", str(error)).rstrip(".")
        remedy = 'Write each field as name = "value".'
        raise DocumentError(f"Not valid TOML: {what}.", remedy, line=line) from error


def checked_fields(table: Table) -> Metadata:
    """`table` as metadata: strings, and tuples where the table has lists."""
    fields: dict[str, str | tuple[str, ...]] = {}
    for name, value in table.values.items():
        try:
            checked = _checked(name, value)
        except DocumentError as fault:
            raise table.fault(name, fault.what, fault.remedy) from fault
        if checked:
            fields[name] = checked
    return fields


def nearest(name: str, known: Iterable[str]) -> str:
    """The mend for a name that is none: what was probably meant, or what there is."""
    known = sorted(known)
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    meant = _KNOWN["also_called"].get(plain)
    if meant not in known:
        meant = next(iter(difflib.get_close_matches(plain, known, n=1)), None)
    return f"Write `{meant}`." if meant else f"The names are: {', '.join(known)}."


def _checked(name: str, value: object) -> str | tuple[str, ...]:
    if name not in FIELDS:
        raise DocumentError(f"There is no field `{name}`.", nearest(name, FIELDS))
    if isinstance(value, list):
        if name not in PLURAL_FIELDS:
            raise DocumentError(f"`{name}` has several values.", "Give it one, in quotation marks.")
        return tuple(text for text in (_words(name, one) for one in value) if text)
    text = _words(name, value)
    if name == "text_status" and text and text not in TEXT_STATUSES:
        allowed = ", ".join(TEXT_STATUSES)
        raise DocumentError(f"`text_status` cannot be {text!r}.", f"Write one of: {allowed}.")
    if name == "url" and text and not text.startswith(("https://", "http://")):
        raise DocumentError(
            f"`url` is no web address: {text!r}.", "Begin it with https:// or leave it out."
        )
    return text


def _words(name: str, value: object) -> str:
    if isinstance(value, datetime.date | datetime.time):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        return visible_line(value)
    raise DocumentError(f"`{name}` is not a text.", _QUOTE_IT)
