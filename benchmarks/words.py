"""Which store should hold the words: SQLite FTS5 or tantivy? Quality and speed, small and large.

    python benchmarks/words.py DATA [--passages 1000000] [--update 1000]

DATA is a folder with `squad/` and `train/`. Quality: the answerable questions of SQuAD's training
articles against all its paragraphs, each question's distinct terms with equal weight, so that
common words count in full (the slowest case for both). Speed: made-up passages of seven sentences
drawn from all paragraphs, whose terms follow the frequencies of real text.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import tantivy

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from index.text.folding import terms_of

Row = tuple[int, str, str]  # key, terms of the heading, terms of the body (joined by spaces)
HEADING_WEIGHT = 0.5
SENTENCES = 7  # a passage; with these sentences about 110 words, as SQuAD's paragraphs have
SEED = 7


class Fts5Words:
    """A contentless table, one thread, BM25 by FTS5's own function. Removal needs the old words."""

    def __init__(self, folder: Path) -> None:
        self.database = sqlite3.connect(folder / "words.sqlite")
        self.database.execute("PRAGMA synchronous=OFF")
        self.database.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5("
            "heading, body, content='', tokenize=\"unicode61 remove_diacritics 0\")"
        )

    def add(self, rows: Iterable[Row]) -> None:
        self.database.executemany("INSERT INTO words(rowid, heading, body) VALUES (?,?,?)", rows)
        self.database.commit()

    def remove(self, rows: Iterable[Row]) -> None:
        self.database.executemany(
            "INSERT INTO words(words, rowid, heading, body) VALUES ('delete', ?,?,?)", rows
        )
        self.database.commit()

    def matching(self, terms: Sequence[str], k: int) -> list[int]:
        question = " OR ".join(f'"{term}"' for term in terms)
        found = self.database.execute(
            f"SELECT rowid FROM words WHERE words MATCH ? AND rank MATCH 'bm25({HEADING_WEIGHT},1)'"
            " ORDER BY rank LIMIT ?",
            (question, k),
        )
        return [key for (key,) in found]


class TantivyWords:
    """One writing thread, frequencies without positions; block-max WAND cuts disjunctions short."""

    def __init__(self, folder: Path) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("key", indexed=True, fast=True)
        for field in ("heading", "body"):
            builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
        self.schema = builder.build()
        self.index = tantivy.Index(self.schema, path=str(folder))
        self.index.config_reader("manual")
        self.searcher = self.index.searcher()

    def add(self, rows: Iterable[Row]) -> None:
        self._write(added=rows)

    def remove(self, rows: Iterable[Row]) -> None:
        self._write(removed=(key for key, _, _ in rows))

    def _write(self, added: Iterable[Row] = (), removed: Iterable[int] = ()) -> None:
        writer = self.index.writer(heap_size=128_000_000, num_threads=1)
        for key in removed:
            writer.delete_documents_by_term("key", key)
        for key, heading, body in added:
            entry = {"key": key, "heading": heading, "body": body}
            writer.add_document(tantivy.Document.from_dict(entry, self.schema))
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        self.searcher = self.index.searcher()

    def matching(self, terms: Sequence[str], k: int) -> list[int]:
        query, occur = tantivy.Query, tantivy.Occur.Should
        parts = []
        for term in terms:
            body = query.term_query(self.schema, "body", term, "freq")
            heading = query.term_query(self.schema, "heading", term, "freq")
            parts += [(occur, body), (occur, query.boost_query(heading, HEADING_WEIGHT))]
        found = self.searcher.search(query.boolean_query(parts), k, count=False).hits
        addresses = [address for _, address in found]
        return [int(key or 0) for key in self.searcher.fast_field_values("key", addresses)]


STORES: dict[str, Any] = {"SQLite FTS5": Fts5Words, "tantivy": TantivyWords}


def joined_terms(text: str) -> str:
    return " ".join(terms_of(text))


