"""Figures as a person reads them on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from evaluation.gate import LOWER_IS_BETTER, Verdict
from evaluation.question import counted
from evaluation.report.report import Comparison, Figure, Report

_MIB = 1 << 20


def report_lines(report: Report) -> Iterator[str]:
    setting = report.setting
    n_unanswerable = report.n_questions - report.n_answerable
    split = f" of the split {setting.split}" if setting.split else ""
    yield (
        f"{counted(report.n_questions, 'question')}{split} ({n_unanswerable} without an answer), "
        f"{counted(setting.n_documents, 'document')}, {counted(setting.n_passages, 'passage')}, "
        f"{setting.unit}s ranked, {setting.model}"
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
    yield from table(["run", "p50 ms", "p95 ms", "peak MiB"], rows)
    if report.comparisons:
        yield ""
        yield from comparison_lines(report.comparisons)


def figure_lines(figures: Mapping[str, Sequence[Figure]]) -> Iterator[str]:
    """A row for each measure and a column for each run, with 95 % intervals."""
    cells = {name: {each.measure: each for each in row} for name, row in figures.items()}
    measures = dict.fromkeys(measure for row in cells.values() for measure in row)
    rows = []
    for measure in measures:
        present = [row[measure] for row in cells.values() if measure in row]
        ns = sorted({each.n for each in present})
        n = str(ns[0]) if len(ns) == 1 else f"{ns[0]}–{ns[-1]}"
        mark = " ↓" if measure in LOWER_IS_BETTER else ""
        rows.append([measure + mark, n, *(_cell(row.get(measure)) for row in cells.values())])
    yield from table(["measure", "n", *figures], rows)


def comparison_lines(comparisons: Sequence[Comparison]) -> Iterator[str]:
    """Differences with their intervals; the last p holds for all comparisons of a measure."""
    rows = [
        [
            f"{each.b} − {each.a}",
            each.measure,
            str(each.n),
            f"{each.difference:+.4f}{_bounds(each.low, each.high, '+.3f')}",
            _p(each.p),
            _p(each.p_holm),
        ]
        for each in comparisons
    ]
    yield from table(["difference", "measure", "n", "95 % interval", "p", "p (Holm)"], rows)


def verdict_lines(verdicts: Sequence[Verdict]) -> Iterator[str]:
    rows = [
        [
            each.run,
            each.measure,
            f"{each.before:.4f}",
            f"{each.now:.4f}",
            f"{each.drop + 0.0:+.4f}",
            f"{each.allowed:g}",
            "–" if each.p is None else _p(each.p),
            _word(each),
        ]
        for each in verdicts
    ]
    yield from table(["run", "measure", "before", "now", "drop", "allowed", "p", ""], rows)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
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
