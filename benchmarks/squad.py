"""SQuAD's paragraphs and questions, as several benchmarks read them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from errors import SettingError


def questions_file(data: Path) -> Path:
    """SQuAD 2.0's development set. Raises SettingError where it is not there."""
    path = data / "squad" / "dev-v2.0.json.gz"
    if not path.is_file():
        raise _missing(path)
    return path


def rows_of(data: Path, name: str) -> list[dict[str, Any]]:
    """The lines of `corpus.jsonl.gz` or `queries.jsonl.gz`, in their order."""
    path = data / "squad" / name
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
    except OSError as error:
        raise _missing(path) from error


def _missing(path: Path) -> SettingError:
    return SettingError(
        f"The test data {path} cannot be read.", "Name the folder that holds squad/ with --data."
    )
