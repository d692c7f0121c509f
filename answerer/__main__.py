"""`python -m answerer`: answer a question, or many; verify an answer's receipt."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from answerer.generative.model_flags import add_model_flags, model_from
from command_line import add_index_flag, add_value_flag, rendered, run_command

if TYPE_CHECKING:
    from answerer.pipeline import Pipeline
    from datatypes import Answer

_TEXT = Path(__file__).with_name("answer.txt.jinja")


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
    meaning = "folder of the documents, for --receipt (default documents)"
    add_value_flag(parser, "documents", "documents", meaning, type=Path, metavar="FOLDER")
    add_index_flag(parser)
    add_model_flags(parser)
    return parser


def main() -> int:
    arguments = parser().parse_args()
    work = _answer_many if arguments.questions else _answer_one
    if arguments.receipt is not None:
        work = _verify
    return run_command("answerer", lambda: work(arguments))


def _answer_one(arguments: argparse.Namespace) -> int:
    pipeline = _opened(arguments)
    answer, took_ms = _timed_answer(pipeline, arguments.question)
    if arguments.write_receipt:
        _write_receipt(pipeline, answer, arguments.write_receipt)
    form = _json_form(pipeline, answer, "question", took_ms)
    print(
        json.dumps(form, ensure_ascii=False)
        if arguments.json
        else rendered(_TEXT, answer=form, hits=answer.hits)
    )
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
        form = _json_form(pipeline, answer, question_id, took_ms)
        print(json.dumps(form, ensure_ascii=False))
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


def _json_form(
    pipeline: Pipeline, answer: Answer, question_id: str, took_ms: float
) -> dict[str, Any]:
    return {"_id": question_id, **pipeline.to_json(answer), "took_ms": round(took_ms, 1)}


if __name__ == "__main__":
    sys.exit(main())
