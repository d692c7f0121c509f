"""The flags by which a door is told of a language model, and the environment's twins of them."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from command_line import add_value_flag
from errors import SettingError

if TYPE_CHECKING:
    from answerer.generative.language_model import LanguageModel

KEY = "DOCENT_LLM_KEY"  # never a flag: other users see those

_FLAGS = (
    ("url", "URL", "", "address of an OpenAI-compatible server, such as http://127.0.0.1:11434/v1"),
    ("model", "NAME", "", "the model's name on that server"),
    ("key-file", "FILE", "", f"file that holds the server's key; else the key is in {KEY}"),
    ("window", "TOKENS", "4096", "tokens that the model reads and writes at once"),
    ("first-token", "SECONDS", "30", "longest wait for the model to begin or go on"),
    ("answer", "SECONDS", "120", "longest wait for a whole answer"),
    ("at-once", "N", "2", "questions that the model is asked at the same time"),
)


def add_model_flags(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "language model", "optional; nothing is sent anywhere else than to --llm-url"
    )
    for name, kind, default, meaning in _FLAGS:
        known = default and f" (default {default})"
        add_value_flag(group, f"llm-{name}", default, meaning + known, metavar=kind)


def model_from(arguments: argparse.Namespace) -> LanguageModel | None:
    """The model that the flags tell of, if they do. Raises SettingError for what cannot be used.

    The key is taken out of the environment, so that no child process has it.
    """
    key = os.environ.pop(KEY, None) or None
    if not arguments.llm_url:
        if arguments.llm_model:
            raise SettingError("--llm-model without --llm-url.", "Give the server's address too.")
        return None
    from answerer.generative.language_model import LanguageModel, ModelSettings

    if arguments.llm_key_file:
        key = _key_in(Path(arguments.llm_key_file))
    return LanguageModel(
        ModelSettings(
            arguments.llm_url,
            arguments.llm_model,
            key=key,
            window=int(_number("window", arguments.llm_window, least=1024)),
            first_token_s=_number("first-token", arguments.llm_first_token, least=0.1),
            answer_s=_number("answer", arguments.llm_answer, least=0.1),
            at_once=int(_number("at-once", arguments.llm_at_once, least=1)),
        )
    )


def _key_in(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"The key file {path} cannot be read.", "Mend --llm-key-file."
        ) from error


def _number(name: str, value: str, *, least: float) -> float:
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not least <= number <= 10_000_000:
        raise SettingError(f"--llm-{name} {value} is no number from {least} on.", "Mend it.")
    return number
