"""Qrels and runs in TREC's form (and BEIR's), of any system."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from errors import QuestionError
from evaluation.formats.lines import at, text_lines

Qrels = dict[str, dict[str, int]]
"""query id → document (or passage) id → grade; above 0 is relevant."""

Run = dict[str, dict[str, float]]
"""query id → document (or passage) id → score; higher is better."""


def read_qrels(path: Path) -> Qrels:
    """`query 0 document grade`, or BEIR's `query<TAB>document<TAB>grade` under a headline."""
    form = "Each line reads: query 0 document grade."
    qrels: Qrels = {}
    for number, line in text_lines(path):
        cells = line.split("\t") if line.count("\t") == 2 else line.split()
        if number == 1 and len(cells) == 3 and not _is_integer(cells[2]):
            continue  # the headline
        with at(path, number):
            if len(cells) not in (3, 4):
                raise QuestionError(f"{len(cells)} columns instead of 4.", form)
            query_id, document_id, grade = cells[0], cells[-2], cells[-1]
            if not _is_integer(grade):
                raise QuestionError(f"the grade {grade} is no whole number.", "Write 0, 1, 2 …")
            if document_id in qrels.setdefault(query_id, {}):
                raise QuestionError(
                    f"{document_id} is judged twice for {query_id}.", "Delete one of the lines."
                )
        qrels[query_id][document_id] = int(grade)
    if not qrels:
        raise QuestionError(f"{path}: no judgments.", form)
    return qrels


def read_run(path: Path) -> Run:
    """`query Q0 document rank score tag`. As in trec_eval the score ranks, not the rank."""
    run: Run = {}
    for number, line in text_lines(path):
        cells = line.split()
        with at(path, number):
            if len(cells) != 6:
                raise QuestionError(
                    f"{len(cells)} columns instead of 6.",
                    "Each line reads: query Q0 document rank score tag.",
                )
            query_id, _, document_id, _, score, _ = cells
            value = _number(score)
            if value is None:
                raise QuestionError(f"the score {score} is no number.", "Write it as 1.25.")
            if document_id in run.setdefault(query_id, {}):
                raise QuestionError(
                    f"{document_id} stands twice for {query_id}.",
                    "Keep the better of the two lines.",
                )
        run[query_id][document_id] = value
    if not run:
        raise QuestionError(f"{path}: an empty run.", "Give a run with at least one line.")
    return run


def run_of(lines: Iterable[str]) -> Run:
    """A run of Docent's own, from its lines."""
    run: Run = {}
    for line in lines:
        query_id, _, document_id, _, score, _ = line.split(" ")
        run.setdefault(query_id, {})[document_id] = float(score)
    return run


def qrels_lines(qrels: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    for query_id, judged in qrels.items():
        for document_id, grade in judged.items():
            yield f"{query_id} 0 {document_id} {grade}"


def _is_integer(cell: str) -> bool:
    return cell.strip().lstrip("+-").isdecimal()


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
