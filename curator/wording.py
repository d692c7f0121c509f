"""The curator's own words, from `curator.toml`: looked up by name and filled in."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CURATOR_WORDING_FILE = Path(__file__).with_name("curator.toml")


@dataclass(frozen=True, slots=True)
class Words:
    """`words("key", n=3)` is the sentence with its braces filled in, as plain text."""

    sentences: Mapping[str, str]

    def __call__(self, key: str, **filled: object) -> str:
        return self.sentences[key].format(**filled)

    def counted(self, key: str, n: int) -> str:
        """`key_one` for 1, else `key_many`."""
        return self(f"{key}_one" if n == 1 else f"{key}_many", n=f"{n:,}")


def load_curator_wording() -> Words:
    return Words(tomllib.loads(CURATOR_WORDING_FILE.read_text(encoding="utf-8")))
