"""The words of passages on disk: BM25 (k1 1.2, b 0.75) over two fields, by tantivy.

Chosen over SQLite FTS5 by measurement (`benchmarks/words.py`): equal quality, and at a million
passages 14 ms a question against 1.8 s, because disjunctions are cut short (block-max WAND).
Terms come folded and stemmed from `folding`; tantivy only splits them at spaces.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import tantivy

from errors import SettingError

HEADING_WEIGHT = 0.5
"""Of a term in the title or heading, against one in the body."""

LOCK_FILES = ".tantivy-*.lock"
"""Made beside the words by whoever reads or writes them; not part of them."""

_WRITER_MEMORY = 64_000_000  # bytes, before a segment is written out


class Words:
    """The read side; safe from many threads."""

    def __init__(self, folder: Path) -> None:
        self._linked: tempfile.TemporaryDirectory[str] | None = None
        if not os.access(folder, os.W_OK):
            # tantivy makes a lock file even to read: give it a writable folder of links instead
            self._linked = tempfile.TemporaryDirectory(prefix="docent-words-")
            for path in folder.iterdir():
                if not path.match(LOCK_FILES):
                    Path(self._linked.name, path.name).symlink_to(path.resolve())
            folder = Path(self._linked.name)
        index = tantivy.Index.open(str(folder))
        index.config_reader("manual")  # a generation never changes: no thread to watch it
        self._schema = index.schema
        self._searcher = index.searcher()

    def matching(
        self,
        weighted_terms: Mapping[str, float],
        *,
        k: int,
        body_weight: float = 1.0,
        heading_weight: float = HEADING_WEIGHT,
    ) -> list[tuple[int, float]]:
        """The `k` best (passage key, BM25), best first, equal ones by key."""
        query = self._query(weighted_terms, body_weight, heading_weight)
        return self._search(query, k) if query and k > 0 else []

    def bm25(
        self,
        weighted_terms: Mapping[str, float],
        keys: Sequence[int],
        *,
        body_weight: float = 1.0,
        heading_weight: float = HEADING_WEIGHT,
    ) -> dict[int, float]:
        """The score that `matching` would give each of `keys`; 0 where no term occurs."""
        scores = dict.fromkeys(keys, 0.0)
        query = self._query(weighted_terms, body_weight, heading_weight)
        if query and keys:
            among = tantivy.Query.term_set_query(self._schema, "key", list(scores))
            unscored = tantivy.Query.const_score_query(among, 0.0)
            both = [(tantivy.Occur.Must, query), (tantivy.Occur.Must, unscored)]
            scores |= self._search(tantivy.Query.boolean_query(both), len(scores))
        return scores

    def close(self) -> None:
        if self._linked:
            self._linked.cleanup()

    def _query(
        self, weighted_terms: Mapping[str, float], body_weight: float, heading_weight: float
    ) -> tantivy.Query | None:
        weights = {"body": body_weight, "heading": heading_weight}
        parts = [
            (tantivy.Occur.Should, self._term(field, term, field_weight * weight))
            for term, weight in weighted_terms.items()
            for field, field_weight in weights.items()
            if field_weight * weight > 0
        ]
        return tantivy.Query.boolean_query(parts) if parts else None

    def _term(self, field: str, term: str, weight: float) -> tantivy.Query:
        query = tantivy.Query.term_query(self._schema, field, term, "freq")
        return tantivy.Query.boost_query(query, weight)

    def _search(self, query: tantivy.Query, k: int) -> list[tuple[int, float]]:
        found = self._searcher.search(query, k, count=False).hits
        keys = self._searcher.fast_field_values("key", [address for _, address in found])
        hits = [(int(key or 0), float(score)) for key, (score, _) in zip(keys, found, strict=True)]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))


def write_words(
    folder: Path, *, removed: Iterable[int], added: Iterable[tuple[int, str, str]]
) -> None:
    """Takes out passages by key, then puts in (key, heading terms, body terms), made if missing.

    Terms are joined by spaces. Raises SettingError where the disk does not take it.
    """
    folder.mkdir(exist_ok=True)
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("key", indexed=True, fast=True)
    for field in ("heading", "body"):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    schema = builder.build()
    try:
        index = tantivy.Index(schema, path=str(folder))
        writer = index.writer(heap_size=_WRITER_MEMORY, num_threads=1)
        gone = list(removed)
        if gone:  # by a query: deletion by term takes no unsigned number
            writer.delete_documents_by_query(tantivy.Query.term_set_query(schema, "key", gone))
        for key, heading, body in added:
            entry = {"key": key, "heading": heading, "body": body}
            writer.add_document(tantivy.Document.from_dict(entry, schema))
        writer.commit()
        writer.wait_merging_threads()
    except ValueError as error:  # tantivy's only error type
        raise SettingError(
            f"The words of the index cannot be written to {folder} ({error}).",
            "Free some space or mend the folder's permissions, then run it again.",
        ) from error
    for lock in folder.glob(LOCK_FILES):
        lock.unlink()
