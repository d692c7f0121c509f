"""Questions reworded by a language model: follow-ups completed, foreign ones translated.

What it says is used to search and is shown to the visitor; where it says nothing that can be used,
the rules that need no model decide.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Sequence

from answerer.generative.language_model import LanguageModel, LanguageModelError
from answerer.generative.numbered import defuse
from answerer.question import cleaned
from datatypes import Answer, Turn
from errors import QuestionError
from index.storage.base import PassageStore
from index.text.folding import terms_of
from prompts.templates import Rendered, load_prompt
from prompts.tokens import count_tokens
from retriever.lexical import FUNCTION_WORDS

_QUESTION_TOKENS = 200
_SHARE_OF_WINDOW = 0.5
_N_SAMPLES = 3  # passages that show which language the documents are in
_MOST_SAMPLE = 300  # characters of each
_KNOWN = 0.65
"""Share of a question's words that the documents have, from which it is in their language."""

_ENGLISH = 0.3
"""Share of English function words, known in the documents, from which a question is English."""

_KEPT = 0.5
"""Share of a follow-up's own words that must be in the question made of it."""

_MOST_SHORTER = 3
"""Times that a translation may be shorter; Korean is half as long as German."""

_log = logging.getLogger(__name__)


def rewrite_follow_up(
    model: LanguageModel, question: str, turns: Sequence[Turn], stop: threading.Event | None
) -> str | None:
    """The follow-up as a question by itself; None where it is one already.

    Raises LanguageModelError where the model does not say.
    """
    room = int(model.settings.window * _SHARE_OF_WINDOW)
    lines: list[str] = []
    for turn in reversed(turns):
        answer = defuse(turn.said) or "The documents do not say."
        line = f"Question: {defuse(turn.question)}\nAnswer: {answer}"
        room -= count_tokens(line) + 1
        if room < 0:
            break
        lines.insert(0, line)
    fields = {"conversation": "\n".join(lines), "question": question}
    meant = _reworded(model, load_prompt("rewrite_question").render(fields), question, stop)
    own, kept = (set(terms_of(text)) - FUNCTION_WORDS for text in (question, meant or question))
    if len(own & kept) < _KEPT * len(own):
        raise LanguageModelError("failed", "The language model said another question.")
    return meant


def is_foreign(question: str, index: PassageStore) -> bool:
    """Whether most of its words stand nowhere in the documents, nor is it English as they are."""
    terms = terms_of(question)
    n_passages = index.lexical.document_frequency(sorted(set(terms)))
    known = [term for term in terms if n_passages.get(term, 0) > 0]
    is_english = sum(term in FUNCTION_WORDS for term in known) >= _ENGLISH * len(terms)
    return not is_english and len(known) < _KNOWN * len(terms)


def translate_question(
    model: LanguageModel, question: str, answer: Answer, stop: threading.Event | None
) -> str | None:
    """The question in the language of the answer's passages; None where it is in it already.

    Raises LanguageModelError where the model does not say.
    """
    samples = [defuse(hit.passage.text[:_MOST_SAMPLE]) for hit in answer.hits[:_N_SAMPLES]]
    fields = {"sample": "\n".join(samples), "question": question}
    meant = _reworded(model, load_prompt("translate_question").render(fields), question, stop)
    if meant and re.findall(r"\d+", meant) != re.findall(r"\d+", question):
        raise LanguageModelError("failed", "The language model changed a number.")
    if meant and len(meant) < len(question) / _MOST_SHORTER:
        raise LanguageModelError("failed", "The language model did not say a question.")
    return meant


def _reworded(
    model: LanguageModel, request: Rendered, question: str, stop: threading.Event | None
) -> str | None:
    """The one line that was asked for, if it is another question."""
    try:
        reply = model.complete(request.messages, most_tokens=_QUESTION_TOKENS, stop=stop)
        line = _question_in(reply)
    except LanguageModelError as error:
        _log.warning("A question is understood without the language model. %s", error.what)
        raise
    old, new = (text.casefold().strip(" ?!.") for text in (question, line))
    return None if old == new else line


def _question_in(reply: str) -> str:
    """Raises LanguageModelError where the reply is not one line."""
    spoken = reply.rpartition("</think>")[2]
    lines = [line.strip(' *`"“”«»') for line in spoken.splitlines() if line.strip()]
    try:
        (line,) = lines
        return cleaned(defuse(line))
    except (ValueError, QuestionError):
        raise LanguageModelError("failed", "The language model did not say a question.") from None
