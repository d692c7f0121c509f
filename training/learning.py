"""The evidence step from data to a ranking (`retriever/rankings/`), and what it reaches.

Plain weights are learned on SQuAD's training articles and two other sets. Those for sentences read
by the reader are learned on development data alone: on what the reader was trained with it is
surer than it will ever be again. Their quality is therefore cross-validated.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np

from answerer.reader import Reader
from errors import ModelError
from index.embedder import load_embedder
from retriever.ranking import RANKINGS, Weights, ranking_for, write_ranking
from training.articles import articles_of
from training.evidence import Quality, learn, quality
from training.examples import Example, examples_of, examples_of_collection

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_QUESTIONS = ROOT / "evaluation" / "questions" / "gdr-1963.jsonl"

UNANSWERABLE = 1 / 3
"""Share of the development questions without an answer: half near misses, half foreign."""

DEFAULT_COPIES = 4
"""How often each question about the default document counts: they are few, and paraphrase more."""

MOST, MOST_READ = 400, 200
"""Questions of an article that are asked; fewer where the reader reads them, which takes longer."""

LEAST_PARAGRAPHS = 12
"""Of an article that is learned from; a shorter one leaves nothing to search in."""

FOLDS = 5
_SEED = 1963


def learn_ranking(data: Path, *, with_reader: bool, folder: Path = RANKINGS) -> Iterator[str]:
    """Writes what was learned with the built-in models; yields lines that say what it reaches.

    Raises ModelError if there is no reader to learn weights for.
    """
    reader = _reader() if with_reader else None
    embedder = load_embedder()
    articles = articles_of(data, "squad", "dev")
    most = MOST_READ if reader else MOST
    squad = _mixed(list(examples_of(articles, embedder, reader=reader, most=most)))
    default = examples_of_collection(
        ROOT / "documents", DEFAULT_QUESTIONS, embedder, reader=reader, split="dev"
    )
    development = squad + default * DEFAULT_COPIES
    training = development
    if reader is None:
        training = []
        for source in ("squad", "newwiki", "fairytale_train"):
            long = [
                each for each in articles_of(data, source) if each.n_paragraphs >= LEAST_PARAGRAPHS
            ]
            training += examples_of(long, embedder, reader=None, most=MOST)
    weights = learn(training, development, with_reader=with_reader)
    name = f"{embedder.name}-reader" if reader else embedder.name
    ranking = ranking_for(embedder, reader.sha256 if reader else None)
    write_ranking(replace(ranking, weights=weights), folder / f"{name}.json")
    yield f"{name}: not found below {weights.not_found:.3f}, margin {weights.margin:.2f}"
    for what, of in (("SQuAD dev articles", squad), ("default document, dev", default)):
        reached = _cross_validated(squad, default, of) if reader else None
        yield f"{what}: {_line(reached or quality(weights, of))}"
    yield from _heaviest(weights)


def _reader() -> Reader:
    try:
        return Reader.load()
    except ModelError as error:
        raise ModelError(error.what, "Train it first: python -m training -h") from error


def _mixed(examples: Sequence[Example]) -> list[Example]:
    """All answerable ones, and of the others what makes their share UNANSWERABLE."""
    by_origin: dict[str, list[Example]] = {"answerable": [], "impossible": [], "elsewhere": []}
    for example in examples:
        by_origin[example.origin].append(example)
    n = round(len(by_origin["answerable"]) * UNANSWERABLE / (1 - UNANSWERABLE) / 2)
    dice = random.Random(_SEED)
    mixed = by_origin["answerable"]
    for origin in ("impossible", "elsewhere"):
        mixed += dice.sample(by_origin[origin], min(n, len(by_origin[origin])))
    return mixed


def _cross_validated(
    squad: Sequence[Example], default: Sequence[Example], of: Sequence[Example]
) -> Quality:
    """The mean quality on `of` (one of the two), each fold judged by what the others taught."""
    wanted, copied = {id(each) for each in of}, {id(each) for each in default}
    rows = [*squad, *default]
    random.Random(_SEED).shuffle(rows)
    reached = []
    for fold in range(FOLDS):
        taught = [each for place, each in enumerate(rows) if place % FOLDS != fold]
        taught += [each for each in taught if id(each) in copied] * (DEFAULT_COPIES - 1)
        judged = [each for each in rows[fold::FOLDS] if id(each) in wanted]
        reached.append(quality(learn(taught, taught, with_reader=True), judged))
    sizes = [each.n for each in reached]
    _, *means = np.average([astuple(each) for each in reached], axis=0, weights=sizes)
    return Quality(sum(sizes), *map(float, means))


def _line(reached: Quality) -> str:
    return (
        f"{reached.n} questions, first quote right {reached.right:.3f}, "
        f"AUROC answerable {reached.auroc:.3f}, right {reached.auroc_right:.3f}; "
        f"refused {reached.refused:.3f} of the answerable, "
        f"answered {reached.answered_wrongly:.3f} of the others"
    )


def _heaviest(weights: Weights, n: int = 12) -> Iterator[str]:
    for what, model in (("sentence", weights.sentence), ("answer", weights.answer)):
        pairs = sorted(zip(model.weights, model.features, strict=True), key=lambda p: -abs(p[0]))
        yield f"{what}: " + ", ".join(f"{name} {weight:+.2f}" for weight, name in pairs[:n])
