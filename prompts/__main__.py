"""`python -m prompts`: how many tokens the passages of an index take."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from command_line import add_index_flag, run_command


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m prompts",
        description="Passage report: how long the passages of an index are in tokens (cl100k_base, "
        "counted by tiktoken), and how many of them fit into a language model's window.",
    )
    add_index_flag(parser)
    return parser


def main() -> int:
    arguments = parser().parse_args()
    return run_command("prompts", lambda: _report(arguments.index))


def _report(folder: Path) -> int:
    from index.storage.passage_index import PassageIndex
    from prompts.report import passage_report

    index = PassageIndex.load(folder)
    print(*passage_report(index.texts.all_passages()), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
