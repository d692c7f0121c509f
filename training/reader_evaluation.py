"""How well a reader reads, on SQuAD's development articles (never its test articles).

Passage given: the official measures of SQuAD 2.0, and F1 of the words on what has an answer.
Passage searched: the reader over the passages that the retriever puts first.
"""

from __future__ import annotations

import re
import string
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from answerer.reader import Reader, ReaderOutput
from datatypes import Document, Hit, Passage, Span
from index.build import build_index
from index.embedder import EXPORT_FOLDER, ExportedEmbedder
from index.storage.passage_index import PassageIndex
from index.text.chunker import sentences_of
from retriever.hybrid import Retriever
from training.articles import Article, Asked, articles_of

N_READ = 12
_SEED = 1963
_ARTICLE = re.compile(r"\b(a|an|the)\b")
_UNPUNCTUATED = str.maketrans("", "", string.punctuation)
_SPAN_WEIGHTS = (0.0, 0.1, 0.25, 0.5)
"""Of the span's score beside relevance, for "there is no answer"."""

_RELEVANCE_WEIGHTS = (1, 2, 4, 8, 16)
"""Of relevance beside the retriever's score."""


@dataclass(frozen=True, slots=True)
class Given:
    """One question on its own paragraph: `f1` and `exact` of the best span, were it given."""

    answerable: bool
    f1: float
    exact: float
    relevance: float
    span: float
    """Score of the best span above "there is none"."""
    sentence_holds: bool


@dataclass(frozen=True, slots=True)
class Searched:
    """One question on the retriever's passages. What is right holds an answer."""

    answerable: bool
    retrieved: NDArray[np.bool_]
    scores: NDArray[np.float64]
    relevance: NDArray[np.float64]
    quotes: tuple[bool, ...]
    """Whether the best sentence of each passage holds an answer."""
    best_quote: bool
    """Whether the sentence that the reader likes best of all does."""


def report(
    data: Path, folder: Path, *, split: str = "dev", n_questions: int = 300
) -> dict[str, float]:
    """Measures by name; a fraction unless it is a number of questions."""
    reader = Reader.load(folder)
    articles = articles_of(data, "squad", split)
    rng = np.random.default_rng(_SEED)
    return {
        **given_figures(given(reader, _sample(articles, 4 * n_questions, rng))),
        **searched_figures(searched(reader, articles, _sample(articles, n_questions, rng))),
    }


def _sample(
    articles: Sequence[Article], n: int, rng: np.random.Generator
) -> list[tuple[Article, Asked]]:
    rows = [(article, asked) for article in articles for asked in article.questions]
    chosen = rng.permutation(len(rows))[:n]
    return [rows[number] for number in chosen]


def given(reader: Reader, questions: Sequence[tuple[Article, Asked]]) -> list[Given]:
    """Each question asked of its own paragraph, cut into sentences as an index does."""
    rows: list[Given] = []
    for article, asked in tqdm(questions, desc="passage given", file=sys.stderr):
        text = asked.place.of(article.text)
        document = Document("given", article.title, text)
        sentences = sentences_of(document)
        passage = Passage(document, Span(sentences[0].start, sentences[-1].end), None, sentences)
        read = reader.read_passages(asked.text, [passage])[0]
        span, score = max(read.best, key=lambda found: found[1])
        said = span.of(text)
        wanted = [answer.of(article.text) for answer in asked.answers]
        best = int(np.argmax(read.sentences))
        shift = asked.place.start
        answers = [Span(each.start - shift, each.end - shift) for each in asked.answers]
        rows.append(
            Given(
                bool(wanted),
                max((f1_of(said, each) for each in wanted), default=0.0),
                max((float(normal(said) == normal(each)) for each in wanted), default=0.0),
                read.relevance,
                score,
                any(map(passage.sentences[best].overlaps, answers)),
            )
        )
    return rows


def given_figures(rows: Sequence[Given]) -> dict[str, float]:
    """SQuAD 2.0 with the threshold and weight that are best on these very questions."""
    answerable = np.array([row.answerable for row in rows])
    f1, exact = (np.array([getattr(row, name) for row in rows]) for name in ("f1", "exact"))
    squad: list[tuple[float, float]] = []
    for weight in _SPAN_WEIGHTS:
        sure = np.array([weight * row.span + (1 - weight) * row.relevance for row in rows])
        for threshold in np.quantile(sure, np.linspace(0, 1, 101)):
            said = sure >= threshold
            right = [np.where(said, each, ~answerable) for each in (f1, exact)]
            squad.append((float(right[0].mean()), float(right[1].mean())))
    best = max(squad)
    relevance = [row.relevance for row in rows]
    return {
        "given: questions": float(len(rows)),
        "given: SQuAD 2.0 F1": best[0],
        "given: SQuAD 2.0 EM": best[1],
        "given: F1, answerable": float(f1[answerable].mean()),
        "given: EM, answerable": float(exact[answerable].mean()),
        "given: best sentence holds the answer": float(
            np.mean([row.sentence_holds for row in rows if row.answerable])
        ),
        "given: AUROC of relevance": float(roc_auc_score(answerable, relevance)),
        "given: AUROC of the span": float(roc_auc_score(answerable, [row.span for row in rows])),
    }


