"""Qrels and runs in TREC's form (and BEIR's), of any system."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from errors import QuestionError
from evaluation.formats.lines import fault_at, text_lines

Qrels = dict[str, dict[str, int]]
"""query id → document (or passage) id → grade; above 0 is relevant."""

Run = dict[str, dict[str, float]]
"""query id → document (or passage) id → score; higher is better."""

_Number = TypeVar("_Number", int, float)


def read_qrels(path: Path) -> Qrels:
    """`query 0 document grade`, or BEIR's `query<TAB>document<TAB>grade` under a headline."""
    return _read(path, "query 0 document grade", (0, -2, -1), (3, 4), int)


def read_run(path: Path) -> Run:
    """`query Q0 document rank score tag`. As in trec_eval the score ranks, not the rank."""
    return _read(path, "query Q0 document rank score tag", (0, 2, 4), (6,), _finite)


def _read(
    path: Path,
    form: str,
    places: tuple[int, ...],
    n_columns: tuple[int, ...],
    parse_number: Callable[[str], _Number],
) -> dict[str, dict[str, _Number]]:
    """Query id → document id → number; `places` says in which columns they stand.

    Raises QuestionError naming file and line.
    """
    table: dict[str, dict[str, _Number]] = {}
    for line_number, line in text_lines(path):
        cells = line.split("\t") if line.count("\t") == 2 else line.split()
        with fault_at(path, line_number):
            if len(cells) not in n_columns:
                what = f"{len(cells)} columns instead of {n_columns[-1]}."
                raise QuestionError(what, f"Each line reads: {form}.")
            query_id, document_id, cell = (cells[place] for place in places)
            try:
                number = parse_number(cell)
            except ValueError as error:
                if line_number == 1 and len(cells) == 3:
                    continue  # BEIR's headline
                name, example = form.split()[places[-1]], parse_number("1")
                what = f"the {name} {cell} is no number."
                raise QuestionError(what, f"Write it as {example}.") from error
            if document_id in table.setdefault(query_id, {}):
                what = f"{document_id} stands twice for {query_id}."
                raise QuestionError(what, "Delete one of the lines.")
        table[query_id][document_id] = number
    if not table:
        raise QuestionError(f"{path} is empty.", f"Each line reads: {form}.")
    return table


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


def _finite(cell: str) -> float:
    """Raises ValueError for another one."""
    if math.isfinite(number := float(cell)):
        return number
    raise ValueError(cell)
