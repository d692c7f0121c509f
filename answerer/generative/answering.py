"""An answer in a language model's own words: it points at sentences, and never writes a quote.

The model is shown numbered sentences and says in short statements what they say, with their
numbers. Each statement is checked against the sentences it points at before anybody sees it;
those are then cut from the document as its quotes. What does not hold is left out and counted.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from answerer.generative.checking import Checker
from answerer.generative.language_model import LanguageModel, LanguageModelError
from answerer.generative.numbered import N_PASSAGES, number_sentences
from answerer.generative.reply import ReplyParser
from answerer.reader import Reader
from datatypes import Answer, Exchange, Note, Quote
from prompts.templates import Rendered, load_prompt

ANSWER_TOKENS = 512
"""Room for the model's own words."""
MOST_STATEMENTS = 8
OTHER_TOKENIZERS = 0.8
"""Share of the window that is used: models cut texts otherwise than cl100k_base, some finer."""

_SCHEMA = Path(__file__).with_name("reply_schema.json").read_text(encoding="utf-8")
_log = logging.getLogger(__name__)


def answers_in_own_words(
    model: LanguageModel,
    answer: Answer,
    *,
    reader: Reader | None,
    behind_best: float,
    stop: threading.Event | None = None,
) -> Iterator[Answer]:
    """From an answer by quoting: a growing answer in the model's words, at last the whole one.

    The last is the answer by quoting again, with a note, where the model gives nothing that
    holds. Without statements in `answer` the model is not asked.
    """
    if not answer.found:
        yield answer
        return
    sentences, request = _request(model, answer)
    if not sentences:
        _log.warning("--llm-window leaves no room for a single sentence.")
        yield replace(answer, notes=(Note("no_model"),))
        return
    checker = Checker(
        [*_with_highlights(sentences, answer)], relevant=_relevance(answer, reader, behind_best)
    )
    exchange = Exchange(
        model.settings.model, load_prompt("answer").version, sentences, request.n_tokens
    )
    parser, reply = ReplyParser(), ""
    fault: LanguageModelError | None = None
    try:
        schema = _schema(len(sentences))
        pieces = model.stream(request.messages, most_tokens=ANSWER_TOKENS, schema=schema, stop=stop)
        with closing(pieces):
            for piece in pieces:
                reply += piece
                taken = [checker.take(claim) for claim in parser.feed(piece)]
                if any(taken):
                    yield _written(answer, exchange, checker, reply)
                if len(checker.statements) >= MOST_STATEMENTS:
                    break
            else:
                for claim in parser.finish():
                    checker.take(claim)
    except LanguageModelError as error:
        _log.warning("An answer without the language model. %s", error.what)
        fault = error
    yield _with_notes(answer, _written(answer, exchange, checker, reply), fault)


def _request(model: LanguageModel, answer: Answer) -> tuple[tuple[Quote, ...], Rendered]:
    question = answer.question
    if answer.understood_as is not None:
        question += f" (understood as: {answer.understood_as})"
    prompt = load_prompt("answer")
    around = prompt.render({"evidence": "", "question": question}).n_tokens
    room = int(model.settings.window * OTHER_TOKENIZERS) - ANSWER_TOKENS - around
    sentences, evidence = number_sentences(answer, room=room)
    return sentences, prompt.render({"evidence": evidence, "question": question})


def _written(answer: Answer, exchange: Exchange, checker: Checker, reply: str) -> Answer:
    dropped, n_unknown = tuple(checker.dropped), checker.n_unknown
    return replace(
        answer,
        statements=tuple(checker.statements[:MOST_STATEMENTS]),
        model=exchange.model,
        exchange=replace(exchange, reply=reply, dropped=dropped, n_unknown=n_unknown),
    )


def _with_notes(quoting: Answer, written: Answer, fault: LanguageModelError | None) -> Answer:
    """The written answer, or else the one by quoting, with what a reader should know of it."""
    n_dropped = len(written.exchange.dropped) if written.exchange else 0
    stopped = fault is not None and fault.kind == "stopped"
    if written.found:
        notes = [Note("stopped" if stopped else "broke_off")] if fault else []
        notes += [Note("left_out", n_dropped)] if n_dropped else []
        return replace(written, notes=tuple(notes))
    note = Note("nothing_left", n_dropped) if fault is None else Note("no_model")
    note = Note("stopped") if stopped else note
    return replace(quoting, exchange=written.exchange, notes=(note,))


def _with_highlights(sentences: Sequence[Quote], answer: Answer) -> Iterator[Quote]:
    """The sentences, with the words marked in them that answer, as the quotes have them."""
    quotes = [citation.quote for citation in answer.citations]
    for sentence in sentences:
        near = (quote.highlight for quote in quotes if quote.overlaps(sentence))
        inside = (mark for mark in near if mark and sentence.span.holds(mark))
        yield replace(sentence, highlight=next(inside, None))


def _relevance(
    answer: Answer, reader: Reader | None, behind_best: float
) -> Callable[[Quote], bool]:
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
            passage.overlaps(quote)
            and passage.span.holds(quote.span)
            and relevance >= max(relevances) - behind_best
            for passage, relevance in zip(passages, relevances, strict=True)
        )

    return relevant


def _schema(n_sentences: int) -> dict[str, Any]:
    """Of a reply in JSON. Only numbers of sentences that were shown can be written."""
    schema: dict[str, Any] = json.loads(_SCHEMA)
    sentences = schema["properties"]["statements"]["items"]["properties"]["sentences"]
    sentences["items"]["enum"] = [f"s{number}" for number in range(1, n_sentences + 1)]
    return schema
