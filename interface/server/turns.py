"""The answers that a next question may follow up, each under an id that nobody can guess.

The page holds the id of its last answer and sends it with the next question. There is no session:
without the id nothing leads to the answer, so no visitor can come upon another's conversation.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import replace
from threading import Lock

from datatypes import Answer

MOST_TURNS = 10_000
# An answer keeps its documents in memory; this is about 400 MB where texts are not Latin.
MOST_CHARACTERS = 100_000_000


class Turns:
    """The latest answers; the oldest are forgotten first. Safe to use from many threads."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._n_characters = 0
        self._lock = Lock()

    def keep(self, answer: Answer) -> str:
        """The id under which the answer can be found again for a while.

        Without its hits: a follow-up and a receipt need what was quoted, not what was read.
        """
        turn_id = new_id()
        answer = replace(answer, hits=())
        with self._lock:
            self._answers[turn_id] = answer
            self._n_characters += _n_characters(answer)
            while len(self._answers) > MOST_TURNS or self._n_characters > MOST_CHARACTERS:
                _, forgotten = self._answers.popitem(last=False)
                self._n_characters -= _n_characters(forgotten)
        return turn_id

    def find(self, turn_id: str) -> Answer | None:
        with self._lock:
            return self._answers.get(turn_id)

    def forget(self, turn_id: str) -> None:
        """Nothing happens where there is no such answer any more."""
        with self._lock:
            answer = self._answers.pop(turn_id, None)
            if answer is not None:
                self._n_characters -= _n_characters(answer)


def new_id() -> str:
    return secrets.token_urlsafe(16)


def _n_characters(answer: Answer) -> int:
    texts = [citation.quote.document.text for citation in answer.citations]
    return sum(len(text) for text in {id(text): text for text in texts}.values())