def squad(data: Path) -> tuple[list[Row], list[tuple[list[str], int]]]:
    """All paragraphs as rows, and the answerable questions of the training articles."""
    rows: list[Row] = []
    keys: dict[str, int] = {}
    training: set[str] = set(json.loads((data / "squad/split.json").read_text())["train"])
    wanted: set[str] = set()
    with gzip.open(data / "squad/corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        for key, line in enumerate(lines, start=1):
            entry = json.loads(line)
            rows.append((key, joined_terms(entry["title"]), joined_terms(entry["text"])))
            keys[entry["_id"]] = key
            if entry["title"].replace(" ", "_") in training:
                wanted.add(entry["_id"])
    questions = []
    with gzip.open(data / "squad/queries.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            if entry["answerable"] and entry["source_passage"] in wanted:
                terms = list(dict.fromkeys(terms_of(entry["text"])))
                questions.append((terms, keys[entry["source_passage"]]))
    return rows, questions


def sentences_of(data: Path) -> list[str]:
    """Every sentence of SQuAD and of the training sets, as its terms joined by spaces."""
    texts: list[str] = []
    with gzip.open(data / "squad/corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts += [json.loads(line)["text"] for line in lines]
    for path in sorted((data / "train").glob("*.json.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for article in json.load(file)["data"]:
                texts += [paragraph["context"] for paragraph in article["paragraphs"]]
    found = (sentence for text in texts for sentence in re.split(r"(?<=[.!?])\s+", text))
    return [terms for terms in map(joined_terms, dict.fromkeys(found)) if terms]


def made_up(sentences: Sequence[str], first: int, n: int) -> Iterator[Row]:
    dice = random.Random(SEED + first)
    for key in range(first, first + n):
        drawn = dice.choices(sentences, k=SENTENCES)
        yield key, " ".join(drawn[0].split()[:4]), " ".join(drawn)


def quality(store: Any, questions: Sequence[tuple[list[str], int]]) -> tuple[float, float]:
    """success@1 and nDCG@10, one relevant paragraph each."""
    ranks = []
    for terms, wanted in questions:
        found = store.matching(terms, 10)
        ranks.append(found.index(wanted) + 1 if wanted in found else math.inf)
    return (
        sum(rank == 1 for rank in ranks) / len(ranks),
        sum(1 / math.log2(1 + rank) for rank in ranks) / len(ranks),
    )


def query_ms(store: Any, questions: Sequence[tuple[list[str], int]]) -> tuple[float, float]:
    """Median and 95th percentile for ten hits, milliseconds, one thread."""
    times = []
    for terms, _ in questions:
        started = time.perf_counter()
        store.matching(terms, 10)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def seconds(action: Any, *arguments: Any) -> float:
    started = time.perf_counter()
    action(*arguments)
    return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path, help="folder with squad/ and train/")
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--update", type=int, default=1_000, help="passages replaced at the end")
    chosen = parser.parse_args()
    missing = [name for name in ("squad", "train") if not (chosen.data / name).is_dir()]
    if missing:
        print(
            f"{chosen.data} has no folder {' and '.join(missing)}. Name the folder of the test "
            "data: python benchmarks/words.py DATA",
            file=sys.stderr,
        )
        return 1
    rows, questions = squad(chosen.data)
    asked = random.Random(SEED).sample(questions, 50)
    sentences = sentences_of(chosen.data)
    print(
        "| store | passages | success@1 | nDCG@10 | query p50/p95 ms | passages/s added "
        "| replace and commit, s | MB |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, store_type in STORES.items():
        for n in (len(rows), 2_000, chosen.passages):
            with tempfile.TemporaryDirectory() as folder:
                store = store_type(Path(folder))
                added = iter(rows) if n == len(rows) else made_up(sentences, 1, n)
                rate = n / seconds(store.add, added)
                measures = quality(store, questions) if n == len(rows) else None
                p50, p95 = query_ms(store, asked)
                replaced = list(made_up(sentences, 1, chosen.update)) if not measures else []
                took = seconds(store.remove, replaced) + seconds(
                    store.add, made_up(sentences, n + 1, len(replaced))
                )
                size = sum(path.stat().st_size for path in Path(folder).rglob("*")) / 1e6
                shown = "{:.3f} | {:.3f}".format(*measures) if measures else "– | –"
                print(
                    f"| {name} | {n:,} | {shown} | {p50:.2f} / {p95:.2f} | {rate:,.0f} "
                    f"| {took:.2f} | {size:,.1f} |",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
