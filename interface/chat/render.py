"""An answer → HTML. Words of documents and visitors go through `escaping`, numbers are ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from datatypes import Answer, Citation, Document, Passage, Quote, Span
from interface.chat.metadata import in_line, kind_of_text
from interface.chat.render_why import opening_of, place, why
from interface.chat.render_written import notes, receipt_link, spoken, waiting, written
from interface.server.escaping import attribute, shown, shown_span
from interface.server.library import Library
from interface.wording.languages import document_language, said_in
from interface.wording.wordings import Wording

MOST_NEARBY = 3  # passages offered as "related"
MOST_NEARBY_CHARACTERS = 200


def verdict(words: Wording, answer: Answer) -> str:
    """What is said of the whole answer, before its quotes."""
    if answer.doubtful:
        return words.doubtful
    return words.found if answer.found else words.not_found


@dataclass(frozen=True, slots=True)
class Renderer:
    """Writes HTML in one wording about one library."""

    library: Library
    wording: Wording

    def answer(self, answer: Answer, turn_id: str) -> str:
        """One turn of the conversation: the question, and its quotes or that there are none."""
        return self._turn(
            self._said().get(answer.question, answer.question),
            turn_id,
            self._understood(answer)
            + (self._found(answer) if answer.found else self._not_found(answer))
            + self._receipt(turn_id)
            + self._suggestions(self.library.related_questions(answer)),
            name="found" if answer.found else "not-found",
        )

    def _receipt(self, turn_id: str) -> str:
        return receipt_link(self.wording, turn_id)

    def growing(self, question: str, answer: Answer | None, stop_id: str) -> str:
        """The turn while a language model writes: what there is of the answer, and a way out."""
        asked = self._said().get(question, question) if question.strip() else ""
        inside = ""
        if answer is not None:
            inside = self._understood(answer) + self._written(answer)
        model = self.library.model_name or ""
        inside += waiting(self.wording, model, stop_id)
        return self._turn(asked or self.wording.question_label, "growing", inside, name="growing")

    def refusal(self, question: str, why: str, turn_id: str) -> str:
        """A turn in which there is no answer, with a sentence that says why."""
        asked = question if question.strip() else self.wording.question_label
        return self._turn(asked, turn_id, f'<p class="verdict">{shown(why)}</p>', name="refused")

    def linked(self, quote: Quote | None) -> str:
        """The turn of a page that was opened by a permalink; None: its text has changed."""
        words = self.wording
        if quote is not None:
            return self._turn(words.linked, "linked", self._quote(Citation(1, quote)), name="found")
        changed = f'<p class="verdict">{shown(words.link_changed_more)}</p>'
        return self._turn(words.link_changed, "linked", changed, name="not-found")

    def announcement(self, answer: Answer) -> str:
        """What a screen reader says when the answer is there: plain text, not HTML."""
        if not answer.found:
            return self.wording.not_found
        if answer.model:
            return spoken(answer, self.wording)
        quotes = " ".join(citation.quote.text for citation in answer.citations)
        return f"{verdict(self.wording, answer)} {' '.join(quotes.split())}"

    def suggested(self) -> str:
        return _buttons(self._said())

    def _said(self) -> Mapping[str, str]:
        """The collection's questions, as they are asked → as this language shows them."""
        return said_in(self.library.collection, self.wording.code).questions

    def _turn(self, question: str, turn_id: str, inside: str, *, name: str) -> str:
        heading = f"question-{attribute(turn_id)}"
        return (
            f'<article class="turn {name}" aria-labelledby="{heading}">'
            f'<h2 class="asked" id="{heading}" tabindex="-1" dir="auto">{shown(question)}</h2>'
            f"{inside}</article>"
        )

    def _understood(self, answer: Answer) -> str:
        if answer.understood_as is None:
            return ""
        words = f"{shown(self.wording.understood_as)} <q>{shown(answer.understood_as)}</q>"
        return f'<p class="understood" dir="auto">{words}</p>'

    def _written(self, answer: Answer) -> str:
        def quote(citation: Citation, again: bool) -> str:
            return self._quote(citation, answer, again=again)

        return written(answer, self.wording, quote)

    def _found(self, answer: Answer) -> str:
        kind = "doubtful" if answer.doubtful else "verdict for-readers"
        says = f'<p class="{kind}">{shown(verdict(self.wording, answer))}</p>'
        about = notes(answer, self.wording)
        if answer.model:
            return says + self._written(answer) + about + self._votes(answer)
        quotes, cited = "", set()
        for citation in answer.citations:
            document_id = citation.quote.document.document_id
            quotes += self._quote(citation, answer, again=document_id in cited)
            cited.add(document_id)
        return about + says + quotes + self._votes(answer)

    def _not_found(self, answer: Answer) -> str:
        words = self.wording
        verdict = (
            f'<p class="verdict">{shown(words.not_found)}</p>'
            f'<p class="verdict-more">{shown(words.not_found_more)}</p>'
        )
        nearby = "".join(self._nearby(hit.passage) for hit in answer.hits[:MOST_NEARBY])
        if not nearby:
            return verdict
        return (
            f'{verdict}<section class="nearby"><h3>{shown(words.related_passages)}</h3>'
            f"<ul>{nearby}</ul></section>"
        )

    def _nearby(self, passage: Passage) -> str:
        document, opening = passage.document, opening_of(passage, MOST_NEARBY_CHARACTERS)
        more = " …" if opening.end < passage.span.end else ""
        source = f"{shown(document.title)} · " if self.library.n_documents > 1 else ""
        return (
            f'<li><p class="words" {_tongue(document)}>'
            f"{shown_span(document.text, opening)}{more}</p>"
            f'<p class="source">{source}{self._way_to(passage, opening)}</p></li>'
        )

    def _way_to(self, passage: Passage, opening: Span) -> str:
        """What leads to a passage, of which the opening is shown, in its document."""
        where = place(passage.document.document_id, passage.span)
        return (
            f'<button type="button" class="plain" {where}>'
            f"{shown(self.wording.show_in_document)}</button>"
        )

    def _quote(
        self, citation: Citation, answer: Answer | None = None, *, again: bool = False
    ) -> str:
        """One quote; where its document was cited `again`, the note is the short one."""
        quote = citation.quote
        formats = self.library.cite(quote)
        label = self.wording.citation_label.format(number=citation.number)
        where = place(quote.document.document_id, quote.span, quote.highlight)
        note = formats["short_note" if again else "note"]
        return (
            f'<figure class="quote">{words_of(quote)}<figcaption>'
            f'<p class="source"><button type="button" class="cite" {where} '
            f'aria-label="{attribute(label)}">{citation.number}</button>'
            f'<span><span class="note" lang="en" dir="auto">{shown(note)}</span>'
            f"{badge(self._status(quote))}</span></p>"
            f'<div class="drawers"><button type="button" class="plain show" {where}>'
            f"{shown(self.wording.show_in_document)}</button>"
            f"{self._citing(quote, formats)}"
            f"{why(self.library, self.wording, quote, answer) if answer else ''}"
            f"</div></figcaption></figure>"
        )

    def _status(self, quote: Quote) -> str:
        """What kind of text this is; empty where the metadata do not say."""
        words, metadata = self.wording, quote.document.metadata
        kind = kind_of_text(metadata)
        if kind == "translation_by":
            translator = in_line(metadata.get("translator", ""))
            return words.translation_by.format(translator=translator)
        known = {
            "original": words.original,
            "transcription": words.transcription,
            "translation": words.translation,
            "ocr": words.ocr,
        }
        return known.get(kind, kind)

    def _citing(self, quote: Quote, formats: dict[str, str]) -> str:
        return (
            f"{self._formats(quote, formats)}"
            f'<a class="permalink" href="{attribute(self.library.permalink(quote))}">'
            f"{shown(self.wording.permalink)}</a>"
        )

    def _formats(self, quote: Quote, formats: dict[str, str]) -> str:
        words = self.wording
        names = {
            "note": words.note,
            "short_note": words.short_note,
            "bibliography": words.bibliography,
            "bibtex": words.bibtex,
            "ris": words.ris,
            "csl_json": words.csl_json,
        }
        texts = [(words.quote_itself, quote.text)]
        texts += [(name, formats[key]) for key, name in names.items() if formats.get(key)]
        lines = "".join(
            f'<li><span class="format">{shown(name)}</span>'
            f'<button type="button" class="plain" data-copy '
            f'aria-label="{attribute(words.copy_one.format(name=name))}">'
            f'{shown(words.copy)}</button><pre dir="auto" tabindex="0" role="group" '
            f'aria-label="{attribute(name)}">{shown(text)}</pre></li>'
            for name, text in texts
        )
        return (
            f"<details><summary>{shown(words.cite_button)}</summary>"
            f'<ul class="formats">{lines}</ul></details>'
        )

    def _votes(self, answer: Answer) -> str:
        words = self.wording
        about = attribute(answer.understood_as or answer.question)
        buttons = "".join(
            f'<button type="button" class="vote" data-vote="{name}" aria-pressed="false" '
            f'aria-label="{attribute(label)}" title="{attribute(label)}">{_thumb()}</button>'
            for name, label in (("up", words.vote_up), ("down", words.vote_down))
        )
        return (
            f'<div class="votes" role="group" data-about="{about}" '
            f'aria-label="{attribute(words.vote_label)}"><p>{shown(words.vote_label)}</p>'
            f"{buttons}</div>"
        )

    def _suggestions(self, questions: tuple[str, ...]) -> str:
        if not questions:
            return ""
        said = self._said()
        buttons = _buttons({question: said.get(question, question) for question in questions})
        heading = shown(self.wording.related_heading)
        return f'<section class="related"><h3>{heading}</h3>{buttons}</section>'


def _buttons(questions: Mapping[str, str]) -> str:
    lines = "".join(
        f'<li><button type="button" class="suggestion" data-question="{attribute(question)}" '
        f'dir="auto">{shown(words)}</button></li>'
        for question, words in questions.items()
    )
    return f'<ul class="suggestions">{lines}</ul>' if lines else ""


def words_of(quote: Quote) -> str:
    marks = [(quote.highlight, "answering")] if quote.highlight else []
    return (
        f'<blockquote><p class="words" {_tongue(quote.document)}>'
        f"{shown_span(quote.document.text, quote.span, marks)}</p></blockquote>"
    )


def _tongue(document: Document) -> str:
    return f'lang="{attribute(document_language(document))}" dir="auto"'


def badge(words: str) -> str:
    return f' <span class="badge">{shown(words)}</span>' if words else ""


def _thumb() -> str:
    """A raised thumb; the style sheet turns it over for the vote against."""
    return (
        '<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        '<path d="M4 11h3v9H4zM9.5 19.2V11l3.6-7c1.3 0 2.1.9 1.9 2.3L14.4 10h4.1c1.2 0 2 1 1.7 2.2'
        'l-1.5 6c-.2 1-1 1.6-1.9 1.6H11.5z"/></svg>'
    )
