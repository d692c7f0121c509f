"""The baseline: what a plain script of sentence-transformers and FAISS does.

The whole of it, so that the comparison can be judged: paragraphs are embedded in batches, kept in
a flat FAISS index with their texts as JSON beside it, and a question returns the nearest ones.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

BATCH = 32


class PlainScript:
    def __init__(self) -> None:
        from sentence_transformers import SentenceTransformer

        from training.export import package_folder

        self._model = SentenceTransformer(str(package_folder()), device="cpu")
        self._index: Any = None
        self._texts: list[str] = []

    def build(self, texts: Sequence[str], folder: Path) -> int:
        """Returns how many passages were made."""
        import faiss

        vectors = self._model.encode(
            list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        folder.mkdir(parents=True)
        faiss.write_index(index, str(folder / "vectors.faiss"))
        (folder / "texts.json").write_text(json.dumps(list(texts)), encoding="utf-8")
        return len(texts)

    def load(self, folder: Path) -> None:
        import faiss

        self._index = faiss.read_index(str(folder / "vectors.faiss"))
        self._texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))

    def answer(self, question: str) -> str:
        """The text of the nearest passage."""
        vector = self._model.encode([question], normalize_embeddings=True, show_progress_bar=False)
        _, rows = self._index.search(vector, 10)
        return self._texts[int(rows[0, 0])]


class Docent:
    def __init__(self) -> None:
        self._pipeline: Any = None

    def build(self, texts: Sequence[str], folder: Path) -> int:
        """Returns how many passages were made."""
        from index.build import build_index
        from index.embedder import load_embedder

        documents = folder.with_name(f"{folder.name}-documents")
        documents.mkdir()
        lines = (
            json.dumps({"_id": f"{number:06d}", "title": "", "text": text})
            for number, text in enumerate(texts)
        )
        (documents / "corpus.jsonl").write_text("\n".join(lines), encoding="utf-8")
        return build_index(documents, folder, embedder=load_embedder()).n_passages

    def load(self, folder: Path) -> None:
        from answerer.pipeline import Pipeline

        self._pipeline = Pipeline.load(folder)

    def answer(self, question: str) -> str:
        """The first quote, or the nearest passage where the documents do not say."""
        answer = self._pipeline.ask(question)
        if answer.found:
            return str(answer.citations[0].quote.text)
        return str(answer.hits[0].passage.text)


SYSTEMS: dict[str, type[Docent] | type[PlainScript]] = {"docent": Docent, "plain": PlainScript}
