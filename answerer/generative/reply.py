"""A language model's reply, as it comes → claims: its words, and the sentences they point at.

Asked for are lines such as `The plenum met in May. [s3][s7]`, or JSON where the server can be made
to hold to it. Both are read here, and what models make of them: 【s3】, `[s3]`, (s3), [3],
[s3, s4], [s3-s5], brackets left open, several statements on a line, thinking aloud before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_CHARACTERS = 20_000
"""Of one reply. A model that never ends is not read further."""
NOTHING = "NOTHING"

_MOST_NUMBERS = 50  # that a range such as [s1-s400] may stand for
_NUMBER = r"(?:[sS]\d{1,4}|\d{1,3})"  # [1963] is a year
_AND = r"\s*(?:,|;|and|und|et|y|&|-|–|—|\.\.)\s*"
_LIST = rf"{_NUMBER}(?:{_AND}{_NUMBER}){{0,30}}"
_SURE = r"[sS]\d{1,4}(?:\s*[,;]\s*[sS]\d{1,4}){0,30}"  # where there are no square brackets
_LEFT_OPEN = r"(?=\s*[.!?]?\s*\Z|\s*[.!?]\s)"
_MARK = re.compile(
    r"\s*`?(?:"
    rf"[\[【]\s*(?P<square>{_LIST})(?:†[^\]】]*)?\s*(?:[\]】]|{_LEFT_OPEN})"
    rf"|\(\s*(?P<round>{_SURE})\s*\)"
    rf"|(?<=[.!?…。])\s(?P<bare>{_SURE})(?=\s*\Z)"
    rf"|(?<!\w)(?P<half>{_SURE})\]"
    r")`?"
)
_OBJECT = re.compile(
    r'\{\s*"text"\s*:\s*(?P<text>"(?:[^"\\]|\\.)*")\s*,\s*"\w+"\s*:\s*\[(?P<numbers>[^\]}]*)[\]}]',
    re.DOTALL,
)
_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_UNENDED_THOUGHT = re.compile(r"<think(?:ing)?>.*", re.DOTALL)
_THINKING = re.compile(
    r"<think(?:ing)?>|<(?:t(?:h(?:i(?:n(?:k(?:i(?:n(?:g)?)?)?)?)?)?)?)?\Z", re.IGNORECASE
)
_ENDED = re.compile(r"[.!?…。:]['\"”’»)*_]*\s*\Z")
_END_BEHIND = re.compile(r"\s*[.!?…。](?=\s|\Z)")
_BULLET = re.compile(r"^\s*(?:[-*•–]\s+|\d{1,2}[.)]\s+|#{1,6}\s+|>\s+)*")
_EMPHASIS = re.compile(r"\*\*|__|`|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")
_FENCE = re.compile(r"^\s*(?:```.*|~~~.*)$")


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement without its marks; `numbers` are those the model gave, each once."""

    text: str
    numbers: tuple[int, ...]


class ReplyParser:
    """Takes the reply in any pieces; the claims do not depend on where it was cut."""

    def __init__(self) -> None:
        self._waiting = ""
        self._n_read = 0
        self._is_json: bool | None = None

    def feed(self, piece: str) -> Iterator[Claim]:
        """The claims that are complete now."""
        piece = piece[: max(0, MOST_CHARACTERS - self._n_read)]
        self._n_read += len(piece)
        self._waiting = _THOUGHT.sub("", self._waiting + piece)
        if not _THINKING.search(self._waiting) and self._decide() is not None:
            yield from self._complete()

    def finish(self) -> Iterator[Claim]:
        """What remains when the reply is at its end."""
        self._waiting = _UNENDED_THOUGHT.sub("", self._waiting) + "\n"
        yield from self._complete()

    def _complete(self) -> Iterator[Claim]:
        if self._is_json:
            yield from self._objects()
            return
        # The last line may go on; all before it are whole.
        *lines, self._waiting = self._waiting.split("\n")
        for line in lines:
            yield from claims_of(line)

    def _decide(self) -> bool | None:
        """Whether it is JSON, once that can be seen."""
        if self._is_json is None:
            start = self._waiting.lstrip()
            if start.startswith("`"):  # perhaps a fence, whose first line says nothing
                start = start.partition("\n")[2].lstrip() if start.startswith("```") else start
            if start not in ("", "[", "`", "``"):
                self._is_json = re.match(r"\{|\[\s*\{", start) is not None
        return self._is_json

    def _objects(self) -> Iterator[Claim]:
        end = 0
        for item in _OBJECT.finditer(self._waiting):
            end = item.end()
            try:
                text = str(json.loads(item["text"], strict=False))
            except ValueError:
                continue
            line = " ".join(text.split())
            marks = "".join(f"[s{number}]" for number in re.findall(r"\d{1,4}", item["numbers"]))
            yield from _joined(claims_of(f"{line} {marks}"))
        self._waiting = self._waiting[end:]


def claims_of(line: str) -> Iterator[Claim]:
    """The claims of one line: a mark ends a claim if the sentence ends there."""
    if _FENCE.match(line) or line.strip().strip(".*`\"'").upper() == NOTHING:
        return
    text, numbers = "", list[int]()
    for before, stop, pointed in _marked(" ".join(line.split())):
        if numbers and before.strip() and _ENDED.search(text):
            yield from _claim(text, numbers)
            text, numbers = "", []
        text += before
        text += "" if _ENDED.search(text) else stop
        numbers += pointed
    yield from _claim(text, numbers)


def _marked(line: str) -> Iterator[tuple[str, str, list[int]]]:
    """What stands before each mark, the full stop behind it, its numbers; at last the rest."""
    end = 0
    for mark in _MARK.finditer(line):
        before = line[end : mark.start()]
        behind = _END_BEHIND.match(line, mark.end())
        end = behind.end() if behind else mark.end()
        yield before, behind.group().strip() if behind else "", list(_numbers(mark))
    yield line[end:], "", []


def _claim(text: str, numbers: list[int]) -> Iterator[Claim]:
    plain = " ".join(_EMPHASIS.sub("", _BULLET.sub("", text)).split())
    is_prelude = not numbers and plain.endswith(":")
    if any(map(str.isalnum, plain)) and not is_prelude:
        yield Claim(plain, tuple(dict.fromkeys(numbers)))


def _joined(claims: Iterator[Claim]) -> Iterator[Claim]:
    """What stood in one JSON object is one claim."""
    parts = list(claims)
    if parts:
        numbers = dict.fromkeys(number for claim in parts for number in claim.numbers)
        yield Claim(" ".join(claim.text for claim in parts), tuple(numbers))


def _numbers(mark: re.Match[str]) -> Iterator[int]:
    listed = next(filter(None, mark.groups()))
    before: int | None = None
    for part in re.finditer(r"(-|–|—|\.\.)?\s*[sS]?(\d{1,4})", listed):
        number = int(part[2])
        if part[1] and before is not None and before < number <= before + _MOST_NUMBERS:
            yield from range(before + 1, number)
        yield number
        before = number
