"""Our own form: one JSON object a line, evidence by place and exact wording.

    {"_id": "q1", "split": "dev", "kind": "who", "text": "Who …?", "answerable": true,
     "evidence": [{"document_id": "d", "start": 10, "end": 52, "text": "…", "answer": "…"}]}

Several pieces of evidence are alternatives. `page` (a number) may be given with each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from datatypes import Evidence, Query, Span
from errors import QuestionError
from evaluation.formats.evidence_search import remedy
from evaluation.formats.lines import at, check_new, json_lines
from evaluation.question import Documents, Question, each_document


def read_questions_jsonl(path: Path, documents: Documents) -> Iterator[Question]:
    """Raises QuestionError where evidence is not, to the letter, where it is said to be."""
    seen: set[str] = set()
    for number, row in json_lines(path):
        with at(path, number):
            question = _question(row, documents)
            check_new(question.query_id, seen)
        yield question


def question_lines(
    questions: Iterable[Question], documents: Documents, **more: object
) -> Iterator[str]:
    """The questions as lines of a file in this form; `more` goes into every line."""
    for question in questions:
        row: dict[str, object] = {
            "_id": question.query_id,
            "split": question.split,
            "kind": question.kind,
            "text": question.query.text,
            "answerable": question.answerable,
            "evidence": [_evidence_row(piece, question, documents) for piece in question.evidence],
            "note": question.note,
            **more,
        }
        yield json.dumps({key: value for key, value in row.items() if value not in (None, "")})


def _question(row: dict[str, Any], documents: Documents) -> Question:
    query_id, text = row.get("_id"), row.get("text")
    if not isinstance(query_id, str | int) or not isinstance(text, str) or not text.strip():
        raise QuestionError("_id or text is missing.", "Give the question both.")
    rows, answerable = row.get("evidence") or [], row.get("answerable")
    if not isinstance(rows, list) or not all(isinstance(piece, dict) for piece in rows):
        raise QuestionError("evidence is no list of objects.", "Write [] where there is none.")
    if answerable is None:
        answerable = bool(rows)
    if not isinstance(answerable, bool):
        raise QuestionError("answerable is neither true nor false.", "Write one of them.")
    if answerable != bool(rows):
        raise QuestionError(
            "answerable and evidence disagree.",
            "An answerable question has evidence, any other has none.",
        )
    evidence = tuple(_evidence(piece, documents) for piece in rows)
    answers = (str(piece["answer"]) for piece in rows if piece.get("answer"))
    pages = {
        place: int(piece["page"])
        for place, piece in zip(evidence, rows, strict=True)
        if isinstance(piece.get("page"), int)
    }
    return Question(
        Query(str(query_id), text.strip(), evidence),
        answerable,
        tuple(dict.fromkeys(answers)),
        pages=pages,
        kind=str(row.get("kind") or ""),
        split=str(row["split"]) if row.get("split") else None,
        note=str(row.get("note") or ""),
    )


def _evidence(row: dict[str, Any], documents: Documents) -> Evidence:
    document_id, start, end, text = (
        row.get(key) for key in ("document_id", "start", "end", "text")
    )
    if not isinstance(document_id, str) or not isinstance(text, str) or not text:
        raise QuestionError("evidence lacks document_id or text.", "Give it both.")
    document = documents.document(document_id)
    if document is None:
        near = [
            name for name in documents.document_ids() if document_id.casefold() in name.casefold()
        ]
        raise QuestionError(
            f"there is no document {document_id}.",
            f"Did you mean {near[0]}?" if near else "See: python -m index --list",
        )
    answer = row.get("answer")
    if answer is not None and (not isinstance(answer, str) or answer not in text):
        raise QuestionError(
            f"the answer “{answer}” is not in the evidence “{text}”.", "Copy it from there."
        )
    if not isinstance(start, int) or not isinstance(end, int) or document.text[start:end] != text:
        place = document.text.find(text)
        others = (each for each in each_document(documents) if each.document_id != document_id)
        mend = (
            f"It stands at {place}–{place + len(text)}."
            if place >= 0
            else remedy(text, chain([document], others))
        )
        raise QuestionError(f"“{text}” is not at {start}–{end} of {document_id}.", mend)
    return Evidence(document_id, Span(start, end))


def _evidence_row(
    evidence: Evidence, question: Question, documents: Documents
) -> dict[str, object]:
    document = documents.document(evidence.document_id)
    text = evidence.span.of(document.text) if document else ""
    row: dict[str, object] = {
        "document_id": evidence.document_id,
        "start": evidence.span.start,
        "end": evidence.span.end,
        "text": text,
        "answer": next((answer for answer in question.answers if answer in text), None),
    }
    if evidence in question.pages:
        row["page"] = question.pages[evidence]
    return row
