"""Figures of visits → text: a table for the terminal, sheets of CSV, lines of JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, get_args

from interface.visits.figures import DayFigures, VisitFigures, asked_most, most_used
from interface.visits.log import DOORS

Sheet = Literal["days", "passages", "questions"]
SHEETS: tuple[Sheet, ...] = get_args(Sheet)

_DOORS = (*DOORS, "other")
_FORMULA = tuple("=+-@＝＋－＠")  # the wide ones begin one in Chinese, Japanese and Korean
_MOST_LINES = 20  # of passages and of questions in the table


def as_table(figures: VisitFigures) -> str:
    if not figures.days:
        return "Nothing was asked in this time.\n"
    lines = [f"{'day':10}  {'language':8}  {'asked':>7}  {'found nothing':>13}  {'median':>7}"]
    lines += [
        f"{each.day:10}  {each.language:8}  {each.n_asked:7,}  {each.n_not_found:13,}  "
        f"{duration(each.median_seconds):>7}"
        for each in figures.days
    ]
    doors = ", ".join(f"{door} {n:,}" for door, n in figures.asked.items())
    lines += [
        "",
        f"{figures.n_asked:,} asked ({doors}), {figures.n_not_found:,} found nothing; "
        f"half of the answers took {duration(figures.median_seconds)} or less.",
    ]
    if used := most_used(figures.passages):
        lines += ["", "Passages that answered most (document, characters)"]
        lines += [
            f"{each.n:7,}  {each.document_id} {each.span.start}–{each.span.end}"
            for each in used[:_MOST_LINES]
        ]
    for found, heading in ((False, "Questions that found nothing"), (True, "Other questions")):
        if asked := asked_most(figures.questions, found=found):
            lines += ["", heading]
            lines += [
                f"{each.n:7,}  {each.language:3}  {each.text}" for each in asked[:_MOST_LINES]
            ]
    return "".join(f"{_printable(line)}\n" for line in lines)


def as_json(figures: VisitFigures) -> Iterator[str]:
    """A line for each day and language, with its passages and, where kept, its questions."""
    for each in figures.days:
        here = (each.day, each.language)
        line = {
            "day": each.day,
            "language": each.language,
            "asked": each.n_asked,
            "found_nothing": each.n_not_found,
            "median_seconds": each.median_seconds,
            "doors": dict(each.asked),
            "passages": [
                {"document_id": p.document_id, "start": p.span.start, "end": p.span.end, "n": p.n}
                for p in figures.passages
                if (p.day, p.language) == here
            ],
            "questions": [
                {"text": q.text, "found": q.found, "n": q.n}
                for q in figures.questions
                if (q.day, q.language) == here
            ],
        }
        yield f"{json.dumps(line)}\n"


def as_csv(figures: VisitFigures, sheet: Sheet) -> str:
    """With a line of column names. No cell begins a formula, whatever a visitor has asked."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in _rows(figures, sheet):
        writer.writerow([_cell(value) for value in row])
    return out.getvalue()


def _rows(figures: VisitFigures, sheet: Sheet) -> Iterable[Sequence[object]]:
    if sheet == "passages":
        yield "day", "language", "document_id", "start", "end", "n"
        for p in figures.passages:
            yield p.day, p.language, p.document_id, p.span.start, p.span.end, p.n
    elif sheet == "questions":
        yield "day", "language", "found", "n", "question"
        for q in figures.questions:
            yield q.day, q.language, "yes" if q.found else "no", q.n, q.text
    else:
        yield "day", "language", "asked", "found_nothing", "median_seconds", *_DOORS
        for d in figures.days:
            yield d.day, d.language, d.n_asked, d.n_not_found, d.median_seconds, *_by_door(d)


def _by_door(figures: DayFigures) -> Iterator[int]:
    return (figures.asked.get(door, 0) for door in _DOORS)


def _cell(value: object) -> object:
    """Spreadsheets run a text that begins like a formula; an apostrophe before it stops them."""
    dangerous = isinstance(value, str) and value.lstrip().startswith(_FORMULA)
    return f"'{value}" if dangerous else value


def duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{1000 * seconds:.0f} ms"


def _printable(line: str) -> str:
    """A terminal would obey control characters, and bidirectional ones turn lines round."""
    return "".join(sign if sign.isprintable() else f"\\u{{{ord(sign):x}}}" for sign in line)
