"""How well a reader reads, on SQuAD's development articles (never its test articles).

Passage given: the official measures of SQuAD 2.0, and F1 of the words on what has an answer.
Passage searched: what `python -m evaluation` says of answers that are ranked by this reader.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from answerer.reader import Reader
from datatypes import Document, Passage, Span
from evaluation.evaluate import evaluate
from evaluation.measures.quotes import exact_match, f1
from evaluation.request import Request
from evaluation.trial import Trial
from index.text.chunker import sentences_of
from training.articles import SQUAD, Article, Asked, articles_of

_SEED = 1963
_SPAN_WEIGHTS = (0.0, 0.1, 0.25, 0.5)
"""Of the span's score beside relevance, for "there is no answer"."""


def given(data: Path, folder: Path, n_questions: int) -> dict[str, float]:
    """Measures by name; a fraction unless it is a number of questions."""
    articles = articles_of(data, "squad", "dev")
    questions = [(article, asked) for article in articles for asked in article.questions]
    chosen = random.Random(_SEED).sample(questions, min(n_questions, len(questions)))
    return figures_of(read(Reader.load(folder), chosen))


def searched(data: Path, folder: Path) -> dict[str, float]:
    """The measures of all questions, asked of all paragraphs, by run and name."""
    trial = Trial(reader=folder)
    request = Request(data / SQUAD, split="dev", modes=("hybrid", "answer"), trial=trial)
    runs = evaluate(request).report.runs
    return {f"{run.name}: {each.measure}": each.value for run in runs for each in run.figures}


def read(reader: Reader, questions: Sequence[tuple[Article, Asked]]) -> NDArray[np.float64]:
    """Each question asked of its own paragraph, cut into sentences as an index does.

    A row for each: whether it has an answer, F1 and exactness of the best span, were it given, the
    logits of relevance and of that span, and whether the best sentence holds an answer.
    """
    rows = []
    for article, asked in tqdm(questions, desc="passage given", file=sys.stderr):
        text, shift = asked.place.of(article.text), asked.place.start
        document = Document("given", article.title, text)
        sentences = sentences_of(document)
        passage = Passage(document, Span(sentences[0].start, sentences[-1].end), None, sentences)
        (output,) = reader.read_passages(asked.text, [passage])
        span, score = max(output.best, key=lambda best: best[1])
        answers = [Span(answer.start - shift, answer.end - shift) for answer in asked.answers]
        wordings, best = [answer.of(text) for answer in answers], span.of(text)
        sentence = passage.sentences[int(np.argmax(output.sentences))]
        holds = any(map(sentence.overlaps, answers))
        measures = f1(best, wordings), exact_match(best, wordings)
        rows.append((bool(answers), *measures, output.relevance, score, holds))
    return np.array(rows, dtype=np.float64)


def figures_of(rows: NDArray[np.float64]) -> dict[str, float]:
    """SQuAD 2.0 with the threshold and weight that are best on these very questions."""
    answerable = rows[:, 0] > 0
    _, f1s, exact, relevance, span, sentence_holds = rows.T
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
