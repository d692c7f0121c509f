"""A visitor's question → a test question: its passages, and the sentences that were clicked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from curator.html import labelled
from curator.wording import Words
from datatypes import Answer, Document, Hit, Span
from errors import QuestionError
from interface.server.escaping import attribute, shown
from interface.server.library import Library

MOST_PASSAGES = 10


@dataclass(frozen=True, slots=True)
class AskingRenderer:
    words: Words
    library: Library

    def page(self, question: str, looked: str, message: str, up: str) -> str:
        """`looked`: the words to look with, where they are not the question itself.

        Raises QuestionError for what cannot be asked.
        """
        w = self.words
        found = self._found(question, looked, up) if question else ""
        return (
            f'<h1>{w("ask_title")}</h1><p class="lead">{w("ask_lead")}</p>{message}'
            f'<form class="sheet asking" method="get" action="{up}curator/questions">'
            f"{self._field('question', question, required=True)}"
            f"{self._field('words', looked) if question else ''}"
            f'<button type="submit"{"" if question else " class=primary"}>{w("ask_button")}'
            f"</button></form>{found}"
        )

    def _field(self, name: str, value: str, *, required: bool = False) -> str:
        control = (
            f'<input id="asked-{name}" name="{name}" maxlength="500" autocomplete="off" dir="auto" '
            f'value="{attribute(value)}"{" required" if required else ""}>'
        )
        return labelled(f"asked-{name}", self.words(f"ask_{name}"), control)

    def _found(self, question: str, looked: str, up: str) -> str:
        w = self.words
        answer = self.library.ask(question)
        hits = self.library.ask(looked).hits if looked else answer.hits
        none = f"<p>{w('passages_none')}</p>"
        listed = "".join(self._passage(hit) for hit in hits[:MOST_PASSAGES])
        return (
            f'{self._answered(answer)}<form method="post" action="{up}curator/questions">'
            f'<input type="hidden" name="question" value="{attribute(question)}">'
            f'<fieldset class="passages-to-click"><legend>{w("passages_heading")}</legend>'
            f'<p class="hint">{w("passages_hint")}</p>'
            f"{listed or none}</fieldset>"
            f'<div class="do keep"><button type="submit" class="primary" name="say" value="yes">'
            f'{w("add_button")}</button><button type="submit" name="say" value="no">'
            f"{w('add_none_button')}</button></div></form>"
        )

    def _answered(self, answer: Answer) -> str:
        if not answer.found:
            return f'<p class="now">{self.words("ask_not_found")}</p>'
        quotes = "".join(
            f'<blockquote class="place" dir="auto">{shown(citation.quote.text)}</blockquote>'
            for citation in answer.citations
        )
        return f'<section class="now"><p>{self.words("ask_answered")}</p>{quotes}</section>'

    def _passage(self, hit: Hit) -> str:
        document = hit.passage.document
        page = document.page_at(hit.passage.span.start)
        where = [self.words("rank", rank=hit.rank)]
        where += [shown(document.title)] if self.library.n_documents > 1 else []
        where += [shown(hit.passage.heading)] if hit.passage.heading else []
        where += [self.words("page", page=page.name)] if page else []
        sentences = "".join(_sentence(document, span) for span in hit.passage.sentences)
        return (
            f'<div class="sheet passage"><p class="hint" dir="auto">{" · ".join(where)}</p>'
            f'<div class="sentences">{sentences}</div>'
            "</div>"
        )


def _sentence(document: Document, span: Span) -> str:
    """A sentence to click. Its value holds the text too: so a changed document is found out."""
    place = {"document_id": document.document_id, "start": span.start, "end": span.end}
    value = json.dumps({**place, "text": span.of(document.text)})
    return (
        f'<label class="sentence" dir="auto"><input type="checkbox" name="place" '
        f'value="{attribute(value)}"><span>{shown(span.of(document.text))}</span></label>'
    )


def chosen_places(values: Iterable[str], library: Library, *, gone: str) -> list[tuple[str, Span]]:
    """The places that were clicked, those that follow each other made one.

    Raises QuestionError, saying `gone`, where one is not in the documents to the letter.
    """
    spans: dict[str, set[Span]] = {}
    for value in values:
        document, span = _place(value, library, gone)
        spans.setdefault(document.document_id, set()).add(span)
    found: list[tuple[str, Span]] = []
    for document_id, clicked in spans.items():
        kept = library.document(document_id)
        text = kept.text if kept else ""
        found += [(document_id, span) for span in _joined(text, sorted(clicked))]
    return found


def _place(value: str, library: Library, gone: str) -> tuple[Document, Span]:
    try:
        said = json.loads(value)
        document = library.document(str(said["document_id"]))
        span = Span(int(said["start"]), int(said["end"]))
        if document is not None and span.of(document.text) == said["text"]:
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
