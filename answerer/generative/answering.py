"""An answer in a language model's own words: it points at sentences, and never writes a quote.

The model is shown numbered sentences and says in short statements what they say, with their
numbers. Each statement is checked against the sentences it points at before anybody sees it;
those are then cut from the document as its quotes. What does not hold is left out and counted.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

from answerer.generative.checking import Checker
from answerer.generative.language_model import LanguageModel, LanguageModelError
from answerer.generative.numbered import N_PASSAGES, Numbered, numbered
from answerer.generative.reply import ReplyParser
from answerer.reader import Reader
from datatypes import Answer, Exchange, Note, Quote
from prompts.templates import Rendered, load_prompt

ANSWER_TOKENS = 512
"""Room for the model's own words."""
MOST_STATEMENTS = 8
OTHER_TOKENIZERS = 0.8
"""Share of the window that is used: models cut texts otherwise than cl100k_base, some finer."""

_BEHIND_BEST = 3.5
"""Logits of the reader: 98 of 100 passages that answer are less than 3 behind the best one
(development questions of the default document)."""

_log = logging.getLogger(__name__)

Relevant = Callable[[Quote], bool]


class GenerativeAnswerer:
    """Safe from many threads."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    def answers(
        self, answer: Answer, *, reader: Reader | None, stop: threading.Event | None = None
    ) -> Iterator[Answer]:
        """From an answer by quoting: a growing answer in the model's words, at last the whole one.

        The last is the answer by quoting again, with a note, where the model gives nothing that
        holds. Without statements in `answer` the model is not asked.
        """
        if not answer.found:
            yield answer
            return
        shown, request = self._request(answer)
        if not shown.sentences:
            _log.warning("--llm-window leaves no room for a single sentence.")
            yield replace(answer, notes=(Note("no_model"),))
            return
        exchange = Exchange(
            self._model.settings.model,
            load_prompt("answer").version,
            shown.sentences,
            request.n_tokens,
        )
        checker = Checker(_with_highlights(shown, answer), relevant=_relevance(answer, reader))
        parser, reply = ReplyParser(), ""
        fault: LanguageModelError | None = None
        try:
            pieces = self._model.stream(
                request.messages,
                most_tokens=ANSWER_TOKENS,
                schema=_schema(len(shown.sentences)),
                stop=stop,
            )
            with closing(pieces):
                for piece in pieces:
                    reply += piece
                    new = [checker.take(claim) for claim in parser.feed(piece)]
                    if any(new):
                        yield _written(answer, exchange, checker, reply)
                    if len(checker.statements) >= MOST_STATEMENTS:
                        break
                else:
                    for claim in parser.finish():
                        checker.take(claim)
        except LanguageModelError as error:
            _log.warning("An answer without the language model. %s", error.what)
            fault = error
        yield _last(answer, exchange, checker, reply, fault)

    def _request(self, answer: Answer) -> tuple[Numbered, Rendered]:
        question = answer.question
        if answer.understood_as is not None:
            question += f" (understood as: {answer.understood_as})"
        prompt = load_prompt("answer")
        around = prompt.render({"evidence": "", "question": question}).n_tokens
        room = int(self._model.settings.window * OTHER_TOKENIZERS) - ANSWER_TOKENS - around
        shown = numbered(answer, room=room)
        return shown, prompt.render({"evidence": shown.text, "question": question})


def _written(answer: Answer, exchange: Exchange, checker: Checker, reply: str) -> Answer:
    return replace(
        answer,
        statements=tuple(checker.statements[:MOST_STATEMENTS]),
        model=exchange.model,
        exchange=replace(
            exchange,
            reply=reply,
            dropped=tuple(checker.dropped),
            n_unknown=checker.n_unknown,
        ),
    )


def _last(
    answer: Answer,
    exchange: Exchange,
    checker: Checker,
    reply: str,
    fault: LanguageModelError | None,
) -> Answer:
    written = _written(answer, exchange, checker, reply)
    n_dropped = len(checker.dropped)
    if written.found:
        notes = [Note("stopped" if fault.kind == "stopped" else "broke_off")] if fault else []
        notes += [Note("left_out", n_dropped)] if n_dropped else []
        return replace(written, notes=tuple(notes))
    kept = replace(answer, exchange=written.exchange)
    if fault is None:
        return replace(kept, notes=(Note("nothing_left", n_dropped),))
    return replace(kept, notes=(Note("stopped" if fault.kind == "stopped" else "no_model"),))


def _with_highlights(shown: Numbered, answer: Answer) -> tuple[Quote, ...]:
    """The sentences, with the words marked in them that answer, as the quotes have them."""
    marked = [citation.quote for citation in answer.citations if citation.quote.highlight]
    return tuple(
        next((replace(each, highlight=q.highlight) for q in marked if _marks(q, each)), each)
        for each in shown.sentences
    )


def _marks(quote: Quote, sentence: Quote) -> bool:
    same = quote.document.document_id == sentence.document.document_id
    return same and quote.highlight is not None and sentence.span.holds(quote.highlight)


def _relevance(answer: Answer, reader: Reader | None) -> Relevant:
    """Whether the reader finds that a sentence's passage answers about as well as the best one."""
    if reader is None:
        return lambda quote: True
    passages = [hit.passage for hit in answer.hits[:N_PASSAGES]]
    question = answer.understood_as or answer.question
    # The model takes seconds to its first statement; the reader is done by then.
    thread = ThreadPoolExecutor(max_workers=1)
    reading = thread.submit(reader.read_passages, question, passages)
    thread.shutdown(wait=False)

    def relevant(quote: Quote) -> bool:
        relevances = [read.relevance for read in reading.result()]
        return any(
            passage.document.document_id == quote.document.document_id
            and passage.span.holds(quote.span)
            and relevance >= max(relevances) - _BEHIND_BEST
            for passage, relevance in zip(passages, relevances, strict=True)
        )

    return relevant


def _schema(n_sentences: int) -> dict[str, object]:
    """Of a reply in JSON. Only numbers of sentences that were shown can be written."""
    statement = {
        "type": "object",
        "properties": {
            "text": {"type": "string"},
            "sentences": {
                "type": "array",
                "items": {"enum": [f"s{number + 1}" for number in range(n_sentences)]},
            },
        },
        "required": ["text", "sentences"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"statements": {"type": "array", "items": statement}},
        "required": ["statements"],
        "additionalProperties": False,
    }
