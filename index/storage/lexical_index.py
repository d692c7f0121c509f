"""The terms of passages on disk: BM25 (k1 1.2, b 0.75) over two fields, by tantivy.

Chosen over SQLite FTS5 by measurement (CONTRIBUTING.md): equal quality, and at a million passages
14 ms a question against 1.8 s, because disjunctions are cut short (block-max WAND). Terms come
folded and stemmed from `folding`; tantivy only splits them at spaces.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tantivy

from datatypes import Passage
from index.metadata.letterhead import labels_of
from index.text.folding import confusion_key, lexical_text, terms_of

LOCK_FILES = ".tantivy-*.lock"
"""Made beside the terms by whoever reads or writes them; not part of them."""

_FIELD_WEIGHTS = {"body": 1.0, "heading": 0.5}
"""Of a term in the text, and of one in the title or heading."""

_VOCABULARY = "term"
"""The field that holds each of a passage's terms once, wherever it stands."""

_CONFUSED = "confused"
"""The field for those terms that have another `confusion_key`: "key|term"."""

_WRITER_MEMORY = 64_000_000  # bytes, before a segment is written out


class TantivyIndex:
    """A `LexicalIndex` in a folder, for reading; safe from many threads.

    `has_removed`: passages were removed since it was made anew, which tantivy's statistics include.
    """

    def __init__(self, folder: Path, *, has_removed: bool = False) -> None:
        self._has_removed = has_removed
        self._linked: tempfile.TemporaryDirectory[str] | None = None
        if not os.access(folder, os.W_OK):
            # tantivy makes a lock file even to read: give it a writable folder of links instead
            self._linked = tempfile.TemporaryDirectory(prefix="docent-lexical-")
            for path in folder.iterdir():
                if not path.match(LOCK_FILES):
                    Path(self._linked.name, path.name).symlink_to(path.resolve())
            folder = Path(self._linked.name)
        index = tantivy.Index.open(str(folder))
        index.config_reader("manual")  # a generation never changes: no thread to watch it
        self._schema = index.schema
        self._searcher = index.searcher()

    def matching(self, weighted_terms: Mapping[str, float], *, k: int) -> list[tuple[int, float]]:
        query = self._query(weighted_terms)
        return self._search(query, k) if query and k > 0 else []

    def bm25(self, weighted_terms: Mapping[str, float], keys: Sequence[int]) -> dict[int, float]:
        scores = dict.fromkeys(keys, 0.0)
        query = self._query(weighted_terms)
        if query and keys:
            among = tantivy.Query.term_set_query(self._schema, "key", list(scores))
            unscored = tantivy.Query.const_score_query(among, 0.0)
            both = [(tantivy.Occur.Must, query), (tantivy.Occur.Must, unscored)]
            scores |= self._search(tantivy.Query.boolean_query(both), len(scores))
        return scores

    def document_frequency(self, terms: Sequence[str]) -> dict[str, int]:
        return {term: self._n_passages(term) for term in terms}

    def terms_like(self, key: str) -> dict[str, int]:
        beginning = f"{key}|"
        terms = self._searcher.terms_with_prefix(_CONFUSED, beginning)
        like = {term.removeprefix(beginning): n_passages for term, n_passages in terms}
        if key == confusion_key(key) and (n_passages := self._n_passages(key)):
            like[key] = n_passages
        return like

    def terms_beginning(self, prefix: str, *, shortest: int, longest: int) -> dict[str, int]:
        terms = self._searcher.terms_with_prefix(_VOCABULARY, prefix)
        return {term: n for term, n in terms if shortest <= len(term) <= longest}

    def close(self) -> None:
        if self._linked:
            self._linked.cleanup()

    def _n_passages(self, term: str) -> int:
        if not self._has_removed:
            return int(self._searcher.doc_freq(_VOCABULARY, term))
        query = tantivy.Query.term_query(self._schema, _VOCABULARY, term, "basic")
        return int(self._searcher.search(query, 1, count=True).count or 0)

    def _query(self, weighted_terms: Mapping[str, float]) -> tantivy.Query | None:
        parts = []
        for term, weight in weighted_terms.items():
            for field, field_weight in _FIELD_WEIGHTS.items():
                query = tantivy.Query.term_query(self._schema, field, term, "freq")
                weighted = tantivy.Query.boost_query(query, weight * field_weight)
                parts.append((tantivy.Occur.Should, weighted))
        return tantivy.Query.boolean_query(parts) if parts else None

    def _search(self, query: tantivy.Query, k: int) -> list[tuple[int, float]]:
        hits = self._searcher.search(query, k, count=False).hits
        keys = self._searcher.fast_field_values("key", [address for _, address in hits])
        scored = [(int(key or 0), float(score)) for key, (score, _) in zip(keys, hits, strict=True)]
        return sorted(scored, key=lambda hit: (-hit[1], hit[0]))


class TantivyWriter:
    """Adds passages to the index in `folder`, made if missing, and takes them out.

    Raises OSError where the disk does not take it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("key", indexed=True, fast=True)
        for field in _FIELD_WEIGHTS:
            builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
        for field in (_VOCABULARY, _CONFUSED):
            builder.add_text_field(field, tokenizer_name="whitespace", index_option="basic")
        self._schema = builder.build()
        folder.mkdir(exist_ok=True)
        with _disk_faults():
            index = tantivy.Index(self._schema, path=str(folder))
            self._writer: Any = index.writer(heap_size=_WRITER_MEMORY, num_threads=1)

    def remove(self, keys: Sequence[int]) -> None:
        if keys:  # by a query: deletion by term takes no unsigned number
            query = tantivy.Query.term_set_query(self._schema, "key", keys)
            self._writer.delete_documents_by_query(query)

    def add(self, key: int, passage: Passage) -> None:
        """What a letterhead's line is counts as a heading over it."""
        heading, body = (terms_of(text) for text in lexical_text(passage))
        heading += labels_of(passage.document, passage.span)
        terms = {*heading, *body}
        confused = [
            f"{confusion_key(term)}|{term}" for term in terms if confusion_key(term) != term
        ]
        fields = {"heading": heading, "body": body, _VOCABULARY: terms, _CONFUSED: confused}
        entry = {"key": key} | {name: " ".join(words) for name, words in fields.items()}
        with _disk_faults():
            self._writer.add_document(tantivy.Document.from_dict(entry, self._schema))

    def commit(self) -> None:
        """Once, after which nothing can be added."""
        with _disk_faults():
            self._writer.commit()
            self._writer.wait_merging_threads()
        for lock in self._folder.glob(LOCK_FILES):
            lock.unlink()

    def close(self) -> None:
        """Ends its threads, which would go on writing into a folder that is removed."""
        self._writer = None


@contextmanager
def _disk_faults() -> Iterator[None]:
    try:
        yield
    except ValueError as error:  # tantivy's only error type
        raise OSError(str(error)) from error
