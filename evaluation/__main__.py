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

_WORK = Path("build/evaluation")
_MEASURES = "Success@1 Success@5 R@10 P@5 RR@10 AP nDCG@10"


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation",
        description="How good are retrieval and answers, on test questions, with 95 % intervals.",
        epilog="Exit status: 0 done, 1 a fault or a regression, 2 wrong use.",
    )
    doors = parser.add_subparsers(dest="door", required=True)
    _add_run(doors.add_parser("run", help="ask test questions and measure what comes back"))
    _add_html(doors.add_parser("html", help="write report.html from a report.json"))
    _add_compare(doors.add_parser("compare", help="is one report better than another"))
    _add_score(doors.add_parser("score", help="measure TREC runs of any system against qrels"))
    _add_gate(doors.add_parser("gate", help="exit 1 where it became worse than a baseline"))
    _add_questions(doors.add_parser("questions", help="propose questions for a new collection"))
    return parser


def _add_run(door: argparse.ArgumentParser) -> None:
    door.add_argument(
        "questions",
        type=Path,
        help="questions.jsonl, a spreadsheet (.csv), a BEIR folder or SQuAD's JSON",
    )
    door.add_argument("--index", type=Path, help="folder of the index to ask")
    door.add_argument(
        "--documents",
        type=Path,
        help="folder of documents to index and ask; beside --index: the files that quotes are "
        "compared with. Default: what the questions bring along, else documents/",
    )
    door.add_argument("--split", help="only the questions of this split, such as dev or test")
    door.add_argument(
        "--mode",
        nargs="+",
        default=["hybrid"],
        choices=("hybrid", "dense", "lexical", "answer"),
        help="what to measure: retrieval by meaning and words (default), by meaning, by words; "
        "answers",
    )
    door.add_argument(
        "--noise",
        nargs="+",
        default=[],
        type=int,
        choices=(1, 5, 10),
        metavar="PERCENT",
        help="again with so many scanning errors in the documents: 1, 5 or 10 percent",
    )
    door.add_argument(
        "--typing", action="store_true", help="again with slips of the fingers in the questions"
    )
    door.add_argument(
        "--unit",
        choices=("document", "passage"),
        help="what is ranked; default: documents where each is as long as a passage (BEIR, SQuAD)",
    )
    _add_measures(door)
    door.add_argument(
        "--out", type=Path, metavar="DIR", help="write report.html, report.json, TREC files there"
    )
    _add_json(door)


def _add_html(door: argparse.ArgumentParser) -> None:
    door.add_argument("report", type=Path, help="report.json, or the folder that run --out wrote")
    door.add_argument(
        "--out", type=Path, metavar="FILE", help="default: report.html beside the report.json"
    )


def _add_compare(door: argparse.ArgumentParser) -> None:
    door.add_argument(
        "reports", nargs="+", metavar="REPORT", help="report.json or its folder; DIR:RUN takes one"
    )
    _add_json(door)


def _add_score(door: argparse.ArgumentParser) -> None:
    door.add_argument("--qrels", type=Path, required=True, help="judgments: TREC qrels or BEIR tsv")
    door.add_argument("--run", type=Path, nargs="+", required=True, help="TREC runs; .gz too")
    _add_measures(door)
    _add_json(door)


def _add_gate(door: argparse.ArgumentParser) -> None:
    door.add_argument("baseline", type=Path, help="baseline.json or report.json of an earlier run")
    door.add_argument(
        "--max-drop",
        nargs="+",
        default=["nDCG@10=0.01"],
        metavar="MEASURE=DROP",
        help="how much worse it may be; default nDCG@10=0.01",
    )
    door.add_argument(
        "--report", type=Path, help="compare this report; default: measure anew as the baseline was"
    )
    _add_json(door)


def _add_questions(door: argparse.ArgumentParser) -> None:
    door.add_argument(
        "--draft",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="documents; the drafts are printed as lines of a questions.jsonl",
    )
    add_model_flags(door)


def _add_measures(door: argparse.ArgumentParser) -> None:
    door.add_argument(
        "--measures", default=_MEASURES, help=f"any that ir_measures names; default {_MEASURES}"
    )


def _add_json(door: argparse.ArgumentParser) -> None:
    door.add_argument("--json", action="store_true", help="print JSON")


def main() -> int:
    arguments = parser().parse_args()
    from errors import DocentError

    doors = {
        "run": _run,
        "html": _html,
        "compare": _compare,
        "score": _score,
        "gate": _gate,
        "questions": _questions,
    }
    try:
        return doors[arguments.door](arguments)
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
    from evaluation.progress import bars
    from evaluation.report.files import report_json, write_report
    from evaluation.report.tables import report_lines
    from evaluation.running import CLEAN, TYPING, Request, evaluate

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
        work=_WORK,
    )
    if arguments.out:  # a folder that cannot be made is said before the work, not after it
        arguments.out.mkdir(parents=True, exist_ok=True)
    with bars() as progress:
        found = evaluate(request, progress=progress)
    if arguments.out:
        write_report(found.report, found.runs, arguments.out)
    _warn(found.report.warnings)
    if arguments.json:
        sys.stdout.write(report_json(found.report))
    else:
        _print(report_lines(found.report))
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
    from evaluation.measures.comparing import compared
    from evaluation.report.files import chosen_runs
    from evaluation.report.tables import comparison_lines

    values, warnings = chosen_runs(arguments.reports)
    comparisons = compared(values)
    _warn(warnings)
    if arguments.json:
        _print_json([asdict(each) for each in comparisons])
    else:
        _print(comparison_lines(comparisons))
    return 0


def _score(arguments: argparse.Namespace) -> int:
    from evaluation.measures.scoring import scored
    from evaluation.report.tables import comparison_lines, figure_lines

    found = scored(arguments.qrels, arguments.run, arguments.measures)
    _warn(found.warnings)
    if arguments.json:
        _print_json(asdict(found))
        return 0
    _print(figure_lines(found.figures))
    if found.comparisons:
        print()
        _print(comparison_lines(found.comparisons))
    return 0


def _gate(arguments: argparse.Namespace) -> int:
    from evaluation.gate import allowed_drops, verdicts
    from evaluation.progress import bars
    from evaluation.report.files import read_report
    from evaluation.report.tables import verdict_lines
    from evaluation.running import evaluate, request_of

    allowed = allowed_drops(arguments.max_drop)
    baseline = read_report(arguments.baseline)
    if arguments.report:
        now = read_report(arguments.report)
    else:
        with bars() as progress:
            now = evaluate(request_of(baseline.setting, _WORK), progress=progress).report
    found = verdicts(baseline, now, allowed)
    if arguments.json:
        _print_json([asdict(each) for each in found])
    else:
        _print(verdict_lines(found))
    return int(any(each.regressed for each in found))


def _questions(arguments: argparse.Namespace) -> int:
    from errors import DocentError, Problem
    from evaluation.drafting_model import all_drafts
    from evaluation.formats.questions_jsonl import own_form_lines
    from evaluation.question import Texts
    from index.readers.folder import load_folder

    model = model_from(arguments)
    n = 0
    problems: list[str] = []
    for each in load_folder(arguments.draft):
        if isinstance(each, Problem):
            problems.append(f"Not read: {each}")
            continue
        drafts = all_drafts(each.document, n, model, problems)
        for line in own_form_lines(drafts, Texts([each.document]), draft=True):
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


def _print_json(said: object) -> None:
    print(json.dumps(said, ensure_ascii=False))


def _warn(warnings: Iterable[str]) -> None:
    for warning in warnings:
        print(f"evaluation: {warning}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
