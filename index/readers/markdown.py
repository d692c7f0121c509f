"""Markdown and plain text. The document is the file's own text: marks stay, front matter goes.

Front matter gives metadata: TOML between `+++` lines or YAML between `---` lines, at the top.
A file may begin with a `---` that is only a rule: what follows counts as front matter when it is
closed and its first line is `name: value`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from datatypes import Heading, Metadata, Span
from errors import DocumentError
from index.metadata.fields import Table, checked_fields, parse_toml
from index.readers.base import ParsedDocument, SourceFile
from index.readers.encoding import decode
from index.text.canonical import canonical

_MAX_BYTES = 64 << 20
"""Twenty times War and Peace. It is held in memory, a few times over."""

_FENCES = re.compile(r"(\+\+\+|---)[ \t]*\n")
_NAME_AND_VALUE = re.compile(r"\s*(?:#.*\n\s*)*[\"']?[\w -]{1,40}[\"']?[ \t]*:(?:\s|$)")
_MAX_FRONT_MATTER = 65_536
"""Characters; a page of metadata has a few thousand."""

_CODE_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(?=\S)")
_UNDERLINE = re.compile(r" {0,3}(?:(=+)|-+)[ \t]*$")
_NO_PARAGRAPH = re.compile(r"\s*$| {4}|\t| {0,3}(?:[>#|]|[-*+][ \t]|\d{1,9}[.)][ \t])")
_CLOSING_MARKS = re.compile(r"(?:^|(?<=[ \t]))#+\s*$")  # `Title ##`, but `C#` stays
_MARKS = "*_`" + "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace())


class PlainTextReader:
    name = "plain text"
    endings = frozenset((".txt",))
    max_bytes = _MAX_BYTES

    def sniff(self, head: bytes) -> bool:
        return bool(head)

    def read(self, source: SourceFile) -> Iterator[ParsedDocument]:
        text, problems = decode(source.read_bytes())
        fields, text = _without_front_matter(canonical(text))
        yield ParsedDocument(text, fields=fields, problems=problems)


class MarkdownReader(PlainTextReader):
    name = "Markdown"
    endings = frozenset((".md", ".markdown"))

    def read(self, source: SourceFile) -> Iterator[ParsedDocument]:
        for parsed in super().read(source):
            yield replace(parsed, headings=tuple(markdown_headings(parsed.text)))


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
            wording = _CLOSING_MARKS.sub("", line[atx.end() :])
            yield from _heading(wording, start + atx.end(), len(atx[1]))
        elif underline and before:
            yield from _heading(before[1], before[0], 1 if underline[1] else 2)
        begins = fresh and not atx and not _NO_PARAGRAPH.match(line)
        before = (start, line) if begins else None
        fresh = not line.strip() or bool(atx) or bool(underline)


def _heading(wording: str, start: int, level: int) -> Iterator[Heading]:
    bare = wording.strip(_MARKS)
    if bare:
        start += wording.index(bare)
        yield Heading(Span(start, start + len(bare)), level)


def _without_front_matter(text: str) -> tuple[Metadata, str]:
    """The fields above the text, and the text."""
    opening = _FENCES.match(text)
    if opening is None:
        return {}, text
    fence = opening[1]
    head = text[opening.end() : _MAX_FRONT_MATTER]
    closing = re.search(rf"^{re.escape(fence)}[ \t]*$", head, re.M)
    if fence == "+++" and closing is None:
        raise DocumentError(
            "The front matter has no end.", "Close it with a line that says +++.", line=1
        )
    if closing is None or (fence == "---" and not _NAME_AND_VALUE.match(head)):
        return {}, text
    head, rest = head[: closing.start()], text[opening.end() + closing.end() :]
    try:
        fields = checked_fields(parse_toml(head) if fence == "+++" else _parse_yaml(head))
    except DocumentError as fault:
        line = fault.line and fault.line + 1  # below the opening fence
        raise DocumentError(f"Front matter: {fault.what}", fault.remedy, line=line) from fault
    return fields, rest.lstrip("\n")


def _parse_yaml(text: str) -> Table:
    """Names and values as they are written: BaseLoader makes strings, lists and tables only.

    YAML's own types would turn box 012 into 10, folder 1:30 into 90 and language no into false.
    """
    import yaml

    try:
        table = yaml.load(text, Loader=yaml.BaseLoader)  # safer than SafeLoader: strings only
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise DocumentError(
            f"not valid YAML: {error.problem}.", "Put the value in quotation marks.", line=line
        ) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise DocumentError("not valid YAML.", "Write each field as name: value.") from error
    if not isinstance(table, dict):
        raise DocumentError("not a list of fields.", "Write each field as name: value.", line=1)
    return Table({str(name): value for name, value in table.items()}, text)
