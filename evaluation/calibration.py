"""How sure an answer is, learned from questions whose answers are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from answerer.extractive import ExtractiveAnswerer
from errors import SettingError
from evaluation.measures.quoting import quote_success
from evaluation.question import Question
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
        answer = asked.answer(question.query.text)
        confidences.append(answer.confidence or 0.0)
        right.append(question.answerable and quote_success(answer, question, k=1) == 1)
        progress(n_done)
    if min(sum(right), len(right) - sum(right)) < FEWEST:
        raise SettingError(
            f"A changed ranking is shown only when it is calibrated, and {len(questions)} "
            "development questions are too few for it.",
            f"Give a file with more of the split dev: {FEWEST} that are answered rightly, and "
            f"{FEWEST} that are not.",
        )
    chances = np.clip(np.array(confidences), 1e-9, 1 - 1e-9)
    weights = recalibrated(ranking.weights, np.log(chances / (1 - chances)), np.array(right))
    return replace(ranking, weights=weights)
