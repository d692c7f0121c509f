"""Files of questions and judgments, line by line; what cannot be read names file, line and mend."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from errors import QuestionError


def fault(path: Path, number: int | str | None, what: str, remedy: str) -> QuestionError:
    """`number`: the line, or the name of the place where a file has no lines."""
    place = (
        "" if number is None else f", line {number}" if isinstance(number, int) else f", {number}"
    )
    return QuestionError(f"{path}{place}: {what}", remedy)


@contextmanager
def reading(path: Path) -> Iterator[None]:
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


def text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Line number from 1 and line, without its end; `.gz` is unpacked on the way."""
    with reading(path):
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                yield number, line.rstrip("\r\n")


def json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The JSON objects of a file with one a line."""
    for number, line in text_lines(path):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise fault(path, number, "not valid JSON.", "Mend or delete the line.") from error
        if not isinstance(row, dict):
            raise fault(path, number, "no JSON object.", 'Each line reads like {"_id": …}.')
        yield number, row


def whole_json(path: Path) -> Any:
    with reading(path):
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8-sig") as file:
            try:
                return json.load(file)
            except json.JSONDecodeError as error:
                raise fault(
                    path, error.lineno, f"not valid JSON: {error.msg}.", "Mend it, or copy it anew."
                ) from error
            except RecursionError as error:
                raise fault(path, None, "nested too deeply.", "Copy it anew.") from error


def either(folder: Path, name: str) -> Path | None:
    """`name` in `folder`, plain or with `.gz`."""
    return next((p for p in (folder / name, folder / f"{name}.gz") if p.is_file()), None)
