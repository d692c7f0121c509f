"""`python -m deploy`: make the archive from which Docent is installed without a network."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from command_line import run_command

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m deploy",
        description="Pack Docent, your documents, their index, the models and all packages into "
        "one archive, for a machine of the same kind and Python without a network.",
    )
    which = "folder of the documents (default: the ones that come along)"
    where = "where the archive is written; wheels and index are kept there (default: build)"
    chat = "pack what serves the web chat, the API and agents as well; a kiosk does without"
    folder: dict[str, Any] = {"type": Path, "metavar": "FOLDER"}
    parser.add_argument("--documents", default=ROOT / "documents", help=which, **folder)
    parser.add_argument("--out", default=ROOT / "build", help=where, **folder)
    parser.add_argument("--chat", action="store_true", help=chat)
    arguments = parser.parse_args()
    return run_command("deploy", lambda: _pack(arguments))


def _pack(arguments: argparse.Namespace) -> int:
    from deploy.bundle import make_bundle

    bundle = make_bundle(ROOT, arguments.documents, arguments.out, chat=arguments.chat)
    for problem in bundle.problems:
        print(problem, file=sys.stderr)
    print(
        f"{bundle.archive}: {bundle.size / 1e6:,.0f} MB, {bundle.n_documents:,} documents, "
        f"{bundle.n_packages} packages"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
