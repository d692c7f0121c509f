"""A Report → report.html: one file for a curator, which needs no network and no server."""

from __future__ import annotations

import hashlib
import shlex
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from errors import QuestionError
from evaluation.gate import LOWER_IS_BETTER
from evaluation.question import counted
from evaluation.report import plain_language as plain
from evaluation.report import plots
from evaluation.report.page_questions import (
    is_judged,
    kind_measures,
    kind_rows,
    main_run,
    questions_on_page,
    shown_passages,
)
from evaluation.report.report import Figure, Report, RunReport, Setting

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).parent
_N_IN_FULL = 2000
"""Questions with a section of their own, the gravest failures first: a browser stays quick."""
_N_RUNS_DRAWN = 8
_CARDS = (
    "Success@1",
    "Success@5",
    "quote_success@1",
    "quote_success@3",
    "false_answers",
    "false_abstentions",
    "quote_exactness",
)


@dataclass(frozen=True, slots=True)
class Card:
    """One figure that stands out. `n`: out of 100, or the figure itself where it counts nothing.

    `n_questions`: so many were counted.
    """

    figure: Figure
    n: str
    sentence: str
    is_share: bool
    lower_is_better: bool
    n_questions: int


@dataclass(frozen=True, slots=True)
class Plot:
    heading: str
    svg: str
    sentence: str


@dataclass(frozen=True, slots=True)
class FigureRow:
    measure: str
    sentence: str
    lower_is_better: bool
    n: str
    cells: tuple[Figure | None, ...]


def page_html(report: Report) -> str:
    """Raises QuestionError for a baseline, from which the texts were taken."""
    if not any(each.text for run in report.runs for each in run.questions):
        raise QuestionError(
            "A baseline has no texts to show.", "Give the report.json that run --out wrote."
        )
    main = main_run(report)
    questions = questions_on_page(report)
    in_full = questions[:_N_IN_FULL]
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    page = _environment().get_template("page.html.jinja")
    return page.render(
        report=report,
        setting=report.setting,
        main=main,
        created=_written(report.created),
        command=command(report.setting),
        style=(_HERE / "page.css").read_text(encoding="utf-8"),
        script=script,
        script_sha256=b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        cards=_cards(main, report),
        n_judged=sum(is_judged(question.result) for question in questions),
        n_failed=sum(question.result.failed for question in questions),
        rows=_figure_rows(report.runs, main),
        plots=list(_plots(report.runs, main)),
        kinds=kind_rows(main),
        kind_measures=kind_measures(main),
        questions=questions,
        all_kinds=sorted({each.result.kind for each in questions if each.result.kind}),
        in_full=in_full,
        passages={
            passage_id: (number, report.passages[passage_id])
            for number, passage_id in enumerate(shown_passages(in_full), start=1)
        },
    )


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "speed": plain.speed,
        "memory": plain.memory,
        "per_hundred": plain.per_hundred,
        "counted": counted,
    }
    environment.filters |= {"from_word": _from_word, "around": _around, "opening": _opening}
    return environment


def command(setting: Setting) -> str:
    """What measures the same again."""
    noises = [each.removeprefix("noise-") for each in setting.conditions if "noise-" in each]
    words = ["python", "-m", "evaluation", "run", setting.questions]
    for flag, value in (
        ("--index", setting.index),
        ("--documents", setting.documents),
        ("--split", setting.split),
    ):
        words += [flag, value] if value else []
    words += ["--mode", *setting.modes]
    words += ["--noise", *noises] if noises else []
    words += ["--typing"] if "typing" in setting.conditions else []
    words += ["--unit", setting.unit, "--measures", " ".join(setting.measures)]
    return shlex.join(words)


def _cards(run: RunReport, report: Report) -> list[Card]:
    counted_of = {
        "false_answers": report.n_questions - report.n_answerable,
        "false_abstentions": report.n_answerable,
    }
    chosen = [figure for name in _CARDS if (figure := run.figure(name))] or run.figures[:4]
    cards = []
    for figure in chosen:
        share = plain.is_share(figure.measure)
        said = plain.sentence(figure, run.unit) or figure.measure
        n = plain.per_hundred(figure.value) if share else f"{figure.value:.2f}"
        lower = figure.measure in LOWER_IS_BETTER
        n_questions = counted_of.get(figure.measure, figure.n)
        cards.append(Card(figure, n, said, share, lower, n_questions))
    return cards


