"""SQuAD's JSON, v1.1 and v2.0: every paragraph is a document, `is_impossible` says unanswerable.

"Unanswerable" was judged against the question's own paragraph only; another may answer it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from datatypes import Document, Evidence, Query, Span
from errors import QuestionError
from evaluation.formats.evidence_search import nearest_wording
from evaluation.formats.lines import check_new, fault_at, plain_or_gzip, whole_json
from evaluation.question import Question
from index.text.canonical import canonical


def is_squad(path: Path) -> bool:
    return path.name.endswith((".json", ".json.gz"))


def read_squad(path: Path) -> Iterator[Question]:
    """A `split.json` beside the file names the articles of each split."""
    split_of = _splits(path)
    seen: set[str] = set()
    for document, title, rows in _paragraphs(path):
        for row in rows:
            with fault_at(path, f"paragraph {document.document_id} ({title})"):
                query_id, text, answers = _parsed(row)
            with fault_at(path, f"question {query_id}"):
                check_new(query_id, seen)
                evidence = [_evidence(document, answer) for answer in answers or ()]
            yield Question(
                Query(query_id, text, tuple(dict.fromkeys(evidence))),
                answerable=answers is not None,
                answers=tuple(dict.fromkeys(wording for wording, _, _ in answers or ())),
                split=split_of.get(_article(title)),
            )


def corpus_of_squad(path: Path, work: Path) -> Path:
    """Writes the paragraphs as `corpus.jsonl` into `work`, to be indexed."""
    work.mkdir(parents=True, exist_ok=True)
    corpus = work / "corpus.jsonl"
    with corpus.open("w", encoding="utf-8") as file:
        for document, title, _ in _paragraphs(path):
            row = {"_id": document.document_id, "title": title, "text": document.text}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return corpus


def _paragraphs(path: Path) -> Iterator[tuple[Document, str, list[dict[str, Any]]]]:
    """Each paragraph as it stands in the file, its article's title, and its questions."""
    data = whole_json(path)
    try:
        for article, entry in enumerate(data["data"]):
            title = str(entry["title"]).replace("_", " ")
            for number, paragraph in enumerate(entry["paragraphs"]):
                document_id = f"d{article:03}p{number:04}"
                yield (
                    Document(document_id, title, str(paragraph["context"])),
                    title,
                    paragraph["qas"],
                )
    except (KeyError, TypeError) as error:
        raise QuestionError(
            f"{path} is not in SQuAD's form.",
            'It reads {"data": [{"title": …, "paragraphs": [{"context": …, "qas": […]}]}]}.',
        ) from error


_Answer = tuple[str, int, int]
"""Its wording, start and end."""


def _parsed(row: dict[str, Any]) -> tuple[str, str, list[_Answer] | None]:
    """Id, question, and answers, which are None where there is said to be none."""
    try:
        query_id, text = str(row["id"]), str(row["question"]).strip()
        if row.get("is_impossible", False):
            return query_id, text, None
        wordings = [(str(answer["text"]), int(answer["answer_start"])) for answer in row["answers"]]
    except (KeyError, TypeError, ValueError) as error:
        raise QuestionError(
            "a question lacks id, question or answers.", "Copy the file anew."
        ) from error
    if not wordings:
        raise QuestionError(f"{query_id} has no answers.", "Mark it is_impossible.")
    return query_id, text, [(words, start, start + len(words)) for words, start in wordings]


def _evidence(document: Document, answer: _Answer) -> Evidence:
    """The answer's place in the canonical text, which is what an index holds."""
    wording, start, end = answer
    if document.text[start:end] != wording or not wording:
        raise QuestionError(
            f"“{wording}” is not at {start} of its paragraph {document.document_id}.",
            nearest_wording(wording, [document]),
        )
    before, settled = canonical(document.text[:start]), canonical(wording)
    if canonical(document.text)[len(before) : len(before) + len(settled)] != settled:
        raise QuestionError(f"“{wording}” is cut inside a letter.", "Move answer_start.")
    return Evidence(document.document_id, Span(len(before), len(before) + len(settled)))


def _splits(path: Path) -> dict[str, str]:
    """Article → split."""
    file = plain_or_gzip(path.parent, "split.json")
    splits = whole_json(file) if file else {}
    if not isinstance(splits, dict) or not all(
        isinstance(titles, list) for titles in splits.values()
    ):
        raise QuestionError(f"{file}: no lists of articles.", 'It reads {"dev": ["Normans", …]}.')
    return {_article(str(title)): split for split, titles in splits.items() for title in titles}


def _article(title: str) -> str:
    return title.replace("_", " ").casefold()
