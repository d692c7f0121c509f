"""A small library with scripted answers, a real server around it, and a real browser.

The quotes are true spans of the default document and of a hostile one.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from fastapi import FastAPI
from playwright.sync_api import Browser
from playwright.sync_api import Page as BrowserPage

from answerer.json_form import to_json
from app import SILENCE
from datatypes import (
    Answer,
    Collection,
    Document,
    Heading,
    Hit,
    Metadata,
    Page,
    Passage,
    Quote,
    Span,
    Statement,
)
from errors import QuestionError
from interface.server.library import DocumentCard, Library
from interface.server.web_settings import NOBODY_ELSE, WebSettings
from interface.wording.wordings import load_wordings

ROOT = Path(__file__).parents[1]
TEXT_FILE = ROOT / "documents" / "1963-06-20-gdr-embassy-on-kwp-policy.md"
WORKERS = "How many workers take part in the Chollima movement?"
DELEGATION = "What is the objective of the visit to China?"
WIDE, PHONE, UPRIGHT = (1440, 900), (390, 844), (1080, 1920)
UNKNOWN = "Who painted the ceiling?"
HOSTILE = "What does the hostile document say?"
HOSTILE_TEXT = (
    "# <script>window.harmed=1</script>\n\n"
    '<img src=x onerror="window.harmed=1"> ![picture](http://example.org/spy.png) [1] [99] '
    "</mark></p></blockquote><h1>Taken over</h1> &lt;b&gt; "
    '" onmouseover="window.harmed=1" user\u202egnp.exe\u202c end\x00 {{title}} $title.\n\n'
    "<svg onload=window.harmed=1> is the last word."
)


@dataclass(frozen=True, slots=True)
class Card:
    document_id: str
    title: str
    metadata: Metadata
    n_characters: int


def gdr_document() -> Document:
    text = TEXT_FILE.read_text(encoding="utf-8")
    headings = []
    for line in ("June 20, 1963", "Citation:", "Summary:", "Credits:", "Original Language:"):
        start = text.index(line)
        level = text[:start].rpartition("\n")[2].count("#")
        headings.append(Heading(Span(start, start + len(line)), max(level, 1)))
    return Document(
        "1963-06-20-gdr-embassy-on-kwp-policy",
        "Information About the Policy of the Korean Workers Party from the East German Embassy",
        text,
        headings=tuple(headings),
        metadata={
            "date": "1963-06-20",
            "document_type": "Report",
            "reference_code": "DY 30, IV A 2/20/250",
            "archive": "SAPMO-BA, Berlin",
            "translator": ("Bernd Schaefer",),
            "text_status": "translation",
        },
    )


def hostile_document() -> Document:
    return Document(
        'hostile"><script>', "<b>Hostile</b> \u202edeltit", HOSTILE_TEXT, metadata={"<i>": "<i>"}
    )


def long_document(n_characters: int = 2_000_000) -> Document:
    lines = (f"Paragraph {n} of the long document, with some words.\n\n" for n in range(10**9))
    text, size = [], 0
    while size < n_characters:
        text.append(next(lines))
        size += len(text[-1])
    whole = "".join(text)
    third = len(whole) // 3
    pages = tuple(
        Page(Span(i * third, (i + 1) * third), i + 1, label)
        for i, label in enumerate(("i", "ii", None))
    )
    return Document("long", "A long document", whole, pages=pages)


def quoting(document: Document, words: str, highlight: str | None = None) -> Quote:
    start = document.text.index(words)
    span = Span(start, start + len(words))
    if highlight is None:
        return Quote(document, span)
    lit = document.text.index(highlight, start)
    return Quote(document, span, Span(lit, lit + len(highlight)))


def passage_around(quote: Quote) -> Passage:
    text = quote.document.text
    start = max(0, text.rfind("\n\n", 0, quote.span.start) + 2)
    span = Span(start if start > 1 else 0, max(quote.span.end, text.find("\n\n", quote.span.end)))
    return Passage(quote.document, span, None, (quote.span,))


@dataclass(slots=True)
class StandIn:
    """Answers from a script; otherwise not found, with a nearest passage."""

    shelf: Mapping[str, Document]
    collection: Collection = field(
        default_factory=lambda: Collection(
            title="A report from Pyongyang, 1963",
            institution="Wilson Center Digital Archive",
            suggested_questions=(WORKERS, DELEGATION, UNKNOWN),
        )
    )

    @property
    def n_documents(self) -> int:
        return len(self.shelf)

    def ask(self, question: str, *, previous: Answer | None = None) -> Answer:
        if not question.strip("\0 \n"):
            raise QuestionError("There is no question.", "Please write one.")
        if len(question) > 500:
            raise QuestionError("The question is too long.", "Please use at most 500 characters.")
        if question == "break":
            raise RuntimeError("secret path /home/curator")
        if question.startswith("slow"):
            time.sleep(4)
        quotes = tuple(self._quotes(question))
        gdr = next(iter(self.shelf.values()))
        nearest = quotes or (Quote(gdr, Span(0, min(40, len(gdr.text)))),)
        passages = [passage_around(quote) for quote in nearest]
        passages += [Passage(gdr, Span(100, 400), "Citation:", (Span(100, 250), Span(250, 400)))]
        hits = tuple(
            Hit(passage, 1 / rank, rank, {"dense": 0.71 / rank, "lexical": 9.3 / rank})
            for rank, passage in enumerate(passages, start=1)
        )
        understood = f"{question} (after: {previous.question})" if previous else None
        statements = tuple(Statement(quote.text, (quote,)) for quote in quotes)
        return Answer(question, statements, hits, 0.9 if quotes else 0.1, understood)

    @property
    def model_name(self) -> str | None:
        return None

    def answers(
        self,
        question: str,
        *,
        previous: Answer | None = None,
        stop: threading.Event | None = None,
    ) -> Iterator[Answer]:
        yield self.ask(question, previous=previous)

    def to_json(self, answer: Answer) -> dict[str, Any]:
        form = to_json(answer)
        for citation, quote in zip(answer.citations, form["quotes"], strict=True):
            quote["permalink"] = self.permalink(citation.quote)
        return form

    def receipt(self, answer: Answer) -> dict[str, object]:
        return {"question": answer.question}

    def search(self, query: str, *, limit: int) -> tuple[Hit, ...]:
        return self.ask(query).hits[:limit]

    def _quotes(self, question: str) -> Iterator[Quote]:
        documents = list(self.shelf.values())
        if "workers" in question.casefold():
            words = "Currently about 3 million workers are participating in this movement."
            yield quoting(documents[0], words, "about 3 million workers")
        elif "objective" in question:
            start = "The objective of this visit\n\nwill be to coordinate positions of both parties"
            yield quoting(documents[0], start, "coordinate positions")
            yield quoting(documents[0], "It is especially visible in the industrial build-up")
        elif "hostile" in question:
            document = next(d for d in documents if d.text == HOSTILE_TEXT)
            yield Quote(document, Span(0, len(HOSTILE_TEXT)), Span(5, 20))
        elif "paragraph" in question:
            long = self.shelf["long"]
            yield quoting(long, f"Paragraph {question.rpartition(' ')[2]} of the long document")

    def document(self, document_id: str) -> Document | None:
        return self.shelf.get(document_id)

    def documents(
        self, *, search: str = "", offset: int = 0, limit: int = 50
    ) -> tuple[int, Sequence[DocumentCard]]:
        found: list[DocumentCard] = [
            Card(document.document_id, document.title, document.metadata, len(document.text))
            for document in self.shelf.values()
            if search.casefold() in document.title.casefold()
        ]
        return len(found), found[offset : offset + limit]

    @property
    def similarity_degrees(self) -> tuple[float, float, float]:
        return (0.6, 0.45, 0.3)

    def matches(self, answer: Answer, passage: Passage) -> tuple[Span, ...]:
        start = passage.text.find("workers")
        start += passage.span.start
        return (Span(start, start + 7),) if start >= passage.span.start else ()

    def cite(self, quote: Quote) -> dict[str, str]:
        title = quote.document.title
        return {
            "note": f"“{title},” 20 June 1963.",
            "short_note": title,
            "bibliography": f"“{title}.”",
            "bibtex": f"@misc{{key, title = {{{title}}}}}",
            "ris": f"TY  - GEN\nTI  - {title}\nER  - ",
            "csl_json": f'[{{"title": "{title}"}}]',
        }

    def permalink(self, quote: Quote) -> str:
        return f"?quote={quote.span.start}-{quote.span.end}"

    def find(self, permalink_value: str) -> Quote | None:
        start, _, end = permalink_value.partition("-")
        if not (start.isdecimal() and end.isdecimal()):
            raise QuestionError("The link to the quote is not complete.", "Copy it again.")
        document = next(iter(self.shelf.values()))
        whole = int(end) <= len(document.text)
        return Quote(document, Span(int(start), int(end))) if whole else None

    def related_questions(self, answer: Answer) -> tuple[str, ...]:
        return tuple(q for q in self.collection.suggested_questions if q != answer.question)


def stand_in(*documents: Document) -> StandIn:
    shelf = documents or (gdr_document(),)
    return StandIn({document.document_id: document for document in shelf})


def page_of(
    library: Library, *, web: WebSettings = NOBODY_ELSE, kiosk_only: bool = False
) -> FastAPI:
    os.environ.update(SILENCE)
    from interface.application import create_app

    return create_app(library, load_wordings(), web=web, kiosk_only=kiosk_only)


def served(library: StandIn) -> AbstractContextManager[str]:
    """The address of a real server with the whole page."""
    return serving(page_of(library))


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address of a real server, on a free port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    config = uvicorn.Config(app, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@contextmanager
def running_app(*arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address and process of `python app.py`, on a free port."""
    command = [sys.executable, "app.py", "--port", "0", *arguments]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DOCENT_")}
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment
    ) as app:
        try:
            assert app.stdout is not None
            said = app.stdout.readline()
            assert said, "the app did not start"
            yield said.split()[-1], app
        finally:
            app.terminate()


# Chromium itself would look for updates and safe-browsing lists.
CHROMIUM_FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
]


def chromium() -> str | None:
    """The system's browser, or None where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def opened(
    browser: Browser, address: str, size: tuple[int, int] = WIDE, scheme: str = "light"
) -> BrowserPage:
    """The page there, on a screen of that size in pixels."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(address)
    return page


def violations(page: BrowserPage) -> list[str]:
    """What axe finds, once nothing fades in: it would be measured at half its contrast."""
    page.evaluate(
        """() => Promise.allSettled(document.getAnimations()
            .filter((each) => each.effect.getComputedTiming().endTime < Infinity)
            .map((each) => each.finished)).then(() => undefined)"""
    )
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:150]}" for v in found]
