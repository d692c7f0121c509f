"""Ways to make one ranking of two: which is best on the training and development articles?

The answerable questions of SQuAD's `train` and `dev` articles against all its paragraphs. The
`test` articles are left for the report.
"""

from __future__ import annotations

import gzip
import json
import math
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from errors import SettingError

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
    from index.build import build_index
    from index.embedder import load_embedder
    from index.storage.passage_index import PassageIndex
    from retriever.hybrid import MODES, Retriever
    from retriever.lexical import weighted_terms

    embedder = load_embedder()
    with tempfile.TemporaryDirectory() as scratch:
        documents = Path(scratch) / "documents"
        documents.mkdir()
        questions = _squad(data, documents, splits)
        build_index(documents, Path(scratch) / "index", embedder=embedder)
        retriever = Retriever(PassageIndex.load(Path(scratch) / "index"), embedder)
        ranks: dict[str, list[int]] = {name: [] for name in (*MODES, *LISTS)}
        for text, wanted in questions:
            for mode in MODES:
                hits = retriever.retrieve(text, k=DEPTH, mode=mode)
                ranks[mode].append(_rank([h.passage.document.document_id for h in hits], wanted))
            parsed = retriever.parse(text)
            near = dict(retriever.index.vectors.nearest(parsed.vector[None], k=DEPTH)[0])
            worded = dict(retriever.index.lexical.matching(weighted_terms(parsed.asked), k=DEPTH))
            for name, way in LISTS.items():
                fused = way(near, worded) if near and worded else {**near, **worded}
                keys = sorted(fused, key=lambda key: -fused[key])
                passages = retriever.index.texts.passages(keys)
                ids = [passage.document.document_id for passage in passages]
                ranks[name].append(_rank(ids, wanted))
    return {"n_questions": len(questions), "splits": splits, **{k: _means(ranks[k]) for k in ranks}}


def table(measured: dict[str, Any]) -> Iterator[str]:
    names = {
        "dense": "vectors alone",
        "lexical": "words alone (BM25)",
        "hybrid": "**weighted sum of scores (kept)**",
    }
    articles = " and ".join(measured["splits"])
    yield f"{measured['n_questions']:,} questions of the {articles} articles"
    yield ""
    yield "| | success@1 | success@5 | nDCG@10 |"
    yield "|---|---|---|---|"
    for name in ("dense", "lexical", *LISTS, "hybrid"):
        shown = " | ".join(f"{value:.3f}" for value in measured[name])
        yield f"| {names.get(name, name)} | {shown} |"


def _squad(data: Path, out: Path, splits: tuple[str, ...]) -> list[tuple[str, str]]:
    """Writes the paragraphs into `out`; returns question and id of its paragraph."""
    try:
        corpus = gzip.decompress((data / "squad" / "corpus.jsonl.gz").read_bytes())
        queries = gzip.decompress((data / "squad" / "queries.jsonl.gz").read_bytes())
        split = json.loads((data / "squad" / "split.json").read_bytes())
    except OSError as error:
        raise SettingError(
            f"The test data {data}/squad cannot be read ({error.strerror}).",
            "Name the folder that holds squad/ with --data.",
        ) from error
    (out / "corpus.jsonl").write_bytes(corpus)
    titles = {title.replace("_", " ") for name in splits for title in split[name]}
    rows = [json.loads(line) for line in corpus.splitlines()]
    wanted = {row["_id"] for row in rows if row["title"].replace("_", " ") in titles}
    asked = [json.loads(line) for line in queries.splitlines()]
    return [
        (each["text"], each["source_passage"])
        for each in asked
        if each["answerable"] and each["source_passage"] in wanted
    ]


def _rank(document_ids: list[str], wanted: str) -> int:
    """Of the wanted document, each counted by its best passage; 0 where it is not there."""
    ids = list(dict.fromkeys(document_ids))
    return ids.index(wanted) + 1 if wanted in ids else 0


def _means(ranks: list[int]) -> tuple[float, float, float]:
    n = len(ranks)
    return (
        sum(rank == 1 for rank in ranks) / n,
        sum(0 < rank <= 5 for rank in ranks) / n,
        sum(1 / math.log2(1 + rank) for rank in ranks if 0 < rank <= 10) / n,
    )
