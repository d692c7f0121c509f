"""The code that visitors take home, read back from the browser's picture of it as a phone would."""

from __future__ import annotations

import io
import json
import math
import subprocess
import sys
from http.client import HTTPConnection, HTTPResponse
from itertools import product
from pathlib import Path
from urllib.parse import unquote, urlencode, urlsplit

import numpy as np
import pytest
import zxingcpp
from browsing import (
    ROOT,
    WORKERS,
    StandIn,
    gdr_document,
    running_app,
    serving,
)
from fastapi import FastAPI
from PIL import Image, ImageFilter
from playwright.sync_api import Browser, Page

from answerer.citing.citations import cite
from answerer.citing.permalinks import permalink, resolve
from datatypes import Document, Quote, Span
from errors import SettingError
from interface.kiosk.take_away import (
    MOST_BYTES,
    WIDTH_MM,
    add_take_away,
    beginning,
    carried,
    checked_address,
)
from interface.server.allow_list import AllowList
from interface.server.answer_service import AnswerService
from interface.wording.wordings import load_wordings

PUBLIC = "https://archiv.example.org/frage/"
WEAK_CAMERA, GOOD_CAMERA = 2.0, 3.0  # pixels for a millimetre at 0.5 m: 720p and 1080p, 65 degrees
GERMAN = "Über die Größe der Fabriken läßt sich süßes Öl pressen."
KOREAN = "천리마 운동에는 약 300만 명의 노동자가 참여하고 있다."


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    return browser.new_context(device_scale_factor=1).new_page()


class Shelf(StandIn):
    """Cites and links as the real library does."""

    def cite(self, quote: Quote) -> dict[str, str]:
        return cite(quote)

    def permalink(self, quote: Quote) -> str:
        return permalink(quote)

    def find(self, permalink_value: str) -> Quote | None:
        return resolve(permalink_value, next(iter(self.shelf.values())))


def shelf(text: str, title: str = "Ein Bericht", document_id: str = "bericht.md") -> Shelf:
    return Shelf({document_id: Document(document_id, title, text)})


def whole(library: Shelf) -> Quote:
    document = next(iter(library.shelf.values()))
    return Quote(document, Span(0, len(document.text)))


def app_of(library: StandIn, public_url: str | None = None) -> FastAPI:
    app = FastAPI()
    app.add_middleware(
        AllowList,
        permissions=[add_take_away(app, AnswerService(library, load_wordings()), public_url)],
    )
    return app


def get(address: str, **query: str) -> HTTPResponse:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request("GET", f"/take-away?{urlencode(query)}")
    return connection.getresponse()


def shown(page: Page, library: Shelf, public_url: str | None = None, scale: int = 8) -> Image.Image:
    """The browser's picture of the code, `scale` × WIDTH_MM pixels wide."""
    link = permalink(whole(library)).removeprefix("?")
    with serving(app_of(library, public_url)) as address:
        page.set_viewport_size({"width": scale * WIDTH_MM, "height": scale * WIDTH_MM})
        page.goto(f"{address}take-away?{link}&lang=de")
        return Image.open(io.BytesIO(page.screenshot())).convert("L")


def read(picture: Image.Image) -> str | None:
    found = zxingcpp.read_barcodes(
        picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    return str(found[0].text) if found else None


@pytest.mark.parametrize("text", [GERMAN, KOREAN, "“Zitat” & <b>1 < 2</b> 🏺", "a\n\nb"])
def test_quote_and_citation_are_read_letter_by_letter(page: Page, text: str) -> None:
    library = shelf(text)
    note = cite(whole(library))["short_note"]
    assert read(shown(page, library)) == f"“{text}”\n— {note}"


def test_the_address_is_read_and_leads_to_the_quote(page: Page) -> None:
    library = shelf(KOREAN, document_id="보고서 1963.md")
    address = read(shown(page, library, PUBLIC))
    assert address is not None
    assert address.isascii()
    assert address.startswith(PUBLIC + "?quote=")
    assert library.find(address.removeprefix(PUBLIC)) == whole(library)


def test_an_address_that_is_too_long_gives_way_to_the_text(page: Page) -> None:
    library = shelf(KOREAN, document_id="보고서" * 20)
    said = read(shown(page, library, PUBLIC))
    assert said is not None
    assert said.startswith(f"“{KOREAN}”")


def photographed(
    screen: Image.Image, pixels_per_mm: float, *, turned: float, seed: int
) -> Image.Image:
    """What a camera sees of the code: small, turned, out of focus, grey and grainy."""
    margin = screen.width // 4
    wall = Image.new("L", (screen.width + 2 * margin,) * 2, 60)
    wall.paste(screen, (margin, margin))
    wall = wall.rotate(turned, Image.Resampling.BICUBIC, fillcolor=60)
    pixels = math.ceil(wall.width * pixels_per_mm * WIDTH_MM / screen.width)
    wall = wall.filter(ImageFilter.GaussianBlur(0.6 * wall.width / pixels))
    small = np.asarray(wall.resize((pixels, pixels), Image.Resampling.BOX), float)
    grain = np.random.default_rng(seed).normal(0, 8, small.shape)
    return Image.fromarray((128 + 0.6 * (small - 128) + grain).clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize("pixels_per_mm", [WEAK_CAMERA, GOOD_CAMERA])
def test_the_fullest_code_is_read_at_half_a_metre(page: Page, pixels_per_mm: float) -> None:
    library = shelf(f"{KOREAN} {GERMAN} " * 20)
    said = carried(whole(library), library, None)
    assert MOST_BYTES - 25 < len(said.encode()) <= MOST_BYTES
    screen = shown(page, library)
    photographs = [
        read(photographed(screen, pixels_per_mm, turned=turned, seed=seed))
        for turned, seed in product((-7, 0, 4), range(4))
    ]
    assert photographs.count(said) >= 11


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"{KOREAN} " * 30, "Ein Bericht"),
        (f"{GERMAN} " * 30, "Ein sehr langer Titel über die Größe " * 10),
        ("国民经济的发展情况非常好" * 30, "报告" * 60),
        ("ohneleerzeichen" * 60, "x" * 400),
        ("👩‍👩‍👧" * 60, "e\u0301" * 200),
    ],
)
def test_what_is_too_long_is_cut_and_stays_a_slice(text: str, title: str) -> None:
    library = shelf(text, title)
    said = carried(whole(library), library, None)
    assert len(said.encode()) <= MOST_BYTES
    quoted, _, citation = said.partition("” …\n— ")
    assert quoted.startswith("“")
    assert len(quoted) > 40
    assert text.startswith(quoted[1:])
    note = cite(whole(library))["short_note"]
    assert citation == note or note.startswith(citation.removesuffix("…"))


