"""HTML → the text that a reader of the page sees, in reading order, with its headings.

Left out: scripts, styles, navigation, controls, comments, and what the page itself hides
(`hidden`, `aria-hidden`, inline `display: none` and `visibility: hidden`).
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from errors import DocumentError
from index.readers.base import ParsedDocument, SourceFile
from index.readers.blocks import BlockWriter, Break
from index.readers.encoding import decode

_ELEMENTS = tomllib.loads(Path(__file__).with_name("html.toml").read_text(encoding="utf-8"))
_UNSEEN, _BLOCKS, _NOT_NESTING = map(frozenset, _ELEMENTS.values())
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_HIDING_STYLE = re.compile(r"(display\s*:\s*none|visibility\s*:\s*(hidden|collapse))", re.I)
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.I)
_N_BYTES_TO_DECLARE_IN = 4_096
"""Browsers look at the first 1,024 bytes for the encoding; pages with long heads exist."""

_MAX_DEPTH = 1_000
"""Browsers stop at 512; the parser's time grows with depth times length."""
_TAG = re.compile(
    r"""<!--(?:-?>|.*?(?:--!?>|\Z))
    | <(?P<raw>script|style|textarea|title|xmp|iframe|noembed|noframes)\b
      .*?(?:</(?P=raw)(?=[\s/>])|\Z)
    | <(?P<end>/?)(?P<name>[a-z][^\s/>]*+)
      (?:[\s/]++                                           # then attributes, as HTML reads them
        |[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+
      )*+>?""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)


class HtmlReader:
    name = "HTML"
    endings = frozenset((".html", ".htm"))
    max_bytes = 16 << 20
    """The parsed tree takes more than ten times the page's size."""

    def sniff(self, head: bytes) -> bool:
        """Browsers take anything for a page."""
        return bool(head)

    def read(self, source: SourceFile) -> Iterator[ParsedDocument]:
        data = source.read_bytes()
        declared = _DECLARED.search(data[:_N_BYTES_TO_DECLARE_IN])
        markup, problems = decode(data, declared=declared[1].decode() if declared else None)
        if _depth(markup) > _MAX_DEPTH:
            raise DocumentError(
                f"The page's elements are nested more than {_MAX_DEPTH:,} deep.",
                "Save its text as .txt, or save it anew from a browser.",
            )
        tree = LexborHTMLParser(markup.replace("\r\n", "\n").replace("\r", "\n"))
        title = tree.css_first("title")
        writer = BlockWriter()
        if tree.root is not None:
            _write_tree(tree.root, writer)
        yield writer.parsed(title=title.text() if title else None, problems=problems)


def _depth(markup: str) -> int:
    """At least how deep the elements can be nested, overestimated where tags are left open."""
    n_open: Counter[str] = Counter()
    depth = deepest = 0
    for tag in _TAG.finditer(markup):
        name = (tag["name"] or "").lower()
        if not name or name in _NOT_NESTING:
            continue
        if not tag["end"]:
            n_open[name] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif n_open[name]:
            n_open[name] -= 1
            depth -= 1
    return deepest


def _write_tree(root: LexborNode, writer: BlockWriter) -> None:
    """Walk without recursion, for pages nested deeper than Python's stack."""
    waiting = [(root, False)]
    n_preformatted = 0  # elements around the node, each a <pre>
    while waiting:
        node, is_written = waiting.pop()
        if is_written:
            n_preformatted -= node.tag == "pre"
            _leave(node, writer)
        elif node.is_text_node:
            write = writer.write_preformatted if n_preformatted else writer.write
            write(node.text_content or "")
        elif node.is_element_node and not _is_unseen(node):
            n_preformatted += node.tag == "pre"
            _enter(node, writer)
            children = [(child, False) for child in node.iter(include_text=True)]
            waiting += [(node, True), *reversed(children)]


def _is_unseen(node: LexborNode) -> bool:
    if node.tag in _UNSEEN:
        return not (node.tag == "dialog" and "open" in node.attrs)
    attributes = node.attributes
    if not attributes:
        return False
    return (
        "hidden" in attributes
        or (attributes.get("aria-hidden") or "").lower() == "true"
        or (attributes.get("role") or "").lower() in ("navigation", "search")
        or bool(_HIDING_STYLE.search(attributes.get("style") or ""))
    )


def _enter(node: LexborNode, writer: BlockWriter) -> None:
    tag = node.tag
    if tag in _HEADINGS:
        writer.begin_heading(_HEADINGS[tag])
    elif tag in _BLOCKS:
        writer.part(Break.BLOCK)
    elif tag == "br":
        writer.line_break()
    elif tag in ("td", "th"):
        writer.part(Break.CELL)


def _leave(node: LexborNode, writer: BlockWriter) -> None:
    tag = node.tag
    if tag in _HEADINGS:
        writer.end_heading()
    elif tag in _BLOCKS:
        writer.part(Break.BLOCK)
