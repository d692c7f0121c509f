"""How an index was made and what its institution says, kept with it as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from datatypes import Collection
from errors import ModelError

_Kind = TypeVar("_Kind")

FORMAT_VERSION = 2
"""Of the files of an index. An index of a newer format is refused, an older one is made anew."""

CHUNKING_VERSION = 3
"""To be raised with every change of what `chunker` makes of a document or gives to the model."""

DOCENT_VERSION = "0.1.0"
"""As in pyproject.toml (a test compares them)."""


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """What must stay the same for an indexed document to be kept as it is.

    `max_tokens`: what the embedding model reads of one text; `passage_tokens`: the size that
    passages grow to.
    """

    model_sha256: str
    dimensions: int
    max_tokens: int
    passage_tokens: int
    chunking_version: int
    folding_version: int


@dataclass(frozen=True, slots=True)
class VectorKind:
    """`exact`, or `ivf-sq8`: `n_lists` cells of which `n_probes` are searched, 8 bits a value.

    `recall_at_10`: the share of the ten exactly nearest passages found, on a sample of the index's
    own vectors at the time of building. `n_trained`: how many passages there were when the cells
    were learned.
    """

    kind: str = "exact"
    n_lists: int = 0
    n_probes: int = 0
    recall_at_10: float = 1.0
    n_trained: int = 0


@dataclass(frozen=True, slots=True)
class Recipe:
    """`complete` is false after Ctrl-C: some documents of the folder are not in the index yet.

    `content_sha256` is the hash of all document ids and their contents, in the order of the ids.
    `n_stale` counts removed passages that the lexical statistics still include.
    """

    settings: IndexSettings
    docent_version: str
    model: str
    vectors: VectorKind
    n_documents: int
    n_passages: int
    longest_passage_tokens: int
    n_stale: int
    content_sha256: str
    created: str
    complete: bool

    def require_model(self, name: str, sha256: str) -> None:
        """Raises ModelError unless the index was made with this very model."""
        if sha256 == self.settings.model_sha256:
            return
        if name == self.model:
            raise ModelError(
                f"The model {name} is not the one the index was made with (its files differ).",
                "Make the index anew with: python -m index FOLDER",
            )
        raise ModelError(
            f"The index was made with the model {self.model}, not with {name}.",
            f"Ask with --model {self.model}, or make the index anew with: "
            f"python -m index FOLDER --model {name}",
        )


def write_json(value: Recipe | Collection, path: Path) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n")


def read_json(kind: type[_Kind], path: Path) -> _Kind:
    """What `write_json` wrote; a generation's files are compared with their checksums before."""
    return msgspec.json.decode(path.read_bytes(), type=kind)
