"""A BEIR folder: `corpus.jsonl`, `queries.jsonl`, and `qrels/*.tsv` or `qrels.tsv`; `.gz` too."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path

from datatypes import Query
from errors import QuestionError
from evaluation.formats.lines import check_new, fault_at, json_lines, plain_or_gzip, reading_faults
from evaluation.formats.trec import read_qrels
from evaluation.question import Question


def is_beir(path: Path) -> bool:
    return path.is_dir() and plain_or_gzip(path, "queries.jsonl") is not None


def read_beir(folder: Path) -> Iterator[Question]:
    """The judged queries, and those that are said to have no answer (`"answerable": false`).

    Where the judgments are in several files, each file's name is its questions' split.
    """
    queries = plain_or_gzip(folder, "queries.jsonl")
    if queries is None:
        raise QuestionError(f"{folder} has no queries.jsonl.", "Give the folder that holds it.")
    judged = _judgments(folder)
    seen: set[str] = set()
    for number, row in json_lines(queries):
        query_id, text = str(row.get("_id") or ""), row.get("text")
        with fault_at(queries, number):
            if not query_id or not isinstance(text, str):
                raise QuestionError("_id or text is missing.", "Give the query both.")
            check_new(query_id, seen)
        if query_id not in judged and row.get("answerable") is not False:
            continue
        split, relevant = judged.get(query_id, (None, {}))
        answers = row.get("answers") or ()
        yield Question(
            Query(query_id, text),
            answerable=any(grade > 0 for grade in relevant.values()),
            answers=tuple(map(str, answers)) if isinstance(answers, list) else (),
            relevant=relevant,
            split=split,
        )
    if missing := judged.keys() - seen:
        raise QuestionError(
            f"{queries}: the judged query {min(missing)} is not there.",
            "Qrels and queries must come from one data set.",
        )


def _judgments(folder: Path) -> dict[str, tuple[str | None, dict[str, int]]]:
    """Query id → its split and the grades of documents."""
    judged: dict[str, tuple[str | None, dict[str, int]]] = {}
    files = sorted((*folder.glob("qrels/*.tsv"), *folder.glob("qrels/*.tsv.gz")))
    single = plain_or_gzip(folder, "qrels.tsv")
    if not files and single is None:
        raise QuestionError(
            f"{folder} has no judgments.", "Put them into qrels.tsv or qrels/test.tsv."
        )
    for path in files or filter(None, [single]):
        split = path.name.partition(".")[0] if files else None
        for query_id, relevant in read_qrels(path).items():
            if query_id in judged:
                raise QuestionError(
                    f"{path}: {query_id} is judged in the split {judged[query_id][0]} as well.",
                    "A question belongs to one split: delete one.",
                )
            judged[query_id] = (split, relevant)
    return judged


def corpus_of_beir(folder: Path, work: Path) -> Path:
    """A `corpus.jsonl` to be indexed: the folder's own, or unpacked into `work`."""
    corpus = plain_or_gzip(folder, "corpus.jsonl")
    if corpus is None:
        raise QuestionError(
            f"{folder} has no corpus.jsonl.", "Put it there, or give --index or --documents."
        )
    if corpus.suffix != ".gz":
        return corpus
    work.mkdir(parents=True, exist_ok=True)
    unpacked = work / "corpus.jsonl"
    with reading_faults(corpus), gzip.open(corpus, "rb") as packed, unpacked.open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    return unpacked
