"""Our own form: one JSON object a line, evidence by place and exact wording.

    {"_id": "q1", "split": "dev", "kind": "who", "text": "Who …?", "answerable": true,
     "evidence": [{"document_id": "d", "start": 10, "end": 52, "text": "…", "answer": "…"}]}

Several pieces of evidence are alternatives. `page` (a number) may be given with each. A question
may also have `language` (BCP 47), `respond` (`quote`, `not_found`, `catalogue`, `help`), with
`catalogue` the ids of the `documents` that it asks for, and `disagreement` (true): then each piece
of evidence has a `value`, and one piece of each value is wanted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from datatypes import Document, Evidence, Query, Span
from errors import QuestionError
from evaluation.formats.evidence_search import nearest_wording
from evaluation.formats.lines import check_new, fault_at, json_lines
from evaluation.question import RESPONSES, Documents, Question, each_document

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def read_questions_jsonl(path: Path, documents: Documents) -> Iterator[Question]:
    """Raises QuestionError where evidence is not, to the letter, where it is said to be."""
    seen: set[str] = set()
    for number, row in json_lines(path):
        with fault_at(path, number):
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
            "language": question.language,
            "respond": question.respond,
            "documents": list(question.documents) if question.respond == "catalogue" else None,
            "disagreement": question.disagreement or None,
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
    placed = list(zip(evidence, rows, strict=True))
    return Question(
        Query(str(query_id), text.strip(), evidence),
        answerable,
        tuple(dict.fromkeys(answers)),
        pages={
            place: piece["page"] for place, piece in placed if isinstance(piece.get("page"), int)
        },
        kind=str(row.get("kind") or ""),
        split=str(row["split"]) if row.get("split") else None,
        note=str(row.get("note") or ""),
        language=_language(row),
        respond=_respond(row, answerable),
        documents=_documents(row, documents),
        disagreement=_disagreement(row, rows),
        values={place: piece["value"] for place, piece in placed if "value" in piece},
    )


def _language(row: dict[str, Any]) -> str | None:
    language = row.get("language")
    if language is None or (isinstance(language, str) and _LANGUAGE.fullmatch(language)):
        return language
    raise QuestionError(f"language {language!r} is no code of a language.", "Write de or pt-BR.")


def _respond(row: dict[str, Any], answerable: bool) -> str | None:
    respond = row.get("respond")
    if respond is None:
        return None
    if respond not in RESPONSES:
        raise QuestionError(
            f"respond cannot be {respond!r}.", f"Write one of: {', '.join(RESPONSES)}."
        )
    if answerable != (respond == "quote"):
        raise QuestionError(
            "respond and answerable disagree.",
            "An answerable question is answered by a quote, and no other is.",
        )
    return str(respond)


def _documents(row: dict[str, Any], documents: Documents) -> tuple[str, ...]:
    ids = row.get("documents")
    if (ids is not None) != (row.get("respond") == "catalogue"):
        raise QuestionError(
            "documents and respond disagree.",
            "A question for the catalogue has documents ([] for none), and no other has.",
        )
    if ids is None:
        return ()
    if not isinstance(ids, list) or not all(isinstance(name, str) for name in ids):
        raise QuestionError("documents is no list of texts.", 'Write ["first-id", "second-id"].')
    return tuple(_known(name, documents).document_id for name in ids)


def _disagreement(row: dict[str, Any], rows: list[dict[str, Any]]) -> bool:
    disagreement = row.get("disagreement", False)
    if not isinstance(disagreement, bool):
        raise QuestionError("disagreement is neither true nor false.", "Write one of them.")
    values = [piece["value"] for piece in rows if "value" in piece]
    if not all(isinstance(value, str) and value.strip() for value in values):
        raise QuestionError("a value of the evidence is no text.", 'Write it as "12" or "open".')
    if disagreement and (len(values) < len(rows) or len(set(values)) < 2):
        raise QuestionError(
            "disagreement needs evidence of at least two values.",
            "Give each piece of evidence its value; equal ones are alternatives.",
        )
    return disagreement


def _evidence(row: dict[str, Any], documents: Documents) -> Evidence:
    document_id, start, end, text = (
        row.get(key) for key in ("document_id", "start", "end", "text")
    )
    if not isinstance(document_id, str) or not isinstance(text, str) or not text:
        raise QuestionError("evidence lacks document_id or text.", "Give it both.")
    document = _known(document_id, documents)
    answer = row.get("answer")
    if answer is not None and (not isinstance(answer, str) or answer not in text):
        raise QuestionError(
            f"the answer “{answer}” is not in the evidence “{text}”.", "Copy it from there."
        )
    if not isinstance(start, int) or not isinstance(end, int) or document.text[start:end] != text:
        place = document.text.find(text)
        others = (doc for doc in each_document(documents) if doc.document_id != document_id)
        mend = (
            f"It stands at {place}–{place + len(text)}."
            if place >= 0
            else nearest_wording(text, chain([document], others))
        )
        raise QuestionError(f"“{text}” is not at {start}–{end} of {document_id}.", mend)
    return Evidence(document_id, Span(start, end))


def _known(document_id: str, documents: Documents) -> Document:
    document = documents.document(document_id)
    if document is None:
        near = [
            name for name in documents.document_ids() if document_id.casefold() in name.casefold()
        ]
        raise QuestionError(
            f"there is no document {document_id}.",
            f"Did you mean {near[0]}?" if near else "See: python -m index --list",
        )
    return document


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
    if evidence in question.values:
        row["value"] = question.values[evidence]
    return row
