"""`python -m retriever`: find the passages for a question, or make a run for many."""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import ExitStack
from pathlib import Path


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
        default=Path(os.environ.get("DOCENT_INDEX", "build/index")),
        help="folder of the index (default build/index; environment: DOCENT_INDEX)",
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
    except OSError as error:
        print(f"retriever: {arguments.run} cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _answer(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from retriever.hybrid import N_CANDIDATES, Retriever
    from retriever.questions import read_questions
    from retriever.run import run_lines

    many = arguments.questions is not None
    questions = read_questions(arguments.questions) if many else [("question", arguments.question)]
    retriever = Retriever.load(arguments.index)
    if retriever.index.warning:
        print(f"retriever: {retriever.index.warning}", file=sys.stderr)
    # a document may fill several of the best passages: look deeper than k
    depth = max(N_CANDIDATES, 3 * arguments.k) if arguments.run or many else arguments.k
    with ExitStack() as stack:
        run = (
            stack.enter_context(arguments.run.open("w", encoding="utf-8"))
            if arguments.run
            else None
        )
        for query_id, question in tqdm(questions, unit="question", disable=not many or None):
            hits = retriever.retrieve(question, k=depth, mode=arguments.mode)
            lines = run_lines(query_id, hits, k=arguments.k, unit=arguments.unit)
            if run:
                run.writelines(f"{line}\n" for line in lines)
            if arguments.json:
                rows = [
                    {
                        "document_id": hit.passage.document.document_id,
                        "start": hit.passage.span.start,
                        "end": hit.passage.span.end,
                        "score": round(hit.score, 6),
                        "rank": hit.rank,
                        "text": hit.passage.text,
                    }
                    for hit in hits[: arguments.k]
                ]
                print(json.dumps({"_id": query_id, "question": question, "hits": rows}))
            elif many and not run:
                print(*lines, sep="\n")
            elif not many:
                for hit in hits[: arguments.k]:
                    title = hit.passage.document.title
                    print(
                        f"{hit.rank:>3}  {hit.score:7.2f}  {title}", *_place(hit.passage), sep="  "
                    )
                    print(f"     {' '.join(hit.passage.text.split())[:300]}\n")
    return 0


def _place(passage: object) -> list[str]:
    heading = getattr(passage, "heading", None)
    return [f"› {heading}"] if heading else []


if __name__ == "__main__":
    sys.exit(main())
