"""The curves of a report as SVG that stands inside a page: text stays text, colours are the page's.

Figures are made without pyplot, which keeps them for ever and is not safe in threads.
"""

from __future__ import annotations

import io
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.report.report import RunReport

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INK, _SOFT, _SHEET = "#221e19", "#635b50", "#fffdf9"
_OF_THE_PAGE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
"""Colour of the style sheet → the page's own."""
_STYLE = Path(__file__).with_suffix(".mplstyle")


def recall_by_k(runs: Sequence[RunReport]) -> str:
    with _drawing("recall") as (axes, svg):
        for run in runs:
            ks = range(1, len(run.recall_by_k) + 1)
            axes.plot(ks, run.recall_by_k, label=run.name)
        axes.set_xscale("log")
        axes.set_xticks([1, 2, 3, 5, 10, 20, 50], labels=["1", "2", "3", "5", "10", "20", "50"])
        axes.minorticks_off()
        axes.set(xlabel="so many found", ylabel="share of the right ones", ylim=(0, 1.03))
        axes.legend(loc="lower right", ncols=1 + (len(runs) > 4))
    return svg()


def risk_coverage(runs: Sequence[RunReport]) -> str:
    with _drawing("risk") as (axes, svg):
        for run in runs:
            coverage = [point.coverage for point in run.risk_coverage]
            risk = [point.risk for point in run.risk_coverage]
            axes.step(coverage, risk, label=run.name, where="pre")
        axes.set(xlim=(0, 1.01), ylim=(0, 1.03))
        axes.set(xlabel="share of questions, the surest first", ylabel="share gone wrong")
        if len(runs) > 1:
            axes.legend(loc="best")
    return svg()


def reliability(run: RunReport) -> str:
    with _drawing("reliability") as (axes, svg):
        axes.plot([0, 1], [0, 1], color=_SOFT, linewidth=1, linestyle=(0, (4, 3)))
        axes.plot(
            [part.confidence for part in run.reliability],
            [part.answerable for part in run.reliability],
            "C0-o",
            linewidth=1,
        )
        axes.text(0.99, 0.66, "as it should be", color=_SOFT, ha="right", fontsize=10)
        axes.set(xlim=(0, 1.02), ylim=(-0.02, 1.04))
        axes.set(xlabel="confidence", ylabel="share that has an answer")
    return svg()


def histograms(scores: Sequence[float], answerable: Sequence[bool], *, label: str) -> str:
    """Of each question's score: answerable ones above the axis, unanswerable ones below it."""
    import numpy as np
    from matplotlib.ticker import MaxNLocator

    values, has_answer = np.array(scores), np.array(answerable, dtype=bool)
    low, high = (0.0, 1.0) if label == "confidence" else (values.min(), values.max())
    edges = np.linspace(low, high if high > low else low + 1, 21)
    with _drawing(label.partition(" ")[0]) as (axes, svg):
        above, _ = np.histogram(values[has_answer], edges)
        below, _ = np.histogram(values[~has_answer], edges)
        width = edges[1] - edges[0]
        style = {"align": "edge", "width": 0.92 * width}
        axes.bar(edges[:-1], above, color="C1", **style)
        axes.bar(edges[:-1], -below, color="C2", hatch="///", edgecolor=_SHEET, **style)
        axes.axhline(0, color=_INK, linewidth=1)
        top = 1.25 * max(1, *above, *below)
        axes.set(ylim=(-top, top), xlabel=label, ylabel="questions")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
        axes.text(0.02, 0.97, "have an answer", transform=axes.transAxes, va="top")
        axes.text(0.02, 0.03, "have none", transform=axes.transAxes, va="bottom")
    return svg()


@contextmanager
def _drawing(name: str) -> Iterator[tuple[Axes, Callable[[], str]]]:
    """Axes to draw on, and what gives the SVG once all is drawn. `name` keeps ids apart."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    drawn = io.StringIO()
    with rc_context(fname=_STYLE):
        figure = Figure()
        yield figure.add_subplot(), lambda: _inline(drawn.getvalue(), name)
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(drawn, format="svg", metadata=nothing)


def _inline(svg: str, name: str) -> str:
    """Without what belongs to a file of its own; ids are unique on the page."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'\b(id="|url\(#|href="#)', rf"\1{name}-", svg)
    svg = re.sub(
        r'<svg [^>]*?viewBox="([^"]+)"[^>]*>', r'<svg viewBox="\1" aria-hidden="true">', svg
    )
    svg = re.sub(
        r"<defs>\s*<style.*?</style>\s*</defs>|font-family: [^;]+; ", "", svg, flags=re.DOTALL
    )
    for colour, variable in _OF_THE_PAGE.items():
        svg = svg.replace(colour, variable)
    return svg
