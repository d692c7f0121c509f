"""The README is true because its commands are run."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
LETTER = """---
title: Letter to the keeper
date: 1904-05-03
---
Dear Mr Holm,

The lamp oil arrived on Tuesday. Anna Berg wrote to the harbour master about the broken lens.
"""


def commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    lines = [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with letters, from which the project's commands are run."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "letters").mkdir()
    (folder / "letters" / "1904.md").write_text(LETTER, encoding="utf-8")
    yield folder
    shutil.rmtree(folder)


def test_the_readme_names_commands() -> None:
    assert {"make run", "make test"} <= set(commands())
    assert len(commands()) >= 5


def test_the_session_that_the_readme_shows_is_a_real_one(default_folder: Path) -> None:
    (session,) = re.findall(r"```console\n\$ (.*?)```", README, re.DOTALL)
    command, _, shown = session.partition("\n")
    arguments = [*shlex.split(command)[1:], "--index", str(default_folder)]
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == shown


@pytest.mark.parametrize("command", [each for each in commands() if "python" in each])
def test_every_python_command_of_the_readme_works(command: str, place: Path) -> None:
    arguments = shlex.split(command)[1:]
    if arguments[0] == "app.py":
        arguments = [str(ROOT / "app.py"), *arguments[1:], "--port", "0"]
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=place,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        if "app.py" in command:
            assert process.stdout is not None
            assert "http://127.0.0.1:" in process.stdout.readline()
            process.terminate()
            return
        said, faults = process.communicate(timeout=120)
    assert process.returncode == 0, faults
    assert said.strip()


@pytest.mark.parametrize("command", [each for each in commands() if each.startswith("make")])
def test_every_make_command_of_the_documentation_is_a_target(command: str) -> None:
    subprocess.run([*command.split(), "--dry-run"], cwd=ROOT, check=True, capture_output=True)


def test_every_file_that_the_documentation_names_is_there() -> None:
    for paper in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        text = paper.read_text(encoding="utf-8")
        links = re.findall(r"\]\(([^)#:]+)\)", text)
        paths = re.findall(r"`((?:\w+/)+[\w.-]+\.(?:py|md|toml|json))`", text)
        missing = [link for link in links if not (paper.parent / link).exists()]
        missing += [path for path in paths if not (ROOT / path).exists()]
        assert not missing, f"{paper.name} names {missing}"
