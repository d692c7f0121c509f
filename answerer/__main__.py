"""`python -m answerer`: answer a question, or many, by quoting."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from answerer.pipeline import Pipeline
    from datatypes import Answer


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m answerer",
        description="Answer a question in the documents' own words, or say that they do not say.",
        epilog='Example: python -m answerer "Who heads the delegation to China?"  '
        "Exit status: 0 answered or not found, 1 the question or the index cannot be used.",
    )
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("question", nargs="?", help="the question, in quotation marks")
    asked.add_argument(
        "--questions",
        type=Path,
        metavar="FILE",
        help="many questions: JSON lines with _id and text; one line of JSON each comes out",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a question")
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

    try:
        return _answer(arguments)
    except DocentError as error:
        print(f"answerer: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130


def _answer(arguments: argparse.Namespace) -> int:
    from answerer.pipeline import Pipeline

    if arguments.questions is None:
        pipeline = _warned(Pipeline.load(arguments.index))
        began = time.perf_counter()
        answer = pipeline.ask(arguments.question)
        took_ms = (time.perf_counter() - began) * 1000
        if arguments.json:
            _print_json(answer, "question", took_ms)
        else:
            print(*_lines(pipeline, answer), sep="\n")
        return 0
    return _answer_many(arguments)


def _answer_many(arguments: argparse.Namespace) -> int:
    """One line a question, in order. A question that cannot be asked is "not found" with a note."""
    from tqdm import tqdm

    from answerer.pipeline import Pipeline
    from datatypes import Answer
    from errors import QuestionError
    from retriever.questions import read_questions

    questions = read_questions(arguments.questions)
    pipeline = _warned(Pipeline.load(arguments.index))
    n_refused = 0
    for question_id, text in tqdm(questions, unit=" questions", disable=None, file=sys.stderr):
        began = time.perf_counter()
        try:
            answer = pipeline.ask(text)
        except QuestionError as error:
            print(f"answerer: {question_id}: {error}", file=sys.stderr)
            answer = Answer(text, (), (), 0.0)
            n_refused += 1
        _print_json(answer, question_id, (time.perf_counter() - began) * 1000)
    return 1 if n_refused else 0


def _warned(pipeline: Pipeline) -> Pipeline:
    if pipeline.note:
        print(f"answerer: {pipeline.note}", file=sys.stderr)
    return pipeline


def _print_json(answer: Answer, question_id: str, took_ms: float) -> None:
    from answerer.json_form import answer_json

    said = answer_json(answer, question_id=question_id, took_ms=took_ms)
    print(json.dumps(said, ensure_ascii=False))


def _lines(pipeline: Pipeline, answer: Answer) -> Iterator[str]:
    """The answer for a person at a terminal. The quotes stand as they are in the document."""
    if not answer.found:
        yield f"The documents do not say. (confidence {answer.confidence:.2f})"
        if answer.hits:
            yield "\nRelated, not an answer:"
        for hit in answer.hits[:3]:
            opening = " ".join(hit.passage.text.split())
            yield fill(f"{opening[:240]} …", 96, initial_indent="  – ", subsequent_indent="    ")
    for citation in answer.citations:
        yield f"“{citation.quote.text}” [{citation.number}]\n"
    for citation in answer.citations:
        note = pipeline.cite(citation.quote)["note"]
        yield fill(note, 96, initial_indent=f"[{citation.number}] ", subsequent_indent="    ")
    if answer.found:
        yield f"\nconfidence {answer.confidence:.2f}"


if __name__ == "__main__":
    sys.exit(main())
