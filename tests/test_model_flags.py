"""How a door is told of a language model: wrong settings are one line, and the key stays hidden."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from scripted_llm import Asked, scripted_llm

ROOT = Path(__file__).parents[1]
WORKERS = "How many workers take part in the Chollima movement?"
KEY = "sk-very-secret-0123"


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("DOCENT_")}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**inherited, **environment},
        timeout=180,
    )


def says(asked: Asked) -> str:
    return f"About three million workers are participating in it. {asked.number_of('3 million')}"


@pytest.mark.parametrize("door", [("app.py", "--port", "0"), ("-m", "answerer", WORKERS)])
@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (("--llm-url", "localhost"), "--llm-url"),
        (("--llm-model", "m"), "--llm-url"),
        (("--llm-url", "http://127.0.0.1:9/v1"), "--llm-model"),
        (("--llm-url", "http://127.0.0.1:9/v1", "--llm-model", "m", "--llm-window", "x"), "window"),
        (
            ("--llm-url", "http://h/v1", "--llm-model", "m", "--llm-key-file", "no/such"),
            "--llm-key-file",
        ),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(
    tmp_path: Path, door: tuple[str, ...], flags: tuple[str, ...], named: str
) -> None:
    done = run(*door, "--index", str(tmp_path / "index"), *flags)
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert named in line


@pytest.mark.parametrize("place", ["environment", "file"])
def test_the_key_comes_from_the_environment_or_a_file_and_is_never_shown(
    default_folder: Path, tmp_path: Path, place: str
) -> None:
    receipt, key = tmp_path / "receipt.json", tmp_path / "key"
    key.write_text(f"{KEY}\n", encoding="utf-8")
    with scripted_llm(says) as server:
        done = run(
            *("-m", "answerer", WORKERS, "--index", str(default_folder)),
            *("--llm-url", server.url, "--llm-model", "scripted-1b"),
            *("--write-receipt", str(receipt)),
            *(("--llm-key-file", str(key)) if place == "file" else ()),
            **({"DOCENT_LLM_KEY": KEY} if place == "environment" else {}),
        )
    assert done.returncode == 0, done.stderr
    assert server.asked[0].headers["Authorization"] == f"Bearer {KEY}"
    assert "In the words of scripted-1b" in done.stdout
    assert "“Currently about 3 million workers" in done.stdout
    assert KEY not in done.stdout + done.stderr + receipt.read_text("utf-8")
    holds = run("-m", "answerer", "--receipt", str(receipt))
    assert holds.returncode == 0, holds.stdout
    said = json.loads(receipt.read_text("utf-8"))
    said["quotes"][0]["text"] += "!"
    receipt.write_text(json.dumps(said), encoding="utf-8")
    assert run("-m", "answerer", "--receipt", str(receipt)).returncode == 1


def test_the_environment_tells_of_a_model_too(default_folder: Path) -> None:
    with scripted_llm(says) as server:
        done = run(
            *("-m", "answerer", WORKERS, "--json"),
            DOCENT_INDEX=str(default_folder),
            DOCENT_LLM_URL=server.url,
            DOCENT_LLM_MODEL="scripted-1b",
        )
    said = json.loads(done.stdout)
    assert (said["model"], said["notes"]) == ("scripted-1b", [])
    assert said["statements"] == [
        {"text": "About three million workers are participating in it.", "citations": [1]}
    ]
