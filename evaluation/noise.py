"""The same questions under worse conditions: scanning errors in documents, slips in questions.

Everything is seeded by document and question, so that a part of a set has the same noise as the
whole.
"""

from __future__ import annotations

import random
import tomllib
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

from datatypes import Document, Evidence, Heading, Page, Query, Span
from evaluation.question import Question

_SEED = 1963

_SIGNS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
SCANNED_AS: Mapping[str, Sequence[str]] = _SIGNS["scanned"]
"""What scanners make of a sign or a pair of signs, all of like shape. (`index.text.folding` groups
the few that a search takes for one.)"""

_BESIDE: Mapping[str, str] = _SIGNS["beside"]
_WORDS_FOR_A_SLIP = 8
"""One slip for every so many words of a question, at least one."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """A document with scanning errors. Its piece `i` was at `old[i]` and is at `new[i]` now."""

    clean: Document
    document: Document
    old: tuple[int, ...]
    new: tuple[int, ...]

    def moved(self, span: Span) -> Span:
        """The same stretch in the noisy text."""
        end = max(1, self._place(span.end))
        return Span(min(self._place(span.start), end - 1), end)

    def _place(self, position: int) -> int:
        piece = bisect_right(self.old, position) - 1
        inside = position - self.old[piece]
        following = self.new[piece + 1] if piece + 1 < len(self.new) else self.new[piece]
        return min(self.new[piece] + inside, following) if inside else self.new[piece]


def scanned(document: Document, *, rate: float) -> Scanned:
    """About `rate` (0 to 1) of the letters and figures become what a scanner makes of them.

    Headings and pages are carried along; title and metadata stay as they are.
    """
    rng = random.Random(f"{_SEED} {rate} {document.document_id}")
    text, pieces, old, position = document.text, [], [], 0
    while position < len(text):
        old.append(position)
        sign = text[position : position + 2]
        if sign not in SCANNED_AS:
            sign = text[position]
        choices = SCANNED_AS.get(sign)
        if choices and rng.random() < rate * len(sign):
            pieces.append(rng.choice(choices))
        else:
            sign = text[position]  # of a pair that stays, the second may still be confused
            pieces.append(sign)
        position += len(sign)
    old.append(len(text))
    new = tuple(accumulate(map(len, pieces), initial=0))
    noisy = Scanned(document, replace(document, text="".join(pieces)), tuple(old), new)
    carried = replace(
        noisy.document,
        pages=tuple(Page(noisy.moved(p.span), p.number, p.label) for p in document.pages),
        headings=tuple(Heading(noisy.moved(h.span), h.level) for h in document.headings),
    )
    return replace(noisy, document=carried)


def carried_along(question: Question, documents: Mapping[str, Scanned]) -> Question:
    """The question with its evidence and answers where and as they stand in the noisy documents."""
    moved = {piece: _moved(piece, documents) for piece in question.evidence}
    answers = [_reworded(answer, question.evidence, documents) for answer in question.answers]
    query = replace(question.query, evidence=tuple(moved.values()))
    pages = {moved[piece]: page for piece, page in question.pages.items()}
    return replace(question, query=query, answers=tuple(dict.fromkeys(answers)), pages=pages)


def mistyped(question: Question) -> Question:
    """The question with slips of the fingers in its longer words: about one in eight words."""
    rng = random.Random(_SEED ^ zlib.crc32(question.query_id.encode()))
    words = question.query.text.split(" ")
    long = [place for place, word in enumerate(words) if sum(map(str.isalpha, word)) >= 4]
    n_slips = max(1, len(words) // _WORDS_FOR_A_SLIP)
    for place in rng.sample(long, min(n_slips, len(long))):
        words[place] = _slip(words[place], rng)
    query = Query(question.query_id, " ".join(words), question.evidence)
    return replace(question, query=query)


def _slip(word: str, rng: random.Random) -> str:
    """One sign left out, doubled, swapped with the next, or its neighbour on the keyboard."""
    places = [i for i in range(1, len(word) - 1) if word[i].isalpha() and word[i + 1].isalpha()]
    if not places:
        return word
    place = rng.choice(places)
    before, sign, after = word[:place], word[place], word[place + 1 :]
    slips = [before + after, before + sign + sign + after]
    if after[0] != sign:
        slips.append(before + after[0] + sign + after[1:])
    if beside := _BESIDE.get(sign):
        slips.append(before + rng.choice(beside) + after)
    return rng.choice(slips)


def _moved(evidence: Evidence, documents: Mapping[str, Scanned]) -> Evidence:
    noisy = documents.get(evidence.document_id)
    return Evidence(evidence.document_id, noisy.moved(evidence.span)) if noisy else evidence


def _reworded(answer: str, evidence: Iterable[Evidence], documents: Mapping[str, Scanned]) -> str:
    """As the noisy text has it: whoever quotes that rightly must not be marked down for it."""
    for piece in evidence:
        noisy = documents.get(piece.document_id)
        if noisy is None:
            continue
        text = noisy.document.text
        clean_place = piece.span.of(noisy.clean.text).find(answer)
        if clean_place >= 0:
            start = piece.span.start + clean_place
            return noisy.moved(Span(start, start + len(answer))).of(text)
    return answer
