"""`python -m answerer`: answer a question, or many; verify an answer's receipt."""

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

from answerer.generative.model_flags import add_model_flags, model_from
from command_line import add_index_flag, run_command

if TYPE_CHECKING:
    from answerer.pipeline import Pipeline
    from datatypes import Answer

_NOTES = {
    "left_out": "Left out, because what they cite does not support them: {n}.",
    "nothing_left": "The language model said nothing that the documents support.",
    "no_model": "The language model did not answer.",
    "broke_off": "The language model's answer broke off.",
    "stopped": "The language model was stopped.",
}


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m answerer",
        description="Answer a question in the documents' own words, or say that they do not say.",
        epilog='Example: python -m answerer "Who heads the delegation to China?"  '
        "Exit status: 0 answered or not found, 1 the question or the index cannot be used.",
    )
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("question", nargs="?", help="the question, in quotation marks")
    many = "many questions: JSON lines with _id and text; one line of JSON each comes out"
    asked.add_argument("--questions", type=Path, metavar="FILE", help=many)
    receipt = (
        "verify an answer's receipt: every quote against the files in --documents, and a language "
        "model's reply read again; exit status 1 where something does not hold"
    )
    asked.add_argument("--receipt", type=Path, metavar="FILE", help=receipt)
    parser.add_argument("--json", action="store_true", help="print one JSON object a question")
    kept = "keep the answer's receipt as JSON"
    parser.add_argument("--write-receipt", type=Path, metavar="FILE", help=kept)
    parser.add_argument(
        "--documents",
        type=Path,
        default=Path(os.environ.get("DOCENT_DOCUMENTS") or "documents"),
        metavar="FOLDER",
        help="folder of the documents, for --receipt (default documents) [DOCENT_DOCUMENTS]",
    )
    add_index_flag(parser)
    add_model_flags(parser)
    return parser


def main() -> int:
    arguments = parser().parse_args()
    if arguments.receipt is not None:
        return run_command("answerer", lambda: _verify(arguments))
    if arguments.questions is not None:
        return run_command("answerer", lambda: _answer_many(arguments))
    return run_command("answerer", lambda: _answer_one(arguments))


def _answer_one(arguments: argparse.Namespace) -> int:
    pipeline = _opened(arguments)
    answer, took_ms = _timed_answer(pipeline, arguments.question)
    if arguments.write_receipt:
        _write_receipt(pipeline, answer, arguments.write_receipt)
    if arguments.json:
        _print_json(pipeline, answer, "question", took_ms)
    else:
        print(*_lines(pipeline, answer), sep="\n")
    return 0


def _answer_many(arguments: argparse.Namespace) -> int:
    """One line a question, in order. A question that cannot be asked is "not found" with a note."""
    from tqdm import tqdm

    from datatypes import Answer
    from errors import QuestionError
    from retriever.questions import read_questions

    questions = read_questions(arguments.questions)
    pipeline = _opened(arguments)
    n_refused = 0
    for question_id, text in tqdm(questions, unit=" questions", disable=None, file=sys.stderr):
        try:
            answer, took_ms = _timed_answer(pipeline, text)
        except QuestionError as error:
            print(f"answerer: {question_id}: {error}", file=sys.stderr)
            answer, took_ms = Answer(text, (), (), 0.0), 0.0
            n_refused += 1
        _print_json(pipeline, answer, question_id, took_ms)
    return 1 if n_refused else 0


def _verify(arguments: argparse.Namespace) -> int:
    from answerer.generative.receipts import read_receipt, verify_receipt

    holds = True
    for is_right, line in verify_receipt(read_receipt(arguments.receipt), arguments.documents):
        print(line if is_right else f"NOT RIGHT: {line}")
        holds = holds and is_right
    return 0 if holds else 1


def _opened(arguments: argparse.Namespace) -> Pipeline:
    from answerer.pipeline import Pipeline

    pipeline = Pipeline.load(arguments.index, model=model_from(arguments))
    if pipeline.note:
        print(f"answerer: {pipeline.note}", file=sys.stderr)
    return pipeline


def _timed_answer(pipeline: Pipeline, question: str) -> tuple[Answer, float]:
    """The whole answer, and the milliseconds that it took."""
    began = time.perf_counter()
    *_, answer = pipeline.answers(question)
    return answer, (time.perf_counter() - began) * 1000


def _write_receipt(pipeline: Pipeline, answer: Answer, path: Path) -> None:
    from errors import SettingError

    text = json.dumps(pipeline.receipt(answer), ensure_ascii=False, indent=1)
    try:
        path.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise SettingError(f"The receipt {path} cannot be written.", "Mend the path.") from error


def _print_json(pipeline: Pipeline, answer: Answer, question_id: str, took_ms: float) -> None:
    row = {"_id": question_id, **pipeline.to_json(answer), "took_ms": round(took_ms, 1)}
    print(json.dumps(row, ensure_ascii=False))


def _lines(pipeline: Pipeline, answer: Answer) -> Iterator[str]:
    """The answer for a person at a terminal. The quotes stand as they are in the document."""
    sureness = "uncalibrated"
    if answer.confidence is not None:
        sureness = f"confidence {answer.confidence:.2f}"
    if not answer.found:
        yield f"The documents do not say. ({sureness})"
        yield from _related(answer)
    if answer.understood_as:
        yield f"Understood as: {answer.understood_as}\n"
    if answer.model:
        yield f"In the words of {answer.model}, each checked against what it cites:"
        numbers = {citation.quote: citation.number for citation in answer.citations}
        for statement in answer.statements:
            marks = "".join(f"[{numbers[quote]}]" for quote in statement.quotes)
            yield fill(f"{statement.text} {marks}", 96, subsequent_indent="    ")
        yield ""
    yield from (f"{_NOTES[note.kind].format(n=note.n)}\n" for note in answer.notes)
    for citation in answer.citations:
        yield f"“{citation.quote.text}” [{citation.number}]\n"
    for citation in answer.citations:
        note = pipeline.cite(citation.quote)["note"]
        yield fill(note, 96, initial_indent=f"[{citation.number}] ", subsequent_indent="    ")
    if answer.found:
        yield f"\n{sureness}"


def _related(answer: Answer) -> Iterator[str]:
    if answer.hits:
        yield "\nRelated, not an answer:"
    for hit in answer.hits[:3]:
        opening = " ".join(hit.passage.text.split())
        yield fill(f"{opening[:240]} …", 96, initial_indent="  – ", subsequent_indent="    ")


if __name__ == "__main__":
    sys.exit(main())
