"""How sure an answer is, learned from questions whose answers are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from answerer.extractive import ExtractiveAnswerer
from errors import QuestionError, SettingError
from evaluation.formats.question_files import read_questions
from evaluation.measures.quotes import quote_success
from evaluation.question import Documents, Question
from retriever.ranking import Ranking, Weights

REFUSED = 0.02
"""Share of the development questions with a right first quote that may be refused all the same.

Where that quote would be wrong, refusing is better, even if the documents answer elsewhere.
"""

FEWEST = 10
"""Right first quotes, and as many wrong ones, that a slope and an intercept are learned from."""


def recalibrated(
    weights: Weights, log_odds: NDArray[np.float64], right: NDArray[np.bool_]
) -> Weights:
    """The same order; slope, intercept (Platt, 1999) and threshold as these questions have them.

    `log_odds`: what the weights gave each question, `right`: whether its first quote was.
    """
    from sklearn.linear_model import LogisticRegression

    platt = LogisticRegression(C=1e6).fit(log_odds[:, None], right)
    slope, intercept = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    answer = replace(
        weights.answer,
        weights=tuple(round(slope * weight, 5) for weight in weights.answer.weights),
        bias=slope * weights.answer.bias + intercept,
    )
    confidences = 1 / (1 + np.exp(-(slope * log_odds + intercept)))
    threshold = float(np.quantile(confidences[right], REFUSED))
    return replace(weights, answer=answer, not_found=round(threshold, 4))


def development_questions(files: Iterable[Path], documents: Documents) -> Sequence[Question]:
    """The split dev of the first file that is about these documents and has enough of it."""
    for path in files:
        with suppress(QuestionError):
            questions = read_questions(path, documents).of_split("dev").questions
            if sum(question.answerable for question in questions) >= 2 * FEWEST:
                return questions
    return ()


def calibrated_on(
    questions: Sequence[Question],
    answerer: ExtractiveAnswerer,
    *,
    progress: Callable[[int], object] = lambda n: None,
) -> Ranking:
    """The answerer's ranking, sure of its answers as it may be on these questions.

    Raises SettingError where they are too few to tell.
    """
    ranking = answerer.retriever.ranking
    if ranking.weights is None:
        return ranking
    talkative = replace(ranking, weights=replace(ranking.weights, not_found=0.0))
    asked = ExtractiveAnswerer.build(
        answerer.retriever, answerer.reader, ranking=talkative, mode=answerer.mode
    )
    confidences, right = [], []
    for n_done, question in enumerate(questions, start=1):
        answer = asked.quote_answer(question.query.text)
        confidences.append(answer.confidence or 0.0)
        right.append(question.answerable and quote_success(answer, question, k=1) == 1)
        progress(n_done)
    if min(sum(right), len(right) - sum(right)) < FEWEST:
        raise SettingError(
            "What is tried is shown only when it is calibrated, and there are too few development "
            f"questions for that ({len(questions)}).",
            f"Give a file with the split dev: of {2 * FEWEST} questions that the documents answer, "
            "some must be answered rightly, and some wrongly.",
        )
    chances = np.clip(np.array(confidences), 1e-9, 1 - 1e-9)
    weights = recalibrated(ranking.weights, np.log(chances / (1 - chances)), np.array(right))
    return replace(ranking, weights=weights)