def _figure_rows(runs: Sequence[RunReport], main: RunReport) -> list[FigureRow]:
    rows = []
    for measure in dict.fromkeys(figure.measure for run in runs for figure in run.figures):
        cells = tuple(run.figure(measure) for run in runs)
        present = [figure for figure in cells if figure]
        ns = sorted({figure.n for figure in present})
        rows.append(
            FigureRow(
                measure,
                plain.sentence(main.figure(measure) or present[0], main.unit),
                measure in LOWER_IS_BETTER,
                f"{ns[0]:,}" if len(ns) == 1 else f"{ns[0]:,}–{ns[-1]:,}",
                cells,
            )
        )
    return rows


def _plots(runs: Sequence[RunReport], main: RunReport) -> Iterator[Plot]:
    found = [run for run in runs if run.recall_by_k][:_N_RUNS_DRAWN]
    if found:
        yield Plot("How deep one has to look", plots.recall_by_k(found), _of_recall(main))
    answering = [run for run in runs if run.risk_coverage][:_N_RUNS_DRAWN]
    if answering:
        said = _of_risk(main)
        yield Plot("What caution would bring", plots.risk_coverage(answering), said)
        error = main.figure("ECE")
        said = "Dots on the dashed line: of ten questions it gives 70 %, seven have an answer. "
        said += plain.sentence(error, main.unit) if error else ""
        yield Plot("Can its confidence be believed", plots.reliability(main), said)
    yield from _histograms(main)


def _of_recall(run: RunReport) -> str:
    first = plain.per_hundred(run.recall_by_k[0]) if run.recall_by_k else "0"
    fifth = plain.per_hundred(run.recall_by_k[min(4, len(run.recall_by_k) - 1)])
    return (
        f"Of 100 {run.unit}s in which an answer stands, {first} are the first found, and {fifth} "
        f"are among the first 5 ({run.name})."
    )


def _of_risk(run: RunReport) -> str:
    half = min(run.risk_coverage, key=lambda point: abs(point.coverage - 0.5))
    return (
        f"Of the {plain.per_hundred(half.coverage)} in 100 questions it is surest of, "
        f"{plain.per_hundred(half.risk)} of 100 are not answered rightly; of all questions "
        f"{plain.per_hundred(run.risk_coverage[-1].risk)} of 100. The lower on the left, the "
        "better it knows when it is right."
    )


def _histograms(run: RunReport) -> Iterator[Plot]:
    """Of the confidence, and of the score of the first passage."""
    said = "The further apart the two, the better it can tell what the documents do not say. "
    answered = [
        (each.answer.confidence, each.answerable)
        for each in run.questions
        if each.answer and each.answer.confidence is not None
    ]
    if answered:
        better = run.figure("AUROC")
        yield Plot(
            "With and without an answer",
            plots.histograms(
                [confidence for confidence, answerable in answered if answerable],
                [confidence for confidence, answerable in answered if not answerable],
                label="confidence",
            ),
            said + (plain.sentence(better, run.unit) if better else ""),
        )
    scored = [(each.hits[0].score or 0.0, each.answerable) for each in run.questions if each.hits]
    if scored:
        yield Plot(
            "The score of the first passage",
            plots.histograms(
                [score for score, answerable in scored if answerable],
                [score for score, answerable in scored if not answerable],
                label="score of the first passage",
            ),
            said,
        )


def _written(created: str) -> str:
    date = datetime.fromisoformat(created)
    return f"{date.day} {date:%B %Y, %H:%M} UTC"


def _from_word(before: str) -> str:
    """From the first whole word on."""
    return before.partition(" ")[2] if " " in before else before


def _opening(text: str) -> str:
    """So much of a text that one knows it again."""
    return text if len(text) <= 90 else text[:90].rpartition(" ")[0] + " …"


def _around(text: str, highlight: str | None) -> tuple[str, str, str]:
    """A quote before, in and after the words that answer; all of it after where there are none."""
    before, found, after = text.partition(highlight) if highlight else ("", "", text)
    return (before, found, after) if found else ("", "", text)
