"""The answers that a next question may follow up, each under an id that nobody can guess.

The page holds the id of its last answer and sends it with the next question. There is no session:
without the id nothing leads to the answer, so no visitor can come upon another's conversation.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from threading import Lock

from cachetools import FIFOCache

from datatypes import Answer

MOST_TURNS = 10_000
# An answer keeps its documents in memory; this is about 400 MB where texts are not Latin.
MOST_CHARACTERS = 100_000_000


class Turns:
    """The latest answers; the oldest are forgotten first. Safe to use from many threads."""

    def __init__(self) -> None:
        self._answers = FIFOCache[str, Answer](MOST_CHARACTERS, _n_characters)
        self._lock = Lock()

    def keep(self, answer: Answer) -> str:
        """The id under which the answer can be found again for a while.

        Without its hits: a follow-up and a receipt need what was quoted, not what was read.
        """
        turn_id = new_id()
        with self._lock:
            self._answers[turn_id] = replace(answer, hits=())
        return turn_id

    def find(self, turn_id: str) -> Answer | None:
        with self._lock:
            return self._answers.get(turn_id)

    def forget(self, turn_id: str) -> None:
        """Nothing happens where there is no such answer any more."""
        with self._lock:
            self._answers.pop(turn_id, None)


def new_id() -> str:
    return secrets.token_urlsafe(16)


def _n_characters(answer: Answer) -> int:
    """Of the documents that it keeps, and at least as many as leave room for MOST_TURNS."""
    texts = {id(text): len(text) for text in (c.quote.document.text for c in answer.citations)}
    return min(max(sum(texts.values()), MOST_CHARACTERS // MOST_TURNS), MOST_CHARACTERS)
