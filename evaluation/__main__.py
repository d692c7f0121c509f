"""`python -m evaluation`: measure, compare, guard, and draft test questions."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from answerer.generative.model_flags import add_model_flags, model_from

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
        add_arguments(command)
    return parser


def _add_run(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
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
    _add_measures(command)
    add("--out", type=Path, metavar="DIR", help="write report.html, report.json, TREC files there")
    _add_json(command)


def _add_html(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("report", type=Path, help="report.json, or the folder that run --out wrote")
    add("--out", type=Path, metavar="FILE", help="default: report.html beside the report.json")


def _add_compare(command: argparse.ArgumentParser) -> None:
    reports = "report.json or its folder; DIR:RUN takes one"
    command.add_argument("reports", nargs="+", metavar="REPORT", help=reports)
    _add_json(command)


def _add_score(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--qrels", type=Path, required=True, help="judgments: TREC qrels or BEIR tsv")
    add("--run", type=Path, nargs="+", required=True, help="TREC runs; .gz too")
    _add_measures(command)
    _add_json(command)


def _add_gate(command: argparse.ArgumentParser) -> None:
    add, drop = command.add_argument, "nDCG@10=0.01"
    add("baseline", type=Path, help="baseline.json or report.json of an earlier run")
    worse = f"how much worse it may be; default {drop}"
    add("--max-drop", nargs="+", default=[drop], metavar="MEASURE=DROP", help=worse)
    add("--report", type=Path, help="compare this; default: measure anew as the baseline was")
    _add_json(command)


def _add_questions(command: argparse.ArgumentParser) -> None:
    drafts = "documents; the drafts are printed as lines of a questions.jsonl"
    command.add_argument("--draft", type=Path, required=True, metavar="FOLDER", help=drafts)
    add_model_flags(command)


def _add_measures(command: argparse.ArgumentParser) -> None:
    measures = f"any that ir_measures names; default {_MEASURES}"
    command.add_argument("--measures", default=_MEASURES, help=measures)


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print JSON")


def main() -> int:
    arguments = parser().parse_args()
    from errors import DocentError

    try:
        status: int = arguments.handler(arguments)
        return status
    except DocentError as error:
        print(f"evaluation: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        print(f"evaluation: {error.filename}: {error.strerror}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(arguments: argparse.Namespace) -> int:
    from evaluation.evaluate import evaluate
    from evaluation.report.files import report_json, write_report
    from evaluation.report.tables import report_lines
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
        sys.stdout.write(report_json(evaluation.report))
    else:
        _print(report_lines(evaluation.report))
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
    from evaluation.report.tables import comparison_lines

    values, warnings = values_of_runs(arguments.reports)
    comparisons = compare_systems(values)
    _warn(warnings)
    if arguments.json:
        _print_json([asdict(comparison) for comparison in comparisons])
    else:
        _print(comparison_lines(comparisons))
    return 0


def _score(arguments: argparse.Namespace) -> int:
    from evaluation.measures.trec_scores import score_runs
    from evaluation.report.tables import comparison_lines, figure_lines

    scores = score_runs(arguments.qrels, arguments.run, arguments.measures)
    _warn(scores.warnings)
    if arguments.json:
        _print_json(asdict(scores))
        return 0
    _print(figure_lines(scores.figures))
    if scores.comparisons:
        print()
        _print(comparison_lines(scores.comparisons))
    return 0


def _gate(arguments: argparse.Namespace) -> int:
    from evaluation.evaluate import evaluate
    from evaluation.gate import gate_verdicts, parse_allowed_drops
    from evaluation.report.files import read_report
    from evaluation.report.tables import verdict_lines
    from index.progress import progress_bars

    allowed = parse_allowed_drops(arguments.max_drop)
    baseline = read_report(arguments.baseline)
    if arguments.report:
        now = read_report(arguments.report)
    else:
        with progress_bars() as progress:
            now = evaluate(baseline.setting.request, progress=progress).report
    verdicts = gate_verdicts(baseline, now, allowed)
    if arguments.json:
        _print_json([asdict(verdict) for verdict in verdicts])
    else:
        _print(verdict_lines(verdicts))
    return int(any(verdict.regressed for verdict in verdicts))


def _questions(arguments: argparse.Namespace) -> int:
    from errors import DocentError, Problem
    from evaluation.drafting_model import all_drafts
    from evaluation.formats.questions_jsonl import question_lines
    from evaluation.question import Texts
    from index.readers.folder import load_folder

    model = model_from(arguments)
    n = 0
    problems: list[str] = []
    for loaded in load_folder(arguments.draft):
        if isinstance(loaded, Problem):
            problems.append(f"Not read: {loaded}")
            continue
        drafts = all_drafts(loaded.document, n, model, problems)
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


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _warn(warnings: Iterable[str]) -> None:
    for warning in warnings:
        print(f"evaluation: {warning}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
