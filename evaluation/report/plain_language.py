"""Figures and outcomes in sentences, for a reader who knows no statistics."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evaluation.measures.comparison import LOWER_IS_BETTER, Comparison
from evaluation.measures.significance import Figure
from evaluation.question import counted
from evaluation.report.report import QuestionResult

_WORDING = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
SHARES: Mapping[str, str] = _WORDING["shares"]
"""What a run comes to: measure → of how many a figure says what, the most important first."""

COMPARED: Mapping[str, str] = _WORDING["compared"]
"""The measures by which two answering runs are compared, the most important first."""

_GRAVITY = {name: place for place, name in enumerate(_WORDING["endings"])}

_SIGNIFICANT = 0.05
_MIB = 1 << 20
_CUT = re.compile(r"(\w+)@(\d+)")


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
        return f"All {counted(figure.n, 'quote')} are letter for letter as in your files."
    sentences, cut = _WORDING["figures"], _CUT.fullmatch(figure.measure)
    name, k = (cut[1], cut[2]) if cut else (figure.measure, "")
    form: str = sentences.get(figure.measure) or sentences.get(name, "")
    return form.format(n=per_hundred(figure.value), k=k, unit=unit)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a question ended. `gravity`: 0 is the gravest; failures are read in this order.

    `tone`: good, fair, bad or none.
    """

    words: str
    tone: str
    gravity: int


def ending(result: QuestionResult, unit: str) -> Ending:
    name = _ending_of_search(result) if result.answer is None else _ending_of_answer(result)
    entry = _WORDING["endings"][name]
    words = entry["words"].format(unit=unit, rank=result.rank)
    return Ending(words, entry["tone"], _GRAVITY[name])


def _ending_of_search(result: QuestionResult) -> str:
    if not result.answerable:
        return "nothing_to_find"
    if result.rank is None:
        return "not_found"
    return "found_first" if result.rank == 1 else "found_later"


def _ending_of_answer(result: QuestionResult) -> str:
    answered = result.answer is not None and result.answer.found
    if not result.answerable:
        return "false_answer" if answered else "right_silence"
    if not answered:
        return "false_silence_missed" if result.rank is None else "false_silence"
    if not result.failed:
        return "right_words"
    if result.measures.get("quote_success@3") == 1:
        return "right_words_later"
    if result.rank is None:
        return "wrong_words_missed"
    return "wrong_words" if result.rank == 1 else "wrong_words_beaten"


def compared_verdict(row: Comparison) -> tuple[str, str]:
    """Whether the second run is better, in a sentence and as its tone: better, worse or nothing."""
    gain = -row.difference if row.measure in LOWER_IS_BETTER else row.difference
    tone = ""
    if row.p_holm < _SIGNIFICANT:
        tone = "better" if gain > 0 else "worse"
    same = row.difference == 0 and row.low == row.high
    p = f"{100 * row.p_holm:.0f}" if row.p_holm >= 0.01 else "less than 1"
    return _WORDING["verdicts"]["same" if same else tone or "unclear"].format(p=p), tone


def memory(peak: int) -> str:
    return f"{peak / _MIB:,.0f} MiB"


def opening(text: str, most: int = 150) -> str:
    """So much of a text that one knows it again, on one line."""
    words = " ".join(text.split())
    return words if len(words) <= most else words[:most].rpartition(" ")[0] + " …"
