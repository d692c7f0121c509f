"""Articles → described sentences, with what is known of each: does it hold an answer?

Every article is indexed as a collection of its own, as a museum's single document is. It is asked
its own questions, those written to have no answer in it, and questions about other articles.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from answerer.evidence import describe_sentences
from answerer.reader import Reader
from answerer.sentence_ranking import unknown_share
from datatypes import Span
from evaluation.formats.question_files import read_questions
from index.build import build_index
from index.embedder import Embedder
from index.storage.passage_index import PassageIndex
from retriever.hybrid import Retriever
from training.articles import Article, Asked, with_headings

Origin = Literal["answerable", "impossible", "elsewhere"]

_SEED = 1963


@dataclass(frozen=True, slots=True)
class Example:
    """One question's sentences: features (n, d), and which of them overlap an answer (n).

    `unknown`: the share of the asked words, by rarity, that none of the sentences has.
    """

    question: str
    origin: Origin
    features: NDArray[np.float64]
    holds: NDArray[np.bool_]
    unknown: float
    n_asked: int


def examples_of(
    articles: Sequence[Article],
    embedder: Embedder,
    *,
    reader: Reader | None,
    most: int,
    elsewhere: float = 0.25,
) -> Iterator[Example]:
    """`elsewhere`: foreign questions for each of an article's own. `most`: questions an article."""
    dice = random.Random(_SEED)
    for article in tqdm(map(with_headings, articles), total=len(articles), unit=" articles"):
        questions = list(article.questions)
        dice.shuffle(questions)
        own: list[tuple[Asked, Origin]] = [
            (asked, "answerable" if asked.answers else "impossible") for asked in questions[:most]
        ]
        others = [each for each in articles if each.title != article.title and each.questions]
        foreign: list[tuple[Asked, Origin]] = [
            (dice.choice(dice.choice(others).questions), "elsewhere")
            for _ in range(round(elsewhere * len(own)) if others else 0)
        ]
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "documents").mkdir()
            (Path(folder) / "documents" / "article.md").write_text(article.text, encoding="utf-8")
            retriever = indexed(Path(folder) / "documents", Path(folder) / "index", embedder)
            for asked, origin in own + foreign:
                answers = asked.answers if origin == "answerable" else ()
                yield _example(retriever, reader, asked.text, answers, origin)


def examples_of_collection(
    documents: Path, questions: Path, embedder: Embedder, *, reader: Reader | None, split: str
) -> list[Example]:
    """The questions of one split of a file in our own form, about a folder of documents."""
    with tempfile.TemporaryDirectory() as folder:
        retriever = indexed(documents, Path(folder) / "index", embedder)
        asked = read_questions(questions, retriever.index.texts).of_split(split).questions
        examples = []
        for question in asked:
            answers = [evidence.span for evidence in question.query.evidence]
            origin: Origin = "answerable" if answers else "impossible"
            examples.append(_example(retriever, reader, question.query.text, answers, origin))
        return examples


def _example(
    retriever: Retriever,
    reader: Reader | None,
    question: str,
    answers: Sequence[Span],
    origin: Origin,
) -> Example:
    parsed = retriever.parse(question)
    candidates = retriever.candidates(parsed, k=retriever.ranking.n_read)
    passages = [candidate.passage for candidate in candidates]
    outputs = reader.read_passages(parsed.question, passages) if reader else ()
    sentences = describe_sentences(parsed, candidates, outputs)
    return Example(
        question,
        origin,
        np.stack([each.features for each in sentences]),
        np.array([any(map(each.span.overlaps, answers)) for each in sentences]),
        unknown_share(parsed, sentences),
        len(parsed.asked),
    )


def indexed(documents: Path, index: Path, embedder: Embedder) -> Retriever:
    """What asks the documents, of which an index is made in `index`."""
    build_index(documents, index, embedder=embedder)
    return Retriever(PassageIndex.load(index), embedder)
