"""Articles of the reader's data sets, and the questions posed about them."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datatypes import Span
from errors import SettingError
from index.canonical import canonical
from training.reader_changes import detokenised

_UNTITLED = ("reddit", "amazon")


@dataclass(frozen=True, slots=True)
class Posed:
    """A question on the paragraph `place` of its article; without `answers` it has none there."""

    text: str
    place: Span
    answers: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Posing:
    """An article with its questions, as one document."""

    title: str
    text: str
    questions: tuple[Posed, ...]


def articles_of(data: Path, source: str, split: str = "train") -> list[Posing]:
    """The articles of one data set; of SQuAD only those that `split.json` gives to `split`."""
    squad = source == "squad"
    path = data / ("squad/dev-v2.0.json.gz" if squad else f"train/{source}.json.gz")
    try:
        rows = json.loads(gzip.decompress(path.read_bytes()))["data"]
        titles = json.loads((data / "squad" / "split.json").read_text())[split] if squad else ()
    except OSError as error:
        raise SettingError(
            f"The training data {path} cannot be read ({error.strerror}).",
            "Name the folder that holds squad/ and train/ with --data.",
        ) from error
    if squad:
        rows = [row for row in rows if row["title"] in titles]
    if source in _UNTITLED:  # a file of unrelated paragraphs
        rows = [
            {"title": "", "paragraphs": [paragraph]}
            for row in rows
            for paragraph in row["paragraphs"]
        ]
    return [_posing(row, tokenised=source.startswith("nq")) for row in rows]


def _posing(row: dict[str, Any], *, tokenised: bool) -> Posing:
    parts: list[str] = []
    questions: list[Posed] = []
    start = 0
    for paragraph in row["paragraphs"]:
        context = paragraph["context"]
        answers = [
            [
                (given["answer_start"], given["answer_start"] + len(given["text"]))
                for given in asked.get("answers", ())
                if given["text"]
            ]
            for asked in paragraph["qas"]
        ]
        if tokenised:
            context, moved = detokenised(context)
            answers = [[(moved(a), moved(b)) for a, b in spans] for spans in answers]
        if canonical(context) != context:
            lengths_agree = len(canonical(context)) == len(context)
            context = canonical(context)
            if not lengths_agree:
                answers = [[] for _ in answers]
        place = Span(start, start + len(context)) if context else None
        for asked, spans in zip(paragraph["qas"], answers, strict=True):
            found = tuple(sorted({Span(start + a, start + b) for a, b in spans if a < b}))
            if place and (found or asked.get("is_impossible")):
                questions.append(Posed(asked["question"].strip(), place, found))
        parts.append(context)
        start += len(context) + 2
    title = str(row.get("title") or "").replace("_", " ")
    return Posing(title, "\n\n".join(parts), tuple(questions))
