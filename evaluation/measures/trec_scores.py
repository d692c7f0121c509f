"""Runs of any system against qrels, without documents and without asking anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from errors import QuestionError
from evaluation.formats.trec import Run, read_qrels, read_run
from evaluation.measures.comparison import Comparison, compare_systems
from evaluation.measures.retrieval import by_query, parsed_measures
from evaluation.measures.significance import Figure, mean_figures
from evaluation.question import FEW_QUESTIONS, few_questions


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures by run, and every pair of runs compared."""

    figures: Mapping[str, Sequence[Figure]]
    comparisons: tuple[Comparison, ...]
    warnings: tuple[str, ...]


def score_runs(qrels_path: Path, run_paths: Sequence[Path], measures: str) -> Scores:
    """Raises QuestionError naming file and line, SettingError for an unknown measure."""
    wanted = parsed_measures(measures)
    qrels = read_qrels(qrels_path)
    runs = _read_runs(run_paths)
    warnings = []
    for name, run in runs.items():
        if not qrels.keys() & run.keys():
            raise QuestionError(
                f"The run {name} answers none of the judged queries.",
                f"The judgments name {min(qrels)}, the run {min(run)}: give files of one data set.",
            )
        if n_silent := len(qrels.keys() - run.keys()):
            noun = "query" if n_silent == 1 else "queries"
            warnings.append(f"{name} is silent for {n_silent} judged {noun}, which count zero.")
    if len(qrels) < FEW_QUESTIONS:
        warnings.append(few_questions(len(qrels)))
    values = {name: by_query(wanted, qrels, run) for name, run in runs.items()}
    figures = {
        name: mean_figures({measure: of_it.values() for measure, of_it in by_measure.items()})
        for name, by_measure in values.items()
    }
    return Scores(figures, compare_systems(values), tuple(warnings))


def _read_runs(paths: Sequence[Path]) -> dict[str, Run]:
    """By file name; by path where two files have one name."""
    unique = len({path.name for path in paths}) == len(paths)
    return {path.name if unique else str(path): read_run(path) for path in paths}
