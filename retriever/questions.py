"""A file of questions: one JSON object a line with `_id` and `text`, as BEIR's queries.jsonl."""

from __future__ import annotations

import json
from pathlib import Path

from errors import QuestionError


def read_questions(path: Path) -> list[tuple[str, str]]:
    """The (id, text) pairs in order. Raises QuestionError naming file and line."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise QuestionError(
            f"{path} cannot be read ({error.strerror}).", "Give a file of questions, one a line."
        ) from error
    except UnicodeDecodeError as error:
        raise QuestionError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from error
    questions: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip():
            question_id, text = _question(line, f"{path}, line {number}:")
            if question_id in questions:
                raise QuestionError(
                    f"{path}, line {number}: the _id {question_id} stands twice.",
                    "Give every question an _id of its own.",
                )
            questions[question_id] = text
    return list(questions.items())


def _question(line: str, place: str) -> tuple[str, str]:
    try:
        row = json.loads(line)
        question_id, text = row["_id"], row["text"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise QuestionError(
            f"{place} not a JSON object with _id and text.",
            'Each line reads like {"_id": "q1", "text": "Who wrote this?"}.',
        ) from error
    if not isinstance(text, str):
        raise QuestionError(f"{place} text is not a string.", "Quote it.")
    question_id = str(question_id) if type(question_id) is int else question_id
    if not isinstance(question_id, str) or not question_id.strip():
        raise QuestionError(
            f"{place} _id is neither a string nor a number.",
            "Give every question an _id of its own.",
        )
    return question_id, text
