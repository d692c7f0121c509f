"""`python -m benchmarks`: speed beside a plain script, quality beside other systems."""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from command_line import run_command
from errors import SettingError

Flags = dict[str, dict[str, Any]]

DATA: Flags = {
    "data": {
        "type": Path,
        "default": Path("../shared/data"),
        "help": "folder that holds squad/ (default ../shared/data)",
    }
}
KINDS: dict[str, tuple[str, Flags]] = {
    "speed": (
        "time, memory and size beside a plain script",
        {**DATA, "rounds": {"type": int, "default": 3, "help": "how often (default 3)"}},
    ),
    "fusion": ("ways to make one ranking of two, on training data", DATA),
    "quality": ("retrieval and answers on public questions", DATA),
    "ablations": ("what each part of the answers is worth", DATA),
    "visitors": (
        "many visitors asking the web chat at once",
        {"n": {"type": int, "default": 50, "help": "how many (default 50)"}},
    ),
    "kiosk": (
        "scripted visitors at the kiosk: requests, memory",
        {"minutes": {"type": float, "default": 30, "help": "how long (default 30)"}},
    ),
    "memory": (
        "the server's memory over many questions",
        {
            "n": {"type": int, "default": 5_000, "help": "how many (default 5000)"},
            "door": {"choices": ("chat", "kiosk"), "default": "chat", "help": "(default chat)"},
        },
    ),
    "statements": ("reading and checking a model's statements", {}),
    "lies": ("lies that the guard on a model's statements stops, paraphrases that it drops", {}),
}
"""Each is a module of this folder; its flags are the parameters of its `measure`."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    for kind, (text, flags) in KINDS.items():
        added = kinds.add_parser(kind, help=text, description=text)
        for name, settings in flags.items():
            added.add_argument(f"-{name}" if len(name) == 1 else f"--{name}", **settings)
        added.add_argument("--json", action="store_true", help="print JSON instead of a table")
        added.add_argument(
            "--write", type=Path, metavar="FILE", help="put the table where FILE has it"
        )
    arguments = parser.parse_args()
    return run_command("benchmarks", lambda: _measure(arguments))


def _measure(arguments: argparse.Namespace) -> int:
    benchmark = import_module(f"benchmarks.{arguments.kind}")
    _, flags = KINDS[arguments.kind]
    measured = benchmark.measure(**{name: getattr(arguments, name) for name in flags})
    table = "\n".join(benchmark.table(measured))
    print(json.dumps(measured, indent=1) if arguments.json else table)
    if arguments.write:
        _write(arguments.write, arguments.kind, table)
    return 0


def _write(path: Path, kind: str, table: str) -> None:
    """Raises SettingError where the file has no place for this table."""
    text = path.read_text(encoding="utf-8")
    begin, end = f"<!-- python -m benchmarks {kind} -->\n", "<!-- end -->\n"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise SettingError(
            f"{path} has no place for this table.",
            f"Write {begin.strip()} and {end.strip()} into it.",
        )
    path.write_text(f"{before}{begin}{table.strip()}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
