"""`python -m training`: make the shipped models again. `python -m training -h` lists the steps."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from command_line import run_command

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "build" / "training"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    steps = parser.add_subparsers(required=True, metavar="STEP")

    def step(
        name: str, run: Callable[[argparse.Namespace], int | None], text: str
    ) -> argparse.ArgumentParser:
        added = steps.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        data = ROOT.parent / "shared" / "data"
        added.add_argument("--data", type=Path, default=data, help="squad/ and train/")
        return added

    learning = "learn retriever/rankings/: how sentences are scored, when nothing is found"
    evidence = step("evidence", _evidence, learning)
    kinds = "those for answers without, or with, the reader"
    evidence.add_argument("--only", choices=("plain", "reader"), help=kinds)
    hard = "prepare the reader's questions, with hard wrong passages"
    preparing = step("reader-data", _reader_data, hard)
    training = step("reader-train", _reader_train, "train the reader; goes on after a break")
    training.add_argument("--pairs", type=int, default=150_000, help="questions with a passage")
    earlier = "end earlier, the rate falling to 0 by then"
    training.add_argument("--minutes", type=float, default=24 * 60, help=earlier)
    training.add_argument("--begin-with", metavar="CHECKPOINT", help="of an earlier run")
    measuring = "measure a reader on SQuAD's dev articles"
    evaluating = step("reader-evaluate", _reader_evaluate, measuring)
    evaluating.add_argument("--reader", type=Path, default=ROOT / "models" / "reader")
    evaluating.add_argument("--questions", type=int, default=1200, help="with their passage")
    exporting = step("reader-export", _reader_export, "write models/reader/ from checkpoints")
    exporting.add_argument("--out", type=Path, default=ROOT / "models" / "reader")
    exporting.add_argument("--last", type=int, default=1, help="mean of that many last checkpoints")
    exporting.add_argument("--exact", action="store_true", help="float32, for comparison")
    folder = ROOT / "models" / "all-MiniLM-L6-v2"
    embedding = "write models/all-MiniLM-L6-v2/ again, and compare its vectors with the original's"
    embedder = step("embedder", _embedder, embedding)
    embedder.add_argument("--out", type=Path, default=folder, help="folder to write")
    only_compare = "write nothing; only compare the model that is there"
    embedder.add_argument("--check", action="store_true", help=only_compare)
    for added in (preparing, training, evaluating, exporting):
        prepared, run = BUILD / "reader", BUILD / "reader-checkpoints"
        added.add_argument("--prepared", type=Path, default=prepared, help="the prepared questions")
        added.add_argument("--checkpoints", type=Path, default=run, help="the run's folder")
        tiny = "a tiny run: that it works, not that it is good"
        added.add_argument("--small", action="store_true", help=tiny)
    arguments = parser.parse_args()
    return run_command("training", lambda: arguments.run(arguments) or 0)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _evidence(arguments: argparse.Namespace) -> None:
    from training.learning import learn_ranking

    for kind in (arguments.only,) if arguments.only else ("plain", "reader"):
        for line in learn_ranking(arguments.data, with_reader=kind == "reader"):
            print(line)


def _embedder(arguments: argparse.Namespace) -> int:
    from training.embedder_export import agreement, export

    blocks = [
        block
        for document in sorted((ROOT / "documents").glob("*.md"))
        for block in document.read_text(encoding="utf-8").split("\n\n")
        if len(block) > 40
    ]
    if not arguments.check:
        export(arguments.out)
    mean, lowest = agreement(arguments.out, blocks)
    cosines = f"mean {mean:.4f}, lowest {lowest:.4f}"
    print(f"cosine to the original on {len(blocks)} paragraphs: {cosines}")
    return 0 if mean >= 0.99 else 1


def _reader_data(arguments: argparse.Namespace) -> None:
    from training.reader_data import prepare

    prepare(arguments.data, arguments.prepared, say=_say, small=arguments.small)


def _reader_train(arguments: argparse.Namespace) -> None:
    from training.reader_training import Plan, train

    plan = Plan(arguments.pairs, arguments.minutes, arguments.begin_with)
    if arguments.small:
        plan = Plan(pairs=96, minutes=10, n_pairs=16)
    print(train(arguments.prepared, arguments.checkpoints, plan, say=_say))


def _reader_evaluate(arguments: argparse.Namespace) -> None:
    from training.reader_evaluation import given, searched

    figures = given(
        arguments.data, arguments.reader, 40 if arguments.small else arguments.questions
    )
    if not arguments.small:
        figures |= searched(arguments.data, arguments.reader)
    for name, value in figures.items():
        print(f"{name}\t{value:.4g}")


def _reader_export(arguments: argparse.Namespace) -> None:
    from training.reader_model import export
    from training.reader_training import checkpoints_of

    chosen = checkpoints_of(arguments.checkpoints)[-arguments.last :]
    export(chosen, arguments.out, exact=arguments.exact)
    print(arguments.out)


if __name__ == "__main__":
    sys.exit(main())
