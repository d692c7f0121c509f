"""Document → sentences → passages. Everything is a span; nothing is cut off and nothing is copied.

A passage is a run of whole sentences under one heading, no longer than the embedding model reads.
Neighbours share a sentence, so that an answer on a boundary stands whole in one of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise

from nupunkt import sent_spans

from datatypes import Document, Passage, Span
from language.lookup import LANGUAGES

PASSAGE_TOKENS = 200
"""Size that passages grow to, in tokens: a paragraph of a letter or an encyclopaedia."""

_OVERLAP = 0.25
"""A sentence of at most this share of a passage is repeated at the head of the next one."""

_SECTION = 0.3
"""A passage shorter than this share goes on under the next heading: letterheads are one passage."""

_ITEM_MARK = re.compile(r"[-*•·▪◦][^\S\n]|\(?(?:[0-9]{1,3}|[a-z]|[ivx]{1,5})[.)][^\S\n]")
_BLOCK_END = re.compile(rf"\n[^\S\n]*\n\s*|\n(?=[^\S\n]*(?:{_ITEM_MARK.pattern}))")
_OPEN_END = re.compile(r"[\w,\-–—'’\")\]]")  # no full stop, colon or the like closes the block
_SHORTENED = "|".join(word for known in LANGUAGES for word in known.sentence_abbreviations)
_BEFORE_ORDINAL = "|".join(word for known in LANGUAGES for word in known.before_ordinals)
_CARRIED_ON = re.compile(rf"\b(?:{_SHORTENED}|(?i:{_BEFORE_ORDINAL})\s[0-9]{{1,2}})\.$")
"""What the library takes for an end: ranks, and German ordinal numbers ("am 3. Mai")."""
_CALL = re.compile(r"[!?]['\"”’)\]]*$")  # "Where?" he asked, and (n - 1)! in the middle
_REMARK = re.compile(r"\[[^\[\]]{1,30}[\]?.]*$")  # [citation needed], [sic]
_SIGNS_END = re.compile(r"[。！？｡][」』”’）\])]*\s*")  # it knows no ends in scripts without spaces
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|[^\W_]{2,}")
_BOUNDARIES = (re.compile(r"\n"), re.compile(r"[;:,]\s|\s[–—-]\s"), re.compile(r"\s+"))
_LONGEST_INTRODUCTION = 120
"""Bytes of UTF-8. No tokenizer makes more tokens than bytes: half the model's room is left."""

_CHARACTERS_PER_TOKEN = 16
"""At most, on average: models read an endless run of letters as one unknown token."""

_DEBRIS = re.compile(r"[\s.,;:!?)\]}·|]*")
_STRAY_END = re.compile(r"(?<=[.!?])(?:\s+[.,;:·|~])+$")
_LONGEST_RUN = 400
"""Characters of a run without any space: beyond it even the middle of a word is a boundary."""


def sentences_of(document: Document) -> tuple[Span, ...]:
    """The document's sentences in order, without surrounding space. Headings are sentences.

    They hold every letter and figure of the text. A sentence that a page break or a blank line
    cuts ("The objective of this visit" / "will be to coordinate …") is read on as one.
    """
    text = document.text
    sentences: list[Span] = []
    for block in _blocks(document):
        sentences.extend(_whole(text, list(_split(text, block))))
    return tuple(sentences)


