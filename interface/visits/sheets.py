"""Figures of visits → text: a table for the terminal, sheets of CSV, lines of JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Literal, get_args

from interface.visits.figures import VisitFigures, asked_most, most_used
from interface.visits.log import DOORS

Sheet = Literal["days", "passages", "questions"]
SHEETS: tuple[Sheet, ...] = get_args(Sheet)

_DOORS = (*DOORS, "other")
_FORMULA = tuple("=+-@＝＋－＠")  # the wide ones begin one in Chinese, Japanese and Korean
_MOST_LINES = 20  # of passages and of questions in the table


def as_table(figures: VisitFigures) -> Iterator[str]:
    """Its lines."""
    if not figures.days:
        yield "Nothing was asked in this time."
        return
    yield f"{'day':10}  {'language':8}  {'asked':>7}  {'found nothing':>13}  {'median':>7}"
    for day in figures.days:
        yield _printable(
            f"{day.day:10}  {day.language:8}  {day.n_asked:7,}  {day.n_not_found:13,}  "
            f"{duration(day.median_seconds):>7}"
        )
    doors = ", ".join(f"{door} {n:,}" for door, n in figures.asked.most_common())
    yield ""
    yield (
        f"{figures.n_asked:,} asked ({doors}), {figures.n_not_found:,} found nothing; "
        f"half of the answers took {duration(figures.median_seconds)} or less."
    )
    used = [f"{p.n:7,}  {p.document_id} {p.start}–{p.end}" for p in most_used(figures.passages)]
    nothing, others = (
        [f"{q.n:7,}  {q.language:3}  {q.text}" for q in asked_most(figures.questions, found=found)]
        for found in (False, True)
    )
    for heading, lines in (
        ("Passages that answered most (document, characters)", used),
        ("Questions that found nothing", nothing),
        ("Other questions", others),
    ):
        if lines:
            yield ""
            yield heading
            yield from map(_printable, lines[:_MOST_LINES])


def as_json(figures: VisitFigures) -> Iterator[str]:
    """A line for each day and language, with its passages and, where kept, its questions."""
    for day in figures.days:
        here = (day.day, day.language)
        passages = [p for p in figures.passages if (p.day, p.language) == here]
        questions = [q for q in figures.questions if (q.day, q.language) == here]
        line = {
            "day": day.day,
            "language": day.language,
            "asked": day.n_asked,
            "found_nothing": day.n_not_found,
            "median_seconds": day.median_seconds,
            "doors": dict(day.asked),
            "passages": [
                {"document_id": p.document_id, "start": p.start, "end": p.end, "n": p.n}
                for p in passages
            ],
            "questions": [{"text": q.text, "found": bool(q.found), "n": q.n} for q in questions],
        }
        yield json.dumps(line)


def as_csv(figures: VisitFigures, sheet: Sheet) -> str:
    """With a line of column names. No cell begins a formula, whatever a visitor has asked."""
    out = io.StringIO()
    csv.writer(out).writerows([_cell(value) for value in row] for row in _rows(figures, sheet))
    return out.getvalue()


def _rows(figures: VisitFigures, sheet: Sheet) -> Iterator[Sequence[object]]:
    if sheet == "passages":
        yield "day", "language", "document_id", "start", "end", "n"
        for p in figures.passages:
            yield p.day, p.language, p.document_id, p.start, p.end, p.n
    elif sheet == "questions":
        yield "day", "language", "found", "n", "question"
        for q in figures.questions:
            yield q.day, q.language, "yes" if q.found else "no", q.n, q.text
    else:
        yield "day", "language", "asked", "found_nothing", "median_seconds", *_DOORS
        for d in figures.days:
            by_door = (d.asked[door] for door in _DOORS)
            yield d.day, d.language, d.n_asked, d.n_not_found, d.median_seconds, *by_door


def _cell(value: object) -> object:
    """Spreadsheets run a text that begins like a formula; an apostrophe before it stops them."""
    dangerous = isinstance(value, str) and value.lstrip().startswith(_FORMULA)
    return f"'{value}" if dangerous else value


def duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{1000 * seconds:.0f} ms"


def _printable(line: str) -> str:
    """A terminal would obey control characters, and bidirectional ones turn lines round."""
    return "".join(sign if sign.isprintable() else f"\\u{{{ord(sign):x}}}" for sign in line)
