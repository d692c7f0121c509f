"""What the kiosk shows of an answer, as parts that the page lays out on a screen of any size.

Values that are HTML have passed through `escaping`; a quote's words are the slice of its document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from threading import Lock
from urllib.parse import unquote

from datatypes import Answer, Collection, Document, Quote, Span
from errors import DocentError
from interface.chat.metadata import in_line, kind_of_text
from interface.chat.pieces import pieces
from interface.chat.render_documents import DocumentRenderer, mark
from interface.server.escaping import shown, shown_span
from interface.server.library import Library
from interface.wording.languages import document_language, language_code
from interface.wording.wordings import Wording

Part = dict[str, object]

MOST_WORDS_ATTRACTING = 60  # read from some steps away, in the time that it is shown
_FEWEST_WORDS = 8
_WORD = re.compile(r"\w+")
_BEGINNING = 4  # letters
_SENTENCE = re.compile(r"(?!.*(https?:|\n\s*[\n#]))[^#>|].*[.!?。！？][\"”’»')\]]*\s*", re.DOTALL)
_KINDS = ("original", "transcription", "translation", "translation_by", "ocr")  # have a wording
# What is told of a document, where it is known: enough to see what it is and to find it again.
TOLD = (  # noqa: SIM905
    "document_type creator date place archive reference_code collection box folder "
    "original_language translator"
).split()


def answer_parts(library: Library, answer: Answer) -> Part:
    """Quotes, what to ask next, and for want of quotes the passage nearest to the question."""
    nearest = None if answer.found else _nearest(library, answer)
    return {
        "found": answer.found,
        "doubtful": answer.doubtful,
        "question": answer.question,
        "understood": "" if answer.understood_as is None else shown(answer.understood_as),
        "quotes": [quote_part(library, citation.quote) for citation in answer.citations],
        "nearby": [] if nearest is None else [quote_part(library, nearest)],
        "related": list(library.related_questions(answer)),
    }


def quote_part(library: Library, quote: Quote) -> Part:
    marks = [(quote.highlight, "answering")] if quote.highlight else []
    return {
        "words": shown_span(quote.document.text, quote.span, marks),
        "permalink": unquote(library.permalink(quote).partition("=")[2]),
        "place": _place(quote.document, quote.span, quote.highlight),
        **_source(quote.document),
        "page_label": shown(quote.page.name) if quote.page else "",
    }


def _nearest(library: Library, answer: Answer) -> Quote | None:
    """The sentence with most of the question's words, in the best passage that has any of them.

    It does not answer, but it is related. Headings and notes in a few words are no sentences.
    """
    question = answer.understood_as or answer.question
    beginnings = {word[:_BEGINNING] for word in _WORD.findall(question.casefold())}
    for hit in answer.hits:
        document = hit.passage.document
        met = [
            span  # a word that was met only because it is spelled alike relates nothing
            for span in library.matches(answer, hit.passage)
            if span.of(document.text).casefold()[:_BEGINNING] in beginnings
        ]
        n_met = {span: sum(map(span.holds, met)) for span in hit.passage.sentences}
        best = max(n_met, key=n_met.__getitem__)
        if n_met[best] and _is_sentence(best.of(document.text)):
            return Quote(document, best)
    return None


def _is_sentence(text: str) -> bool:
    n_words = len(text.split())
    return _FEWEST_WORDS <= n_words <= MOST_WORDS_ATTRACTING and bool(_SENTENCE.fullmatch(text))


def _source(document: Document) -> Part:
    """The document and what is known of it. Codes of languages let the page name them."""
    metadata, kind = document.metadata, kind_of_text(document.metadata)
    details = [
        {"name": name, "value": shown(in_line(metadata[name])), "code": _code(name, metadata[name])}
        for name in TOLD
        if metadata.get(name)
    ]
    return {
        "lang": document_language(document),
        "title": shown(document.title),
        "date": shown(in_line(metadata.get("date", ""))),
        "status": kind if kind in _KINDS else "",
        "translator": shown(in_line(metadata.get("translator", ""))),
        "details": details,
    }


def _code(name: str, value: str | tuple[str, ...]) -> str:
    return language_code(value) if name == "original_language" else ""


def _place(document: Document, span: Span, highlight: Span | None = None) -> Part:
    place: Part = {"document_id": document.document_id, "start": span.start, "end": span.end}
    return place if highlight is None else {**place, "from": highlight.start, "to": highlight.end}


def text_part(
    library: Library,
    wording: Wording,
    *,
    document_id: str,
    number: int | None = None,
    start: int | None = None,
    end: int | None = None,
    from_: int | None = None,
    to: int | None = None,
) -> Part | None:
    """The part of a document with that number, or else the one in which the quote begins."""
    document = library.document(document_id)
    if document is None:
        return None
    groups = pieces(document.text)
    if number is None:
        number = sum(group[-1].end <= (start or 0) for group in groups)
    if number >= len(groups):
        return None
    marks = mark(document, start, end, "quoted") + mark(document, from_, to, "answering")
    return {
        "html": DocumentRenderer(library, wording).piece(document, number, marks),
        "number": number,
        "last": len(groups) - 1,
        "title": shown(document.title),
        "lang": document_language(document),
    }


class Attraction:
    """The collection's suggested questions that have an answer, each with its first quote.

    Found out when first wanted, and again for each new generation of the index.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._asked_for: Collection | None = None
        self._quotes: Sequence[Part] = ()
        self._lock = Lock()

    def quotes(self) -> Sequence[Part]:
        collection = self._library.collection
        with self._lock:
            if collection is not self._asked_for:
                asked = collection.suggested_questions
                found = [self._quote(question) for question in asked]
                self._quotes = [part for part in found if part is not None]
                self._asked_for = collection
            return self._quotes

    def _quote(self, question: str) -> Part | None:
        try:
            citations = self._library.ask(question).citations
        except DocentError:
            return None  # what an institution wrote there is no question
        short = [c for c in citations if len(c.quote.text.split()) <= MOST_WORDS_ATTRACTING]
        if not short:
            return None
        return {"question": question, **quote_part(self._library, short[0].quote)}
