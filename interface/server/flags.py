"""Flags of `app.py`, each with a twin in the environment: --public-url and DOCENT_PUBLIC_URL."""

from __future__ import annotations

import argparse
import os
from typing import Any, Protocol


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
