"""`python -m index FOLDER`: make an index of a folder's documents, or bring it up to date."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass


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
    parser.add_argument(
        "--out",
        "--index",
        type=Path,
        default=Path(os.environ.get("DOCENT_INDEX") or "build/index"),
        metavar="FOLDER",
        help="folder of the index (default build/index) [DOCENT_INDEX]",
    )
    parser.add_argument(
        "--model",
        default=os.environ.get("DOCENT_MODEL") or None,
        help="embedding model: name or folder of a sentence-transformers model; "
        "default: the built-in all-MiniLM-L6-v2 [DOCENT_MODEL]",
    )
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    return parser


def main() -> int:
    arguments = parser().parse_args()
    from errors import DocentError

    try:
        if arguments.show is not None:
            return _show(arguments.out, arguments.show)
        return _list(arguments.out) if arguments.list else _build(arguments)
    except DocentError as error:
        for line in (*getattr(error, "__notes__", ()), f"index: {error}"):
            print(line, file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing more to say
        return 1


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
            arguments.out,
            embedder=load_embedder(arguments.model),
            progress=progress,
            stopped=stop.is_set,
        )
    for line in report.lines():
        print(line)
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
    sys.stdout.flush()  # here, where a reader that left is noticed
    return 0


def _list(folder: Path) -> int:
    from index.storage.passage_index import PassageIndex

    for document_id in PassageIndex.load(folder).texts.document_ids():
        print(document_id)
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
