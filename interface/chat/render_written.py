"""A language model's words → HTML that shows whose they are, each with the quotes it rests on.

Nothing of it becomes a link or an image: all is text, and escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from datatypes import Answer, Citation, Note
from interface.chat.render_why import place
from interface.server.escaping import attribute, shown
from interface.wording.wordings import Wording

_CUT = re.compile(r"“[^“”]*”")  # what the answerer left between marks is a slice of a quote


def written(answer: Answer, words: Wording, quote: Callable[[Citation, bool], str]) -> str:
    """The statements of a model. `quote` writes one, with a short note if its document came before.

    A quote stands with the first statement that cites it.
    """
    said, cited = set[int](), set[str]()
    numbers = {citation.quote: citation for citation in answer.citations}
    statements = ""
    for statement in answer.statements:
        citations = [numbers[each] for each in statement.quotes]
        quotes = ""
        for citation in citations:
            document_id = citation.quote.document.document_id
            if citation.number not in said:
                quotes += quote(citation, document_id in cited)
            said.add(citation.number)
            cited.add(document_id)
        references = "".join(_reference(citation, words) for citation in citations)
        statements += (
            f'<div class="statement"><p class="said" dir="auto">{_words(statement.text)}'
            f'<span class="references"> {references}</span></p>{quotes}</div>'
        )
    by = shown(words.model.written_by.format(model=answer.model))
    more = shown(words.model.written_more)
    return (
        f'<section class="written" aria-label="{by}"><p class="by"><b>{by}</b> '
        f'<span class="by-more">{more}</span></p>{statements}</section>'
    )


def notes(answer: Answer, words: Wording) -> str:
    lines = "".join(f"<p>{shown(_said(note, words))}</p>" for note in answer.notes)
    return f'<div class="model-notes">{lines}</div>' if lines else ""


def spoken(answer: Answer, words: Wording) -> str:
    """What a screen reader says of the statements."""
    by = words.model.written_by.format(model=answer.model)
    said = " ".join(" ".join(statement.text.split()) for statement in answer.statements)
    return f"{by}: {said}"


def waiting(words: Wording, model: str, stop_id: str) -> str:
    """What stands below an answer that still grows, with the way to end it."""
    return (
        f'<div class="writing"><p class="waiting"><span class="dots" aria-hidden="true"></span>'
        f"<span>{shown(words.model.writing.format(model=model))}</span></p>"
        f'<button type="button" class="stop" data-stop="{attribute(stop_id)}">'
        f"{shown(words.model.stop)}</button></div>"
    )


def receipt_link(words: Wording, turn_id: str) -> str:
    """Where the answer can be taken along, with all that it was made of."""
    address = f"receipt?turn={attribute(turn_id)}"
    return (
        f'<p class="receipt"><a href="{address}" download="docent-receipt.json">'
        f"{shown(words.model.receipt)}</a></p>"
    )


def _words(text: str) -> str:
    parts, end = "", 0
    for cut in _CUT.finditer(text):
        parts += f'{shown(text[end : cut.start()])}<q class="cut">{shown(cut.group())}</q>'
        end = cut.end()
    return parts + shown(text[end:])


def _reference(citation: Citation, words: Wording) -> str:
    quote = citation.quote
    label = attribute(words.citation_label.format(number=citation.number))
    where = place(quote.document.document_id, quote.span, quote.highlight)
    return (
        f'<button type="button" class="reference" {where} aria-label="{label}">'
        f"{citation.number}</button>"
    )


def _said(note: Note, words: Wording) -> str:
    said = words.model
    if note.kind == "left_out":
        return said.left_out_one if note.n == 1 else said.left_out.format(n=words.number(note.n))
    known = {
        "nothing_left": said.nothing_left,
        "no_model": said.no_model,
        "broke_off": said.broke_off,
        "stopped": said.stopped,
    }
    return known[note.kind]
