"""How many tokens a text takes, counted by tiktoken with the ranks that come with Docent."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from errors import ModelError

if TYPE_CHECKING:
    import tiktoken

ENCODING = "cl100k_base"
# tiktoken's own cache layout: the file bears the SHA-1 of the address it was published at.
RANKS = Path(__file__).parent / "cl100k" / "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"
RANKS_SHA256 = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
CACHE_VARIABLE = "TIKTOKEN_CACHE_DIR"

LONGEST_SENTENCE = 4_000
"""Characters. What is longer has no sentence marks, such as a table or a line of noise."""

_loading = threading.Lock()


@dataclass(frozen=True, slots=True)
class Fitted:
    """Those of the sentences that fit, best first; the text they make, and its exact tokens."""

    chosen: tuple[int, ...]
    text: str
    n_tokens: int


def fit_sentences(
    sentences: Sequence[str], *, room: int, written: Callable[[Sequence[int]], str]
) -> Fitted:
    """As many whole sentences (given best first) as fit into `room` tokens of `written` text.

    `written` makes the text of the chosen ones, of which it is given the places. A sentence that
    does not fit is passed over, never cut. Without any, the text is empty and takes no token.
    """
    chosen: list[int] = []
    taken = 0
    for place, sentence in enumerate(sentences):
        if len(sentence) > LONGEST_SENTENCE:
            continue
        n_tokens = count_tokens(sentence)
        if taken + n_tokens <= room:
            chosen.append(place)
            taken += n_tokens
    # What `written` puts around them is only known now; the counts of parts do not add up either.
    while chosen:
        text = written(chosen)
        n_tokens = count_tokens(text)
        if n_tokens <= room:
            return Fitted(tuple(chosen), text, n_tokens)
        chosen.pop()
    return Fitted((), "", 0)


def count_tokens(text: str) -> int:
    """Exact. Strings such as <|endoftext|> are counted as the text they are.

    Raises ModelError where the ranks are missing or altered; nothing is ever downloaded.
    """
    with _loading:
        encoding = _loaded()
    return len(encoding.encode_ordinary(text))


@cache
def _loaded() -> tiktoken.Encoding:
    # tiktoken checks the digest too, but then deletes the file and downloads another.
    _check(RANKS)
    import tiktoken

    before = os.environ.get(CACHE_VARIABLE)
    os.environ[CACHE_VARIABLE] = str(RANKS.parent)  # tiktoken knows no other way
    try:
        return tiktoken.get_encoding(ENCODING)
    finally:
        del os.environ[CACHE_VARIABLE]
        if before is not None:
            os.environ[CACHE_VARIABLE] = before


def _check(ranks: Path) -> None:
    remedy = "Restore it from the release or with: git checkout prompts/cl100k"
    try:
        content = ranks.read_bytes()
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise ModelError(f"The token ranks {ranks} are missing ({reason}).", remedy) from error
    if sha256(content).hexdigest() != RANKS_SHA256:
        raise ModelError(f"The token ranks {ranks} were altered.", remedy)
