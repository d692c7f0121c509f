"""Documents → HTML: one document's text with marks, its pieces, and the list of all."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from datatypes import Document, Heading, Page, Span
from interface.chat.metadata import in_line
from interface.chat.text_pieces import split_into_pieces
from interface.server.escaping import Marks, macro
from interface.server.library import DocumentCard, Library
from interface.wording.languages import document_language
from interface.wording.wordings import Wording

CARDS_AT_ONCE = 50
_MARKUP = "#*_= \t"  # of Markdown
_LABELS = {"doi": "DOI", "isbn": "ISBN"}  # names of details that are not words
_LISTED = ("creator", "date", "document_type", "reference_code")  # metadata named in the list


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a heading in `parts` with whether each only says that it is one, or a page.

    `page` is what a page that begins here is called.
    """

    span: Span
    level: int = 0
    parts: tuple[tuple[Span, bool], ...] = ()
    page: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentRenderer:
    """Writes HTML in one wording about one library's documents."""

    library: Library
    wording: Wording

    def render_document(self, document: Document) -> str:
        """Title, details, and one empty section for each piece, which the page fetches."""
        details = [
            (_LABELS.get(name) or self.wording.metadata_name(name), in_line(value))
            for name, value in document.metadata.items()
            if value
        ]
        language, pieces = document_language(document), split_into_pieces(document.text)
        return self._render("document", document, language, details, pieces)

    def render_piece(self, document: Document, number: int, marks: Marks) -> str:
        """The paragraphs of one piece; raises IndexError where there is no such piece."""
        pieces = split_into_pieces(document.text)
        start = pieces[number - 1][-1].end if number else 0
        blocks = list(_blocks(document, pieces[number], start))
        return self._render("piece", document.text, blocks, marks)

    def render_cards(self, search: str, offset: int) -> str:
        """A part of the list of documents, from `offset` on."""
        n_found, cards = self.library.documents(search=search, offset=offset, limit=CARDS_AT_ONCE)
        lines = [(card, self._details(card)) for card in cards]
        return self._render("cards", n_found, lines, offset, offset + len(cards))

    def _details(self, card: DocumentCard) -> str:
        details = [in_line(card.metadata[key]) for key in _LISTED if card.metadata.get(key)]
        length = self.wording.counted("n_characters", card.n_characters)
        return " · ".join([*details, length])

    def _render(self, name: str, *values: object) -> str:
        return macro("chat/templates/documents.html.jinja", name)(self.wording, *values)


def _blocks(document: Document, paragraphs: tuple[Span, ...], start: int) -> Iterator[Block]:
    """The paragraphs with their headings; before each the pages that begin after `start`."""
    for paragraph in paragraphs:
        pages = document.pages
        first, last = (bisect_left(pages, at, key=_start) for at in (start, paragraph.end))
        for page in pages[first:last]:
            yield Block(page.span, page=page.name)
        yield from _paragraph_blocks(document, paragraph)
        start = paragraph.end


def _paragraph_blocks(document: Document, paragraph: Span) -> Iterator[Block]:
    """The paragraph, cut where a line of it is a heading."""
    text, start = document.text, paragraph.start
    first = bisect_left(document.headings, start, key=_start)
    for heading in document.headings[first:]:
        if not paragraph.holds(heading.span):
            break
        line_start = text.rfind("\n", start, heading.span.start) + 1 or start
        line_end = text.find("\n", heading.span.end, paragraph.end)
        line_end = paragraph.end if line_end < 0 else line_end
        if start < line_start - 1:
            yield Block(Span(start, line_start - 1))
        yield _heading_block(text, Span(line_start, line_end), heading)
        start = line_end + 1
    if start < paragraph.end:
        yield Block(Span(start, paragraph.end))


def _heading_block(text: str, line: Span, heading: Heading) -> Block:
    """What stands beside the heading in its line is not displayed where it is markup alone."""
    parts = [(heading.span, False)]
    if line.start < heading.span.start:
        before = Span(line.start, heading.span.start)
        parts.insert(0, (before, not before.of(text).strip(_MARKUP)))
    if heading.span.end < line.end:
        after = Span(heading.span.end, line.end)
        parts.append((after, not after.of(text).strip(_MARKUP)))
    return Block(line, min(heading.level, 6), tuple(parts))


def _start(part: Page | Heading) -> int:
    return part.span.start
