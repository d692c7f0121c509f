"""Figures and outcomes in sentences, for a reader who knows no statistics."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from evaluation.measures.comparison import LOWER_IS_BETTER, Comparison
from evaluation.measures.significance import Figure
from evaluation.question import counted
from evaluation.report.report import QuestionResult, RankedPassage, RunReport

_WORDING = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
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
class Share:
    """`n` of `total` did what `words` say; `figure` has the interval of the share."""

    n: int
    total: int
    words: str
    figure: Figure


def shares(run: RunReport) -> Iterator[Share]:
    """What a run comes to, the most important first."""
    for measure, words in _WORDING["shares"].items():
        if figure := run.figure(measure):
            n = round(figure.value * figure.n)
            yield Share(n, figure.n, words.format(unit=run.unit), figure)


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
    more, less = _advantages(first, right), _advantages(right, first)
    if more and less:
        return f"The first passage {more}; the right one {less}."
    if more:
        return f"The first passage {more}."
    return f"By single scores the right one is no worse: it {less}." if less else ""


def _advantages(one: RankedPassage, other: RankedPassage) -> str:
    """By which scores `one` is ahead of the other."""
    names = {
        "dense": "is closer to it in meaning",
        "lexical": "matches the words of the question better",
    }
    return " and ".join(
        f"{names.get(name, f'has the higher score of {name}')} "
        f"({score:.2f} against {other.scores.get(name, 0.0):.2f})"
        for name, score in one.scores.items()
        if score > other.scores.get(name, 0.0)
    )


def _shares(passage: RankedPassage) -> str:
    words = [f"“{word.asked}”" for word in passage.shared_words]
    return f"shares {', '.join(words)} with the question" if words else "shares no word with it"


def compared_label(measure: str, unit: str) -> str:
    """What is compared, said out of 100; nothing for a measure that is given as it is."""
    return str(COMPARED.get(measure, "")).format(unit=unit)


def signed(value: float, *, in_points: bool) -> str:
    """A difference with a real minus sign; in points: of 100."""
    return (f"{100 * value:+.0f}" if in_points else f"{value:+.3f}").replace("-", "−")


def compared_verdict(row: Comparison) -> tuple[str, str]:
    """Whether the second run is better, in a sentence and as its tone: better, worse or nothing."""
    gain = -row.difference if row.measure in LOWER_IS_BETTER else row.difference
    tone = ""
    if row.p_holm < _SIGNIFICANT:
        tone = "better" if gain > 0 else "worse"
    same = row.difference == 0 and row.low == row.high
    p = f"{100 * row.p_holm:.0f}" if row.p_holm >= 0.01 else "less than 1"
    return _WORDING["verdicts"]["same" if same else tone or "unclear"].format(p=p), tone


def speed(p50: float, p95: float) -> str:
    return f"half of the replies within {_time(p50)}, 95 of 100 within {_time(p95)}"


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def memory(peak: int) -> str:
    return f"{peak / _MIB:,.0f} MiB"


def opening(text: str, most: int = 150) -> str:
    """So much of a text that one knows it again, on one line."""
    words = " ".join(text.split())
    return words if len(words) <= most else words[:most].rpartition(" ")[0] + " …"