def searched(
    reader: Reader, articles: Sequence[Article], questions: Sequence[tuple[Article, Asked]]
) -> list[Searched]:
    """The questions asked of all articles together, each paragraph a document of its own."""
    embedder = ExportedEmbedder(EXPORT_FOLDER)
    places: dict[str, tuple[str, int]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "documents").mkdir()
        for number, article in enumerate(articles):
            start = 0
            for paragraph in article.text.split("\n\n"):
                title = "".join(sign if sign.isalnum() else " " for sign in article.title)
                stem = f"{title} {number:02}x{start:07}"
                path = folder / "documents" / f"{stem}.txt"
                path.write_text(paragraph, encoding="utf-8")
                places[f"{number:02}x{start:07}"] = (article.title, start)
                start += len(paragraph) + 2
        build_index(folder / "documents", folder / "index", embedder=embedder)
        retriever = Retriever(PassageIndex.load(folder / "index"), embedder)
        return [
            _search(reader, retriever, article, asked, places)
            for article, asked in tqdm(questions, desc="passage searched", file=sys.stderr)
        ]


def _search(
    reader: Reader,
    retriever: Retriever,
    article: Article,
    asked: Asked,
    places: dict[str, tuple[str, int]],
) -> Searched:
    hits = retriever.retrieve(asked.text, k=N_READ)
    passages = [_titled(hit, places) for hit in hits]
    reads = reader.read_passages(asked.text, passages)
    holds = [
        [_holds(passage, sentence, article, asked, places) for sentence in passage.sentences]
        for passage in passages
    ]
    each_best = [int(np.argmax(read.sentences)) for read in reads]
    overall = _liked_most(reads)
    return Searched(
        bool(asked.answers),
        np.array([any(row) for row in holds]),
        np.array([hit.score for hit in hits]),
        np.array([read.relevance for read in reads]),
        tuple(row[best] for row, best in zip(holds, each_best, strict=True)),
        holds[overall][each_best[overall]],
    )


def _liked_most(reads: Sequence[ReaderOutput]) -> int:
    return int(np.argmax([max(read.sentences) + read.relevance for read in reads]))


def _place(passage: Passage, places: dict[str, tuple[str, int]]) -> tuple[str, int]:
    found = re.search(r"[0-9]{2}x[0-9]{7}", passage.document.document_id)
    return places[found.group()] if found else ("", 0)


def _titled(hit: Hit, places: dict[str, tuple[str, int]]) -> Passage:
    """The passage as if its document had the article's title, without the file's number."""
    passage = hit.passage
    title, _ = _place(passage, places)
    document = Document(passage.document.document_id, title, passage.document.text)
    return Passage(document, passage.span, passage.heading, passage.sentences)


def _holds(
    passage: Passage,
    sentence: Span,
    article: Article,
    asked: Asked,
    places: dict[str, tuple[str, int]],
) -> bool:
    title, start = _place(passage, places)
    here = Span(start + sentence.start, start + sentence.end)
    return title == article.title and any(map(here.overlaps, asked.answers))


def searched_figures(rows: Sequence[Searched]) -> dict[str, float]:
    asked = [row for row in rows if row.answerable and len(row.scores)]

    def success(rank: Callable[[Searched], NDArray[np.float64]]) -> float:
        return float(np.mean([row.retrieved[int(np.argmax(rank(row)))] for row in asked]))

    def quote(rank: Callable[[Searched], NDArray[np.float64]]) -> float:
        return float(np.mean([row.quotes[int(np.argmax(rank(row)))] for row in asked]))

    figures = {
        "searched: answerable questions": float(len(asked)),
        "searched: success@12 of the retriever": float(
            np.mean([row.retrieved.any() for row in asked])
        ),
        "searched: success@1 of the retriever": success(lambda row: row.scores),
        "searched: success@1 of relevance": success(lambda row: row.relevance),
    }
    for weight in _RELEVANCE_WEIGHTS:
        name = f"searched: success@1 of retriever + {weight} × relevance"

        def both(row: Searched, weight: float = weight) -> NDArray[np.float64]:
            return row.scores + weight * row.relevance

        figures[name] = success(both)
        figures[name.replace("success", "quote success")] = quote(both)
    figures["searched: quote success@1 of relevance"] = quote(lambda row: row.relevance)
    figures["searched: quote success@1 of the best sentence of all"] = float(
        np.mean([row.best_quote for row in asked])
    )
    answerable = [row.answerable for row in rows if len(row.scores)]
    if len(set(answerable)) == 2:
        figures["searched: AUROC of the best relevance"] = float(
            roc_auc_score(answerable, [row.relevance.max() for row in rows if len(row.scores)])
        )
    return figures


def normal(text: str) -> str:
    """As the official script compares answers: no case, punctuation, article or extra space."""
    return " ".join(_ARTICLE.sub(" ", text.lower().translate(_UNPUNCTUATED)).split())


def f1_of(said: str, wanted: str) -> float:
    a, b = normal(said).split(), normal(wanted).split()
    shared = sum((Counter(a) & Counter(b)).values())
    if not a or not b:
        return float(a == b)
    return 2 * shared / (len(a) + len(b)) if shared else 0.0
