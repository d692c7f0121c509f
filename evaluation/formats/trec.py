"""Qrels and runs in TREC's form (and BEIR's), of any system."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from evaluation.formats.lines import fault, text_lines

_SPACE = re.compile(r"\s")

Qrels = dict[str, dict[str, int]]
"""query id → document (or passage) id → grade; above 0 is relevant."""

Run = dict[str, dict[str, float]]
"""query id → document (or passage) id → score; higher is better."""


def read_qrels(path: Path) -> Qrels:
    """`query 0 document grade`, or BEIR's `query<TAB>document<TAB>grade` under a headline."""
    qrels: Qrels = {}
    for number, line in text_lines(path):
        if not line.strip():
            continue
        cells = line.split("\t") if line.count("\t") == 2 else line.split()
        if number == 1 and len(cells) == 3 and not _is_integer(cells[2]):
            continue  # the headline
        if len(cells) not in (3, 4):
            raise fault(
                path,
                number,
                f"{len(cells)} columns instead of 4.",
                "Each line reads: query 0 document grade.",
            )
        query_id, document_id, grade = cells[0], cells[-2], cells[-1]
        if not _is_integer(grade):
            raise fault(path, number, f"the grade {grade} is no whole number.", "Write 0, 1, 2 …")
        if document_id in qrels.setdefault(query_id, {}):
            what = f"{document_id} is judged twice for {query_id}."
            raise fault(path, number, what, "Delete one of the lines.")
        qrels[query_id][document_id] = int(grade)
    if not qrels:
        raise fault(path, None, "no judgments.", "Each line reads: query 0 document grade.")
    return qrels


def read_run(path: Path) -> Run:
    """`query Q0 document rank score tag`. As in trec_eval the score ranks, not the rank."""
    run: Run = {}
    for number, line in text_lines(path):
        if not line.strip():
            continue
        cells = line.split()
        if len(cells) != 6:
            raise fault(
                path,
                number,
                f"{len(cells)} columns instead of 6.",
                "Each line reads: query Q0 document rank score tag.",
            )
        query_id, _, document_id, _, score, _ = cells
        value = _number(score)
        if value is None:
            raise fault(path, number, f"the score {score} is no number.", "Write it as 1.25.")
        if document_id in run.setdefault(query_id, {}):
            what = f"{document_id} stands twice for {query_id}."
            raise fault(path, number, what, "Keep the better of the two lines.")
        run[query_id][document_id] = value
    if not run:
        raise fault(path, None, "an empty run.", "Give a run with at least one line.")
    return run


def field(value: str) -> str:
    """An id as it stands in a run, whose columns are split at spaces."""
    return _SPACE.sub("_", value)


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
