"""Figures and outcomes in sentences, for a reader who knows no statistics."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from evaluation.question import counted
from evaluation.report.report import Figure, QuestionResult, RankedPassage

Tone = Literal["good", "fair", "bad", "none"]

_MIB = 1 << 20
_CUT = re.compile(r"(\w+)@(\d+)")

_SENTENCES: Mapping[str, str] = {
    "Success@1": "A right {unit} comes first for {n} of 100 questions that have an answer.",
    "Success": "A right {unit} is among the first {k} for {n} of 100 questions that have an "
    "answer.",
    "R": "Of 100 {unit}s in which an answer stands, {n} are among the first {k}.",
    "P": "Of 100 {unit}s among the first {k}, {n} hold the answer; most answers stand in few "
    "{unit}s, so 100 cannot be reached.",
    "RR": "How near the top the first right {unit} stands: 1 is always first, 0.5 always second.",
    "AP": "How near the top all right {unit}s stand: 1 is all of them before any other.",
    "nDCG": "How well the first {k} are ordered: 1 is the best order there can be.",
    "quote_success@1": "The first quote is right for {n} of 100 questions that have an answer.",
    "quote_success": "One of the first {k} quotes is right for {n} of 100 questions that have an "
    "answer.",
    "highlight_EM": "The highlighted words are exactly the expected ones for {n} of 100 questions.",
    "highlight_F1": "Highlighted and expected words have {n} of 100 words in common.",
    "page_correct": "The page is right for {n} of 100 right quotes.",
    "quote_exactness": "{n} of 100 quotes are letter for letter as the files have them.",
    "AUROC": "Of a question with an answer and one without, it trusts itself more on the former "
    "{n} times in 100; 50 is guessing.",
    "average_precision": "With the questions it is surest of first: how far those that have an "
    "answer come before the others; 1 is perfect.",
    "AURC": "However cautious it is made, about {n} of 100 replies go wrong, taken over all "
    "degrees of caution.",
    "answer_F1": "How well it answers all that can be answered and nothing else: 1 is perfect.",
    "false_answers": "It answers {n} of 100 questions that the documents do not answer.",
    "false_abstentions": "It says nothing to {n} of 100 questions that the documents do answer.",
    "ECE": "What it says of its confidence is off by {n} points in 100, on average.",
}
_COUNTED = frozenset(
    name for name, sentence in _SENTENCES.items() if "{n} of 100" in sentence
) - frozenset(("highlight_F1", "AURC"))
"""Measures that are a share of questions, of passages or of quotes."""


def per_hundred(share: float) -> str:
    """A share as a whole number out of 100; never 0 or 100 where it is not quite."""
    n = round(100 * share)
    if n >= 100 and share < 1:
        return "more than 99"
    if n <= 0 and share > 0:
        return "fewer than 1"
    return str(n)


def sentence(figure: Figure, unit: str) -> str:
    """What a figure says; nothing for a measure that is only known to ir_measures."""
    if figure.measure == "quote_exactness" and figure.value == 1:
        return f"All {counted(figure.n, 'quote')} are letter for letter as the files have them."
    name, k = _split(figure.measure)
    form = _SENTENCES.get(figure.measure) or _SENTENCES.get(name, "")
    return form.format(n=per_hundred(figure.value), k=k, unit=unit)


def is_share(measure: str) -> bool:
    """Whether the figure counts things out of 100."""
    return measure in _COUNTED or _split(measure)[0] in _COUNTED


def _split(measure: str) -> tuple[str, str]:
    cut = _CUT.fullmatch(measure)
    return (cut[1], cut[2]) if cut else (measure, "")


@dataclass(frozen=True, slots=True)
class Outcome:
    """`gravity`: 0 is the gravest; a curator reads the failures in this order."""

    words: str
    tone: Tone
    gravity: int


def outcome(result: QuestionResult, unit: str) -> Outcome:
    if result.answer is None:
        return _found(result, unit)
    if not result.answer.found:
        if result.answerable:
            return Outcome("Said nothing, though the documents do", "bad", 2)
        return Outcome("Rightly said nothing", "good", 6)
    return _answered(result)


def _answered(result: QuestionResult) -> Outcome:
    if not result.answerable:
        return Outcome("Answered what the documents do not say", "bad", 0)
    if result.measures.get("quote_success@1") == 1:
        return Outcome("Right words quoted", "good", 5)
    if result.measures.get("quote_success@3") == 1:
        return Outcome("Right words quoted, but not first", "fair", 3)
    return Outcome("Wrong words quoted", "bad", 1)


def _found(result: QuestionResult, unit: str) -> Outcome:
    if not result.answerable:
        return Outcome("No answer to be found", "none", 6)
    if result.rank is None:
        return Outcome(f"Right {unit} not found", "bad", 1)
    if result.rank > 1:
        return Outcome(f"Right {unit} only at rank {result.rank}", "fair", 4)
    return Outcome(f"Right {unit} first", "good", 5)


def placed(result: QuestionResult) -> str:
    """Where the right passage came."""
    right = result.right_passage
    if right is None:
        return "No passage of the collection holds the evidence."
    if right.rank is None:
        return "The right passage was not found at all, however deep one looks."
    if right.rank == 1:
        return "The right passage came first."
    n_before = right.rank - 1
    return f"The right passage came at rank {right.rank:,}, after {counted(n_before, 'other')}."


def why_beaten(result: QuestionResult) -> str:
    """Why the first wrong passage stands before the right one, as far as scores tell."""
    right = result.right_passage
    if right is None or not result.beaten_by:
        return ""
    first = result.beaten_by[0]
    if right.rank is None:
        return f"The first passage {_shares(first)}; the right one {_shares(right)}."
    more = [_advantage(first, right, name) for name in first.scores if _is_more(first, right, name)]
    less = [_advantage(right, first, name) for name in right.scores if _is_more(right, first, name)]
    if more and less:
        return f"The first passage {' and '.join(more)}; the right one {' and '.join(less)}."
    if more:
        return f"The first passage {' and '.join(more)}."
    if less:
        return f"By single scores the right one is no worse: it {' and '.join(less)}."
    return ""


def _is_more(one: RankedPassage, other: RankedPassage, name: str) -> bool:
    return one.scores.get(name, 0.0) > other.scores.get(name, 0.0)


def _advantage(one: RankedPassage, other: RankedPassage, name: str) -> str:
    against = f"({one.scores[name]:.2f} against {other.scores.get(name, 0.0):.2f})"
    if name == "dense":
        return f"is closer to it in meaning {against}"
    if name == "lexical":
        return f"matches the words of the question better {against}"
    return f"has the higher score of {name} {against}"


def _shares(passage: RankedPassage) -> str:
    words = [f"“{word.asked}”" for word in passage.shared_words]
    return f"shares {', '.join(words)} with the question" if words else "shares no word with it"


def speed(p50: float, p95: float) -> str:
    return f"half of the replies within {_time(p50)}, 95 of 100 within {_time(p95)}"


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def memory(peak: int) -> str:
    return f"{peak / _MIB:,.0f} MiB"
