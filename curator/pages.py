"""Whole pages: a template, the curator's words, and what the page is about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from curator.access.access import ROOT, Access
from curator.wording import Words
from evaluation.report.templates import template_environment
from interface.server.escaping import sendable, shown
from interface.server.library import Library

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Message:
    """What a page says above all else. `problem`: something is to be put right."""

    text: str
    problem: bool = True


class Pages:
    """Fills templates of this room. Those of texts from documents and visitors go through `shown`,
    which makes characters visible that would change how others are displayed.
    """

    def __init__(self, words: Words, access: Access, library: Library) -> None:
        self.words = words
        self._library = library
        self._environment = template_environment(_FOLDER, shown=_shown)
        self.globals = self._environment.globals
        self.globals |= {"w": words, "root": ROOT, "has_password": access.has_password}

    def __call__(
        self, request: Request, template: str, *, status: int = 200, **context: object
    ) -> HTMLResponse:
        html = self._environment.get_template(f"{template}.html.jinja").render(
            site=self._library.collection.title,
            path=request.url.path,
            up=way_up(request),
            **context,
        )
        return HTMLResponse(sendable(html), status_code=status)

    def missing(self, request: Request, key: str) -> HTMLResponse:
        return self(request, "message", status=404, message=Message(self.words(key)))


def _shown(text: object) -> Markup:
    return Markup(shown(str(text)))


def way_up(request: Request) -> str:
    """From the page to the root of the site: it may stand below a path of another server."""
    return "../" * (request.url.path.count("/") - 1)


def redirect(request: Request, path: str) -> RedirectResponse:
    """After something was sent: to the page that shows it, which can be loaded again safely."""
    return RedirectResponse(f"{way_up(request)}{path}", status_code=303)


async def _sent_form(request: Request) -> FormData:
    return await request.form(max_files=1)


SentForm = Annotated[FormData, Depends(_sent_form)]


def text_of(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return sendable(value) if isinstance(value, str) else ""
