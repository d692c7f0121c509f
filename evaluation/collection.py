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
from evaluation.noise import Scanned, carried_along, scanned
from evaluation.question import Question, each_document
from evaluation.request import Request
from index.build import build_index
from index.embedder import Embedder, load_embedder
from index.ingest import Progress
from index.storage.base import PassageStore
from index.storage.passage_index import PassageIndex
from index.text.chunker import PASSAGE_TOKENS

DEFAULT_DOCUMENTS = Path("documents")

FEWEST_TOKENS = 20
"""A passage of fewer holds no whole sentence."""


@dataclass(frozen=True, slots=True)
class CollectionIndex:
    """`source`: the folder or file that the index was made of, where it is known."""

    index: Path
    source: Path | None
    warnings: tuple[str, ...] = ()


def prepare_collection(request: Request, *, work: Path, progress: Progress) -> CollectionIndex:
    """An index for the questions: the one given, or of `documents`, or of their own corpus.

    Without any of these the default collection is taken. With both `index` and `documents` the
    index is asked, and quotes are compared with the documents' files. Where the trial has
    passages of another size, an index of the same documents in such passages.
    """
    source, trial = request.documents, request.trial
    if request.index is not None:
        collection = CollectionIndex(request.index, source)
    else:
        folder = work / _name(source or request.questions)
        if source is None:
            own = brings_documents(request.questions)
            source = corpus_of(request.questions, folder) if own else DEFAULT_DOCUMENTS
        collection = _indexed(source, folder / "index", load_embedder(), progress)
    if not trial.passage_tokens:
        return collection
    if source is None:
        raise SettingError(
            "Another passage size needs the documents themselves.", "Give their folder."
        )
    with closing(PassageIndex.load(collection.index)) as index:
        embedder = load_embedder(index.recipe.model)
    size = trial.passage_tokens
    if not FEWEST_TOKENS <= size <= embedder.max_tokens:
        raise SettingError(
            f"Passages of {size} tokens cannot be tried.",
            f"The model {embedder.name} reads {FEWEST_TOKENS} to {embedder.max_tokens}.",
        )
    folder = work / f"{_name(source)}-passages-{size}"
    return _indexed(source, folder / "index", embedder, progress, passage_tokens=size)


def with_scanning_errors(
    index: PassageStore,
    questions: Iterable[Question],
    *,
    rate: float,
    work: Path,
    progress: Progress,
) -> tuple[CollectionIndex, tuple[Question, ...]]:
    """An index of the same documents with scanning errors, and the questions moved to match."""
    questions = tuple(questions)
    wanted = {piece.document_id for question in questions for piece in question.evidence}
    folder = work / f"{index.recipe.content_sha256[:12]}-noise-{rate:g}"
    documents, scans = folder / "documents", dict[str, Scanned]()
    documents.mkdir(parents=True, exist_ok=True)
    corpus_file = documents / "corpus.jsonl"
    with corpus_file.open("w", encoding="utf-8") as corpus:
        for number, document in enumerate(each_document(index.texts)):
            noisy = scanned(document, rate=rate)
            if document.document_id in wanted:
                scans[document.document_id] = noisy
            if document.headings and not noisy.document.text.startswith("\n"):
                markdown = _as_markdown(noisy.document)
                (documents / f"{number:06}.md").write_text(markdown, encoding="utf-8")
            else:
                corpus.write(_as_line(noisy.document) + "\n")
    if not corpus_file.stat().st_size:
        corpus_file.unlink()
    embedder = load_embedder(index.recipe.model)
    noisy_index = _indexed(documents, folder / "index", embedder, progress)
    _check(noisy_index.index, scans)
    return noisy_index, tuple(carried_along(question, scans) for question in questions)


def _indexed(
    documents: Path,
    out: Path,
    embedder: Embedder,
    progress: Progress,
    *,
    passage_tokens: int = PASSAGE_TOKENS,
) -> CollectionIndex:
    report = build_index(
        documents, out, embedder=embedder, passage_tokens=passage_tokens, progress=progress
    )
    skipped = tuple(f"Not indexed: {problem}" for problem in report.problems if problem.skipped)
    return CollectionIndex(out, documents, skipped)


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


def _check(index_folder: Path, noisy: dict[str, Scanned]) -> None:
    """That the noisy texts came through reading as they were written."""
    with closing(PassageIndex.load(index_folder)) as index:
        for document_id, scan in noisy.items():
            document = index.texts.document(document_id)
            if document is None or document.text != scan.document.text:
                raise QuestionError(
                    f"The document {document_id} cannot be given scanning errors.",
                    "Leave --noise out, or put its text into a plain .txt file.",
                )
