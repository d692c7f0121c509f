"""Question answering data in SQuAD's schema → articles, each as one document with its questions."""

from __future__ import annotations

import gzip
import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datatypes import Span
from errors import SettingError
from index.text.canonical import canonical
from training.reader_changes import detokenised

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
    parts = [f"# {article.title}"]
    moved: list[tuple[int, int]] = []  # place in the old text, how far what follows it moves
    start, length = 0, len(parts[0])
    for number, paragraph in enumerate(article.text.split("\n\n")):
        name = _LONGEST_NAME.findall(paragraph) if number % _PARAGRAPHS_A_HEADING == 0 else []
        if name:
            parts.append(f"## {max(name, key=len)}")
            length += 2 + len(parts[-1])
        length += 2
        moved.append((start, length - start))
        parts.append(paragraph)
        start += len(paragraph) + 2
        length += len(paragraph)
    places = [place for place, _ in moved]

    def shifted(span: Span) -> Span:
        by = moved[bisect_right(places, span.start) - 1][1]
        return Span(span.start + by, span.end + by)

    questions = (
        Asked(each.text, shifted(each.place), tuple(map(shifted, each.answers)))
        for each in article.questions
    )
    return Article(article.title, "\n\n".join(parts), tuple(questions))


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
