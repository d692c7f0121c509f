"""`python -m benchmarks`: speed beside a plain script, quality beside other systems."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    speed = kinds.add_parser("speed", help="time, memory and size beside a plain script")
    speed.add_argument("--rounds", type=int, default=3, help="how often (default 3)")
    fusion = kinds.add_parser("fusion", help="ways to make one ranking of two, on training data")
    quality = kinds.add_parser("quality", help="retrieval and answers on public questions")
    ablations = kinds.add_parser("ablations", help="what each part of the answers is worth")
    visitors = kinds.add_parser("visitors", help="many visitors asking the web chat at once")
    visitors.add_argument("-n", type=int, default=50, help="how many (default 50)")
    kiosk = kinds.add_parser("kiosk", help="scripted visitors at the kiosk: requests, memory")
    kiosk.add_argument("--minutes", type=float, default=30, help="how long (default 30)")
    memory = kinds.add_parser("memory", help="the server's memory over many questions")
    memory.add_argument("-n", type=int, default=5_000, help="how many (default 5000)")
    memory.add_argument("--door", choices=("chat", "kiosk"), default="chat", help="(default chat)")
    statements = kinds.add_parser("statements", help="reading and checking a model's statements")
    for each in (speed, fusion, quality, ablations):
        each.add_argument(
            "--data", type=Path, default=Path("../shared/data"), help="folder that holds squad/"
        )
    for each in (speed, fusion, quality, ablations, visitors, kiosk, memory, statements):
        each.add_argument("--json", action="store_true", help="print JSON instead of a table")
    child = kinds.add_parser("child", help="one measurement, as speed runs them")
    child.add_argument("task", choices=("first", "build", "ask"))
    child.add_argument("system", choices=("docent", "plain"))
    child.add_argument("data", type=Path)
    child.add_argument("folder", type=Path)
    return parser


def main() -> int:
    arguments = parser().parse_args()
    from errors import DocentError

    try:
        if arguments.kind == "child":
            from benchmarks import speed

            speed.child(arguments.task, arguments.system, arguments.data, arguments.folder)
            return 0
        measured, table = _measured(arguments)
        print(json.dumps(measured, indent=1) if arguments.json else "\n".join(table))
    except DocentError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    return 0


def _measured(arguments: argparse.Namespace) -> tuple[dict[str, Any], Iterable[str]]:
    if arguments.kind == "speed":
        from benchmarks import speed

        measured = speed.measure(arguments.data, rounds=arguments.rounds)
        return measured, speed.table(measured)
    if arguments.kind == "fusion":
        from benchmarks import fusion

        measured = fusion.measure(arguments.data)
        return measured, fusion.table(measured)
    if arguments.kind == "quality":
        from benchmarks import quality

        reports = quality.measure(arguments.data)
        return quality.as_json(reports), quality.table(reports)
    if arguments.kind == "statements":
        from benchmarks import statements

        measured = statements.measure()
        return measured, statements.table(measured)
    if arguments.kind == "ablations":
        from benchmarks import ablations

        measured = ablations.measure(arguments.data)
        return measured, ablations.table(measured)
    return _measured_over_http(arguments)


def _measured_over_http(arguments: argparse.Namespace) -> tuple[dict[str, Any], Iterable[str]]:
    if arguments.kind == "kiosk":
        from benchmarks import kiosk

        measured = kiosk.measure(arguments.minutes)
        return measured, kiosk.table(measured)
    if arguments.kind == "memory":
        from benchmarks import memory

        measured = memory.measure(arguments.n, arguments.door)
        return measured, memory.table(measured)
    from benchmarks import visitors

    measured = visitors.measure(arguments.n)
    return measured, visitors.table(measured)


if __name__ == "__main__":
    sys.exit(main())
