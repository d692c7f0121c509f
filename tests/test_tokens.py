"""Tokens are counted exactly, and without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from errors import ModelError
from prompts import tokens
from prompts.tokens import count_tokens

# Refuses every socket, then counts with the ranks in the folder given as argument.
OFFLINE = """
import sys, socket
from pathlib import Path
def refused(*_): raise SystemExit("a socket was opened")
sys.addaudithook(lambda event, _: refused() if event.startswith("socket.") else None)
from errors import ModelError
from prompts import tokens
tokens.RANKS = Path(sys.argv[1]) / tokens.RANKS.name
try:
    print(tokens.count_tokens("The documents do not say."))
except ModelError as error:
    print(error)
"""


def counted_offline(folder: Path, **environment: str) -> str:
    command = [sys.executable, "-c", OFFLINE, str(folder)]
    surroundings = {**os.environ, **environment}
    done = subprocess.run(command, capture_output=True, text=True, env=surroundings, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("text", "n_tokens"),
    [
        ("", 0),
        ("hello world", 2),  # the example of tiktoken's own documentation
        ("antidisestablishmentarianism", 6),  # OpenAI's cookbook on counting tokens
        ("お誕生日おめでとう", 9),  # likewise
    ],
)
def test_counts_are_those_that_openai_publishes(text: str, n_tokens: int) -> None:
    assert count_tokens(text) == n_tokens


def test_the_name_of_a_special_token_in_a_text_is_only_text() -> None:
    assert count_tokens("<|endoftext|>") > 1


def test_tokens_are_counted_by_many_threads_at_once() -> None:
    with ThreadPoolExecutor(8) as threads:
        counts = list(threads.map(count_tokens, ["hello world"] * 200))
    assert counts == [2] * 200


def test_counting_opens_no_socket_and_leaves_the_environment_alone(tmp_path: Path) -> None:
    folder = tokens.RANKS.parent
    assert counted_offline(folder) == "6"
    assert counted_offline(folder, TIKTOKEN_CACHE_DIR=str(tmp_path)) == "6"
    assert list(tmp_path.iterdir()) == []
    count_tokens("hello")
    assert os.environ.get("TIKTOKEN_CACHE_DIR") is None


def test_missing_ranks_are_named_and_not_downloaded(tmp_path: Path) -> None:
    said = counted_offline(tmp_path)
    assert "are missing" in said
    assert "git checkout prompts/cl100k" in said


def test_altered_ranks_are_refused_and_kept_for_inspection(tmp_path: Path) -> None:
    altered = tmp_path / tokens.RANKS.name
    shutil.copy(tokens.RANKS, altered)
    with altered.open("r+b") as file:
        file.write(b"X")
    assert "were altered" in counted_offline(tmp_path)
    assert altered.exists()


def test_the_error_is_one_that_a_door_can_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "RANKS", tmp_path / "none")
    tokens._loaded.cache_clear()
    with pytest.raises(ModelError):
        count_tokens("hello")
