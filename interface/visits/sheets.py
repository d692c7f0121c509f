"""Figures of visits → text: a table for the terminal, sheets of CSV, lines of JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, get_args

from command_line import rendered
from interface.visits.figures import VisitFigures, asked_most, most_used
from interface.visits.log import DOORS

Sheet = Literal["days", "passages", "questions"]
SHEETS: tuple[Sheet, ...] = get_args(Sheet)

_DOORS = (*DOORS, "other")
_FORMULA = tuple("=+-@＝＋－＠")  # the wide ones begin one in Chinese, Japanese and Korean
_TABLE = Path(__file__).with_name("table.txt.jinja")
_MOST_LINES = 20  # of passages and of questions in the table


def as_table(figures: VisitFigures) -> str:
    """For a terminal, which would obey control characters that a visitor wrote."""
    return rendered(
        _TABLE,
        figures=figures,
        duration=duration,
        passages=most_used(figures.passages)[:_MOST_LINES],
        nothing=asked_most(figures.questions, found=False)[:_MOST_LINES],
        others=asked_most(figures.questions, found=True)[:_MOST_LINES],
    )


def as_json(figures: VisitFigures) -> str:
    """A line for each day and language, with its passages and, where kept, its questions."""
    lines = []
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
        lines.append(json.dumps(line))
    return "\n".join(lines)


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
