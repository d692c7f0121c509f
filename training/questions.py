"""Question answering data in SQuAD's schema → articles, each as one document with its questions."""

from __future__ import annotations

import gzip
import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from datatypes import Span
from errors import SettingError

_PARAGRAPHS_A_HEADING = 4
_LONGEST_NAME = re.compile(r"[A-ZÀ-Þ][\w'’-]+(?: (?:of |the |and )*[A-ZÀ-Þ][\w'’-]+)+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about an article. Without `answers` (spans of its text) it has none there."""

    question_id: str
    text: str
    answers: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """`text`: the paragraphs, parted by blank lines."""

    title: str
    text: str
    questions: tuple[Asked, ...]


def squad_articles(data: Path, split: str) -> list[Article]:
    """The articles of `squad/split.json`'s "train", "dev" or "test"."""
    titles = json.loads(_bytes(data / "squad" / "split.json"))[split]
    return [each for each in _articles(data / "squad" / "dev-v2.0.json.gz") if each.title in titles]


def train_articles(data: Path, name: str, *, least_paragraphs: int = 12) -> list[Article]:
    """The articles of `train/NAME.json.gz` that are long enough to search in."""
    articles = _articles(data / "train" / f"{name}.json.gz")
    return [each for each in articles if each.text.count("\n\n") + 1 >= least_paragraphs]


def with_headings(article: Article) -> Article:
    """The article under a title, with a heading over every few paragraphs: a name from the next.

    Documents have headings and these data have none; without them a model could not learn that a
    heading seldom answers.
    """
    parts = [f"# {article.title.replace('_', ' ')}"]
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
        Asked(each.question_id, each.text, tuple(map(shifted, each.answers)))
        for each in article.questions
    )
    return Article(article.title, "\n\n".join(parts), tuple(questions))


def _articles(path: Path) -> Iterator[Article]:
    for article in json.loads(gzip.decompress(_bytes(path)))["data"]:
        parts: list[str] = []
        questions: list[Asked] = []
        start = 0
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            for asked in paragraph["qas"]:
                spans = {
                    Span(start + given["answer_start"], start + given["answer_start"] + len(text))
                    for given in asked.get("answers", ())
                    if (text := given["text"])
                }
                answers = tuple(sorted(spans))
                if answers or asked.get("is_impossible"):
                    questions.append(Asked(str(asked["id"]), asked["question"], answers))
            parts.append(context)
            start += len(context) + 2
        yield Article(article.get("title", path.stem), "\n\n".join(parts), tuple(questions))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingError(
            f"The training data {path} cannot be read ({error.strerror}).",
            "Name the folder that holds squad/ and train/ with --data.",
        ) from error
