"""The curator's own words, from `curator.toml`: looked up by name and filled in."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from errors import SettingError

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


def load_curator_wording(path: Path = CURATOR_WORDING_FILE) -> Words:
    """Raises SettingError where the file cannot be read or has something else than sentences."""
    try:
        sentences = tomllib.loads(path.read_text(encoding="utf-8"))
        for key, sentence in sentences.items():
            if not isinstance(sentence, str) or not sentence.strip():
                raise ValueError(f"{key} is not a sentence")
            list(string.Formatter().parse(sentence))
    except (OSError, ValueError) as error:
        raise SettingError(
            f"{path.name} cannot be read: {error}.", "Mend or restore it."
        ) from error
    return Words(sentences)