@pytest.mark.parametrize(
    ("text", "most_bytes", "kept"),
    [
        ("one two three", 7, "one two"),
        ("one two three", 8, "one two"),
        ("one two three", 12, "one two"),
        ("천리마 운동에는 약", 24, "천리마 운동에는"),
        ("国民经济", 8, "国民"),
        ("naïve" * 2, 3, "na"),
        ("nu\u0308b\u0308b", 5, "nu\u0308"),
        ("a👩‍👩‍👧b", 17, "a"),
    ],
)
def test_it_is_cut_at_a_word_or_a_whole_letter(text: str, most_bytes: int, kept: str) -> None:
    assert beginning(text, most_bytes) == kept


def test_the_picture_is_named_in_the_visitors_language() -> None:
    link = permalink(whole(shelf(GERMAN))).removeprefix("?quote=")
    with serving(app_of(shelf(GERMAN))) as address:
        for code, wording in load_wordings().items():
            reply = get(address, quote=unquote(link), lang=code)
            assert reply.headers["content-type"].startswith("image/svg+xml")
            assert f"<title>{wording['kiosk.take_away']}." in reply.read().decode()


@pytest.mark.parametrize(
    ("quote", "status"),
    [("", 400), ("half a link", 400), ("bericht.md~0-5~000000000000", 404), ("x" * 9_000, 400)],
)
def test_a_link_that_leads_nowhere_is_one_line(quote: str, status: int) -> None:
    with serving(app_of(shelf(GERMAN))) as address:
        reply = get(address, quote=quote, lang="de")
        said = reply.read().decode()
    assert (reply.status, said.count("\n")) == (status, 0)
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://docent.example.org", "https://docent.example.org/"),
        ("http://archiv.example.org:8080/frage//", "http://archiv.example.org:8080/frage/"),
        ("https://[2001:db8::1]/a", "https://[2001:db8::1]/a/"),
    ],
)
def test_a_public_address_ends_in_a_slash(given: str, used: str) -> None:
    assert checked_address(given) == used


@pytest.mark.parametrize(
    "given",
    [
        "docent.example.org",
        "ftp://example.org",
        "javascript:alert(1)",
        "https://",
        "https://example.org:99999",
        "https://ann:secret@example.org",
        "https://@example.org",
        "https://example.org/?quote=1",
        "https://example.org/#x",
        "https://example.org/a b",
        "https://example.org/\n",
        "https://[::1",
    ],
)
def test_a_public_address_that_no_quote_could_stand_on_is_refused(given: str) -> None:
    with pytest.raises(SettingError) as refused:
        checked_address(given)
    assert str(refused.value).count("\n") == 0
    assert "secret" not in str(refused.value)


def test_a_quote_of_the_default_document_is_taken_home(page: Page) -> None:
    document = gdr_document()
    library = Shelf({document.document_id: document})
    start = document.text.index("Currently about")
    quote = Quote(document, Span(start, start + 69))
    with serving(app_of(library)) as address:
        page.set_viewport_size({"width": 600, "height": 600})
        page.goto(f"{address}take-away{permalink(quote)}")
        said = read(Image.open(io.BytesIO(page.screenshot())))
    assert said == f"“{quote.text}”\n— {cite(quote)['short_note']}"


def test_the_flag_leads_phones_to_the_institutions_address(page: Page, tmp_path: Path) -> None:
    flags = ("--kiosk", "--public-url", PUBLIC, "--index", str(tmp_path / "index"))
    with running_app(*flags) as (address, _):
        connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
        asked, headers = json.dumps({"question": WORKERS}), {"Content-Type": "application/json"}
        connection.request("POST", "/kiosk/ask", asked, headers)
        link = json.loads(connection.getresponse().read())["quotes"][0]["permalink"]
        page.set_viewport_size({"width": 600, "height": 600})
        page.goto(f"{address}take-away?{urlencode({'quote': link})}")
        said = read(Image.open(io.BytesIO(page.screenshot())))
    assert said == f"{PUBLIC}?{urlencode({'quote': link})}"


def test_a_public_address_with_a_password_is_one_line(tmp_path: Path) -> None:
    flags = ("--public-url", "https://ann:secret@example.org", "--index", str(tmp_path / "index"))
    done = subprocess.run(
        [sys.executable, "app.py", "--port", "0", *flags],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "--public-url" in done.stderr
    assert "secret" not in done.stderr
