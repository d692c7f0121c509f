"""`python -m benchmarks`: speed beside a plain script, quality beside other systems."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

DATA = ("--data", {"type": Path, "default": Path("../shared/data"), "help": "holds squad/"})
BENCHMARKS: dict[str, tuple[str, list[tuple[str, dict[str, object]]]]] = {
    "speed": (
        "time, memory and size beside a plain script",
        [DATA, ("--rounds", {"type": int, "default": 3, "help": "how often"})],
    ),
    "fusion": ("ways to make one ranking of two, on training data", [DATA]),
    "quality": ("retrieval and answers on public questions", [DATA]),
    "ablations": ("what each part of the answers is worth", [DATA]),
    "visitors": (
        "many visitors asking the web chat at once",
        [("-n", {"type": int, "default": 50, "help": "how many"})],
    ),
    "kiosk": (
        "scripted visitors at the kiosk: requests, memory",
        [("--minutes", {"type": float, "default": 30, "help": "how long"})],
    ),
    "memory": (
        "the server's memory over many questions",
        [
            ("-n", {"type": int, "default": 5_000, "help": "how many"}),
            ("--door", {"choices": ("chat", "kiosk"), "default": "chat", "help": "asked there"}),
        ],
    ),
    "statements": ("reading and checking a model's statements", []),
}
"""Name → what it measures, and its options. Each module has `measure(**options)`, whose result
is written as JSON, and `table(result)`."""


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    for name, (purpose, options) in BENCHMARKS.items():
        benchmark = kinds.add_parser(
            name, help=purpose, formatter_class=argparse.ArgumentDefaultsHelpFormatter
        )
        for flag, settings in options:
            benchmark.add_argument(flag, **settings)  # type: ignore[arg-type]
        benchmark.add_argument("--json", action="store_true", help="print JSON, not a table")
    child = kinds.add_parser("child", help="one measurement, as speed runs them")
    child.add_argument("task", choices=("first", "build", "ask"))
    child.add_argument("system", choices=("docent", "plain"))
    child.add_argument("data", type=Path)
    child.add_argument("folder", type=Path)
    return parser


def main() -> int:
    options = vars(parser().parse_args())
    kind, as_json = options.pop("kind"), options.pop("json", False)
    from errors import DocentError

    try:
        if kind == "child":
            from benchmarks.speed import child

            child(**options)
            return 0
        benchmark = importlib.import_module(f"benchmarks.{kind}")
        measured = benchmark.measure(**options)
        if as_json:
            print(json.dumps(measured, indent=1, default=getattr(benchmark, "as_json", None)))
        else:
            print("\n".join(benchmark.table(measured)))
    except DocentError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
