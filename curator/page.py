"""The frame around every page of the Curator page, and what its routes need to answer with it."""

from __future__ import annotations

from pathlib import Path
from string import Template

from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from curator.login import ROOT, Door
from curator.wording import Words
from interface.server.escaping import attribute, sendable, shown
from interface.server.library import Library

_FOLDER = Path(__file__).parent


class Page:
    """Writes whole pages: the frame around what the renderers make."""

    def __init__(self, words: Words, door: Door, library: Library) -> None:
        self._template = Template((_FOLDER / "curator.html").read_text(encoding="utf-8"))
        self._library = library
        self._words = words
        self._door = door

    def __call__(self, request: Request, content: str, *, status: int = 200) -> HTMLResponse:
        w, up = self._words, way_up(request)
        known = not request.url.path.endswith("/login")
        html = self._template.substitute(
            up=up,
            title=w("curator"),
            head='<noscript><meta http-equiv="refresh" content="3"></noscript>'
            if ' data-progress="' in content
            else "",
            skip=w("skip"),
            institution=w("curator"),
            site=shown(self._library.collection.title),
            nav=self._navigation(request.url.path, up) if known else "",
            theme_button=attribute(w.plain("theme_button")),
            content=content,
        )
        return HTMLResponse(sendable(html), status_code=status)

    def _navigation(self, path: str, up: str) -> str:
        w = self._words
        up = up or "./"
        ways = (
            (ROOT, "nav_measure"),
            (f"{ROOT}/visits", "nav_visits"),
            (f"{ROOT}/questions", "nav_ask"),
            ("/", "nav_chat"),
        )
        links = ""
        for way, key in ways:
            current = ' aria-current="page"' if path == way else ""
            links += f'<a href="{up}{way[1:]}"{current}>{w(key)}</a>'
        leave = (
            f'<form method="post" action="{up}curator/leave"><button type="submit">'
            f"{w('leave')}</button></form>"
            if self._door.has_password
            else ""
        )
        return f'<nav aria-label="{w("nav_label")}">{links}</nav>{leave}'


def way_up(request: Request) -> str:
    """From the page to the root of the site: it may stand below a path of another server."""
    return "../" * (request.url.path.count("/") - 1)


def seen(request: Request, path: str) -> RedirectResponse:
    """After something was sent: the page that shows it, which can be loaded again safely."""
    return RedirectResponse(f"{way_up(request)}{path}", status_code=303)


def text_of(form: FormData, name: str) -> str:
    said = form.get(name, "")
    return sendable(said) if isinstance(said, str) else ""
