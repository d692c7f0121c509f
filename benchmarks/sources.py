"""What the benchmarks ask, and the form in which they say what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from errors import SettingError

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_QUESTIONS = ROOT / "evaluation" / "questions" / "gdr-1963.jsonl"


def squad_file(data: Path, name: str = "dev-v2.0.json.gz") -> Path:
    """A file of SQuAD's folder in `data`. Raises SettingError where it is not there."""
    path = data / "squad" / name
    if not path.is_file():
        raise SettingError(
            f"The test data {path} is missing.", "Name the folder that holds squad/ with --data."
        )
    return path


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for cells in (header, ["---"] * len(header), *rows):
        yield f"| {' | '.join(cells)} |"
