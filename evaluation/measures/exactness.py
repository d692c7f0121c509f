"""Are quotes the words of the files on disk? Checked without Docent's readers and slices.

For plain text, Markdown and BEIR corpora. Other forms have no text of their own to compare with.
"""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

from datatypes import Quote

_ENDINGS = (".md", ".markdown", ".txt")
_ID = re.compile(r"^\s*id\s*[:=]\s*[\"']?(.+?)[\"']?\s*$", re.M)


class Originals:
    """The texts in a folder (or a single file) by document id, as the files have them."""

    def __init__(self, source: Path) -> None:
        self._root = source if source.is_dir() else source.parent
        self._texts: dict[str, str] = {}
        for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
            if path.suffix.lower() in _ENDINGS and path.is_file():
                self._take_file(path)
            elif path.suffix.lower() == ".jsonl" and path.is_file():
                self._take_corpus(path)

    def exact(self, quote: Quote) -> bool | None:
        """Whether the file has just these signs at just this place; None where it has no text.

        A document's text is the end of its file: what front matter stands above is not counted.
        """
        original = self._texts.get(quote.document.document_id)
        if original is None:
            return None
        above = len(original) - len(quote.document.text)
        start = above + quote.span.start
        return above >= 0 and original[start : start + len(quote.text)] == quote.text

    def _take_file(self, path: Path) -> None:
        try:
            text = _settled(path.read_bytes().decode("utf-8-sig"))
        except (OSError, UnicodeDecodeError):
            return
        name = unicodedata.normalize("NFC", path.relative_to(self._root).with_suffix("").as_posix())
        head = re.match(r"(\+\+\+|---)[ \t]*\n(.*?)\n\1", text, re.S)
        own_id = _ID.search(head[2]) if head else None
        self._texts.setdefault(own_id[1] if own_id else name, text)

    def _take_corpus(self, path: Path) -> None:
        with path.open(encoding="utf-8-sig", errors="replace") as lines:
            for line in lines:
                try:
                    row = json.loads(line)
                    self._texts.setdefault(str(row["_id"]), _settled(str(row["text"])))
                except (ValueError, KeyError, TypeError):
                    continue


def _settled(text: str) -> str:
    """What every reader of text files does: one kind of line end, one way to write an accent."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
