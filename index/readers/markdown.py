"""Markdown and plain text. The document is the file's own text: marks stay, front matter goes.

Front matter gives metadata: TOML between `+++` lines or YAML between `---` lines, at the top.
A file may begin with a `---` that is only a rule: what follows counts as front matter when it is
closed and its first line is `name: value`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from datatypes import Heading, Metadata, Span
from index.metadata.fields import MetadataError, checked_fields, parse_toml
from index.metadata.titles import sensible_title
from index.readers.encoding import decode
from index.readers.parsed_file import Reading
from index.text.canonical import canonical

_FENCES = re.compile(r"(\+\+\+|---)[ \t]*\n")
_NAME_AND_VALUE = re.compile(r"\s*(?:#.*\n\s*)*[\"']?[\w -]{1,40}[\"']?[ \t]*:(?:\s|$)")
_MAX_FRONT_MATTER = 65_536
"""Characters; a page of metadata has a few thousand."""

_CODE_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(?=\S)")
_UNDERLINE = re.compile(r" {0,3}(?:(=+)|-+)[ \t]*$")
_NO_PARAGRAPH = re.compile(r"\s*$| {4}|\t| {0,3}(?:[>#|]|[-*+][ \t]|\d{1,9}[.)][ \t])")
_MARKS = "*_`"


def read_plain(data: bytes) -> Reading:
    raw, doubts = decode(data)
    fields, text = _front_matter(canonical(raw))
    return Reading(text, fields=fields, doubts=doubts)


def read_markdown(data: bytes) -> Reading:
    raw, doubts = decode(data)
    fields, text = _front_matter(canonical(raw))
    headings = tuple(markdown_headings(text))
    title = sensible_title(headings[0].span.of(text)) if headings else None
    return Reading(text, title, headings, fields=fields, doubts=doubts)


def markdown_headings(text: str) -> Iterator[Heading]:
    """ATX and one-line setext headings outside code fences; spans are without `#`, `*` marks."""
    fence = ""
    before: tuple[int, str] | None = None  # a paragraph of one line so far
    position = 0
    fresh = True
    for line in text.split("\n"):
        start, position = position, position + len(line) + 1
        mark = _CODE_FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line[mark.end() :].strip():
                fence = ""
            continue
        if mark:
            fence, before, fresh = mark[1], None, True
            continue
        atx = _ATX.match(line)
        underline = _UNDERLINE.match(line)
        if atx:
            wording = _without_closing_marks(line[atx.end() :])
            yield from _heading(wording, start + atx.end(), len(atx[1]))
        elif underline and before:
            yield from _heading(before[1], before[0], 1 if underline[1] else 2)
        begins = fresh and not atx and not _NO_PARAGRAPH.match(line)
        before = (start, line) if begins else None
        fresh = not line.strip() or bool(atx) or bool(underline)


def _without_closing_marks(wording: str) -> str:
    """`Title ##` → `Title`, but `C#` stays."""
    bare = wording.rstrip()
    unmarked = bare.rstrip("#")
    return unmarked if not unmarked or unmarked[-1] in " \t" else bare


def _heading(wording: str, start: int, level: int) -> Iterator[Heading]:
    bare = wording.lstrip(" \t" + _MARKS)
    start += len(wording) - len(bare)
    bare = bare.rstrip(" \t" + _MARKS)
    if bare:
        yield Heading(Span(start, start + len(bare)), level)


def _front_matter(text: str) -> tuple[Metadata, str]:
    """The fields above the text, and the text."""
    opening = _FENCES.match(text)
    if opening is None:
        return {}, text
    fence = opening[1]
    head = text[opening.end() : _MAX_FRONT_MATTER]
    closing = re.search(rf"^{re.escape(fence)}[ \t]*$", head, re.M)
    if fence == "+++" and closing is None:
        raise MetadataError(
            "The front matter has no end.", "Close it with a line that says +++.", line=1
        )
    if closing is None or (fence == "---" and not _NAME_AND_VALUE.match(head)):
        return {}, text
    head, rest = head[: closing.start()], text[opening.end() + closing.end() :]
    try:
        table = parse_toml(head) if fence == "+++" else _parse_yaml(head)
        fields = checked_fields(table, text=head)
    except MetadataError as fault:
        line = None if fault.line is None else fault.line + 1  # below the opening fence
        raise MetadataError(f"Front matter: {fault.what}", fault.remedy, line=line) from fault
    return fields, rest.lstrip("\n")


def _parse_yaml(text: str) -> dict[str, object]:
    """Names and values as they are written: BaseLoader makes strings, lists and tables only.

    YAML's own types would turn box 012 into 10, folder 1:30 into 90 and language no into false.
    """
    import yaml

    try:
        table = yaml.load(text, Loader=yaml.BaseLoader)  # safer than SafeLoader: strings only
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise MetadataError(
            f"not valid YAML: {error.problem}.", "Put the value in quotation marks.", line=line
        ) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise MetadataError("not valid YAML.", "Write each field as name: value.") from error
    if not isinstance(table, dict):
        raise MetadataError("not a list of fields.", "Write each field as name: value.", line=1)
    return {str(name): value for name, value in table.items()}
