"""`python -m evaluation`: measure, compare, guard, and draft test questions."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from itertools import count
from pathlib import Path

from answerer.generative.model_flags import add_model_flags, model_from
from command_line import run_command

_Add = Callable[..., argparse.Action]
"""`add_argument` of a command's parser."""

_MEASURES = "Success@1 Success@5 R@10 P@5 RR@10 AP nDCG@10"


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation",
        description="How good are retrieval and answers, on test questions, with 95 % intervals.",
        epilog="Exit status: 0 done, 1 a fault or a regression, 2 wrong use.",
    )
    commands = parser.add_subparsers(required=True)
    for name, add_arguments, handler, meaning in (
        ("run", _add_run, _run, "ask test questions and measure what comes back"),
        ("html", _add_html, _html, "write report.html from a report.json"),
        ("compare", _add_compare, _compare, "is one report better than another"),
        ("score", _add_score, _score, "measure TREC runs of any system against qrels"),
        ("gate", _add_gate, _gate, "exit 1 where it became worse than a baseline"),
        ("questions", _add_questions, _questions, "propose questions for a new collection"),
    ):
        command = commands.add_parser(name, help=meaning)
        command.set_defaults(handler=handler)
        add_arguments(command.add_argument)
        if name in ("run", "score"):
            measures = f"any that ir_measures names; default {_MEASURES}"
            command.add_argument("--measures", default=_MEASURES, help=measures)
        if name in ("run", "compare", "score", "gate"):
            command.add_argument("--json", action="store_true", help="print JSON")
        if name == "questions":
            add_model_flags(command)
    return parser


def _add_run(add: _Add) -> None:
    add("questions", type=Path, help="questions.jsonl, a .csv, a BEIR folder or SQuAD's JSON")
    add("--index", type=Path, help="folder of the index to ask")
    documents = "folder of documents to index and ask; beside --index: the files that quotes are "
    documents += "compared with. Default: what the questions bring along, else documents/"
    add("--documents", type=Path, help=documents)
    add("--split", help="only the questions of this split, such as dev or test")
    modes = "retrieval by meaning and words (default), by meaning, by words; answers"
    choices = ("hybrid", "dense", "lexical", "answer")
    add("--mode", nargs="+", default=["hybrid"], choices=choices, help=f"what to measure: {modes}")
    noise = "again with so many percent of scanning errors in the documents"
    add("--noise", nargs="+", default=[], type=int, choices=(1, 5, 10), help=noise)
    add("--typing", action="store_true", help="again with slips of the fingers in the questions")
    unit = "what is ranked; default: documents where each is as long as a passage (BEIR, SQuAD)"
    add("--unit", choices=("document", "passage"), help=unit)
    add("--out", type=Path, metavar="DIR", help="write report.html, report.json, TREC files there")


def _add_html(add: _Add) -> None:
    add("report", type=Path, help="report.json, or the folder that run --out wrote")
    add("--out", type=Path, metavar="FILE", help="default: report.html beside the report.json")


def _add_compare(add: _Add) -> None:
    reports = "report.json or its folder; DIR:RUN takes one"
    add("reports", nargs="+", metavar="REPORT", help=reports)


def _add_score(add: _Add) -> None:
    add("--qrels", type=Path, required=True, help="judgments: TREC qrels or BEIR tsv")
    add("--run", type=Path, nargs="+", required=True, help="TREC runs; .gz too")


def _add_gate(add: _Add) -> None:
    drop = "nDCG@10=0.01"
    add("baseline", type=Path, help="baseline.json or report.json of an earlier run")
    worse = f"how much worse it may be; default {drop}"
    add("--max-drop", nargs="+", default=[drop], metavar="MEASURE=DROP", help=worse)
    add("--report", type=Path, help="compare this; default: measure anew as the baseline was")


def _add_questions(add: _Add) -> None:
    drafts = "documents; the drafts are printed as lines of a questions.jsonl"
    add("--draft", type=Path, required=True, metavar="FOLDER", help=drafts)


