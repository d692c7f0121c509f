"""An answer → HTML of one turn; the templates decide what it looks like."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from datatypes import Answer, Citation, Quote, Statement
from interface.chat.explanation import explain, opening_of
from interface.chat.metadata import kind_of_text
from interface.server.answer_service import verdict
from interface.server.library import Library
from interface.server.templates import ENVIRONMENT
from interface.wording.languages import collection_texts, document_language
from interface.wording.wordings import Wording

MOST_NEARBY = 3  # passages offered as "related"
MOST_NEARBY_CHARACTERS = 200

_FORMATS = ("note", "short_note", "bibliography", "bibtex", "ris", "csl_json")
_CUT = re.compile(r"(“[^“”]*”)")  # what the answerer left between marks is a slice of a quote


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement as a turn shows it.

    `words` are a language model's, in parts of which every second one is cut from a quote; none
    where the statement is its quote. `quotes` are those that no earlier statement shows, each with
    whether its document was cited before.
    """

    words: list[tuple[str, bool]]
    citations: list[Citation]
    quotes: list[tuple[Citation, bool]]


@dataclass(frozen=True, slots=True)
class TurnRenderer:
    """Writes turns in one wording about one library. `template` extends `turn.html.jinja`."""

    library: Library
    wording: Wording
    template: str = "chat/templates/chat_turn.html.jinja"

    def render_answer(self, answer: Answer, turn_id: str) -> str:
        """One turn of the conversation: the question, and its quotes or that there are none."""
        suggested = self._questions()
        nearby = () if answer.found else answer.hits[:MOST_NEARBY]
        related = self.library.related_questions(answer)
        return self._render(
            "found" if answer.found else "not-found",
            suggested.get(answer.question, answer.question),
            turn_id,
            **self._answer_parts(answer),
            answer=answer,
            verdict=verdict(self.wording, answer),
            verdict_class=_verdict_class(answer),
            explanation="" if answer.found else self.wording["not_found_more"],
            passages=[
                (hit.passage, opening_of(hit.passage, MOST_NEARBY_CHARACTERS)) for hit in nearby
            ],
            related={question: suggested.get(question, question) for question in related},
        )

    def render_growing_answer(self, question: str, answer: Answer | None, stop_id: str) -> str:
        """The turn while a language model writes: what there is of the answer, and a way out."""
        parts = {} if answer is None else self._answer_parts(answer)
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

    def _answer_parts(self, answer: Answer) -> dict[str, Any]:
        return {
            "understood_as": answer.understood_as,
            "written_by": self._written_by(answer) if answer.model else "",
            "statements": _statement_views(answer),
            "explain": lambda quote: explain(self.library, self.wording, quote, answer),
        }

    def _written_by(self, answer: Answer) -> str:
        return self.wording["model.written_by"].format(model=answer.model)

    def _render(self, name: str, question: str, turn_id: str, **parts: Any) -> str:
        nothing: dict[str, Any] = {
            **dict.fromkeys(("answer", "understood_as", "verdict", "explanation", "written_by")),
            **dict.fromkeys(("passages", "related", "stop_id")),
            "statements": (),
            "verdict_class": "verdict",
            "explain": lambda quote: None,
        }
        return ENVIRONMENT.get_template(self.template).render(
            nothing | parts,
            name=name,
            question=question if question.strip() else self.wording["question_label"],
            turn_id=turn_id,
            words=self.wording,
            library=self.library,
            n_documents=self.library.n_documents,
            model=self.library.model_name,
            language_of=document_language,
            kind_of_text=lambda document: kind_of_text(document.metadata, self.wording),
            formats_of=self._formats_of,
            quote_of=lambda passage, span: Quote(passage.document, span),
        )

    def _formats_of(
        self, quote: Quote, formats: Mapping[str, str], wanted: Collection[str] = _FORMATS
    ) -> list[tuple[str, str]]:
        """What can be copied, each with its name: the quote's words, and the `wanted` formats."""
        words = self.wording
        named = [(words[name], formats[name]) for name in _FORMATS if name in wanted]
        return [
            (words["quote_itself"], quote.text),
            *((name, text) for name, text in named if text),
        ]


def _verdict_class(answer: Answer) -> str:
    """A verdict of its own for quotes stands in their way, unless they are doubtful."""
    if answer.doubtful:
        return "doubtful"
    return "verdict for-readers" if answer.found else "verdict"


def _statement_views(answer: Answer) -> list[StatementView]:
    """A quote stands with the first statement that cites it."""
    numbered = {citation.quote: citation for citation in answer.citations}
    shown, cited = set[int](), set[str]()

    def view(statement: Statement) -> StatementView:
        citations = [numbered[quote] for quote in statement.quotes]
        quotes = []
        for citation in citations:
            document_id = citation.quote.document.document_id
            if citation.number not in shown:
                quotes.append((citation, document_id in cited))
            shown.add(citation.number)
            cited.add(document_id)
        parts = _CUT.split(statement.text) if answer.model else []
        words = [(part, place % 2 == 1) for place, part in enumerate(parts)]
        return StatementView(words, citations, quotes)

    return [view(statement) for statement in answer.statements]
