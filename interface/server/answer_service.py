"""How every way in asks: the chat, the kiosk, an embedded chat, the API and agents.

Follow-ups find the answer before, and who keeps count is told of each answer.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from starlette.requests import Request

from datatypes import Answer
from errors import DocentError, QuestionError
from interface.server.escaping import sendable
from interface.server.library import Library
from interface.server.limits import ConcurrencyLimit, RateLimit
from interface.server.turns import Turns
from interface.wording.wordings import Wording, Wordings, preferred

LONGEST_QUESTION = 500  # characters

_log = logging.getLogger(__name__)


class AnswerObserver(Protocol):
    """What is told of each answer. It must be quick: the visitor waits for it."""

    def __call__(self, answer: Answer, *, door: str, language: str, seconds: float) -> None:
        """`door`: chat, kiosk, embed, api or mcp; `language`: of the page, such as "de"."""
        ...


@dataclass(frozen=True, slots=True)
class AnswerService:
    """What all pages share. Safe to use from many threads.

    The limits are for the ways in that have no queue.
    """

    library: Library
    wordings: Wordings
    observers: list[AnswerObserver] = field(default_factory=list)
    rate_limit: RateLimit | None = None
    concurrency_limit: ConcurrencyLimit = field(default_factory=ConcurrencyLimit)
    turns: Turns = field(default_factory=Turns)

    def wording_for(self, code: str | None, request: Request | None = None) -> Wording:
        """In the language asked for, else the one that the browser would like best."""
        accepted = request.headers.get("accept-language", "") if request else ""
        return preferred(self.wordings, code, accepted)

    def answer(
        self, question: str, turn_id: str = "", *, door: str, language: str = "en"
    ) -> tuple[Answer, str]:
        """The answer by quotes, and the id under which the next question can follow it up.

        Raises QuestionError, whose text can be shown, for questions that cannot be answered.
        """
        began = time.perf_counter()
        answer = self.library.ask(question, previous=self.turns.find(turn_id))
        return answer, self._keep(answer, door, language, began)

    def stream_answers(
        self,
        question: str,
        turn_id: str,
        *,
        door: str,
        language: str = "en",
        stop: threading.Event | None = None,
    ) -> Iterator[tuple[Answer, str]]:
        """The answer as it grows, with an empty id; at last the whole one with its id."""
        began = time.perf_counter()
        previous = self.turns.find(turn_id)
        answer: Answer | None = None
        for answer in self.library.answers(question, previous=previous, stop=stop):
            yield answer, ""
        if answer is not None:
            yield answer, self._keep(answer, door, language, began)

    def _keep(self, answer: Answer, door: str, language: str, began: float) -> str:
        seconds = time.perf_counter() - began
        for observe in self.observers:
            observe(answer, door=door, language=language, seconds=seconds)
        return self.turns.keep(answer)


def verdict(wording: Wording, answer: Answer) -> str:
    """What is said of the whole answer, before its quotes."""
    if answer.doubtful:
        return wording["doubtful"]
    return wording["found" if answer.found else "not_found"]


def explain_failure(error: Exception, question: str, wording: Wording) -> str:
    """Why there is no answer, in the reader's language where it is known what is wrong.

    What a person cannot put right is logged, and no visitor sees a traceback.
    """
    if not isinstance(error, DocentError):
        _log.error("A question could not be answered", exc_info=error)
        return wording["failed"]
    if isinstance(error, QuestionError):
        if not any(map(str.isalnum, question)):
            return wording["no_question"]
        if len(question) > LONGEST_QUESTION:
            return wording["question_too_long"].format(n=wording.number(LONGEST_QUESTION))
    return sendable(str(error))
