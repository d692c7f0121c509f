"""Question answering data in SQuAD's schema → articles, each as one document with its questions."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datatypes import Span
from errors import SettingError
from index.text.canonical import canonical
from training.reader_changes import detokenised, edited

SQUAD = Path("squad/dev-v2.0.json.gz")
"""Below the folder of the data."""

_UNTITLED = ("reddit", "amazon")
_PARAGRAPHS_A_HEADING = 4
_LONGEST_NAME = re.compile(r"[A-ZÀ-Þ][\w'’-]+(?: (?:of |the |and )*[A-ZÀ-Þ][\w'’-]+)+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on the paragraph `place` of its article; without `answers` it has none there."""

    text: str
    place: Span
    answers: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """`text`: the paragraphs, parted by blank lines; the spans of `questions` count it."""

    title: str
    text: str
    questions: tuple[Asked, ...]

    @property
    def n_paragraphs(self) -> int:
        return self.text.count("\n\n") + 1


def articles_of(data: Path, source: str, split: str = "train") -> list[Article]:
    """The articles of one data set; of SQuAD only those that `split.json` gives to `split`."""
    squad = source == "squad"
    path = data / (SQUAD if squad else f"train/{source}.json.gz")
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
    return [_article(row, tokenised=source.startswith("nq")) for row in rows]


def with_headings(article: Article) -> Article:
    """The article under a title, with a heading over every few paragraphs: a name from the next.

    Documents have headings and these data have none; without them a model could not learn that a
    heading seldom answers.
    """
    head, edits, start = f"# {article.title}\n\n", [], 0
    for number, paragraph in enumerate(article.text.split("\n\n")):
        names = [] if number % _PARAGRAPHS_A_HEADING else _LONGEST_NAME.findall(paragraph)
        heading = f"## {max(names, key=len)}\n\n" if names else ""
        if not start:
            head += heading
        elif heading:  # in place of the blank line, so that what begins here moves behind it
            edits.append((start - 2, start, f"\n\n{heading}"))
        start += len(paragraph) + 2
    text, moved = edited(article.text, edits)

    def shifted(span: Span) -> Span:
        return Span(len(head) + moved(span.start), len(head) + moved(span.end))

    questions = (
        Asked(asked.text, shifted(asked.place), tuple(map(shifted, asked.answers)))
        for asked in article.questions
    )
    return Article(article.title, head + text, tuple(questions))


def _article(row: dict[str, Any], *, tokenised: bool) -> Article:
    parts: list[str] = []
    questions: list[Asked] = []
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
                questions.append(Asked(asked["question"].strip(), place, found))
        parts.append(context)
        start += len(context) + 2
    title = str(row.get("title") or "").replace("_", " ")
    return Article(title, "\n\n".join(parts), tuple(questions))
