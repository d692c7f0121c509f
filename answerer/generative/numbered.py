"""The numbered sentences that a language model is shown; nothing in them looks like ours.

The model gets a copy to read; what is quoted is cut from the document. So the copy may be changed:
invisible signs go, and what could be taken for our numbers, our tags or a chat format's role tags
is written otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from datatypes import Answer, Quote, visible_line
from prompts.tokens import fit_sentences

N_PASSAGES = 5
"""Passages whose sentences are shown, and which the reader judges beside the statements."""

_TAMED = str.maketrans({"<": "‹", ">": "›", "[": "{", "]": "}", "【": "{", "】": "}", "`": "'"})
_ROUND = re.compile(r"\(\s*([sS]\d{1,4}[^()]{0,40})\)")
_MOST_TITLE = 200  # characters


def number_sentences(answer: Answer, *, room: int) -> tuple[tuple[Quote, ...], str]:
    """The best sentences behind an answer that fit into `room` tokens, in reading order.

    The first is [s1] in the text, which is what the model reads.
    """
    sentences = _best_first(answer)

    def in_order(chosen: Sequence[int]) -> list[Quote]:
        return _in_reading_order([sentences[place] for place in chosen])

    fitted = fit_sentences(
        [defuse(quote.text) for quote in sentences],
        room=room,
        written=lambda chosen: _written(in_order(chosen)),
    )
    return tuple(in_order(fitted.chosen)), fitted.text


def defuse(text: str) -> str:
    """One visible line without brackets that mean something to us or to a chat format."""
    return _ROUND.sub(r"{\1}", visible_line(text).translate(_TAMED))


def _best_first(answer: Answer) -> list[Quote]:
    """What the answer quotes, then the rest of those passages, then of the others by rank."""
    passages = [hit.passage for hit in answer.hits[:N_PASSAGES]]
    quotes = [citation.quote for citation in answer.citations]
    quoting = [passage for passage in passages if any(map(passage.overlaps, quotes))]
    others = [passage for passage in passages if passage not in quoting]
    sentences = [
        Quote(passage.document, span)
        for passage in [*quoting, *others]
        for span in passage.sentences
        if any(map(str.isalnum, span.of(passage.document.text)))
    ]
    quoted = [sentence for sentence in sentences if any(map(sentence.overlaps, quotes))]
    once = {(quote.document.document_id, quote.span): quote for quote in [*quoted, *sentences]}
    return list(once.values())


def _in_reading_order(quotes: Sequence[Quote]) -> list[Quote]:
    """Documents in the order of their best sentences."""
    documents = list(dict.fromkeys(quote.document.document_id for quote in quotes))
    return sorted(quotes, key=lambda q: (documents.index(q.document.document_id), q.span))


def _written(sentences: Sequence[Quote]) -> str:
    lines: list[str] = []
    titled = ""
    for number, quote in enumerate(sentences, start=1):
        if quote.document.document_id != titled:
            lines.append(f"Document: {defuse(quote.document.title)[:_MOST_TITLE]}")
            titled = quote.document.document_id
        lines.append(f"[s{number}] {defuse(quote.text)}")
    return "\n".join(lines)
