"""A spreadsheet of questions: a column of questions, of words to be found, of yes or no.

The expected words are searched in the documents; every place that has them is evidence. Several
wordings, any of which will do, are kept apart by `|`. Saved from whatever program: comma,
semicolon or tab, UTF-8 or an older encoding.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from datatypes import Evidence, Query
from errors import DocumentError, QuestionError
from evaluation.formats.evidence_search import EvidenceSearch, nearest_wording
from evaluation.formats.lines import check_new, fault_at, reading_faults
from evaluation.question import Documents, Question, each_document
from index.readers.encoding import decode
from index.text.folding import folded

_WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

MANY_PLACES = 10
"""Words that stand so often find nothing out: nearly any quote holds them."""


def read_spreadsheet(path: Path, documents: Documents) -> tuple[list[Question], list[str]]:
    """The questions and what is doubtful about them.

    Raises QuestionError with the nearest wording where expected words are not in the documents.
    """
    questions: list[Question] = []
    warnings: list[str] = []
    seen: set[str] = set()
    search = EvidenceSearch(each_document(documents))
    for number, row in _rows(path):
        with fault_at(path, number):
            question = _question(row, number, search, documents)
            if question is None:
                continue
            check_new(question.query_id, seen)
        questions.append(question)
        n_places = len(question.evidence)
        if n_places > MANY_PLACES:
            warnings.append(
                f"{path}, line {number}: “{' | '.join(question.answers)}” stands at "
                f"{n_places} places; all count as right. Give more of the words around it."
            )
    return questions, warnings


def _question(
    row: Mapping[str, str], number: int, search: EvidenceSearch, documents: Documents
) -> Question | None:
    """None for an empty row."""
    text = row.get("question", "")
    wordings = tuple(part for words in row.get("words", "").split("|") if (part := words.strip()))
    if not text and not wordings:
        return None
    if not text:
        raise QuestionError("the question is missing.", "Write it, or delete the row.")
    answerable = _yes_or_no(row.get("answerable", ""), default=bool(wordings))
    if answerable != bool(wordings):
        raise QuestionError(
            "answerable and expected words disagree.",
            "An answerable question has expected words, any other has none.",
        )
    evidence: dict[Evidence, None] = {}
    for wording in wordings:
        places = search.find(wording)
        if not places:
            mend = nearest_wording(wording, each_document(documents))
            raise QuestionError(f"“{wording}” is not in the documents.", mend)
        evidence |= dict.fromkeys(places)
    return Question(
        Query(row.get("id") or f"row-{number}", text, tuple(evidence)),
        answerable,
        wordings,
        kind=row.get("kind", ""),
        split=row.get("split") or None,
    )


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Number of the row's last line, and its cells by column."""
    with reading_faults(path):
        data = path.read_bytes()
    try:
        text, _ = decode(data)
    except DocumentError as error:
        raise QuestionError(f"{path}: {error.what}", error.remedy) from error
    table = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        with fault_at(path, 1):
            columns = _columns(next(table, []))
        for cells in table:
            row = {name: cells[i] for name, i in columns.items() if i < len(cells)}
            yield table.line_num, {name: cell.strip() for name, cell in row.items()}
    except csv.Error as error:
        with fault_at(path, table.line_num):
            raise QuestionError(
                f"not a table ({error}).", "Save it from the program anew as CSV."
            ) from error


def _delimiter(text: str) -> str:
    header = text.split("\n", 1)[0]
    return max(",;\t", key=header.count)


def _columns(header: Sequence[str]) -> dict[str, int]:
    named = [" ".join(folded(cell).replace("_", " ").split()) for cell in header]
    columns = {
        column: named.index(name)
        for column, names in _WORDS["columns"].items()
        for name in reversed(names)
        if name in named
    }
    wanted = {"question": "question", "words": "expected words"}
    if missing := [name for column, name in wanted.items() if column not in columns]:
        raise QuestionError(
            f"no column is called {' and '.join(missing)}.",
            "The first line names the columns: question, expected words, answerable.",
        )
    return columns


def _yes_or_no(cell: str, *, default: bool) -> bool:
    word = folded(cell).strip()
    if word in _WORDS["yes"] or word in _WORDS["no"]:
        return word in _WORDS["yes"]
    if word:
        raise QuestionError(f"answerable is “{cell}”.", "Write yes or no.")
    return default
