"""`python -m interface.visits`: how many asked, what found nothing, which passages answered.

It reads the log of visits that a server writes (`app.py --log`), also while it is written.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

from command_line import run_command


def main(arguments: Sequence[str] | None = None) -> int:
    settings = _parser().parse_args(arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # of what this terminal cannot show
    return run_command("visits", lambda: _write(settings))


def _write(settings: argparse.Namespace) -> int:
    from interface.visits.figures import days_back, read_visits
    from interface.visits.log import days_from
    from interface.visits.sheets import as_csv, as_json, as_table

    since = days_back(days_from("--days", settings.days)) if settings.days else None
    figures = read_visits(Path(settings.log), since=since)
    if settings.csv:
        # As the page's sheets: by its mark Excel knows the encoding.
        sys.stdout.buffer.write(as_csv(figures, settings.csv).encode("utf-8-sig"))
    else:
        print((as_json if settings.json else as_table)(figures))
    return 0


def _parser() -> argparse.ArgumentParser:
    index = os.environ.get("DOCENT_INDEX") or "build/index"
    parser = argparse.ArgumentParser(
        prog="python -m interface.visits",
        description="How many asked, what found nothing, which passages answered and how long it "
        "took, for each day and language: from the log that `python app.py` keeps. With --log "
        "counts (the default) it holds sums alone, with --log questions the questions too.",
    )
    parser.add_argument(
        "log",
        nargs="?",
        default=str(Path(index).parent / "log.sqlite"),
        help="the log; it lies beside the index [DOCENT_INDEX] (default: %(default)s)",
    )
    parser.add_argument(
        "--days", metavar="N", help="the last N days, today among them (default: all)"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--csv",
        nargs="?",
        const="days",
        choices=("days", "passages", "questions"),
        help="a sheet for a spreadsheet: the days (where nothing is named), passages or questions",
    )
    form.add_argument(
        "--json", action="store_true", help="a line of JSON for each day and language"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
