"""A visitor's question → a test question: its passages, and the sentences that were clicked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from curator.access.access import ROOT
from curator.pages import Message, Pages, redirect, text_of
from datatypes import Document, Hit, Span
from errors import DocentError, QuestionError
from evaluation.workbench import Workbench
from interface.server.asking import LONGEST_QUESTION
from interface.server.escaping import sendable
from interface.server.library import Library

MOST_PASSAGES = 10
_QUESTION_ID = re.compile(r"c[0-9]{1,9}")


def add_asking(app: FastAPI, bench: Workbench, library: Library, pages: Pages) -> None:
    words = pages.words

    def asking_page(
        request: Request,
        question: str,
        other_words: str = "",
        *,
        added: str = "",
        message: Message | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        """`other_words`: to look with, where they are not the question itself."""
        question, other_words = question.strip(), other_words.strip()
        answer, hits = None, tuple[Hit, ...]()
        try:
            if question:
                answer = library.ask(question)
                hits = library.ask(other_words).hits if other_words else answer.hits
        except QuestionError as error:
            question, answer, message = "", None, Message(str(error))
        return pages(
            request,
            "visitors/asking",
            status=status,
            question=question,
            other_words=other_words,
            added=added,
            message=message,
            answer=answer,
            hits=hits[:MOST_PASSAGES],
            several_documents=library.n_documents > 1,
            place_value=place_value,
        )

    @app.get(f"{ROOT}/questions")
    def ask(request: Request, question: str = "", words: str = "", added: str = "") -> HTMLResponse:
        known = added if _QUESTION_ID.fullmatch(added) else ""
        return asking_page(request, sendable(question), sendable(words), added=known)

    @app.post(f"{ROOT}/questions")
    async def keep(request: Request) -> Response:
        return await run_in_threadpool(keep_question, request, await request.form())

    def keep_question(request: Request, form: FormData) -> Response:
        question = text_of(form, "question").strip()
        clicked = [value for value in form.getlist("place") if isinstance(value, str)]
        try:
            if not 0 < len(question) <= LONGEST_QUESTION:
                raise QuestionError(words("no_such_question"), "")
            answered = text_of(form, "say") == "yes"
            if answered is not bool(clicked):
                raise QuestionError(words("nothing_chosen" if answered else "both_said"), "")
            places = list(chosen_places(clicked, library, gone=words("place_gone")))
            query_id = bench.write_question(question, places)
        except DocentError as error:
            message = Message(str(error).strip())
            return asking_page(request, question[:LONGEST_QUESTION], message=message, status=400)
        return redirect(request, f"curator/questions?added={query_id}")


def place_value(document: Document, span: Span) -> str:
    """What a click on a sentence sends. It holds the text: so a changed document is found out."""
    place = {"document_id": document.document_id, "start": span.start, "end": span.end}
    return json.dumps({**place, "text": span.of(document.text)})


def chosen_places(
    values: Iterable[str], library: Library, *, gone: str
) -> Iterator[tuple[str, Span]]:
    """Document and span of what was clicked; sentences that follow each other are one span.

    Raises QuestionError, saying `gone`, where one is not in the documents to the letter.
    """
    spans: dict[str, set[Span]] = {}
    texts: dict[str, str] = {}
    for value in values:
        document, span = _place(value, library, gone)
        texts[document.document_id] = document.text
        spans.setdefault(document.document_id, set()).add(span)
    for document_id, clicked in spans.items():
        for span in _joined(texts[document_id], sorted(clicked)):
            yield document_id, span


def _place(value: str, library: Library, gone: str) -> tuple[Document, Span]:
    try:
        place = json.loads(value)
        document = library.document(str(place["document_id"]))
        span = Span(int(place["start"]), int(place["end"]))
        if document is not None and span.of(document.text) == place["text"]:
            return document, span
    except (ValueError, KeyError, TypeError, RecursionError):
        pass  # not written by this page
    raise QuestionError(gone, "")


def _joined(text: str, spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in spans:
        if joined and not text[joined[-1].end : span.start].strip():
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined
