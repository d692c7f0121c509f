"""`python -m index FOLDER`: make an index of a folder's documents, or bring it up to date."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from command_line import add_index_flag, add_value_flag, rendered, run_command


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m index",
        description="Read a folder of documents (.md .txt .html .pdf .docx, corpus.jsonl) and make "
        "an index of it, or bring one up to date: only what is new or changed is read again. "
        "Ctrl-C leaves a usable index, and the same command goes on.",
        epilog="Examples: python -m index letters/ · python -m index --show letters/1963-06-20. "
        "Exit status: 0 all read, 1 something was skipped or failed, 130 interrupted.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("folder", nargs="?", type=Path, help="folder of documents, or one document")
    what.add_argument(
        "--show", metavar="DOCUMENT_ID", help="print the text of a document, as quotes count it"
    )
    what.add_argument("--list", action="store_true", help="print the ids of all documents")
    add_index_flag(parser, "--out")
    meaning = "embedding model: name or folder of a sentence-transformers model; default: the "
    add_value_flag(parser, "model", None, f"{meaning}built-in all-MiniLM-L6-v2")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    return parser


def main() -> int:
    arguments = parser().parse_args()
    if arguments.show is not None:
        return run_command("index", lambda: _show(arguments.index, arguments.show))
    work = _list if arguments.list else _build
    return run_command("index", lambda: work(arguments))


def _build(arguments: argparse.Namespace) -> int:
    stop = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    from index.build import build_index
    from index.embedder import load_embedder
    from index.progress import progress_bars

    with progress_bars(disable=arguments.quiet) as progress:
        report = build_index(
            arguments.folder,
            arguments.index,
            embedder=load_embedder(arguments.model),
            progress=progress,
            stopped=stop.is_set,
        )
    print(rendered(Path(__file__).with_name("build_report.txt.jinja"), report=report))
    if not report.complete:
        return 130
    return 1 if report.n_skipped else 0


def _show(folder: Path, document_id: str) -> int:
    from rapidfuzz.process import extract

    from errors import DocumentError
    from index.storage.passage_index import PassageIndex

    index = PassageIndex.load(folder)
    document = index.texts.document(document_id)
    if document is None:
        near = extract(document_id, index.texts.document_ids(), limit=3, score_cutoff=60)
        names = " or ".join(name for name, _, _ in near)
        raise DocumentError(
            f"No document {document_id} in {folder}.",
            f"Did you mean {names}?" if names else "See: python -m index --list",
        )
    sys.stdout.write(document.text)
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from index.storage.passage_index import PassageIndex

    print(*PassageIndex.load(arguments.index).texts.document_ids(), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
