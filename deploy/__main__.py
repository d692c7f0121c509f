"""`python -m deploy`: make the archive from which Docent is installed without a network."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m deploy",
        description="Pack Docent, your documents, their index, the models and all packages into "
        "one archive, for a machine of the same kind and Python without a network.",
    )
    parser.add_argument(
        "--documents",
        type=Path,
        default=ROOT / "documents",
        metavar="FOLDER",
        help="folder of the documents (default: the ones that come along)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=ROOT / "build",
        metavar="FOLDER",
        help="where the archive is written; wheels and index are kept there (default: build)",
    )
    parser.add_argument(
        "--chat",
        action="store_true",
        help="pack what serves the web chat, the API and agents as well; a kiosk does without",
    )
    return parser


def main() -> int:
    settings = parser().parse_args()
    from deploy.bundle import make_bundle
    from errors import DocentError

    try:
        bundle = make_bundle(ROOT, settings.documents, settings.out, chat=settings.chat)
    except DocentError as error:
        print(error, file=sys.stderr)
        return 1
    for problem in bundle.problems:
        print(problem, file=sys.stderr)
    print(
        f"{bundle.archive}: {bundle.size / 1e6:,.0f} MB, {bundle.n_documents:,} documents, "
        f"{bundle.n_packages} packages"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
