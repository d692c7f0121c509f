"""Ways to make one ranking of two: which is best on the training and development articles?

The answerable questions of SQuAD's `train` and `dev` articles against all its paragraphs. The
`test` articles are left for the report.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.sources import markdown_table, squad_file
from evaluation.formats.squad import corpus_of_squad, read_squad
from index.embedder import load_embedder
from retriever.hybrid import MODES, Retriever
from retriever.lexical import weighted_terms
from training.examples import indexed

DEPTH = 100
RANK_CONSTANT = 60  # of Cormack, Clarke & Büttcher, SIGIR 2009

Scores = Mapping[int, float]


def reciprocal_rank(near: Scores, worded: Scores) -> dict[int, float]:
    fused: dict[int, float] = {}
    for scores in (near, worded):
        for rank, key in enumerate(sorted(scores, key=lambda key: -scores[key]), start=1):
            fused[key] = fused.get(key, 0.0) + 1 / (RANK_CONSTANT + rank)
    return fused


def scaled_to_one(near: Scores, worded: Scores) -> dict[int, float]:
    """Each list scaled to 0–1, equal weights; what a list lacks is its 0."""
    fused: dict[int, float] = {}
    for scores in (near, worded):
        low, high = min(scores.values()), max(scores.values())
        for key, score in scores.items():
            fused[key] = fused.get(key, 0.0) + (score - low) / ((high - low) or 1.0)
    return fused


LISTS: dict[str, Callable[[Scores, Scores], dict[int, float]]] = {
    "reciprocal rank fusion": reciprocal_rank,
    "each list scaled to 0–1": scaled_to_one,
}


def measure(data: Path, *, splits: tuple[str, ...] = ("train", "dev")) -> dict[str, Any]:
    """For each way: success@1, success@5, nDCG@10 (one relevant paragraph a question)."""
    squad = squad_file(data)
    questions = [each for each in read_squad(squad) if each.answerable and each.split in splits]
    with tempfile.TemporaryDirectory() as scratch:
        corpus_of_squad(squad, Path(scratch) / "documents")
        retriever = indexed(Path(scratch) / "documents", Path(scratch) / "index", load_embedder())
        ranks: dict[str, list[int]] = {name: [] for name in (*MODES, *LISTS)}
        for question in questions:
            wanted = question.query.evidence[0].document_id
            for name, document_ids in _rankings(retriever, question.query.text):
                # each document counts by its best passage; 0 where the wanted one is not there
                ids = list(dict.fromkeys(document_ids))
                ranks[name].append(ids.index(wanted) + 1 if wanted in ids else 0)
    return {"n_questions": len(questions), "splits": splits, **{k: _means(ranks[k]) for k in ranks}}


def _rankings(retriever: Retriever, question: str) -> Iterator[tuple[str, list[str]]]:
    """The documents' ids as each way ranks their passages."""
    for mode in MODES:
        hits = retriever.retrieve(question, k=DEPTH, mode=mode)
        yield mode, [hit.passage.document.document_id for hit in hits]
    parsed, index = retriever.parse(question), retriever.index
    near = dict(index.vectors.nearest(parsed.vector[None], k=DEPTH)[0])
    worded = dict(index.lexical.matching(weighted_terms(parsed.asked), k=DEPTH))
    for name, way in LISTS.items():
        fused = way(near, worded) if near and worded else {**near, **worded}
        passages = index.texts.passages(sorted(fused, key=lambda key: -fused[key]))
        yield name, [passage.document.document_id for passage in passages]


def table(measured: dict[str, Any]) -> Iterator[str]:
    names = {
        "dense": "vectors alone",
        "lexical": "words alone (BM25)",
        "hybrid": "**weighted sum of scores (kept)**",
    }
    splits = " and ".join(measured["splits"])
    yield f"{measured['n_questions']:,} questions of the {splits} articles"
    yield ""
    rows = [
        [names.get(name, name), *(f"{value:.3f}" for value in measured[name])]
        for name in ("dense", "lexical", *LISTS, "hybrid")
    ]
    yield from markdown_table(["", "success@1", "success@5", "nDCG@10"], rows)


def _means(ranks: list[int]) -> tuple[float, float, float]:
    n = len(ranks)
    return (
        sum(rank == 1 for rank in ranks) / n,
        sum(0 < rank <= 5 for rank in ranks) / n,
        sum(1 / math.log2(1 + rank) for rank in ranks if 0 < rank <= 10) / n,
    )
