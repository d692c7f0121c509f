"""Questions and a collection → a Report: every mode under every condition."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from answerer.extractive import ExtractiveAnswerer
from answerer.pipeline import Pipeline
from datatypes import Answer, Hit, Passage
from errors import QuestionError
from evaluation.calibration import development_questions
from evaluation.formats.question_files import FORMS, read_questions
from evaluation.measures.comparing import compared_runs
from evaluation.measures.exactness import Originals
from evaluation.measures.qrels import PassagesOf, Unit
from evaluation.measures.retrieval import DEFAULT_MEASURES, depth_of, parsed_measures
from evaluation.measuring import DEEP, Ask, Measured, System, measured
from evaluation.noise import mistyped
from evaluation.preparing import Prepared, prepared, resized, with_noise
from evaluation.question import FEW_QUESTIONS, Question, QuestionSet, few_questions
from evaluation.report.explaining import Explainer
from evaluation.report.report import PassageText, Report, RunReport, Setting
from evaluation.trial import Trial
from index.ingest import Progress
from index.storage.passage_index import PassageIndex
from index.storage.recipe import Recipe
from retriever.hybrid import Mode, Retriever

if TYPE_CHECKING:
    from ir_measures import Measure

CLEAN, TYPING = "clean", "typing"
ANSWER = "answer"
"""The mode that answers; the others retrieve."""

UNCALIBRATED = (
    "Uncalibrated: nothing was learned with these models, so no answer has a confidence, and none "
    "is withheld."
)
NOISE_RATES = {"noise-1": 0.01, "noise-5": 0.05, "noise-10": 0.10}


@dataclass(frozen=True, slots=True)
class Request:
    """What to measure. `unit`: by default documents where each is the size of a passage.

    `development`: files of which one has the questions that a trial is calibrated on; by default
    the one that is measured.
    """

    questions: Path
    index: Path | None = None
    documents: Path | None = None
    split: str | None = None
    modes: tuple[str, ...] = ("hybrid",)
    conditions: tuple[str, ...] = (CLEAN,)
    measures: str = DEFAULT_MEASURES
    unit: Unit | None = None
    work: Path = Path("build/evaluation")
    trial: Trial = field(default_factory=Trial)
    development: tuple[Path, ...] = ()


def request_of(setting: Setting, work: Path) -> Request:
    """To measure again what was measured before."""
    return Request(
        Path(setting.questions),
        index=Path(setting.index) if setting.index else None,
        documents=Path(setting.documents) if setting.documents else None,
        split=setting.split,
        modes=setting.modes,
        conditions=setting.conditions,
        measures=" ".join(setting.measures),
        unit="document" if setting.unit == "document" else "passage",
        work=work,
    )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The report, and each run with its qrels by the run's name."""

    report: Report
    runs: dict[str, Measured]


def evaluate(
    request: Request, *, progress: Progress = lambda what, done, total: None
) -> Evaluation:
    """Raises DocentError where questions, documents or settings cannot be used."""
    measures = parsed_measures(request.measures)
    if not request.questions.exists():
        raise QuestionError(f"There is no file {request.questions}.", f"Give {FORMS}.")
    place = prepared(
        request.questions,
        index=request.index,
        documents=request.documents,
        work=request.work,
        progress=progress,
    )
    if request.trial.passage_pieces:
        place = resized(place, request.trial, work=request.work, progress=progress)
    retriever = request.trial.retriever(place.index)
    with closing(retriever.index) as index:
        asked = read_questions(request.questions, index).of_split(request.split)
        answerer = _answerer(request, place, index, progress) if ANSWER in request.modes else None
        unit: Unit = request.unit or ("document" if asked.by_document else "passage")
        runs: dict[str, Measured] = {}
        passages: dict[str, PassageText] = {}
        for condition in request.conditions:
            with _bench(
                condition, place, retriever, asked, answerer, request=request, progress=progress
            ) as bench:
                for mode in request.modes:
                    name = mode if condition == CLEAN else f"{mode} {condition}"
                    system = bench.system(name, mode, unit, depth_of(measures))
                    runs[name] = measured(
                        system, bench.questions, measures, progress=_counting(name, bench, progress)
                    )
                passages |= bench.explainer.passages
        setting = _setting(request, measures, unit, index.recipe)
    reports = tuple(each.report for each in runs.values())
    report = Report(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        setting=setting,
        n_questions=len(asked.questions),
        n_answerable=sum(each.answerable for each in asked.questions),
        runs=reports,
        comparisons=compared_runs(reports),
        passages=passages,
        warnings=(*place.warnings, *asked.warnings, *_warnings(reports, asked, answerer)),
    )
    return Evaluation(report, runs)


