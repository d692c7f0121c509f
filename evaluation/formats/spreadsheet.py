"""A spreadsheet of questions: a column of questions, of words to be found, of yes or no.

The expected words are searched in the documents; every place that has them is evidence. Several
wordings, any of which will do, are kept apart by `|`. Saved from whatever program: comma,
semicolon or tab, UTF-8 or an older encoding.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from datatypes import Evidence, Query
from errors import DocumentError, QuestionError
from evaluation.formats.lines import fault, reading
from evaluation.formats.wording import Places, each_document, remedy
from evaluation.question import Documents, Question
from index.readers.encoding import decode
from index.text.folding import folded

_COLUMNS = {
    "question": ("question", "questions", "query", "text", "frage", "fragen"),
    "words": (
        "expected words",
        "expected",
        "expected answer",
        "expected wording",
        "words",
        "evidence",
        "answer",
        "erwartete worter",
        "antwort",
    ),
    "answerable": ("answerable", "has answer", "answered", "beantwortbar"),
    "id": ("id", "query id", "number", "nr"),
    "split": ("split",),
    "kind": ("kind", "type", "art"),
}
_YES = frozenset(("yes", "y", "true", "1", "x", "ja", "j", "wahr"))
_NO = frozenset(("no", "n", "false", "0", "-", "nein", "falsch"))

MANY_PLACES = 10
"""Words that stand so often find nothing out: nearly any quote holds them."""


def read_spreadsheet(path: Path, documents: Documents) -> tuple[list[Question], list[str]]:
    """The questions and what is doubtful about them.

    Raises QuestionError with the nearest wording where expected words are not in the documents.
    """
    questions: list[Question] = []
    warnings: list[str] = []
    seen: set[str] = set()
    places = Places(each_document(documents))
    for number, row in _rows(path):
        text = row.get("question", "").strip()
        wordings = [part.strip() for part in row.get("words", "").split("|") if part.strip()]
        if not text and not wordings:
            continue
        if not text:
            raise fault(path, number, "the question is missing.", "Write it, or delete the row.")
        answerable = _yes_or_no(path, number, row.get("answerable", ""), default=bool(wordings))
        if answerable != bool(wordings):
            raise fault(
                path,
                number,
                "answerable and expected words disagree.",
                "An answerable question has expected words, any other has none.",
            )
        query_id = row.get("id", "").strip() or f"row-{number}"
        if query_id in seen:
            raise fault(path, number, f"the id {query_id} stands twice.", "Change one of them.")
        seen.add(query_id)
        evidence = _evidence(path, number, wordings, documents, places)
        if len(evidence) > MANY_PLACES:
            warnings.append(
                f"{path}, line {number}: “{' | '.join(wordings)}” stands at "
                f"{len(evidence)} places; all count as right. Give more of the words around it."
            )
        questions.append(
            Question(
                Query(query_id, text, tuple(evidence)),
                answerable,
                tuple(wordings),
                kind=row.get("kind", "").strip(),
                split=row.get("split", "").strip() or None,
            )
        )
    return questions, warnings


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Number of the row's last line, and its cells by column."""
    with reading(path):
        data = path.read_bytes()
    try:
        text, _ = decode(data)
    except DocumentError as error:
        raise QuestionError(f"{path}: {error.what}", error.remedy) from error
    table = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = next(table, [])
        columns = _columns(path, header)
        for cells in table:
            yield (
                table.line_num,
                {name: cells[place] for name, place in columns.items() if place < len(cells)},
            )
    except csv.Error as error:
        raise fault(
            path, table.line_num, f"not a table ({error}).", "Save it from the program anew as CSV."
        ) from error


def _delimiter(text: str) -> str:
    header = text.split("\n", 1)[0]
    return max(",;\t", key=header.count)


def _columns(path: Path, header: Sequence[str]) -> dict[str, int]:
    named = [" ".join(folded(cell).replace("_", " ").split()) for cell in header]
    columns = {
        column: named.index(name)
        for column, names in _COLUMNS.items()
        for name in reversed(names)
        if name in named
    }
    missing = [column for column in ("question", "words") if column not in columns]
    if missing:
        what = " and ".join({"question": "question", "words": "expected words"}[m] for m in missing)
        raise fault(
            path,
            1,
            f"no column is called {what}.",
            "The first line names the columns: question, expected words, answerable.",
        )
    return columns


def _yes_or_no(path: Path, number: int, cell: str, *, default: bool) -> bool:
    said = folded(cell).strip()
    if said in _YES or said in _NO:
        return said in _YES
    if said:
        raise fault(path, number, f"answerable is “{cell}”.", "Write yes or no.")
    return default


def _evidence(
    path: Path, number: int, wordings: Sequence[str], documents: Documents, places: Places
) -> list[Evidence]:
    found: dict[Evidence, None] = {}
    for wording in wordings:
        found_now = places.of(wording)
        if not found_now:
            raise fault(
                path,
                number,
                f"“{wording}” is not in the documents.",
                remedy(wording, each_document(documents)),
            )
        found |= dict.fromkeys(found_now)
    return list(found)
