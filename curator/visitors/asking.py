"""A visitor's question → a test question: its passages, and the sentences that were clicked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from curator.access.access import ROOT
from curator.pages import Message, Pages, SentForm, redirect, text_of
from datatypes import Document, Hit, Span
from errors import DocentError, QuestionError
from evaluation.workbench import Workbench
from interface.server.answer_service import LONGEST_QUESTION
from interface.server.escaping import sendable
from interface.server.library import Library

MOST_PASSAGES = 10
_QUESTION_ID = re.compile(r"c[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class AskingPage:
    """Asks as a visitor does, and keeps what the curator says is right."""

    bench: Workbench
    library: Library
    pages: Pages

    def join(self, app: FastAPI) -> None:
        app.get(f"{ROOT}/questions")(self.question_page)
        app.post(f"{ROOT}/questions")(self.keep)

    def question_page(
        self, request: Request, question: str = "", words: str = "", added: str = ""
    ) -> HTMLResponse:
        """`words`: to look with, where they are not the question itself. `added`: see `keep`."""
        known = added if _QUESTION_ID.fullmatch(added) else ""
        return self._page(request, sendable(question), sendable(words), added=known)

    def keep(self, request: Request, form: SentForm) -> Response:
        """Leads to the page that says under which id the question was added."""
        words, question = self.pages.words, text_of(form, "question").strip()
        clicked = [value for value in form.getlist("place") if isinstance(value, str)]
        try:
            if not 0 < len(question) <= LONGEST_QUESTION:
                raise QuestionError(words("no_such_question"), "")
            answered = text_of(form, "say") == "yes"
            if answered is not bool(clicked):
                raise QuestionError(words("nothing_chosen" if answered else "both_said"), "")
            places = chosen_places(clicked, self.library, gone=words("place_gone"))
            query_id = self.bench.write_question(question, places)
        except DocentError as error:
            message = Message(str(error).strip())
            return self._page(request, question[:LONGEST_QUESTION], message=message, status=400)
        return redirect(request, f"curator/questions?added={query_id}")

    def _page(
        self,
        request: Request,
        question: str,
        other_words: str = "",
        *,
        added: str = "",
        message: Message | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        question, other_words = question.strip(), other_words.strip()
        answer, hits = None, tuple[Hit, ...]()
        try:
            if question:
                answer = self.library.ask(question)
                hits = self.library.ask(other_words).hits if other_words else answer.hits
        except QuestionError as error:
            question, answer, message = "", None, Message(str(error))
        return self.pages(
            request,
            "visitors/asking",
            status=status,
            question=question,
            other_words=other_words,
            added=added,
            message=message,
            answer=answer,
            hits=hits[:MOST_PASSAGES],
            several_documents=self.library.n_documents > 1,
            place_value=place_value,
        )


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
    clicked: dict[str, tuple[str, set[Span]]] = {}
    for value in values:
        document, span = _place(value, library, gone)
        clicked.setdefault(document.document_id, (document.text, set()))[1].add(span)
    for document_id, (text, spans) in clicked.items():
        for span in _joined(text, sorted(spans)):
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
