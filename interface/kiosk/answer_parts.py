"""What the kiosk shows of an answer, as parts that the page lays out on a screen of any size.

Values that are HTML have passed through `escaping`; a quote's words are the slice of its document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from threading import Lock
from urllib.parse import unquote

from datatypes import Answer, Collection, Document, Quote
from errors import DocentError
from interface.chat.document_renderer import DocumentRenderer
from interface.chat.metadata import KINDS_OF_TEXT, in_line, text_status
from interface.chat.text_pieces import TextPlace, split_into_pieces
from interface.server.escaping import macro, sendable, shown
from interface.server.library import Library, quote_json
from interface.wording.languages import document_language, language_code
from interface.wording.wordings import Wording

Part = dict[str, object]

MOST_WORDS_ATTRACTING = 60  # read from some steps away, in the time that it is shown
_FEWEST_WORDS = 8
_WORD = re.compile(r"\w+")
_BEGINNING = 4  # letters
_SENTENCE = re.compile(r"(?!.*(https?:|\n\s*[\n#]))[^#>|].*[.!?。！？][\"”’»')\]]*\s*", re.DOTALL)
# What is told of a document, where it is known: enough to see what it is and to find it again.
TOLD = (  # noqa: SIM905
    "document_type creator date place archive reference_code collection box folder "
    "original_language translator"
).split()


def answer_parts(library: Library, answer: Answer) -> Part:
    """Quotes, what to ask next, and for want of quotes the passage nearest to the question."""
    form = library.to_json(answer)
    nearest = None if answer.found else _nearest(library, answer)
    return {
        **{name: form[name] for name in ("found", "doubtful", "question")},
        "understood": shown(answer.understood_as or ""),
        "quotes": [_quote_part(library, citation.quote) for citation in answer.citations],
        "nearby": [] if nearest is None else [_quote_part(library, nearest)],
        "related": list(library.related_questions(answer)),
    }


def _quote_part(library: Library, quote: Quote) -> Part:
    form = quote_json(library, quote)
    place = {name: form[name] for name in ("document_id", "start", "end")}
    marks = []
    if quote.highlight:
        place |= {"from": quote.highlight.start, "to": quote.highlight.end}
        marks = [(quote.highlight, "answering")]
    return {
        "words": macro("chat/templates/macros.html.jinja", "marked")(
            quote.document.text, quote.span, marks
        ),
        "permalink": unquote(form["permalink"].partition("=")[2]),
        "place": place,
        **_source(quote.document),
        "page_label": shown(form["page"] or ""),
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
    metadata = {name: in_line(value) for name, value in document.metadata.items()}
    status = text_status(document.metadata)
    details = [
        {
            "name": name,
            "value": shown(metadata[name]),
            "code": language_code(metadata[name]) if name == "original_language" else "",
        }
        for name in TOLD
        if metadata.get(name)
    ]
    return {
        "lang": document_language(document),
        "title": shown(document.title),
        "date": shown(metadata.get("date", "")),
        "status": status if status in KINDS_OF_TEXT else "",
        "translator": shown(metadata.get("translator", "")),
        "details": details,
    }


def text_part(library: Library, wording: Wording, place: TextPlace) -> Part | None:
    """The part of a document with that number, or else the one in which the quote begins."""
    document = library.document(sendable(place.document_id))
    if document is None:
        return None
    number = place.piece_number(document)
    last = len(split_into_pieces(document.text)) - 1
    if number > last:
        return None
    renderer = DocumentRenderer(library, wording)
    return {
        "html": renderer.render_piece(document, number, place.marks(document)),
        "number": number,
        "last": last,
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
                parts = (self._quote(question) for question in collection.suggested_questions)
                self._quotes = [part for part in parts if part is not None]
                self._asked_for = collection
            return self._quotes

    def _quote(self, question: str) -> Part | None:
        try:
            citations = self._library.ask(question).citations
        except DocentError:
            return None  # what an institution wrote there is no question
        short = (c.quote for c in citations if len(c.quote.text.split()) <= MOST_WORDS_ATTRACTING)
        quote = next(short, None)
        return {"question": question, **_quote_part(self._library, quote)} if quote else None
