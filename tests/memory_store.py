"""A second store of passages, without a file: every question is answered by looking at everything.

It shows that the protocols of `index.storage.base` ask for nothing that only files have. Scores are
those of the store on disk: cosines, and BM25 by the formula (k1 1.2, b 0.75), field by field.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from datatypes import Collection, Document, Passage
from index.metadata.letterhead import labels_of
from index.storage.base import DocumentCard, EmbeddedPassage, Floats, PassageVectors
from index.storage.recipe import DOCENT_VERSION, IndexSettings, Recipe, VectorKind
from index.storage.records import DocumentRecord, PassageRecord
from index.text.folding import confusion_key, folded, lexical_text, terms_of


@dataclass
class Entry:
    """A passage of the store, its document's id known by the passage."""

    record: PassageRecord
    vectors: PassageVectors | None = None


@dataclass
class Contents:
    documents: dict[str, DocumentRecord] = field(default_factory=dict)
    passages: dict[int, Entry] = field(default_factory=dict)

    def of(self, document_id: str) -> dict[int, Entry]:
        return {
            key: entry
            for key, entry in self.passages.items()
            if entry.record.passage.document.document_id == document_id
        }

    def drop(self, document_id: str) -> None:
        self.documents.pop(document_id)
        for key in self.of(document_id):
            del self.passages[key]


class MemoryVectors:
    def __init__(self, contents: Contents) -> None:
        self._passages = contents.passages

    def nearest(self, vectors: Floats, *, k: int) -> list[list[tuple[int, float]]]:
        keys = list(self._passages)
        return [
            sorted(
                zip(keys, self.scores(vector, keys).tolist(), strict=True),
                key=lambda hit: (-hit[1], hit[0]),
            )[:k]
            for vector in vectors
        ]

    def scores(self, vector: Floats, keys: Sequence[int]) -> Floats:
        return np.array([made.passage @ vector for made in self.stored(keys)], dtype=np.float32)

    def sentence_scores(self, vector: Floats, keys: Sequence[int]) -> list[Floats]:
        return [
            made.sentences.astype(np.float32) @ vector / np.linalg.norm(made.sentences, axis=1)
            for made in self.stored(keys)
        ]

    def stored(self, keys: Sequence[int]) -> list[PassageVectors]:
        return [made for key in keys if (made := self._passages[key].vectors)]


class MemoryTerms:
    def __init__(self, contents: Contents) -> None:
        self._fields: dict[float, dict[int, Counter[str]]] = {1.0: {}, 0.5: {}}
        for key, entry in contents.passages.items():
            passage = entry.record.passage
            heading, body = (terms_of(text) for text in lexical_text(passage))
            self._fields[1.0][key] = Counter(body)
            labels = labels_of(passage.document, passage.span)
            self._fields[0.5][key] = Counter([*heading, *labels])

    def matching(self, weighted_terms: Mapping[str, float], *, k: int) -> list[tuple[int, float]]:
        scores = self.bm25(weighted_terms, list(self._fields[1.0]))
        hits = [(key, score) for key, score in scores.items() if score > 0]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]

    def bm25(self, weighted_terms: Mapping[str, float], keys: Sequence[int]) -> dict[int, float]:
        scores = dict.fromkeys(keys, 0.0)
        for weight, passages in self._fields.items():
            mean = sum(counts.total() for counts in passages.values()) / max(len(passages), 1)
            for term, term_weight in weighted_terms.items():
                n = sum(term in counts for counts in passages.values())
                rarity = math.log(1 + (len(passages) - n + 0.5) / (n + 0.5))
                for key in keys:
                    norm = 1.2 * (0.25 + 0.75 * passages[key].total() / mean)
                    share = passages[key][term] * 2.2 / (passages[key][term] + norm)
                    scores[key] += weight * term_weight * rarity * share
        return scores

    def document_frequency(self, terms: Sequence[str]) -> dict[str, int]:
        vocabulary = self._vocabulary()
        return {term: vocabulary[term] for term in terms}

    def terms_like(self, key: str) -> dict[str, int]:
        return {t: n for t, n in self._vocabulary().items() if confusion_key(t) == key}

    def terms_beginning(self, prefix: str, *, shortest: int, longest: int) -> dict[str, int]:
        return {
            term: n
            for term, n in self._vocabulary().items()
            if term.startswith(prefix) and shortest <= len(term) <= longest
        }

    def _vocabulary(self) -> Counter[str]:
        bodies, headings = self._fields.values()
        return Counter(term for key in bodies for term in {*bodies[key], *headings[key]})


