"""`python -m retriever`: find the passages for a question, or make a run for many."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from command_line import add_index_flag, run_command

if TYPE_CHECKING:
    from datatypes import Hit


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m retriever",
        description="Find the passages of a collection that a question is about.",
        epilog='Example: python -m retriever "Who took part in the delegation?" -k 3',
    )
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("question", nargs="?", help="the question, in quotation marks")
    many = "many questions: JSON lines with _id and text"
    asked.add_argument("--questions", type=Path, metavar="FILE", help=many)
    parser.add_argument("-k", type=int, default=10, help="how many to return (default 10)")
    modes = "by meaning and words (default), by meaning alone, by words alone"
    parser.add_argument(
        "--mode", choices=("hybrid", "dense", "lexical"), default="hybrid", help=modes
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a question")
    parser.add_argument("--run", type=Path, metavar="FILE", help="write a TREC run to FILE")
    units = "what a run ranks: documents, each by its best passage (default), or passages"
    parser.add_argument("--unit", choices=("document", "passage"), default="document", help=units)
    add_index_flag(parser)
    return parser


def main() -> int:
    arguments = parser().parse_args()
    if arguments.k < 1:
        print("retriever: -k must be at least 1.", file=sys.stderr)
        return 2
    return run_command("retriever", lambda: _retrieve(arguments))


def _retrieve(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from errors import SettingError
    from retriever.hybrid import Retriever
    from retriever.questions import read_questions
    from retriever.run import run_lines

    k, many = arguments.k, arguments.questions is not None
    questions = read_questions(arguments.questions) if many else [("question", arguments.question)]
    retriever = Retriever.load(arguments.index)
    if retriever.index.warning:
        print(f"retriever: {retriever.index.warning}", file=sys.stderr)
    # a document may fill several of the best passages: look deeper than k
    depth = max(retriever.ranking.n_candidates, 3 * k) if arguments.run or many else k
    try:
        with open(arguments.run or os.devnull, "w", encoding="utf-8") as run:
            for query_id, question in tqdm(questions, unit=" questions", disable=not many or None):
                hits = retriever.retrieve(question, k=depth, mode=arguments.mode)
                lines = list(run_lines(query_id, hits, k=k, unit=arguments.unit))
                run.writelines(f"{line}\n" for line in lines)
                if arguments.json:
                    lines = [_json(query_id, question, hits[:k])]
                elif not many:
                    lines = list(_lines(hits[:k]))
                if arguments.json or not (many and arguments.run):
                    sys.stdout.writelines(f"{line}\n" for line in lines)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise SettingError(
            f"{arguments.run} cannot be written ({error.strerror}).", "Give --run a file that can."
        ) from error
    return 0


def _json(query_id: str, question: str, hits: Sequence[Hit]) -> str:
    from retriever.run import hit_json

    rows = [hit_json(hit) | {"text": hit.passage.text} for hit in hits]
    return json.dumps({"_id": query_id, "question": question, "hits": rows})


def _lines(hits: Sequence[Hit]) -> Iterator[str]:
    """The hits for a person at a terminal, two lines each."""
    if not hits:
        yield "Nothing was found."
    for hit in hits:
        passage = hit.passage
        place = f"  › {passage.heading}" if passage.heading else ""
        yield f"{hit.rank:>3}  {hit.score:7.2f}  {passage.document.title}{place}"
        yield f"     {' '.join(passage.text.split())[:300]}\n"


if __name__ == "__main__":
    sys.exit(main())
