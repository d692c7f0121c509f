"""The collection to be asked: an index that is there, or one made of documents or a corpus.

What is made goes to a work folder and is only brought up to date the next time.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from datatypes import Document
from errors import QuestionError, SettingError
from evaluation.formats.question_files import brings_documents, corpus_of
from evaluation.formats.wording import each_document
from evaluation.noise import Scanned, carried_along, scanned
from evaluation.question import Question, of_documents
from evaluation.trial import Trial
from index.build import build_index
from index.embedder import Embedder, load_embedder
from index.ingest import Progress
from index.storage.passage_index import PassageIndex
from index.text.chunker import PASSAGE_TOKENS

DEFAULT_DOCUMENTS = Path("documents")

FEWEST_TOKENS = 20
"""A passage of fewer holds no whole sentence."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """`source`: the folder or file that the index was made of, where it is known."""

    index: Path
    source: Path | None
    warnings: tuple[str, ...] = ()


def prepared(
    questions: Path,
    *,
    index: Path | None,
    documents: Path | None,
    work: Path,
    progress: Progress,
) -> Prepared:
    """An index for these questions: the one given, or of `documents`, or of their own corpus.

    Without any of these the default collection is taken. With both `index` and `documents` the
    index is asked, and quotes are compared with the documents' files.
    """
    if index is not None:
        return Prepared(index, documents)
    folder = work / f"{_name(documents or questions)}"
    if documents is None:
        documents = (
            corpus_of(questions, folder) if brings_documents(questions) else DEFAULT_DOCUMENTS
        )
    return _indexed(documents, folder / "index", load_embedder(), progress)


def resized(place: Prepared, trial: Trial, *, work: Path, progress: Progress) -> Prepared:
    """An index of the same documents in passages of the tried size."""
    if place.source is None:
        raise SettingError(
            "Another passage size needs the documents themselves.", "Give their folder."
        )
    size = trial.passage_pieces or PASSAGE_TOKENS
    with closing(PassageIndex.load(place.index)) as index:
        embedder = load_embedder(index.recipe.model)
    if not FEWEST_TOKENS <= size <= embedder.max_tokens:
        raise SettingError(
            f"Passages of {size} tokens cannot be tried.",
            f"The model {embedder.name} reads {FEWEST_TOKENS} to {embedder.max_tokens}.",
        )
    folder = work / f"{_name(place.source)}-passages-{size}"
    return _indexed(place.source, folder / "index", embedder, progress, passage_tokens=size)


def with_noise(
    index: PassageIndex,
    questions: Iterable[Question],
    *,
    rate: float,
    work: Path,
    progress: Progress,
) -> tuple[Prepared, tuple[Question, ...]]:
    """An index of the same documents with scanning errors, and the questions moved to match."""
    questions = tuple(questions)
    wanted = set(of_documents(questions))
    folder = work / f"{index.recipe.content_sha256[:12]}-noise-{rate:g}"
    kept: dict[str, Scanned] = {}
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    with (folder / "documents" / "corpus.jsonl").open("w", encoding="utf-8") as corpus:
        for number, document in enumerate(each_document(index)):
            noisy = scanned(document, rate=rate)
            if document.document_id in wanted:
                kept[document.document_id] = noisy
            if document.headings and not noisy.document.text.startswith("\n"):
                path = folder / "documents" / f"{number:06}.md"
                path.write_text(_as_markdown(noisy.document), encoding="utf-8")
            else:
                corpus.write(_as_line(noisy.document) + "\n")
    if not (folder / "documents" / "corpus.jsonl").stat().st_size:
        (folder / "documents" / "corpus.jsonl").unlink()
    embedder = load_embedder(index.recipe.model)
    made = _indexed(folder / "documents", folder / "index", embedder, progress)
    _check(made.index, kept)
    return made, tuple(carried_along(each, kept) for each in questions)


def _indexed(
    documents: Path,
    out: Path,
    embedder: Embedder,
    progress: Progress,
    *,
    passage_tokens: int = PASSAGE_TOKENS,
) -> Prepared:
    report = build_index(
        documents, out, embedder=embedder, passage_tokens=passage_tokens, progress=progress
    )
    skipped = tuple(f"Not indexed: {each}" for each in report.problems if each.skipped)
    return Prepared(out, documents, skipped)


def _name(source: Path) -> str:
    """A folder name that tells collections of one name apart."""
    path = source.resolve()
    plain = re.sub(r"[^\w.-]+", "-", path.name)[:40]
    return f"{plain}-{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"


def _as_markdown(document: Document) -> str:
    """With front matter that gives it the same id and title."""
    head = {"id": document.document_id, "title": document.title}
    fields = "\n".join(f"{key} = {json.dumps(value)}" for key, value in head.items())
    return f"+++\n{fields}\n+++\n{document.text}"


def _as_line(document: Document) -> str:
    row = {"_id": document.document_id, "title": document.title, "text": document.text}
    return json.dumps(row)


def _check(index: Path, noisy: dict[str, Scanned]) -> None:
    """That the noisy texts came through reading as they were written."""
    made = PassageIndex.load(index)
    for document_id, each in noisy.items():
        document = made.document(document_id)
        if document is None or document.text != each.document.text:
            raise QuestionError(
                f"The document {document_id} cannot be given scanning errors.",
                "Leave --noise out, or put its text into a plain .txt file.",
            )
    made.close()
