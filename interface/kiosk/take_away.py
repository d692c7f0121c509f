"""What a visitor takes home: a QR code made on this machine, which a phone reads from the screen.

    GET /take-away?quote=PERMALINK&lang=de  → an SVG picture

It holds the quote's address, where the institution has a public one; else, or where that is too
long, the quote and its short citation as text. A quote that is too long is cut at a word: the
ellipsis stands outside the quotation marks, so that what stands inside is the document's.

How fine the code may be: a phone's camera sees some 65 degrees, so that at 0.5 m a millimetre of
the screen is 3 pixels of its 1080p picture, 2 of a 720p one. In simulated photographs (blurred,
turned, tilted, noisy) codes were read from 2.1 pixels a module on. Version 12 with its margin is 73
modules wide: shown 80 mm wide, 2.2 pixels in the weaker camera and 3.3 in the better one. Level M
mends 15 %, for reflections and fingerprints; a code with room to spare gets a higher one.
"""

from __future__ import annotations

import re
from io import BytesIO
from urllib.parse import urlsplit

import regex  # type: ignore[import-untyped]
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse, Response

from datatypes import Quote
from errors import DocentError, SettingError
from interface.server.allow_list import RoutePermissions
from interface.server.answer_service import AnswerService
from interface.server.escaping import sendable
from interface.server.library import Library

PATH = "/take-away"
WIDTH_MM = 80
MOST_BYTES = 287  # of version 12, level M
MOST_NOTE_BYTES = 120
MARGIN_MODULES = 4  # the standard's quiet zone

_ELLIPSIS = "…"
_LAST_WORD = re.compile(r"\s+\S*\Z")


def add_take_away(
    app: FastAPI, service: AnswerService, public_url: str | None = None
) -> RoutePermissions:
    """Adds the address above. `public_url` is one that `checked_address` returned."""

    @app.get(PATH)
    def take_away(quote: str = "", lang: str | None = None) -> Response:
        try:
            found = service.library.find(sendable(quote))
        except DocentError as error:
            return PlainTextResponse(sendable(str(error)), 400)
        if found is None:
            why = "The text has changed: the quote is no longer there."
            return PlainTextResponse(why, 404)
        words = service.wording_for(lang)
        title = f"{words['kiosk.take_away']}. {words['kiosk.take_away_how']}"
        svg = qr_code(carried(found, service.library, public_url), title)
        return Response(svg, media_type="image/svg+xml")

    return RoutePermissions(re.compile(re.escape(PATH)))


def checked_address(url: str) -> str:
    """The address with a slash at its end. Raises SettingError where no quote could stand on it."""
    mend = "It must look like https://docent.example.org/ and be reachable for phones."
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known or not re.fullmatch(r"[^\s\x00-\x1f\x7f\"<>\\]+", url):
        raise SettingError("--public-url is no address.", mend)
    if parts.username is not None or parts.password is not None:
        raise SettingError("--public-url holds a name or password, for all to read.", mend)
    if "?" in url or "#" in url:
        raise SettingError("--public-url holds a ? or #.", mend)
    return url.rstrip("/") + "/"


def qr_code(text: str, title: str) -> bytes:
    """An SVG picture of at most MOST_BYTES of UTF-8.

    Phones take UTF-8 for granted, and the code does not say it: some show the mark that would.
    """
    import segno  # only where something is taken home

    code = segno.make_qr(text, error="m", encoding="utf-8", boost_error=True)
    picture = BytesIO()
    # White also on a dark page; the page that shows it gives it its size.
    code.save(
        picture,
        "svg",
        border=MARGIN_MODULES,
        light="#fff",
        omitsize=True,
        xmldecl=False,
        title=title,
    )
    return picture.getvalue()


def carried(quote: Quote, library: Library, public_url: str | None) -> str:
    """The address or the text that the code holds."""
    if public_url:
        address = public_url + library.permalink(quote)
        if len(address.encode()) <= MOST_BYTES:
            return address
    note = sendable(library.cite(quote)["short_note"])
    if len(note.encode()) > MOST_NOTE_BYTES:
        note = beginning(note, MOST_NOTE_BYTES) + _ELLIPSIS
    words, end = sendable(quote.text), f"\n— {note}"
    room = MOST_BYTES - len(f"“” {_ELLIPSIS}{end}".encode())
    if len(words.encode()) <= room:
        return f"“{words}”{end}"
    return f"“{beginning(words, room)}” {_ELLIPSIS}{end}"


def beginning(text: str, most_bytes: int) -> str:
    """Of a text that is longer: whole words, or whole letters where there are hardly blanks.

    A letter is a grapheme: its accents, and the parts of a joined emoji, stay with it.
    """
    end = 0
    for letter in regex.findall(r"\X", text):
        most_bytes -= len(letter.encode())
        if most_bytes < 0:
            break
        end += len(letter)
    last_word = _LAST_WORD.search(text, 0, end + 1)
    return text[: last_word.start() if last_word and last_word.start() * 2 > end else end]
