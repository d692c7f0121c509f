"""Markdown and plain text. The document is the file's own text: marks stay, front matter goes.

Front matter gives metadata: TOML between `+++` lines or YAML between `---` lines, at the top.
A file may begin with a `---` that is only a rule: what follows counts as front matter when it is
closed and its first line is `name: value`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from datatypes import Heading, Metadata, Span
from errors import DocumentError
from index.metadata.fields import Table, checked_fields, parse_toml
from index.readers.base import ParsedDocument, SourceFile
from index.readers.encoding import decode
from index.text.canonical import canonical

if TYPE_CHECKING:  # imported when a Markdown file is met
    from markdown_it import MarkdownIt

_MAX_BYTES = 64 << 20
"""Twenty times War and Peace. It is held in memory, a few times over."""

_FENCES = re.compile(r"(\+\+\+|---)[ \t]*\n")
_NAME_AND_VALUE = re.compile(r"\s*(?:#.*\n\s*)*[\"']?[\w -]{1,40}[\"']?[ \t]*:(?:\s|$)")
_MAX_FRONT_MATTER = 65_536
"""Characters; a page of metadata has a few thousand."""

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
    """ATX and one-line setext headings outside lists and quotes; spans are without marks."""
    lines = [0, *(line_end.end() for line_end in re.finditer("\n", text))]
    for opening, inline in pairwise(_block_parser().parse(text)):
        if opening.type == "heading_open" and opening.level == 0 and opening.map:
            first, last = opening.map
            wording = inline.content.strip(_MARKS)
            if wording and (opening.markup[0] == "#" or last - first == 2):
                start = text.index(wording, lines[first])
                yield Heading(Span(start, start + len(wording)), int(opening.tag[1]))


@cache
def _block_parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


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
