"""Every sentence said to a language model stands in a text file here, with named fields.

A file holds what is told as the system, a line of three dashes, and what is told as the user;
`$name` stands for a field. What fills a field is never looked through for fields again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from string import Template

from errors import ModelError
from prompts.tokens import count_tokens

NAMES = ("answer", "rewrite_question", "translate_question", "draft_questions")

_FOLDER = Path(__file__).parent
_PARTING = "\n---\n"
_TOKENS_A_MESSAGE = 8
"""What chat formats add around a message: role names and their special tokens."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """The two messages of a request, as they are sent."""

    system: str
    user: str

    @property
    def messages(self) -> list[dict[str, str]]:
        return [
            {"role": "system", "content": self.system},
            {"role": "user", "content": self.user},
        ]

    @property
    def n_tokens(self) -> int:
        """Of both messages, by cl100k_base, with what chat formats add."""
        return sum(count_tokens(text) + _TOKENS_A_MESSAGE for text in (self.system, self.user))


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as its file has it. `version` changes with every change of the file."""

    name: str
    version: str
    system: str
    user: str

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(
            name for text in (self.system, self.user) for name in Template(text).get_identifiers()
        )

    def render(self, fields: Mapping[str, str]) -> Rendered:
        """Raises KeyError, naming it, for a field that is missing or that the prompt lacks."""
        wrong = self.fields ^ fields.keys()
        if wrong:
            raise KeyError(f"{self.name}: {', '.join(sorted(wrong))}")
        system, user = (Template(text).substitute(fields) for text in (self.system, self.user))
        return Rendered(system, user)


@cache
def load_prompt(name: str, folder: Path = _FOLDER) -> Prompt:
    """One of NAMES. Raises ModelError where the file is missing or has no two parts."""
    path = folder / f"{name}.md"
    remedy = "Restore it from the release."
    try:
        content = path.read_bytes().replace(b"\r\n", b"\n")
    except OSError as error:
        raise ModelError(f"The prompt {path} cannot be read.", remedy) from error
    system, parting, user = content.decode("utf-8").partition(_PARTING)
    if not parting or not all(Template(text).is_valid() for text in (system, user)):
        raise ModelError(f"The prompt {path} is not two parts with $fields.", remedy)
    version = f"{name}-{sha256(content).hexdigest()[:12]}"
    return Prompt(name, version, system.strip(), user.strip())
