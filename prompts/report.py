"""How long the passages of an index are in tokens: what a language model would be given."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator

from datatypes import Passage
from prompts.tokens import ENCODING, count_tokens

WINDOWS = (2_048, 4_096, 8_192, 32_768)
"""Tokens that common local models read at once."""

ROOM_FOR_THE_REST = 1_024
"""Tokens left for instructions, question and answer."""


def passage_report(passages: Iterable[Passage]) -> Iterator[str]:
    """Tokens of the passages, each counted alone, and what that means for common windows."""
    lengths = [count_tokens(passage.text) for passage in passages]
    if not lengths:
        yield "The index holds no passages."
        return
    median, longest = statistics.median(lengths), max(lengths)
    yield f"{len(lengths):,} passages, {sum(lengths):,} tokens ({ENCODING})"
    yield f"shortest {min(lengths)}, median {median:.0f}, longest {longest}"
    for window in WINDOWS:
        room = window - ROOM_FOR_THE_REST
        yield (
            f"a window of {window:>6,} tokens takes {room // longest:>3} of the longest, "
            f"{int(room // median):>3} of the usual passages"
        )
