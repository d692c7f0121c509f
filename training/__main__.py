"""`python -m training`: make the shipped models again. `python -m training -h` lists the steps."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    steps = parser.add_subparsers(required=True, metavar="STEP")
    _add_evidence_step(steps)
    _add_reader_steps(steps)
    arguments = parser.parse_args()

    from errors import DocentError

    run: Callable[[argparse.Namespace], None] = arguments.run
    try:
        run(arguments)
    except DocentError as error:
        print(f"training: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("training: stopped", file=sys.stderr)
        return 130
    return 0


def _add_evidence_step(steps: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    text = "learn retriever/rankings/: how sentences are scored, when nothing is found"
    added = steps.add_parser("evidence", help=text, description=text)
    added.set_defaults(run=_evidence)
    added.add_argument(
        "--data", type=Path, default=ROOT.parent / "shared" / "data", help="squad/ and train/"
    )
    added.add_argument(
        "--only", choices=("plain", "reader"), help="those for answers without, or with, the reader"
    )


def _add_reader_steps(steps: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    build = ROOT / "build" / "training"

    def step(
        name: str, run: Callable[[argparse.Namespace], None], text: str
    ) -> argparse.ArgumentParser:
        added = steps.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        added.add_argument(
            "--data", type=Path, default=ROOT.parent / "shared" / "data", help="squad/ and train/"
        )
        added.add_argument(
            "--prepared", type=Path, default=build / "reader", help="the prepared questions"
        )
        added.add_argument(
            "--checkpoints",
            type=Path,
            default=build / "reader-checkpoints",
            help="the run's folder",
        )
        added.add_argument(
            "--small", action="store_true", help="a tiny run: that it works, not that it is good"
        )
        return added

    step("reader-data", _reader_data, "prepare the reader's questions, with hard wrong passages")
    training = step("reader-train", _reader_train, "train the reader; goes on after a break")
    training.add_argument("--pairs", type=int, default=150_000, help="questions with a passage")
    training.add_argument(
        "--minutes", type=float, default=24 * 60, help="end earlier, the rate falling to 0 by then"
    )
    training.add_argument("--begin-with", metavar="CHECKPOINT", help="of an earlier run")
    evaluating = step(
        "reader-evaluate", _reader_evaluate, "measure a reader on SQuAD's dev articles"
    )
    evaluating.add_argument("--reader", type=Path, default=ROOT / "models" / "reader")
    evaluating.add_argument("--questions", type=int, default=300, help="searched; four times given")
    exporting = step("reader-export", _reader_export, "write models/reader/ from checkpoints")
    exporting.add_argument("--out", type=Path, default=ROOT / "models" / "reader")
    exporting.add_argument("--last", type=int, default=1, help="mean of that many last checkpoints")
    exporting.add_argument("--exact", action="store_true", help="float32, for comparison")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _evidence(arguments: argparse.Namespace) -> None:
    from training.learning import learn_ranking

    for kind in (arguments.only,) if arguments.only else ("plain", "reader"):
        for line in learn_ranking(arguments.data, with_reader=kind == "reader"):
            print(line)


def _reader_data(arguments: argparse.Namespace) -> None:
    from training.reader_data import prepare

    prepare(arguments.data, arguments.prepared, say=_say, small=arguments.small)


def _reader_train(arguments: argparse.Namespace) -> None:
    from training.reader_training import Plan, train

    if arguments.small:
        plan = Plan(pairs=96, minutes=10, n_pairs=16, rows=8)
    else:
        plan = Plan(arguments.pairs, arguments.minutes, arguments.begin_with)
    print(train(arguments.prepared, arguments.checkpoints, plan, say=_say))


def _reader_evaluate(arguments: argparse.Namespace) -> None:
    from training.reader_evaluation import report

    n_questions = 10 if arguments.small else arguments.questions
    for name, value in report(arguments.data, arguments.reader, n_questions=n_questions).items():
        print(f"{name}\t{value:.4g}")


def _reader_export(arguments: argparse.Namespace) -> None:
    from training.reader_export import export
    from training.reader_training import checkpoints_of

    chosen = checkpoints_of(arguments.checkpoints)[-arguments.last :]
    export(chosen, arguments.out, exact=arguments.exact)
    print(arguments.out)


if __name__ == "__main__":
    sys.exit(main())
