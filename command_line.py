"""What the commands of several rooms share: flags, texts for a terminal, faults as one line.

A flag has a twin in the environment: --public-url and DOCENT_PUBLIC_URL.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import fill
from typing import Any, Protocol

from errors import DocentError, printable


class FlagGroup(Protocol):
    """A parser, or a group of its flags."""

    def add_argument(self, *names: str, **options: Any) -> object: ...


def environment_twin(flag: str) -> str:
    return f"DOCENT_{flag.upper().replace('-', '_')}"


def add_value_flag(
    group: FlagGroup, flag: str, default: str | None, meaning: str, **options: Any
) -> None:
    """The flag wins over its twin, and the twin over the default."""
    twin = environment_twin(flag)
    value = os.environ.get(twin) or default
    group.add_argument(f"--{flag}", default=value, help=f"{meaning} [{twin}]", **options)


def add_switch(group: FlagGroup, flag: str, meaning: str) -> None:
    twin = environment_twin(flag)
    is_on = os.environ.get(twin, "") not in ("", "0")
    group.add_argument(f"--{flag}", action="store_true", default=is_on, help=f"{meaning} [{twin}]")


def add_list_flag(group: FlagGroup, flag: str, meaning: str, *, metavar: str) -> None:
    """It may be given again; its twin has spaces between the values."""
    twin = environment_twin(flag)
    meaning = f"{meaning}; may be given again [{twin}, with spaces between]"
    group.add_argument(
        f"--{flag}", action="append", metavar=metavar, default=argparse.SUPPRESS, help=meaning
    )


def listed(arguments: argparse.Namespace, flag: str) -> list[str]:
    """The values of a list flag, or else those of its twin."""
    values: list[str] | None = getattr(arguments, flag.replace("-", "_"), None)
    return os.environ.get(environment_twin(flag), "").split() if values is None else values


def add_index_flag(parser: argparse.ArgumentParser, *also: str) -> None:
    """`also`: other names of the flag."""
    parser.add_argument(
        *("--index", *also),
        type=Path,
        default=os.environ.get("DOCENT_INDEX") or "build/index",
        metavar="FOLDER",
        help="folder of the index (default build/index) [DOCENT_INDEX]",
    )


def rendered(template: Path, **values: object) -> str:
    """A text for the terminal, from a template that lies beside the code that fills it."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"fill": fill, "printable": printable}
    text = environment.from_string(template.read_text(encoding="utf-8")).render(values)
    return text.rstrip("\n")


def run_command(name: str, run: Callable[[], int]) -> int:
    """The command's exit status. What a person can mend is one line, without a traceback."""
    try:
        status = run()
        sys.stdout.flush()  # here, where a reader that left is noticed
    except DocentError as error:
        for line in (*getattr(error, "__notes__", ()), f"{name}: {error}"):
            print(line, file=sys.stderr)
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
    return status