def _run(arguments: argparse.Namespace) -> int:
    from evaluation.evaluate import evaluate
    from evaluation.report.files import report_json, write_report
    from evaluation.report.tables import report_text
    from evaluation.request import CLEAN, TYPING, Request
    from index.progress import progress_bars

    noises = [f"noise-{percent}" for percent in arguments.noise]
    request = Request(
        arguments.questions,
        index=arguments.index,
        documents=arguments.documents,
        split=arguments.split,
        modes=tuple(dict.fromkeys(arguments.mode)),
        conditions=(CLEAN, *dict.fromkeys(noises), *([TYPING] if arguments.typing else [])),
        measures=arguments.measures,
        unit=arguments.unit,
    )
    if arguments.out:  # a folder that cannot be made is said before the work, not after it
        arguments.out.mkdir(parents=True, exist_ok=True)
    with progress_bars() as progress:
        evaluation = evaluate(request, progress=progress)
    if arguments.out:
        write_report(evaluation.report, evaluation.runs, arguments.out)
    _warn(evaluation.report.warnings)
    if arguments.json:
        print(report_json(evaluation.report), end="")
    else:
        print(report_text(evaluation.report), end="")
    return 0


def _html(arguments: argparse.Namespace) -> int:
    from evaluation.report.files import PAGE, read_report
    from evaluation.report.page import page_html

    beside = arguments.report if arguments.report.is_dir() else arguments.report.parent
    out = arguments.out or beside / PAGE
    out.write_text(page_html(read_report(arguments.report)), encoding="utf-8")
    print(out)
    return 0


def _compare(arguments: argparse.Namespace) -> int:
    from evaluation.measures.comparison import compare_systems
    from evaluation.report.files import values_of_runs
    from evaluation.report.tables import terminal_text

    values, warnings = values_of_runs(arguments.reports)
    comparisons = compare_systems(values)
    _warn(warnings)
    _print(arguments, list(map(asdict, comparisons)), terminal_text(comparisons=comparisons))
    return 0


def _score(arguments: argparse.Namespace) -> int:
    from evaluation.measures.trec_scores import score_runs
    from evaluation.report.tables import terminal_text

    scores = score_runs(arguments.qrels, arguments.run, arguments.measures)
    _warn(scores.warnings)
    comparisons = scores.comparisons or None
    text = terminal_text(figures=scores.figures, comparisons=comparisons)
    _print(arguments, asdict(scores), text)
    return 0


def _gate(arguments: argparse.Namespace) -> int:
    from evaluation.evaluate import evaluate
    from evaluation.gate import gate_verdicts, parse_allowed_drops
    from evaluation.report.files import read_report
    from evaluation.report.tables import terminal_text
    from index.progress import progress_bars

    allowed = parse_allowed_drops(arguments.max_drop)
    baseline = read_report(arguments.baseline)
    if arguments.report:
        now = read_report(arguments.report)
    else:
        with progress_bars() as progress:
            now = evaluate(baseline.setting.request, progress=progress).report
    verdicts = gate_verdicts(baseline, now, allowed)
    _print(arguments, list(map(asdict, verdicts)), terminal_text(verdicts=verdicts))
    return int(any(verdict.regressed for verdict in verdicts))


def _questions(arguments: argparse.Namespace) -> int:
    from errors import DocentError, Problem
    from evaluation.drafting_model import all_drafts
    from evaluation.formats.questions_jsonl import question_lines
    from evaluation.question import Texts
    from index.readers.folder import load_folder

    model, numbers, n = model_from(arguments), count(1), 0
    problems: list[str] = []
    for loaded in load_folder(arguments.draft):
        if isinstance(loaded, Problem):
            problems.append(f"Not read: {loaded}")
            continue
        drafts = all_drafts(loaded.document, numbers, model, problems)
        for line in question_lines(drafts, Texts([loaded.document]), draft=True):
            n += 1
            print(line)
    _warn(problems)
    print(f"{n} drafts: keep, mend or drop each.", file=sys.stderr)
    if n == 0:
        raise DocentError(
            f"No statement in {arguments.draft} can be turned into a question.",
            "Write questions by hand, or in a spreadsheet: question, expected words, answerable.",
        )
    return 0


def _print(arguments: argparse.Namespace, value: object, text: str) -> None:
    """`value` as JSON where that was asked for, else the `text`."""
    print(json.dumps(value, ensure_ascii=False) + "\n" if arguments.json else text, end="")


def _warn(warnings: Iterable[str]) -> None:
    for warning in warnings:
        print(f"evaluation: {warning}", file=sys.stderr)


if __name__ == "__main__":
    arguments = parser().parse_args()
    sys.exit(run_command("evaluation", partial(arguments.handler, arguments)))
