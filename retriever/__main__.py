"""`python -m retriever`: find the passages for a question, or make a run for many."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

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
    asked.add_argument(
        "--questions",
        type=Path,
        metavar="FILE",
        help="many questions: JSON lines with _id and text",
    )
    parser.add_argument("-k", type=int, default=10, help="how many to return (default 10)")
    parser.add_argument(
        "--mode",
        choices=("hybrid", "dense", "lexical"),
        default="hybrid",
        help="by meaning and words (default), by meaning alone, by words alone",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a question")
    parser.add_argument("--run", type=Path, metavar="FILE", help="write a TREC run to FILE")
    parser.add_argument(
        "--unit",
        choices=("document", "passage"),
        default="document",
        help="what a run ranks: documents, each by its best passage (default), or passages",
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
    if arguments.k < 1:
        print("retriever: -k must be at least 1.", file=sys.stderr)
        return 2
    from errors import DocentError

    try:
        return _answer(arguments)
    except DocentError as error:
        print(f"retriever: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130


def _answer(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from retriever.hybrid import N_CANDIDATES, Retriever
    from retriever.questions import read_questions
    from retriever.run import run_lines

    k, many = arguments.k, arguments.questions is not None
    questions = read_questions(arguments.questions) if many else [("question", arguments.question)]
    retriever = Retriever.load(arguments.index)
    if retriever.index.warning:
        print(f"retriever: {retriever.index.warning}", file=sys.stderr)
    # a document may fill several of the best passages: look deeper than k
    depth = max(N_CANDIDATES, 3 * k) if arguments.run or many else k
    with _opened(arguments.run) as run:
        for query_id, question in tqdm(questions, unit=" questions", disable=not many or None):
            hits = retriever.retrieve(question, k=depth, mode=arguments.mode)
            ranked = [f"{line}\n" for line in run_lines(query_id, hits, k=k, unit=arguments.unit)]
            if run:
                run.writelines(ranked)
            if arguments.json:
                print(_json(query_id, question, hits[:k]))
            elif not many:
                print(*_lines(hits[:k]), sep="\n")
            elif not run:
                sys.stdout.writelines(ranked)
    return 0


@contextmanager
def _opened(path: Path | None) -> Iterator[TextIO | None]:
    from errors import SettingError

    if path is None:
        yield None
        return
    try:
        with path.open("w", encoding="utf-8") as run:
            yield run
    except BrokenPipeError:
        raise
    except OSError as error:
        raise SettingError(
            f"{path} cannot be written ({error.strerror}).", "Give --run a file that can be."
        ) from error


def _json(query_id: str, question: str, hits: Sequence[Hit]) -> str:
    rows = [
        {
            "document_id": hit.passage.document.document_id,
            "start": hit.passage.span.start,
            "end": hit.passage.span.end,
            "score": round(hit.score, 6),
            "rank": hit.rank,
            "text": hit.passage.text,
        }
        for hit in hits
    ]
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
