"""What a question means: by itself, after the turn before, in another language."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from answerer.extractive import ExtractiveAnswerer
from answerer.generative.language_model import LanguageModel, LanguageModelError
from answerer.generative.rewording import is_foreign, rewritten, translated
from answerer.question import completed
from datatypes import Answer


@dataclass(frozen=True, slots=True)
class Understanding:
    """Without a `model` follow-ups are completed by rule, and nothing is translated."""

    model: LanguageModel | None
    answerer: ExtractiveAnswerer
    stop: threading.Event | None = None

    def answer(self, question: str, previous: Answer | None) -> Answer:
        """The answer by quoting to what the question means."""
        meant = self._after(question, previous)
        answer = self.answerer.answer(question, understood_as=meant)
        if self.model is None or not is_foreign(meant or question, self.answerer.retriever.index):
            return answer
        try:
            meant = translated(self.model, meant or question, answer, self.stop)
        except LanguageModelError:
            return answer
        return self.answerer.answer(question, understood_as=meant) if meant else answer

    def _after(self, question: str, previous: Answer | None) -> str | None:
        if self.model is None or previous is None or not previous.turns:
            return completed(question, previous)
        try:
            return rewritten(self.model, question, previous.turns, self.stop)
        except LanguageModelError:
            return completed(question, previous)