@dataclass(frozen=True, slots=True)
class _Bench:
    """Documents and questions under one condition; each question with its wording before slips."""

    condition: str
    place: Prepared
    retriever: Retriever
    answerer: ExtractiveAnswerer | None
    questions: tuple[tuple[Question, str], ...]
    originals: Originals | None
    explainer: Explainer
    stack: ExitStack

    def system(self, name: str, mode: str, unit: Unit, depth: int) -> System:
        retriever = self.retriever
        # several passages of a document count once: look deeper where documents are ranked
        k = depth if unit == "passage" else 3 * depth
        chosen: Mode = "hybrid" if mode == ANSWER else mode  # type: ignore[assignment]
        return System(
            name,
            mode,
            self.condition,
            unit,
            ask=self._answering() if mode == ANSWER else _retrieving(retriever, k, chosen),
            deeper=lambda question: retriever.retrieve(question, k=max(k, DEEP), mode=chosen),
            documents=retriever.index,
            passages_of=passages_in(retriever.index),
            explainer=self.explainer,
            originals=self.originals,
        )

    def _answering(self) -> Ask:
        if self.answerer is None:
            raise ValueError("answers are measured by an answerer")
        answerer = self.answerer.with_index(self.place.index)
        pipeline = self.stack.enter_context(closing(Pipeline(self.place.index, answerer)))

        def ask(question: str) -> tuple[Sequence[Hit], Answer]:
            try:
                answer = pipeline.ask(question)
            except QuestionError:  # it takes this for no question, which is a way of abstaining
                answer = Answer(question, (), (), confidence=0.0)
            return answer.hits, answer

        return ask


@contextmanager
def _bench(
    condition: str,
    place: Prepared,
    retriever: Retriever,
    asked: QuestionSet,
    answerer: ExtractiveAnswerer | None,
    *,
    request: Request,
    progress: Progress,
) -> Iterator[_Bench]:
    with ExitStack() as stack:
        questions = asked.questions
        if rate := NOISE_RATES.get(condition):
            place, questions = with_noise(
                retriever.index, questions, rate=rate, work=request.work, progress=progress
            )
            retriever = request.trial.retriever(place.index)
            stack.enter_context(closing(retriever.index))
        put = [mistyped(each) if condition == TYPING else each for each in questions]
        yield _Bench(
            condition,
            place,
            retriever,
            answerer,
            tuple((each, before.query.text) for each, before in zip(put, questions, strict=True)),
            Originals(place.source) if place.source else None,
            Explainer(retriever.index, condition if rate else ""),
            stack,
        )


def _warnings(
    runs: Iterable[RunReport], asked: QuestionSet, answerer: ExtractiveAnswerer | None
) -> Iterator[str]:
    if len(asked.questions) < FEW_QUESTIONS:
        yield few_questions(len(asked.questions))
    if answerer and not answerer.retriever.ranking.calibrated:
        yield UNCALIBRATED
    for run in runs:
        exact = run.figure("quote_exactness")
        if exact and exact.value < 1:
            share = f"{exact.value:.1%}"
            yield f"{run.name}: of {exact.n} quotes only {share} are as the files have them."
        elif not exact and any(each.answer and each.answer.quotes for each in run.questions):
            yield (
                f"{run.name}: the quotes were not compared with the files on disk; --documents "
                "names their folder."
            )


def _retrieving(retriever: Retriever, k: int, mode: Mode) -> Ask:
    return lambda question: (retriever.retrieve(question, k=k, mode=mode), None)


def passages_in(index: PassageIndex) -> PassagesOf:
    """The passages of a document as the index has them, whatever sizes it was made with."""

    @cache
    def passages_of(document_id: str) -> tuple[Passage, ...]:
        return tuple(index.passages_of(document_id))

    return passages_of


def _answerer(
    request: Request, place: Prepared, index: PassageIndex, progress: Progress
) -> ExtractiveAnswerer:
    """That of the trial, calibrated before its answers are seen."""
    development: Sequence[Question] = ()
    if request.trial != Trial():
        development = development_questions(request.development or [request.questions], index)

    def counted(done: int) -> None:
        progress("Calibrating on development questions", done, len(development))

    return request.trial.answerer(place.index, development, progress=counted)


def _counting(name: str, bench: _Bench, progress: Progress) -> Callable[[int], object]:
    return lambda done: progress(f"Asking ({name}) questions", done, len(bench.questions))


def _setting(request: Request, measures: Sequence[Measure], unit: Unit, recipe: Recipe) -> Setting:
    return Setting(
        questions=str(request.questions),
        questions_sha256=_sha256(request.questions),
        split=request.split,
        documents=str(request.documents) if request.documents else None,
        index=str(request.index) if request.index else None,
        modes=request.modes,
        conditions=request.conditions,
        measures=tuple(map(str, measures)),
        unit=unit,
        model=recipe.model,
        n_documents=recipe.n_documents,
        n_passages=recipe.n_passages,
        passage_pieces=request.trial.passage_pieces or recipe.making.passage_pieces,
        docent_version=recipe.docent_version,
        python=platform.python_version(),
        machine=f"{platform.machine()}, {os.cpu_count()} cores",
    )


def _sha256(path: Path) -> str:
    """Of the file, or of a folder's questions and judgments."""
    files = sorted(path.rglob("q*")) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in files:
        if file.is_file():
            digest.update(file.read_bytes())
    return digest.hexdigest()
