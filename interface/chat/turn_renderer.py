"""An answer → HTML of one turn; the templates decide what it looks like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from datatypes import Answer, Citation, Quote
from interface.chat.explanation import explain, opening_of
from interface.chat.metadata import kind_of_text
from interface.server.answer_service import LONGEST_QUESTION, verdict
from interface.server.escaping import ENVIRONMENT, sendable
from interface.server.library import Library
from interface.server.turns import new_id
from interface.wording.languages import collection_texts, document_language
from interface.wording.wordings import Wording

_CUT = re.compile(r"(“[^“”]*”)")  # what the answerer left between marks is a slice of a quote


class StatementView(NamedTuple):
    """A statement as a turn shows it.

    `words` are a language model's, in parts of which every second one is cut from a quote; none
    where the statement is its quote. `quotes` are those that no earlier statement shows, each with
    whether its document was cited before.
    """

    words: list[str]
    citations: list[Citation]
    quotes: list[tuple[Citation, bool]]


@dataclass(frozen=True, slots=True)
class TurnRenderer:
    """Writes turns in one wording about one library. `template` extends `turn.html.jinja`."""

    library: Library
    wording: Wording
    template: str = "chat/templates/chat_turn.html.jinja"

    def reply(self, answer: Answer, turn_id: str) -> dict[str, Any]:
        """What a page is sent: HTML of the turn, the id to follow it up, and what to announce."""
        return {
            "html": self.render_answer(answer, turn_id),
            "turn_id": turn_id,
            "announcement": sendable(self.announcement(answer)),
            "found": answer.found,
            "n_quotes": len(answer.citations),
        }

    def refusal_reply(self, question: str, why: str) -> dict[str, Any]:
        # An id of its own, which nothing is kept under: the page may show several refusals.
        html = self.render_refusal(question[:LONGEST_QUESTION], why, new_id())
        return {"html": html, "turn_id": "", "announcement": why, "found": False, "n_quotes": 0}

    def render_answer(self, answer: Answer, turn_id: str) -> str:
        """One turn of the conversation: the question, and its quotes or that there are none."""
        shown = self._questions()
        related = self.library.related_questions(answer)
        return self._render(
            "found" if answer.found else "not-found",
            shown.get(answer.question, answer.question),
            turn_id,
            **self._statements_of(answer),
            answer=answer,
            verdict=verdict(self.wording, answer),
            related={question: shown.get(question, question) for question in related},
        )

    def render_growing_answer(self, question: str, answer: Answer | None, stop_id: str) -> str:
        """The turn while a language model writes: what there is of the answer, and a way out."""
        parts = {} if answer is None else self._statements_of(answer)
        asked = self._questions().get(question, question)
        return self._render("growing", asked, "growing", **parts, stop_id=stop_id)

    def render_refusal(
        self, question: str, why: str, turn_id: str, *, name: str = "refused"
    ) -> str:
        """A turn in which there is no answer, with a sentence that says why."""
        return self._render(name, question, turn_id, verdict=why)

    def render_linked_quote(self, quote: Quote | None) -> str:
        """The turn of a page that was opened by a permalink; None: its text has changed."""
        words = self.wording
        if quote is None:
            why, name = words["link_changed_more"], "not-found"
            return self.render_refusal(words["link_changed"], why, "linked", name=name)
        statement = StatementView([], [], [(Citation(1, quote), False)])
        return self._render("found", words["linked"], "linked", statements=[statement])

    def announcement(self, answer: Answer) -> str:
        """What a screen reader says when the answer is there: plain text, not HTML."""
        if not answer.found:
            return self.wording["not_found"]
        if answer.model:
            said = " ".join(statement.text for statement in answer.statements)
            return f"{self._written_by(answer)}: {' '.join(said.split())}"
        quotes = " ".join(citation.quote.text for citation in answer.citations)
        return f"{verdict(self.wording, answer)} {' '.join(quotes.split())}"

    def _questions(self) -> Mapping[str, str]:
        """The collection's questions, as they are asked → as this language shows them."""
        return collection_texts(self.library.collection, self.wording.code).questions

    def _statements_of(self, answer: Answer) -> dict[str, Any]:
        """`explained`: the answer whose hits say why a quote was found."""
        return {
            "understood_as": answer.understood_as,
            "written_by": self._written_by(answer) if answer.model else "",
            "statements": _statement_views(answer),
            "explained": answer,
        }

    def _written_by(self, answer: Answer) -> str:
        return self.wording["model.written_by"].format(model=answer.model)

    def _render(self, name: str, question: str, turn_id: str, **parts: Any) -> str:
        return ENVIRONMENT.get_template(self.template).render(
            parts,
            name=name,
            question=question if question.strip() else self.wording["question_label"],
            turn_id=turn_id,
            words=self.wording,
            library=self.library,
            language_of=document_language,
            kind_of_text=kind_of_text,
            explain=explain,
            opening_of=opening_of,
            Quote=Quote,
        )


def _statement_views(answer: Answer) -> list[StatementView]:
    """A quote stands with the first statement that cites it."""
    numbered = {citation.quote: citation for citation in answer.citations}
    shown, cited = set[int](), set[str]()
    views = []
    for statement in answer.statements:
        view = StatementView(_CUT.split(statement.text) if answer.model else [], [], [])
        for quote in statement.quotes:
            citation, document_id = numbered[quote], quote.document.document_id
            view.citations.append(citation)
            if citation.number not in shown:
                view.quotes.append((citation, document_id in cited))
            shown.add(citation.number)
            cited.add(document_id)
        views.append(view)
    return views
