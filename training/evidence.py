"""Learns the weights of a ranking: how sentences are scored, and how sure a score makes us.

Two models, each linear in the features, so that a person can read them. Sentences: listwise
softmax over all sentences of a question ("ListNet" with one wanted item, Cao et al., ICML 2007),
on the answerable questions. Confidence: logistic regression on the best sentence of answerable,
unanswerable and foreign questions alike, then its slope and intercept fitted again (Platt, 1999)
on development data, where also the threshold is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from answerer.sentence_ranking import answer_features, describe_answer, sentence_features
from evaluation.calibration import recalibrated
from retriever.ranking import Linear, Weights
from training.examples import Example

SEVERAL = 1 / 3
"""Share of the answerable development questions that may get more than one quote."""

_RIDGE = 1e-3
_LEAST_SPREAD = 0.05
"""A feature that hardly varies in training must not weigh more for it."""
_IMPOSSIBLE_WEIGHT = 0.5
"""Of a question written to have no answer, against one about something else."""

Table = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Quality:
    """On development questions. `right`: the best sentence holds an answer, of the answerable."""

    n: int
    right: float
    auroc: float
    auroc_right: float
    refused: float
    answered_wrongly: float


def learn(
    training: Sequence[Example], development: Sequence[Example], *, with_reader: bool
) -> Weights:
    """`development` must hold the mixture of questions that is to be expected."""
    features = sentence_features(with_reader=with_reader)
    sentence = _learn_sentences([each for each in training if each.holds.any()], features)
    described, right = _described(training, sentence)
    importance = [_IMPOSSIBLE_WEIGHT if each.origin == "impossible" else 1.0 for each in training]
    mean, scale = _standard(described)
    model = LogisticRegression(C=0.1, max_iter=2_000)
    model.fit((described - mean) * scale, right, sample_weight=importance)
    answer = Linear(
        answer_features(features),
        _numbers(mean),
        _numbers(scale),
        _numbers(model.coef_[0]),
        float(model.intercept_[0]),
    )
    described, right = _described(development, sentence)
    answerable = np.array([each.origin == "answerable" for each in development])
    leads = described[answerable, answer.features.index("lead")]
    margin = max(float(np.quantile(leads, SEVERAL)), 0.0)
    weights = Weights(sentence, answer, not_found=0.0, margin=round(margin, 4))
    return recalibrated(weights, answer(described), right)


def quality(weights: Weights, examples: Sequence[Example]) -> Quality:
    described, right = _described(examples, weights.sentence)
    confidence = 1 / (1 + np.exp(-weights.answer(described)))
    answerable = np.array([each.origin == "answerable" for each in examples])
    return Quality(
        n=len(examples),
        right=float(right[answerable].mean()),
        auroc=float(roc_auc_score(answerable, confidence)) if not answerable.all() else 1.0,
        auroc_right=float(roc_auc_score(right, confidence)),
        refused=float((confidence[answerable] < weights.not_found).mean()),
        answered_wrongly=float((confidence[~answerable] >= weights.not_found).mean()),
    )


def _learn_sentences(examples: Sequence[Example], features: tuple[str, ...]) -> Linear:
    table = np.concatenate([each.features for each in examples])
    mean, scale = _standard(table)
    standard = (table - mean) * scale
    holds = np.concatenate([each.holds for each in examples])
    starts = np.cumsum([0, *(len(each.holds) for each in examples)])[:-1]
    counts = np.array([len(each.holds) for each in examples])

    def loss(weights: Table) -> tuple[float, Table]:
        scores = standard @ weights
        top = np.maximum.reduceat(scores, starts)
        raised = np.exp(scores - np.repeat(top, counts))
        all_mass = np.add.reduceat(raised, starts)
        held_mass = np.add.reduceat(raised * holds, starts)
        share = raised / np.repeat(all_mass, counts)
        held = raised * holds / np.repeat(held_mass, counts)
        value = -np.log(held_mass / all_mass).mean() + _RIDGE * (weights @ weights)
        slope = standard.T @ (share - held) / len(examples) + 2 * _RIDGE * weights
        return float(value), slope

    weights: Table = minimize(loss, np.zeros(len(features)), jac=True, method="L-BFGS-B").x
    return Linear(features, _numbers(mean), _numbers(scale), _numbers(weights), 0.0)


def _described(examples: Sequence[Example], sentence: Linear) -> tuple[Table, NDArray[np.bool_]]:
    """Of each question: its answer features, and whether its best sentence holds an answer."""
    rows, right = [], []
    for each in examples:
        scores = sentence(each.features)
        rows.append(
            describe_answer(each.features, scores, unknown=each.unknown, n_asked=each.n_asked)
        )
        right.append(bool(each.holds[int(np.argmax(scores))]))
    return np.array(rows), np.array(right)


def _standard(table: Table) -> tuple[Table, Table]:
    """Mean of each column and the factor that gives it a standard deviation of 1."""
    return table.mean(axis=0), 1 / np.maximum(table.std(axis=0), _LEAST_SPREAD)


def _numbers(values: Table) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)
