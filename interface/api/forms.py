"""What the API takes and gives, as OpenAPI describes it.

All offsets count Unicode characters of the document's text, half-open; none is relative to a
quote or to a page.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from datatypes import Document, Hit, Quote
from interface.server.answer_service import LONGEST_QUESTION, AnswerService, verdict
from interface.server.escaping import sendable
from interface.server.library import DocumentCard, Library, quote_json

QUESTION = "How many workers take part in the Chollima movement?"
_WORDS = "Currently about 3 million workers are participating in this movement."
_DOCUMENT_ID = "1963-06-20-gdr-embassy-on-kwp-policy"
PERMALINK = f"{_DOCUMENT_ID}~2891-2960~7a53c406542d"
LANGUAGE_PATTERN = "^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$"

Metadata = dict[str, str | tuple[str, ...]]
Offset = Annotated[int, Field(ge=0)]


class Question(BaseModel):
    model_config = ConfigDict(extra="forbid")

    question: str = Field(
        min_length=1, max_length=LONGEST_QUESTION, description="In words, on one subject."
    )
    previous: str | None = Field(
        default=None,
        max_length=64,
        description="The `turn_id` of the answer that this question follows up.",
    )


class AskRequest(Question):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"question": QUESTION, "language": "en"}]}
    )

    language: str = Field(
        default="en",
        pattern=LANGUAGE_PATTERN,
        description="Of `message` (BCP 47). Documents stay in their own language.",
    )


class Place(BaseModel):
    """A span of a document's text."""

    start: Offset
    end: Offset


class CitationForms(BaseModel):
    note: str = Field(description="Chicago note; the others follow from the same facts.")
    short_note: str
    bibliography: str
    bibtex: str
    ris: str
    csl_json: str


class Excerpt(BaseModel):
    """Words of a document; `text` is the slice from `start` to `end`."""

    document_id: str = Field(examples=[_DOCUMENT_ID])
    title: str
    start: Offset = Field(examples=[2891])
    end: Offset = Field(examples=[2960])
    text: str = Field(examples=[_WORDS])


def _excerpt(document: Document, start: int, end: int) -> dict[str, Any]:
    return {
        "document_id": document.document_id,
        "title": document.title,
        "start": start,
        "end": end,
        "text": document.text[start:end],
    }


class QuoteReply(Excerpt):
    highlight: Place | None = Field(description="Of the words that answer, inside the quote.")
    page: str | None = Field(description="As printed on it, else the number of its scan.")
    text_status: str | None = Field(
        description="original, transcription, translation, ocr, or as the metadata have it."
    )
    citation: CitationForms
    permalink: str = Field(
        description="To add to the address of the web page.", examples=[f"?quote={PERMALINK}"]
    )
    href: str = Field(
        description="Of the quote in this API.", examples=[f"/api/v1/quotes/{PERMALINK}"]
    )

    @classmethod
    def of(cls, library: Library, quote: Quote, root: str) -> QuoteReply:
        """`root` is the API's path, for addresses in it."""
        form = quote_json(library, quote)
        status = quote.document.metadata.get("text_status")
        more = {
            "text_status": status if isinstance(status, str) else None,
            "citation": library.cite(quote),
            "href": f"{root}/quotes/{form['permalink'].partition('=')[2]}",
        }
        return cls.model_validate({**form, **more})


class NumberedQuote(QuoteReply):
    number: int = Field(ge=1, description="By which `citations` of statements mean it.")


class StatementReply(BaseModel):
    text: str
    citations: list[int] = Field(description="Numbers of the quotes it rests on.")


class PassageReply(Excerpt):
    """A passage that was found. `score` is comparable within one reply only; higher is better."""

    rank: int = Field(ge=1)
    score: float
    heading: str | None

    @classmethod
    def of(cls, hit: Hit) -> PassageReply:
        passage, score = hit.passage, round(hit.score, 6)
        place = _excerpt(passage.document, passage.span.start, passage.span.end)
        return cls(rank=hit.rank, score=score, heading=passage.heading, **place)


class AskReply(BaseModel):
    turn_id: str = Field(description="Send it as `previous` with a question that follows this one.")
    question: str = Field(examples=[QUESTION])
    follows: str | None = Field(description="The `previous` that was followed; null if forgotten.")
    understood_as: str | None = Field(description="What was searched for, if it was completed.")
    found: bool = Field(description="False: the documents do not say. Then there are no quotes.")
    doubtful: bool = Field(description="True: likelier than not the quotes do not answer. Say so.")
    confidence: float | None = Field(
        ge=0,
        le=1,
        description="The calibrated probability that the first quote answers; null where the "
        "models in use are not calibrated.",
    )
    message: str = Field(description="The verdict for a reader.", examples=["The documents say:"])
    statements: list[StatementReply]
    quotes: list[NumberedQuote]
    passages: list[PassageReply] = Field(
        description="What was looked at, best first. Without quotes: related, not an answer."
    )
    related_questions: list[str]


class SearchReply(BaseModel):
    query: str
    passages: list[PassageReply] = Field(description="Best first.")


class DocumentReply(BaseModel):
    document_id: str = Field(examples=[_DOCUMENT_ID])
    title: str
    metadata: Metadata = Field(description="As the institution gave them: creator, date, …")
    n_characters: int
    href: str = Field(examples=[f"/api/v1/documents/{_DOCUMENT_ID}"])

    @classmethod
    def of(cls, card: DocumentCard, href: str) -> DocumentReply:
        return cls(
            document_id=card.document_id,
            title=card.title,
            metadata=dict(card.metadata),
            n_characters=card.n_characters,
            href=href,
        )


class DocumentsReply(BaseModel):
    n_found: int = Field(description="How many documents the search finds, on all pages.")
    documents: list[DocumentReply]
    next: str | None = Field(description="Address of the next page; null on the last.")


class PageReply(Place):
    number: int = Field(description="Of the scan, from 1.")
    label: str | None = Field(description="What is printed on the page.")


class TextReply(Excerpt):
    """A part of a document's text, and the pages that it touches."""

    metadata: Metadata
    n_characters: int
    pages: list[PageReply]
    next: str | None = Field(description="Address of the next part; null on the last.")

    @classmethod
    def of(cls, document: Document, start: int, end: int, following: str | None) -> TextReply:
        pages = [
            PageReply(**asdict(page.span), number=page.number, label=page.label)
            for page in document.pages
            if page.span.start < end and start < page.span.end
        ]
        return cls(
            **_excerpt(document, start, end),
            metadata=dict(document.metadata),
            n_characters=len(document.text),
            pages=pages,
            next=following,
        )


class Health(BaseModel):
    status: str = Field(examples=["ok"])


def answer_question(
    service: AnswerService, asked: Question, *, door: str, root: str = ""
) -> AskReply:
    """Raises QuestionError as the library does. `root`: see `QuoteReply.of`."""
    library = service.library
    language = asked.language if isinstance(asked, AskRequest) else "en"
    follows = asked.previous if service.turns.find(asked.previous or "") else None
    answer, turn_id = service.answer(
        sendable(asked.question), follows or "", door=door, language=language
    )
    quotes = [QuoteReply.of(library, citation.quote, root) for citation in answer.citations]
    return AskReply.model_validate(
        {
            **library.to_json(answer),
            "turn_id": turn_id,
            "follows": follows,
            "message": verdict(service.wording_for(language), answer),
            "quotes": [{**dict(quote), "number": n} for n, quote in enumerate(quotes, start=1)],
            "passages": [PassageReply.of(hit) for hit in answer.hits],
            "related_questions": library.related_questions(answer),
        }
    )
