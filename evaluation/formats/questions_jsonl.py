"""Our own form: one JSON object a line, evidence by place and exact wording.

    {"_id": "q1", "split": "dev", "kind": "who", "text": "Who …?", "answerable": true,
     "evidence": [{"document_id": "d", "start": 10, "end": 52, "text": "…", "answer": "…"}]}

Several pieces of evidence are alternatives. `page` (a number) may be given with each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from datatypes import Evidence, Query, Span
from errors import QuestionError
from evaluation.formats.lines import fault, json_lines
from evaluation.formats.wording import each_document, remedy
from evaluation.question import Documents, Question


def read_own_form(path: Path, documents: Documents) -> Iterator[Question]:
    """Raises QuestionError where evidence is not, to the letter, where it is said to be."""
    seen: set[str] = set()
    for number, row in json_lines(path):
        query_id, text = row.get("_id"), row.get("text")
        if not isinstance(query_id, str | int) or not isinstance(text, str) or not text.strip():
            raise fault(path, number, "_id or text is missing.", "Give the question both.")
        query_id = str(query_id)
        if query_id in seen:
            what = f"the _id {query_id} stands twice."
            raise fault(path, number, what, "Give every question an _id of its own.")
        seen.add(query_id)
        try:
            yield _question(query_id, text, row, documents)
        except QuestionError as error:
            raise fault(path, number, error.what, error.remedy) from error


def own_form_lines(
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
            "evidence": [_evidence_row(each, question, documents) for each in question.evidence],
            "note": question.note,
            **more,
        }
        yield json.dumps({key: value for key, value in row.items() if value not in (None, "")})


def _question(query_id: str, text: str, row: dict[str, Any], documents: Documents) -> Question:
    rows, answerable = row.get("evidence") or [], row.get("answerable")
    if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
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
    evidence = tuple(_evidence(each, documents) for each in rows)
    answers = tuple(dict.fromkeys(str(each["answer"]) for each in rows if each.get("answer")))
    pages = {
        place: int(each["page"])
        for place, each in zip(evidence, rows, strict=True)
        if isinstance(each.get("page"), int)
    }
    return Question(
        Query(query_id, text.strip(), evidence),
        answerable,
        answers,
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
    try:
        span = Span(start, end)  # type: ignore[arg-type]
        agrees = span.of(document.text) == text
    except (TypeError, ValueError):
        agrees = False
    if not agrees:
        found = document.text.find(text)
        mend = (
            f"It stands at {found}–{found + len(text)}."
            if found >= 0
            else remedy(text, [document, *_others(document_id, documents)])
        )
        raise QuestionError(f"“{text}” is not at {start}–{end} of {document_id}.", mend)
    return Evidence(document_id, span)


def _others(document_id: str, documents: Documents) -> Iterator[Any]:
    return (each for each in each_document(documents) if each.document_id != document_id)


def _evidence_row(each: Evidence, question: Question, documents: Documents) -> dict[str, object]:
    document = documents.document(each.document_id)
    text = each.span.of(document.text) if document else ""
    row: dict[str, object] = {
        "document_id": each.document_id,
        "start": each.span.start,
        "end": each.span.end,
        "text": text,
        "answer": next((answer for answer in question.answers if answer in text), None),
    }
    if each in question.pages:
        row["page"] = question.pages[each]
    return row
