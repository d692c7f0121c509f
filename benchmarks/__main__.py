"""`python -m benchmarks`: speed beside a plain script, quality beside other systems."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    speed = kinds.add_parser("speed", help="time, memory and size beside a plain script")
    speed.add_argument("--rounds", type=int, default=3, help="how often (default 3)")
    for each in (speed,):
        each.add_argument(
            "--data", type=Path, default=Path("../shared/data"), help="folder that holds squad/"
        )
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
        from benchmarks import speed

        if arguments.kind == "child":
            speed.child(arguments.task, arguments.system, arguments.data, arguments.folder)
            return 0
        measured = speed.measure(arguments.data, rounds=arguments.rounds)
        print(
            json.dumps(measured, indent=1) if arguments.json else "\n".join(speed.table(measured))
        )
    except DocentError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
