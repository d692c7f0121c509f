"""Files of questions and judgments, line by line; what cannot be read names file, line and mend."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from errors import QuestionError


@contextmanager
def fault_at(path: Path, place: int | str | None = None) -> Iterator[None]:
    """A fault inside is told with its place: a line, or a name where a file has no lines."""
    try:
        yield
    except QuestionError as error:
        where = f", line {place}" if isinstance(place, int) else f", {place}" if place else ""
        raise QuestionError(f"{path}{where}: {error.what}", error.remedy) from error


def check_new(query_id: str, seen: set[str]) -> None:
    """Raises QuestionError for an id that was seen before; else it is seen from now on."""
    if query_id in seen:
        raise QuestionError(f"the id {query_id} stands twice.", "Give each question its own.")
    seen.add(query_id)


@contextmanager
def reading_faults(path: Path) -> Iterator[None]:
    """What the file system and the decoders say, as one sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise QuestionError(f"There is no file {path}.", "Check the path.") from error
    except UnicodeDecodeError as error:
        raise QuestionError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise QuestionError(f"{path} is not a whole gzip file.", "Copy it anew.") from error
    except OSError as error:
        raise QuestionError(
            f"{path} cannot be read ({error.strerror}).",
            "Check the path and your right to read it.",
        ) from error


def open_text(path: Path) -> IO[str]:
    """A text file in UTF-8, with or without its mark; `.gz` is unpacked on the way."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig")
    return path.open(encoding="utf-8-sig")


def text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Line number from 1 and line, without its end; empty lines are left out."""
    with reading_faults(path), open_text(path) as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield number, line.rstrip("\r\n")


def json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The JSON objects of a file with one a line."""
    for number, line in text_lines(path):
        with fault_at(path, number):
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise QuestionError("not valid JSON.", "Mend or delete the line.") from error
            if not isinstance(row, dict):
                raise QuestionError("no JSON object.", 'Each line reads like {"_id": …}.')
        yield number, row


def whole_json(path: Path) -> Any:
    with reading_faults(path), open_text(path) as file:
        try:
            return json.load(file)
        except json.JSONDecodeError as error:
            with fault_at(path, error.lineno):
                raise QuestionError(
                    f"not valid JSON: {error.msg}.", "Mend it, or copy it anew."
                ) from error
        except RecursionError as error:
            raise QuestionError(f"{path}: nested too deeply.", "Copy it anew.") from error


def plain_or_gzip(folder: Path, name: str) -> Path | None:
    """`name` in `folder`, plain or with `.gz`."""
    return next((p for p in (folder / name, folder / f"{name}.gz") if p.is_file()), None)