def passages_of(
    document: Document,
    *,
    count_tokens: Callable[[str], int],
    max_tokens: int,
    passage_tokens: int = PASSAGE_TOKENS,
) -> tuple[Passage, ...]:
    """The document's passages in order; every sentence lies in at least one of them.

    `count_tokens` gives a text's length in the embedding model's tokens, `max_tokens` is what the
    model reads, the passage's introduction (`introduction`) included. Passages grow to
    `passage_tokens`.
    """
    text = document.text
    section, overlap = round(_SECTION * passage_tokens), round(_OVERLAP * passage_tokens)
    section_starts = {heading.span.start for heading in document.headings}

    def size(first: Span, last: Span) -> int:
        run = text[first.start : last.end]
        return max(count_tokens(run), len(run) // _CHARACTERS_PER_TOKEN)

    @cache
    def room_under(heading: str | None) -> int:
        return max_tokens - count_tokens(f"{introduction(heading, document.title)}\n")

    def fit(first: Span, last: Span) -> bool:
        room = room_under(document.heading_at(first.start))  # that of its first sentence
        return size(first, last) <= min(passage_tokens, room)

    def opens_section(part: Span) -> bool:
        return part.start in section_starts and size(runs[-1][0], part) >= section

    runs: list[list[Span]] = []
    for sentence in sentences_of(document):
        for part in _fitting(text, sentence, size, room_under(document.heading_at(sentence.start))):
            if not runs or opens_section(part):
                runs.append([part])
            elif fit(runs[-1][0], part):
                runs[-1].append(part)
            else:
                *before, last = runs[-1]
                is_shared = before and size(last, last) <= overlap and fit(last, part)
                runs.append([last, part] if is_shared else [part])
    return tuple(_passage(document, run) for run in runs)


def _passage(document: Document, run: list[Span]) -> Passage:
    span = Span(run[0].start, run[-1].end)
    return Passage(document, span, document.heading_at(span.start), tuple(run))


def introduction(heading: str | None, title: str) -> str:
    """The line that introduces a passage to the models: its heading, or else its document's title.

    A long one is cut: the models need the subject, and the wording stands in a passage anyway.
    """
    line = (heading or title).encode("utf-8", "replace")
    return line[:_LONGEST_INTRODUCTION].decode("utf-8", "ignore")


def embedding_text(passage: Passage) -> str:
    """What is embedded for a passage. Its sentences begin `len(introduction) + 1` characters in."""
    return f"{introduction(passage.heading, passage.document.title)}\n{passage.text}"


def _blocks(document: Document) -> Iterator[Span]:
    """Headings, and between them paragraphs and list items, those that run on joined to one."""
    text = document.text
    position = 0
    for heading in document.headings:
        yield from _paragraphs(text, position, heading.span.start)
        yield heading.span
        position = max(position, heading.span.end)
    yield from _paragraphs(text, position, len(text))


def _paragraphs(text: str, start: int, end: int) -> Iterator[Span]:
    breaks = [place for match in _BLOCK_END.finditer(text, start, end) for place in match.span()]
    pending: Span | None = None
    for first, last in zip([start, *breaks[1::2]], [*breaks[::2], end], strict=True):
        block = _stripped(text, first, last)
        if block is None:
            continue
        if pending and _OPEN_END.match(text, pending.end - 1) and _runs_on(text, block.start):
            pending = Span(pending.start, block.end)
            continue
        if pending:
            yield pending
        pending = block
    if pending:
        yield pending


def _runs_on(text: str, start: int) -> bool:
    """Whether a small letter begins here, bracketed or quoted perhaps, and no list item."""
    begin = start + (text[start] in "\"“'([")
    return text[begin : begin + 1].islower() and not _ITEM_MARK.match(text, start)


def _stripped(text: str, start: int, end: int) -> Span | None:
    """The part without surrounding space and leading debris; None where no letter is left."""
    if (debris := _DEBRIS.match(text, start, end)) is not None:
        start = debris.end()
    end = start + len(text[start:end].rstrip())
    if (stray := _STRAY_END.search(text, start, end)) is not None:
        end = stray.start()
    return Span(start, end) if any(map(str.isalnum, text[start:end])) else None


def _split(text: str, block: Span) -> Iterator[Span]:
    """Where the block's sentences end by their punctuation."""
    start = block.start
    for end in [block.start + end for _, end in sent_spans(block.of(text))][:-1]:
        before, after = text[max(start, end - 20) : end].rstrip(), text[end : end + 1]
        if _CARRIED_ON.search(before) or (after.islower() and _CALL.search(before)):
            continue
        yield from _signs(text, start, end)
        start = end
    yield from _signs(text, start, block.end)


def _signs(text: str, start: int, end: int) -> Iterator[Span]:
    for sign in _SIGNS_END.finditer(text, start, end):
        yield Span(start, sign.end())
        start = sign.end()
    if start < end:
        yield Span(start, end)


def _whole(text: str, pieces: list[Span]) -> Iterator[Span]:
    """Splinters ("2.", "Lt.") belong to the sentence that follows, or else to the one before."""
    start: int | None = None
    held: Span | None = None
    for piece in pieces:
        first = piece.start if start is None else start
        if len(_WORD.findall(piece.of(text))) < 2 and piece is not pieces[-1]:
            start = first
            continue
        start = None
        sentence = _stripped(text, first, piece.end)
        if sentence is None:
            continue
        words = sentence.of(text)
        if held and (len(_WORD.findall(words)) < 2 or _REMARK.match(words)):
            held = Span(held.start, sentence.end)
            continue
        if held:
            yield held
        held = sentence
    if held:
        yield held


def _fitting(
    text: str, sentence: Span, size: Callable[[Span, Span], int], limit: int
) -> Iterator[Span]:
    """The sentence, or where it is longer than `limit` tokens, its parts.

    Parts end at line ends, else at clauses, else at spaces, else anywhere.
    """
    if size(sentence, sentence) <= limit or len(sentence) == 1:
        yield sentence
        return
    middle = (sentence.start + sentence.end) // 2
    for boundary in _BOUNDARIES:
        cuts = [match.end() for match in boundary.finditer(text, sentence.start, sentence.end)]
        inner = [cut for cut in cuts if sentence.start < cut < sentence.end]
        best = min(inner, key=lambda cut: abs(cut - middle), default=None)
        if best is not None and min(best - sentence.start, sentence.end - best) >= min(
            len(sentence) // 8, _LONGEST_RUN
        ):
            middle = best
            break
    for first, last in pairwise((sentence.start, middle, sentence.end)):
        if part := _stripped(text, first, last):
            yield from _fitting(text, part, size, limit)
