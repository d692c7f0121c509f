"""What a question means: by itself, after the turn before, in another language."""

from __future__ import annotations

import threading

from answerer.extractive import ExtractiveAnswerer
from answerer.generative.language_model import LanguageModel, LanguageModelError
from answerer.generative.rewording import is_foreign, rewrite_follow_up, translate_question
from answerer.question import completed
from datatypes import Answer


def answer_what_is_meant(
    answerer: ExtractiveAnswerer,
    question: str,
    previous: Answer | None,
    *,
    model: LanguageModel | None = None,
    stop: threading.Event | None = None,
) -> Answer:
    """The answer by quoting; a question of another language is asked again, translated.

    Without a `model` follow-ups are completed by rule, and nothing is translated.
    """
    meant = completed(question, previous)
    try:
        if model and previous and previous.turns:
            meant = rewrite_follow_up(model, question, previous.turns, stop)
    except LanguageModelError:
        pass  # the rule's completion stands
    answer = answerer.quote_answer(question, understood_as=meant)
    if model is None or not is_foreign(meant or question, answerer.retriever.index):
        return answer
    try:
        meant = translate_question(model, meant or question, answer, stop)
    except LanguageModelError:
        return answer
    return answerer.quote_answer(question, understood_as=meant) if meant else answer
