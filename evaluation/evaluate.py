"""Questions and a collection → a Report: every mode under every condition."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import combinations
from pathlib import Path

from answerer.extractive import ExtractiveAnswerer
from answerer.pipeline import Pipeline
from datatypes import Answer, Hit
from errors import QuestionError
from evaluation.calibration import development_questions
from evaluation.collection import CollectionIndex, prepare_collection, with_scanning_errors
from evaluation.formats.question_files import FORMS, read_questions
from evaluation.measures.comparison import Comparison, compare_systems
from evaluation.measures.exactness import Originals
from evaluation.measures.retrieval import depth_of, parsed_measures
from evaluation.noise import mistyped
from evaluation.question import FEW_QUESTIONS, Question, QuestionSet, few_questions
from evaluation.report.explanation import Explainer
from evaluation.report.report import Report, RunReport, Setting
from evaluation.request import CLEAN, NOISE_RATES, TYPING, Request
from evaluation.system_run import Ask, System, SystemRun, run_system
from evaluation.trial import Trial
from index.ingest import Progress
from index.storage.base import PassageStore
from index.storage.recipe import Recipe
from retriever.hybrid import Mode, Retriever

WORK = Path("build/evaluation")
"""Where indexes are made that are only for measuring."""

ANSWER = "answer"
"""The mode that answers; the others retrieve."""

UNCALIBRATED = (
    "Uncalibrated: nothing was learned with these models, so no answer has a confidence, and none "
    "is withheld."
)

_DEEP = 1000
"""Hits searched for a right passage that was not among the run's."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The report, and each run with its qrels."""

    report: Report
    runs: Sequence[SystemRun]


def evaluate(
    request: Request, *, work: Path = WORK, progress: Progress = lambda what, done, total: None
) -> Evaluation:
    """Raises DocentError where questions, documents or settings cannot be used."""
    parsed_measures(request.measures)  # a wrong one is said before the work, not after it
    if not request.questions.exists():
        raise QuestionError(f"There is no file {request.questions}.", f"Give {FORMS}.")
    collection = prepare_collection(request, work=work, progress=progress)
    retriever = request.trial.retriever(collection.index)
    with closing(retriever.index) as index:
        asked = read_questions(request.questions, index.texts).of_split(request.split)
        answers = ANSWER in request.modes
        answerer = _answerer(request, collection.index, index, progress) if answers else None
        unit = request.unit or ("document" if asked.by_document else "passage")
        request = replace(request, unit=unit)
        run_all = partial(_runs_under, answerer=answerer, work=work, progress=progress)
        runs: list[SystemRun] = []
        for condition in request.conditions:
            runs += run_all(condition, collection, retriever, asked.questions, request)
        setting = _setting(request, index.recipe)
    reports = tuple(run.report for run in runs)
    report = Report(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        setting=setting,
        n_questions=len(asked.questions),
        n_answerable=sum(question.answerable for question in asked.questions),
        runs=reports,
        comparisons=compare_runs(reports),
        passages={name: text for run in runs for name, text in run.passages.items()},
        warnings=(*collection.warnings, *asked.warnings, *_warnings(reports, asked, answerer)),
    )
    return Evaluation(report, runs)


def compare_runs(runs: Sequence[RunReport]) -> tuple[Comparison, ...]:
    """Runs of one condition with each other, and each run with its mode's under the first one."""
    pairs = [
        (a.name, b.name)
        for a, b in combinations(runs, 2)
        if a.condition == b.condition or (a.mode == b.mode and a.condition == runs[0].condition)
    ]
    return compare_systems({run.name: run.values() for run in runs}, pairs)


def _runs_under(
    condition: str,
    collection: CollectionIndex,
    retriever: Retriever,
    questions: Sequence[Question],
    request: Request,
    *,
    answerer: ExtractiveAnswerer | None,
    work: Path,
    progress: Progress,
) -> Iterator[SystemRun]:
    """A run for each mode."""
    measures, unit = parsed_measures(request.measures), request.unit or "passage"
    # several passages of a document count once: look deeper where documents are ranked
    k = depth_of(measures) * (3 if unit == "document" else 1)
    rate = NOISE_RATES.get(condition)
    with ExitStack() as stack:
        if rate:
            collection, questions = with_scanning_errors(
                retriever.index, questions, rate=rate, work=work, progress=progress
            )
            retriever = request.trial.retriever(collection.index)
            stack.enter_context(closing(retriever.index))
        explainer = Explainer(retriever.index, condition if rate else "")
        originals = Originals(collection.source) if collection.source else None
        asked = map(mistyped, questions) if condition == TYPING else questions
        texts = (question.query.text for question in questions)
        pairs = list(zip(asked, texts, strict=True))
        for mode in request.modes:
            name = mode if condition == CLEAN else f"{mode} {condition}"
            search_mode: Mode = "hybrid" if mode == ANSWER else mode  # type: ignore[assignment]
            deeper = partial(retriever.retrieve, k=max(k, _DEEP), mode=search_mode)
            ask = _searching(partial(retriever.retrieve, k=k, mode=search_mode))
            if mode == ANSWER and answerer:
                pipeline = Pipeline(collection.index, answerer.with_index(collection.index))
                ask = _answering(stack.enter_context(closing(pipeline)))
            system = System(name, mode, condition, unit, ask, deeper, explainer, originals)
            count = partial(_count, f"Asking ({name}) questions", len(pairs), progress)
            yield run_system(system, pairs, measures, progress=count)


def _searching(retrieve: Callable[[str], Sequence[Hit]]) -> Ask:
    return lambda question: (retrieve(question), None)


def _answerer(
    request: Request, folder: Path, index: PassageStore, progress: Progress
) -> ExtractiveAnswerer:
    """That of the trial, calibrated before its answers are seen."""
    development: Sequence[Question] = ()
    if request.trial != Trial():
        files = request.development or [request.questions]
        development = development_questions(files, index.texts)
    counted = partial(_count, "Calibrating on development questions", len(development), progress)
    return request.trial.answerer(folder, development, progress=counted)


def _answering(pipeline: Pipeline) -> Ask:
    def hits_and_answer(question: str) -> tuple[Sequence[Hit], Answer]:
        try:
            answer = pipeline.ask(question)
        except QuestionError:  # it takes this for no question, which is a way of abstaining
            answer = Answer(question, (), (), confidence=0.0)
        return answer.hits, answer

    return hits_and_answer


def _count(what: str, total: int, progress: Progress, done: int) -> None:
    progress(what, done, total)


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
        elif not exact and any(row.answer and row.answer.quotes for row in run.questions):
            yield (
                f"{run.name}: the quotes were not compared with the files on disk; --documents "
                "names their folder."
            )


def _setting(request: Request, recipe: Recipe) -> Setting:
    return Setting(
        request,
        questions_sha256=_sha256(request.questions),
        model=recipe.model,
        n_documents=recipe.n_documents,
        n_passages=recipe.n_passages,
        passage_tokens=request.trial.passage_tokens or recipe.settings.passage_tokens,
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