class MemoryTexts:
    def __init__(self, contents: Contents) -> None:
        self._contents = contents

    def passages(self, keys: Sequence[int]) -> list[Passage]:
        return [self._contents.passages[key].record.passage for key in keys]

    def passages_of(self, document_id: str) -> list[Passage]:
        return [entry.record.passage for entry in self._contents.of(document_id).values()]

    def all_passages(self) -> Iterator[Passage]:
        return (entry.record.passage for entry in self._contents.passages.values())

    def document(self, document_id: str) -> Document | None:
        record = self._contents.documents.get(document_id)
        return record.document if record else None

    stored_document = document

    def document_ids(self) -> list[str]:
        return sorted(self._contents.documents)

    def cards(
        self, *, search: str = "", offset: int = 0, limit: int = 50
    ) -> tuple[int, list[DocumentCard]]:
        cards = [
            DocumentCard(
                document.document_id, document.title, len(document.text), document.metadata
            )
            for record in self._contents.documents.values()
            for document in (record.document,)
            if all(
                word in folded(f"{document.title} {document.document_id} {document.metadata}")
                for word in folded(search).split()
            )
        ]
        cards.sort(key=lambda card: (card.title.lower(), card.document_id))
        return len(cards), cards[offset : offset + limit]

    def abbreviations(self) -> list[tuple[str, str]]:
        return sorted({pair for r in self._contents.documents.values() for pair in r.abbreviations})

    def record_sha256(self, document_id: str) -> bytes | None:
        record = self._contents.documents.get(document_id)
        return record.sha256 if record else None

    def sources(self) -> Iterator[tuple[str, str]]:
        return ((name, record.source) for name, record in self._contents.documents.items())

    def keys_of_inputs(self, input_sha256s: Sequence[bytes]) -> dict[bytes, int]:
        by_input = {
            entry.record.input_sha256: key for key, entry in self._contents.passages.items()
        }
        return {sha256: by_input[sha256] for sha256 in input_sha256s if sha256 in by_input}


class MemoryStore:
    """A `PassageStore`."""

    warning: str | None = None

    def __init__(
        self, generations: MemoryGenerations, contents: Contents, recipe: Recipe, about: Collection
    ) -> None:
        self._generations = generations
        self.contents = contents
        self.generation = len(generations.published) + 1
        self.recipe = recipe
        self.collection = about
        self.vectors = MemoryVectors(contents)
        self.lexical = MemoryTerms(contents)
        self.texts = MemoryTexts(contents)

    def is_current(self) -> bool:
        return self._generations.published[-1] is self

    def close(self) -> None:
        pass


class MemoryWriter:
    """A `StoreWriter`."""

    def __init__(self, generations: MemoryGenerations, settings: IndexSettings) -> None:
        self._generations = generations
        self._settings = settings
        self.previous = generations.published[-1] if generations.published else None
        same = self.previous is not None and self.previous.recipe.settings == settings
        self.base = self.previous if same else None
        self._staged = Contents()
        self._removed: list[str] = []
        self._first_key = max(self.base.contents.passages, default=0) + 1 if self.base else 1

    def stage(self, record: DocumentRecord, passages: Sequence[PassageRecord]) -> None:
        self._staged.documents[record.document.document_id] = record
        for key, passage in enumerate(passages, start=self._first_key + len(self._staged.passages)):
            self._staged.passages[key] = Entry(passage)

    def remove(self, document_ids: Sequence[str]) -> None:
        self._removed += document_ids

    def staged(self) -> Iterator[tuple[int, PassageRecord]]:
        return ((key, entry.record) for key, entry in self._staged.passages.items())

    def write(self, passages: Sequence[EmbeddedPassage]) -> None:
        for key, _, vectors in passages:
            self._staged.passages[key].vectors = vectors

    def publish(self, *, model: str, collection: Collection, complete: bool) -> tuple[int, Recipe]:
        old = self.base.contents if self.base else Contents()
        contents = Contents(dict(old.documents), dict(old.passages))
        for document_id in self._removed:
            contents.drop(document_id)
        for document_id, record in self._staged.documents.items():
            entries = self._staged.of(document_id)
            if all(entry.vectors for entry in entries.values()):
                if document_id in contents.documents:
                    contents.drop(document_id)
                contents.documents[document_id] = record
                contents.passages |= entries
        digest = hashlib.sha256()
        for document_id in sorted(contents.documents):
            digest.update(f"{document_id}\0".encode() + contents.documents[document_id].sha256)
        recipe = Recipe(
            settings=self._settings,
            docent_version=DOCENT_VERSION,
            model=model,
            vectors=VectorKind(),
            n_documents=len(contents.documents),
            n_passages=len(contents.passages),
            longest_passage_tokens=max(
                (entry.record.n_tokens for entry in contents.passages.values()), default=0
            ),
            n_stale=0,
            content_sha256=digest.hexdigest(),
            created="now",
            complete=complete,
        )
        store = MemoryStore(self._generations, contents, recipe, collection)
        self._generations.published.append(store)
        return store.generation, recipe


class MemoryGenerations:
    """Where generations are published: what a folder is for the store on disk."""

    def __init__(self) -> None:
        self.published: list[MemoryStore] = []

    def load(self) -> MemoryStore:
        return self.published[-1]

    @contextmanager
    def writing(self, settings: IndexSettings) -> Iterator[MemoryWriter]:
        yield MemoryWriter(self, settings)
