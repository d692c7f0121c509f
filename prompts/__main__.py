"""`python -m prompts`: how many tokens the passages of an index take."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m prompts",
        description="Passage report: how long the passages of an index are in tokens (cl100k_base, "
        "counted by tiktoken), and how many of them fit into a language model's window.",
    )
    parser.add_argument(
        "--index",
        type=Path,
        default=Path(os.environ.get("DOCENT_INDEX") or "build/index"),
        metavar="FOLDER",
        help="folder of the index (default build/index) [DOCENT_INDEX]",
    )
    return parser


def main() -> int:
    arguments = parser().parse_args()
    from errors import DocentError
    from index.storage.passage_index import PassageIndex
    from prompts.report import passage_report

    try:
        index = PassageIndex.load(arguments.index)
        print(*passage_report(index.texts.all_passages()), sep="\n")
    except DocentError as error:
        print(f"prompts: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
