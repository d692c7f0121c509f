"""What the commands of several rooms share: where the index is, and faults that are one line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from errors import DocentError


def add_index_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--index",
        type=Path,
        default=Path(os.environ.get("DOCENT_INDEX") or "build/index"),
        metavar="FOLDER",
        help="folder of the index (default build/index) [DOCENT_INDEX]",
    )


def run_command(name: str, run: Callable[[], int]) -> int:
    """The command's exit status. What a person can mend is one line, without a traceback."""
    try:
        return run()
    except DocentError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        if error.filename is None:
            raise
        print(f"{name}: {error.filename}: {error.strerror}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
