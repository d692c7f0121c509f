"""Figures as a person reads them on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from evaluation.gate import Verdict
from evaluation.measures.comparison import LOWER_IS_BETTER, Comparison
from evaluation.measures.significance import Figure
from evaluation.question import counted
from evaluation.report.report import Report

_MIB = 1 << 20


def report_lines(report: Report) -> Iterator[str]:
    setting, request = report.setting, report.setting.request
    n_unanswerable = report.n_questions - report.n_answerable
    split = f" of the split {request.split}" if request.split else ""
    yield (
        f"{counted(report.n_questions, 'question')}{split} ({n_unanswerable} without an answer), "
        f"{counted(setting.n_documents, 'document')}, {counted(setting.n_passages, 'passage')}, "
        f"{request.unit}s ranked, {setting.model}"
    )
    yield ""
    yield from figure_lines({run.name: run.figures for run in report.runs})
    yield ""
    rows = [
        [
            run.name,
            f"{run.latency_p50 * 1000:.1f}",
            f"{run.latency_p95 * 1000:.1f}",
            f"{run.peak_bytes / _MIB:,.0f}",
        ]
        for run in report.runs
    ]
    yield from _table(["run", "p50 ms", "p95 ms", "peak MiB"], rows)
    if report.comparisons:
        yield ""
        yield from comparison_lines(report.comparisons)


def figure_rows(
    figures: Mapping[str, Sequence[Figure]],
) -> Iterator[tuple[str, str, list[Figure | None]]]:
    """For each measure how many questions it is over, and its figure in each run."""
    by_run = [{figure.measure: figure for figure in of_run} for of_run in figures.values()]
    for measure in dict.fromkeys(measure for of_run in by_run for measure in of_run):
        cells = [of_run.get(measure) for of_run in by_run]
        ns = sorted({figure.n for figure in cells if figure})
        yield measure, "–".join(f"{n:,}" for n in dict.fromkeys((ns[0], ns[-1]))), cells


def figure_lines(figures: Mapping[str, Sequence[Figure]]) -> Iterator[str]:
    """A row for each measure and a column for each run, with 95 % intervals."""
    rows = [
        [measure + (" ↓" if measure in LOWER_IS_BETTER else ""), n, *map(_cell, cells)]
        for measure, n, cells in figure_rows(figures)
    ]
    yield from _table(["measure", "n", *figures], rows)


def comparison_lines(comparisons: Sequence[Comparison]) -> Iterator[str]:
    """Differences with their intervals; the last p holds for all comparisons of a measure."""
    rows = [
        [
            f"{row.b} − {row.a}",
            row.measure,
            str(row.n),
            f"{row.difference:+.4f}{_bounds(row.low, row.high, '+.3f')}",
            _p(row.p),
            _p(row.p_holm),
        ]
        for row in comparisons
    ]
    yield from _table(["difference", "measure", "n", "95 % interval", "p", "p (Holm)"], rows)


def verdict_lines(verdicts: Sequence[Verdict]) -> Iterator[str]:
    rows = [
        [
            verdict.run,
            verdict.measure,
            f"{verdict.before:.4f}",
            f"{verdict.now:.4f}",
            f"{verdict.drop + 0.0:+.4f}",
            f"{verdict.allowed:g}",
            "–" if verdict.p is None else _p(verdict.p),
            _word(verdict),
        ]
        for verdict in verdicts
    ]
    yield from _table(["run", "measure", "before", "now", "drop", "allowed", "p", ""], rows)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as need be; the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        first, *others = (
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join([first, *others]).rstrip()


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    return f"{figure.value:.4f}{_bounds(figure.low, figure.high, '.3f')}"


def _bounds(low: float | None, high: float | None, form: str) -> str:
    return "" if low is None or high is None else f" [{low:{form}}, {high:{form}}]"


def _p(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def _word(verdict: Verdict) -> str:
    if verdict.regressed:
        return "REGRESSED"
    return "within noise" if verdict.drop > verdict.allowed else "ok"
