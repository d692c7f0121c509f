"""How well a reader reads, on SQuAD's development articles (never its test articles).

Passage given: the official measures of SQuAD 2.0, and F1 of the words on what has an answer.
Passage searched: the reader over the passages that the retriever puts first, of all paragraphs.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from answerer.reader import Reader
from datatypes import Document, Passage, Span
from evaluation.formats.squad import corpus_of_squad, read_squad
from evaluation.measures.quotes import exact_match, f1
from evaluation.question import Question
from index.build import build_index
from index.embedder import load_embedder
from index.storage.passage_index import PassageIndex
from index.text.chunker import sentences_of
from retriever.hybrid import Retriever
from training.articles import SQUAD, Article, Asked, articles_of

N_READ = 12
_SEED = 1963
_SPAN_WEIGHTS = (0.0, 0.1, 0.25, 0.5)
"""Of the span's score beside relevance, for "there is no answer"."""

_RELEVANCE_WEIGHTS = (1, 2, 4, 8, 16)
"""Of relevance beside the retriever's score."""


@dataclass(frozen=True, slots=True)
class Given:
    """One question on its own paragraph: `f1` and `exact` of the best span, were it given.

    `span`: the score of the best span above "there is none".
    """

    answerable: bool
    f1: float
    exact: float
    relevance: float
    span: float
    sentence_holds: bool


@dataclass(frozen=True, slots=True)
class Searched:
    """One question on the retriever's passages, of each: its scores, and what holds an answer.

    `quotes`: of the sentence of each passage that the reader likes best.
    """

    answerable: bool
    retrieved: NDArray[np.float64]
    relevance: NDArray[np.float64]
    passages: NDArray[np.bool_]
    quotes: NDArray[np.bool_]


def report(data: Path, folder: Path, n_questions: int) -> dict[str, float]:
    """Measures by name; a fraction unless it is a number of questions."""
    reader, dice = Reader.load(folder), random.Random(_SEED)
    articles = articles_of(data, "squad", "dev")
    own = [(article, asked) for article in articles for asked in article.questions]
    questions = [question for question in read_squad(data / SQUAD) if question.split == "dev"]
    return {
        **given_figures(given(reader, dice.sample(own, min(4 * n_questions, len(own))))),
        **searched_figures(
            searched(reader, data / SQUAD, dice.sample(questions, min(n_questions, len(questions))))
        ),
    }


def given(reader: Reader, questions: Sequence[tuple[Article, Asked]]) -> list[Given]:
    """Each question asked of its own paragraph, cut into sentences as an index does."""
    rows: list[Given] = []
    for article, asked in tqdm(questions, desc="passage given", file=sys.stderr):
        text, shift = asked.place.of(article.text), asked.place.start
        document = Document("given", article.title, text)
        sentences = sentences_of(document)
        passage = Passage(document, Span(sentences[0].start, sentences[-1].end), None, sentences)
        (output,) = reader.read_passages(asked.text, [passage])
        span, score = max(output.best, key=lambda best: best[1])
        answers = [Span(answer.start - shift, answer.end - shift) for answer in asked.answers]
        wordings = [answer.of(text) for answer in answers]
        sentence = passage.sentences[int(np.argmax(output.sentences))]
        rows.append(
            Given(
                bool(answers),
                f1(span.of(text), wordings),
                exact_match(span.of(text), wordings),
                output.relevance,
                score,
                any(map(sentence.overlaps, answers)),
            )
        )
    return rows


def given_figures(rows: Sequence[Given]) -> dict[str, float]:
    """SQuAD 2.0 with the threshold and weight that are best on these very questions."""
    answerable, f1s, exact, relevance, span, sentence_holds = (
        np.array([getattr(row, name) for row in rows]) for name in Given.__slots__
    )
    squad: list[tuple[float, float]] = []
    for weight in _SPAN_WEIGHTS:
        sure = weight * span + (1 - weight) * relevance
        for threshold in np.quantile(sure, np.linspace(0, 1, 101)):
            right = [np.where(sure >= threshold, each, ~answerable).mean() for each in (f1s, exact)]
            squad.append((float(right[0]), float(right[1])))
    best = max(squad)
    return {
        "given: questions": float(len(rows)),
        "given: SQuAD 2.0 F1": best[0],
        "given: SQuAD 2.0 EM": best[1],
        "given: F1, answerable": float(f1s[answerable].mean()),
        "given: EM, answerable": float(exact[answerable].mean()),
        "given: best sentence holds the answer": float(sentence_holds[answerable].mean()),
        "given: AUROC of relevance": float(roc_auc_score(answerable, relevance)),
        "given: AUROC of the span": float(roc_auc_score(answerable, span)),
    }


def searched(reader: Reader, squad: Path, questions: Sequence[Question]) -> list[Searched]:
    """The questions asked of all articles together, each paragraph a document of its own."""
    embedder = load_embedder()
    with tempfile.TemporaryDirectory() as folder:
        documents, index = Path(folder) / "documents", Path(folder) / "index"
        corpus_of_squad(squad, documents)
        build_index(documents, index, embedder=embedder)
        retriever = Retriever(PassageIndex.load(index), embedder)
        bar = tqdm(questions, desc="passage searched", file=sys.stderr)
        return [_search(reader, retriever, question) for question in bar]


def _search(reader: Reader, retriever: Retriever, question: Question) -> Searched:
    text = question.query.text
    hits = retriever.retrieve(text, k=N_READ)
    outputs = reader.read_passages(text, [hit.passage for hit in hits])
    holds = [
        [
            any(
                evidence.document_id == hit.passage.document.document_id
                and evidence.span.overlaps(sentence)
                for evidence in question.query.evidence
            )
            for sentence in hit.passage.sentences
        ]
        for hit in hits
    ]
    best = [int(np.argmax(output.sentences)) for output in outputs]
    return Searched(
        question.answerable,
        np.array([hit.score for hit in hits]),
        np.array([output.relevance for output in outputs]),
        np.array([any(sentences) for sentences in holds]),
        np.array([sentences[number] for sentences, number in zip(holds, best, strict=True)]),
    )


def searched_figures(rows: Sequence[Searched]) -> dict[str, float]:
    rows = [row for row in rows if len(row.passages)]
    asked = [row for row in rows if row.answerable]
    figures = {
        "searched: answerable questions": float(len(asked)),
        f"searched: success@{N_READ} of the retriever": float(
            np.mean([row.passages.any() for row in asked])
        ),
    }
    rankings = {"the retriever": (1, 0), "relevance": (0, 1)} | {
        f"retriever + {weight} × relevance": (1, weight) for weight in _RELEVANCE_WEIGHTS
    }
    for name, (a, b) in rankings.items():
        first = [int(np.argmax(a * row.retrieved + b * row.relevance)) for row in asked]
        for what in ("passages", "quotes"):
            right = [getattr(row, what)[best] for row, best in zip(asked, first, strict=True)]
            figures[f"searched: success@1 of {name}, {what}"] = float(np.mean(right))
    answerable = [row.answerable for row in rows]
    if len(set(answerable)) == 2:
        best_relevance = [row.relevance.max() for row in rows]
        figures["searched: AUROC of the best relevance"] = float(
            roc_auc_score(answerable, best_relevance)
        )
    return figures
