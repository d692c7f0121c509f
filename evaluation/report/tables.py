"""Figures as a person reads them on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from evaluation.gate import Verdict
from evaluation.measures.comparison import Comparison
from evaluation.measures.significance import Figure
from evaluation.report.report import Report
from evaluation.report.templates import template_environment

Figures = Mapping[str, Sequence[Figure]]
"""Name of a run → its figures."""


def terminal_text(
    *,
    report: Report | None = None,
    figures: Figures | None = None,
    comparisons: Sequence[Comparison] | None = None,
    verdicts: Sequence[Verdict] | None = None,
) -> str:
    """One table for each of these that is given, and of a report what was measured."""
    environment = template_environment()
    environment.filters["aligned"] = aligned
    return environment.get_template("terminal.txt.jinja").render(
        report=report,
        names=list(figures or ()),
        rows=list(figure_rows(figures or {})),
        comparisons=comparisons,
        verdicts=verdicts,
    )


def report_text(report: Report) -> str:
    figures = {run.name: run.figures for run in report.runs}
    return terminal_text(report=report, figures=figures, comparisons=report.comparisons or None)


def figure_rows(figures: Figures) -> Iterator[tuple[str, str, list[Figure | None]]]:
    """For each measure how many questions it is over, and its figure in each run."""
    by_run = [{figure.measure: figure for figure in of_run} for of_run in figures.values()]
    for measure in dict.fromkeys(measure for of_run in by_run for measure in of_run):
        cells = [of_run.get(measure) for of_run in by_run]
        ns = sorted({figure.n for figure in cells if figure})
        yield measure, "–".join(f"{n:,}" for n in dict.fromkeys((ns[0], ns[-1]))), cells


def aligned(table: str) -> str:
    """Cells are parted by ` | `; columns become as wide as need be, all but the first to the right.

    It is a filter for templates.
    """
    rows = [line.split(" | ") for line in table.splitlines()]
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    lines = []
    for first, *others in rows:
        padded = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=False))
        lines.append("  ".join((first.ljust(widths[0]), *padded)).rstrip() + "\n")
    return "".join(lines)
