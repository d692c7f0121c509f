"""What a curator does with test questions: keep files of them, measure, compare, write new ones.

The *Curator* page shows it.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from answerer.reader import shipped_reader_sha256
from datatypes import Evidence, Query, Span
from errors import QuestionError
from evaluation.evaluate import evaluate
from evaluation.formats.question_files import brings_documents, read_questions
from evaluation.formats.questions_jsonl import question_lines, read_questions_jsonl
from evaluation.formats.squad import read_squad
from evaluation.question import Question
from evaluation.report.report import Report
from evaluation.request import Request
from evaluation.trial import Trial
from index.ingest import Progress
from index.storage.base import PassageStore
from retriever.ranking import find_ranking

SHIPPED = Path(__file__).with_name("questions")
CURATED = "curated.jsonl"
"""The file that questions made on the page go to."""

ENDINGS = (".jsonl", ".csv", ".json")

_LONGEST_NAME = 60
_STRANGE = re.compile(r"[^\w.() -]+")


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """A file of questions; where `problem` says something it cannot be measured."""

    name: str
    n_questions: int = 0
    n_answerable: int = 0
    splits: tuple[str, ...] = ()
    problem: str = ""


@dataclass(slots=True)
class Workbench:
    """Safe from many threads. `index` gives the newest generation; files go to `uploads`."""

    index: Callable[[], PassageStore]
    index_folder: Path
    documents: Path
    shipped: Path = SHIPPED
    uploads: Path = Path("build/questions")
    work: Path = Path("build/curator")
    _read: dict[tuple[object, ...], QuestionFile] = field(default_factory=dict)
    _writing: threading.Lock = field(default_factory=threading.Lock)

    @property
    def not_found(self) -> float:
        """The shipped threshold."""
        embedder_sha256 = self.index().recipe.settings.model_sha256
        ranking = find_ranking(embedder_sha256, shipped_reader_sha256())
        return ranking.weights.not_found if ranking and ranking.weights else 0.0

    def files(self) -> Sequence[QuestionFile]:
        """Those made here first, then those that came with Docent and are about these documents."""
        described = {path: self._described(path) for path in self._paths().values()}
        return [
            file
            for path, file in described.items()
            if not file.problem or path.parent != self.shipped
        ]

    def keep(self, name: str, data: bytes) -> QuestionFile:
        """An uploaded file, kept once it was read. Raises QuestionError: line, fault and mend."""
        plain = _plain_name(name)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / plain
            path.write_bytes(data)
            self._questions(path)
        with self._writing:
            path = self._free_place(plain, data)
            if not path.exists():
                _replace(path, data)
        return self._described(path)

    def measure(self, name: str, split: str | None, trial: Trial, progress: Progress) -> Report:
        """Asks every question. Raises DocentError; `progress` may raise to end it early."""
        path = self._path(name)
        own = brings_documents(path)
        request = Request(
            path,
            index=None if own else self.index_folder,
            documents=None if own else self.documents,
            split=split,
            modes=("answer",),
            trial=trial,
            development=() if own else (path, *self._paths().values()),
        )
        return evaluate(request, work=self.work, progress=progress).report

    def write_question(self, text: str, places: Iterable[tuple[str, Span]]) -> str:
        """Appends a question with its evidence (none: the documents do not say); its new id.

        Raises QuestionError where the file holds it already.
        """
        evidence = tuple(Evidence(document_id, span) for document_id, span in places)
        path = self.uploads / CURATED
        with self._writing:
            before = path.read_bytes() if path.exists() else b""
            questions = list(read_questions_jsonl(path, self.index().texts)) if before else []
            if _plain_words(text) in (_plain_words(question.query.text) for question in questions):
                raise QuestionError(
                    f"{CURATED} has this question already.", "Ask another, or edit the file."
                )
            ids = (question.query_id.removeprefix("c") for question in questions)
            number = 1 + max((int(n) for n in ids if n.isdecimal()), default=0)
            question = Question(
                Query(f"c{number:04}", text.strip(), evidence),
                answerable=bool(evidence),
                kind="asked by a visitor",
                split="dev",
            )
            (line,) = question_lines([question], self.index().texts)
            end = b"" if not before or before.endswith(b"\n") else b"\n"
            _replace(path, before + end + line.encode() + b"\n")
        return question.query_id

    def _paths(self) -> dict[str, Path]:
        """A file of the curator's goes before one of the same name that came with Docent."""
        paths: dict[str, Path] = {}
        for folder in (self.uploads, self.shipped):
            for path in sorted(folder.glob("[!.]*")):
                if path.is_file() and path.suffix in ENDINGS:
                    paths.setdefault(path.name, path)
        return paths

    def _path(self, name: str) -> Path:
        path = self._paths().get(name)
        if path is None:
            raise QuestionError(f"There is no file {name}.", "Choose one of the list.")
        return path

    def _described(self, path: Path) -> QuestionFile:
        """Read once, and again when it or the documents have changed."""
        status = path.stat()
        key = (path, status.st_mtime_ns, status.st_size, self.index().recipe.content_sha256)
        if key not in self._read:
            try:
                questions = self._questions(path)
            except QuestionError as error:
                self._read[key] = QuestionFile(path.name, problem=str(error))
            else:
                n_answerable = sum(question.answerable for question in questions)
                splits = sorted({question.split for question in questions if question.split})
                self._read[key] = QuestionFile(
                    path.name, len(questions), n_answerable, tuple(splits)
                )
        return self._read[key]

    def _questions(self, path: Path) -> Sequence[Question]:
        """Checked against the documents, or against its own where it brings them."""
        try:
            if not brings_documents(path):
                return read_questions(path, self.index().texts).questions
            if questions := tuple(read_squad(path)):
                return questions
        except QuestionError as error:  # who reads it knows names of files alone
            above = f"{path.parent}{os.sep}"
            what, remedy = error.what.replace(above, ""), error.remedy.replace(above, "")
            raise QuestionError(what, remedy) from error
        raise QuestionError(f"{path.name} holds no questions.", "Give SQuAD's JSON.")

    def _free_place(self, name: str, data: bytes) -> Path:
        """Where the file is already, or a name that nothing has."""
        stem, ending = Path(name).stem, Path(name).suffix
        for number in range(1, 1_000):
            path = self.uploads / (f"{stem}-{number}{ending}" if number > 1 else name)
            if path.name == CURATED or (self.shipped / path.name).exists():
                continue
            if not path.exists() or path.read_bytes() == data:
                return path
        raise QuestionError(f"Too many files are called {name}.", "Give yours another name.")


def _plain_name(name: str) -> str:
    """The last part of a path without its strange signs. Raises QuestionError for a wrong form."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = _STRANGE.sub("-", last).strip(". -")
    stem, ending = os.path.splitext(plain)
    if ending.lower() not in ENDINGS or not stem.strip(". -"):
        raise QuestionError(
            f"“{last[:_LONGEST_NAME]}” is no known form of questions.",
            f"Give a file that ends in {', '.join(ENDINGS)}; a spreadsheet is saved as CSV.",
        )
    return stem[:_LONGEST_NAME].strip(". -") + ending.lower()


def _plain_words(text: str) -> str:
    return " ".join(text.casefold().split())


def _replace(path: Path, data: bytes) -> None:
    """Whole or not at all, whatever happens meanwhile. Raises QuestionError on a full disk."""
    new = path.with_name(f".{path.name}.{hashlib.sha256(data).hexdigest()[:8]}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with new.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise QuestionError(
            f"{path.name} cannot be written ({error.strerror}).", "Make room, or allow writing."
        ) from error
