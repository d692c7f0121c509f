"""Quotation marks that a language model set: kept only around words of the sentences it cites.

What stays between marks is cut from the document anew, so that it is the document's own characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from datatypes import Quote

_CLOSING = {
    marks[0]: marks[1:]
    for marks in (
        *('""”“', '“”"“', '„“”"', "””", "«»", "»«»", "‹›", "「」", "『』", "《》", "〈〉"),
        *("‘’'", "‚‘’'", "''’", "´´'", "``'´"),
    )
}
"""Each mark that opens, and those that may close it."""
_SINGLE = "‘’‚'´`"  # apostrophes too: these open only before a word and close only behind one
_LOOSE = '"“”„«»「」『』《》〈〉'
_WORD = re.compile(r"\w")
_BLANK = r"\s+"
_MARKS = "\"'“”„‘’‚«»‹›´`"


def keep_exact_quotes(text: str, cited: Sequence[Quote]) -> str:
    """The text with “…” around what is a slice of a cited sentence, and no other marks.

    Between the marks stand the document's characters, with its line breaks and blanks.
    """
    text = text.replace("''", '"')
    out, place = "", 0
    while place < len(text):
        end = _closing(text, place)
        if end is None:
            out += "" if text[place] in _LOOSE else text[place]
            place += 1
            continue
        inside = text[place + 1 : end]
        cut = _slice(inside, cited)
        out += f"“{cut}”" if cut is not None else keep_exact_quotes(inside, cited)
        place = end + 1
    return out


def quoted_parts(text: str) -> list[str]:
    """What stands between the marks that `keep_exact_quotes` left."""
    return re.findall(r"“([^“”]*(?:“[^“”]*”[^“”]*)*)”", text)


def _closing(text: str, place: int) -> int | None:
    """Where the mark that opens at `place` is closed; None if none opens there."""
    closings, is_single = _CLOSING.get(text[place], ""), text[place] in _SINGLE
    if is_single and (_is_word(text, place - 1) or not _is_word(text, place + 1)):
        return None
    for end in range(place + 2, len(text) if closings else 0):
        if text[end] in closings and not (is_single and _is_word(text, end + 1)):
            return end
    return None


def _is_word(text: str, place: int) -> bool:
    return place >= 0 and _WORD.match(text, place) is not None


def _slice(words: str, cited: Sequence[Quote]) -> str | None:
    """The words as a cited sentence has them; whole words, and blanks as the document has them.

    A full stop or comma that typography pulls inside the marks may be left over.
    """
    for wanted in dict.fromkeys((words.strip(), words.strip().rstrip(".,;"))):
        parts = wanted.split()
        if not parts:
            return None
        pattern = re.compile(rf"(?<!\w){_BLANK.join(map(_any_marks, parts))}(?!\w)")
        for quote in cited:
            if slice_ := pattern.search(quote.text):
                return slice_.group()
    return None


def _any_marks(word: str) -> str:
    """A pattern of the word in which one kind of mark or apostrophe is as good as another."""
    return "".join(f"[{_MARKS}]" if sign in _MARKS else re.escape(sign) for sign in word)
