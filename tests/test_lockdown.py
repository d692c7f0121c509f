"""What must stay closed: everything beside the kiosk on a kiosk, and the disk everywhere."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable, Iterator
from itertools import product
from urllib.parse import urlsplit

import pytest
from browsing import gdr_document, hostile_document, page_of, serving, stand_in
from calling import call
from starlette.routing import BaseRoute, Mount, Route

from interface.chat.routes import TURN_PATH
from interface.server.web_settings import WebSettings

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")

# Words that stand in files of this machine and of the project, and in no reply.
SECRETS = (b"root:", b"import argparse", b"[collection]", b"daemon:", b"fastapi==", b"SQLite")

# Where path traversals were found in Gradio and in what it is made of, by advisory where one names
# it, and in servers of files in general.
KNOWN = [
    "/file=/etc/passwd",
    "/file/etc/passwd",
    "/file=../../../../etc/passwd",  # CVE-2023-51449
    "/file=//etc/passwd",
    "/FILE=/etc/passwd",
    "/file%3D/etc/passwd",
    "/file=C:/Windows/win.ini",
    "/file=//127.0.0.1/share/x",
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/file=/ETC/PASSWD",  # CVE-2025-23042
    "/gradio_api/file=app.py",
    "/gradio_api/file=%2Fetc%2Fpasswd",
    "/gradio_api/file=..%2f..%2f..%2fetc%2fpasswd",
    "/gradio_api/file=http://127.0.0.1/",
    "/gradio_api/file/etc/passwd",
    "/questions/gradio_api/file=/etc/passwd",
    "/questions/gradio_api/file=..%2f..%2f..%2f..%2fetc/passwd",
    "/questions/gradio_api/file=documents/collection.toml",
    "/questions/gradio_api/file/etc/passwd",
    "/questions/file=/etc/passwd",
    "/proxy=http://127.0.0.1/",  # CVE-2024-4325 and -2206
    "/proxy=file:///etc/passwd",
    "/gradio_api/proxy=http://127.0.0.1/",
    "/questions/gradio_api/proxy=https://example.org/",
    "/questions/gradio_api/proxy=file:///etc/passwd",
    "/component_server",  # CVE-2024-1561
    "/component_server/",
    "/gradio_api/component_server",
    "/questions/gradio_api/component_server",
    "/custom_component/x/client/component/../../../../etc/passwd",  # CVE-2024-47166
    "/questions/gradio_api/custom_component/x/server/component/..%2f..%2fserver.py",
    "/questions/custom_component/x/client/y/style.css",
    "/upload",
    "/gradio_api/upload",
    "/questions/gradio_api/upload",
    "/questions/gradio_api/upload_progress?upload_id=../../x",
    "/queue/join",
    "/queue/data?session_hash=a",
    "/questions/gradio_api/queue/join",
    "/questions/gradio_api/queue/data?session_hash=a",
    "/questions/gradio_api/queue/status",
    "/questions/gradio_api/run/ask",
    "/questions/gradio_api/api/ask",
    "/questions/gradio_api/call/ask/../../config",
    "/questions/gradio_api/call/ask/%2e%2e%2f%2e%2e%2fconfig",
    "/questions/gradio_api/info",
    "/questions/gradio_api/openapi.json",
    "/questions/gradio_api/app_id",
    "/questions/gradio_api/startup-events",
    "/questions/gradio_api/heartbeat/a",
    "/questions/gradio_api/stream/a/b/c/playlist.m3u8",
    "/questions/gradio_api/stream/..%2f..%2fa/b/c/playlist-file",
    "/questions/gradio_api/process_recording",
    "/questions/gradio_api/vibe-code/",
    "/questions/gradio_api/deep_link",
    "/questions/gradio_api/mcp/",
    "/questions/gradio_api/mcp/sse",
    "/questions/gradio_api/dev/reload",
    "/questions/gradio_api/token",
    "/questions/gradio_api/user",
    "/questions/config",
    "/questions/config/",
    "/questions/theme.css",
    "/questions/login",
    "/questions/logout",
    "/questions/login_check",
    "/questions/monitoring",
    "/questions/monitoring/x",
    "/questions/robots.txt",
    "/questions/manifest.json",
    "/questions/pwa_icon/../../x",
    "/questions/static/../../../../etc/passwd",
    "/questions/static/%2e%2e/%2e%2e/routes.py",
    "/questions/assets/..%2f..%2f..%2fetc/passwd",
    "/questions/svelte/../../routes.py",
    "/questions/_app/../../routes.py",
    "/questions/",
    "/questions",
    "/config/",
    "/config?deep_link=..%2f..%2f..%2fetc%2fpasswd",
    "/info",
    "/theme.css",
    "/docs",
    "/redoc",
    "/openapi.json",
    "/.git/config",
    "/.env",
    "/app.py",
    "/build/log.sqlite",
    "/documents/collection.toml",
    "//etc/passwd",
    "/%2fetc/passwd",
    "/cgi-bin/%2e%2e/%2e%2e/etc/passwd",
    "/files/",
    "/files/chat.py",
    "/files/wording/en.toml",
    "/files/../app.py",
    "/files/..%2fapp.py",
    "/files/fonts/../../app.py",
    "/files/source-serif-4-latin-wght-normal.woff2/../../chat.py",
    "/kiosk/../app.py",
    "/kiosk/..%2f..%2fapp.py",
    "/kiosk/text/../../app.py",
    "/embed/../app.py",
    "/speech/..%2fapp.py",
    "/docent.js/../app.py",
]

# Gradio stands at the root: what is closed below /questions is closed there too.
KNOWN += sorted(
    path.removeprefix("/questions")
    for path in KNOWN
    if path.startswith("/questions/")
    and path not in ("/questions/", "/questions/config", "/questions/gradio_api/queue/join")
)

STEPS_UP = [
    "../",
    "..%2f",
    "..%2F",
    "%2e%2e/",
    "%2e%2e%2f",
    ".%2e/",
    "..%252f",
    "%252e%252e%252f",
    "%25252e%25252e%25252f",
    "..%5c",
    "..%255c",
    "..%c0%af",
    "%c0%ae%c0%ae/",
    "..%e0%80%af",
    "..%u2215",
    "..%ef%bc%8f",
    "....//",
    "..;/",
    "..//",
    "./../",
    "..%00/",
    "..%0d%0a/",
    "%2e%2e%3f/",
]
BEFORE = [
    "/",
    "/files/",
    "/static/",
    "/assets/",
    "/gradio_api/file=",
    "/questions/gradio_api/file=",
    "/questions/static/",
    "/questions/assets/",
    "/kiosk/",
    "/embed/",
    "/speech/",
    "/document/",
    "/api/v1/",
    "/api/v1/documents/",
    "/api/v1/quotes/",
    "/mcp/",
]
CLIMBING = [
    f"{before}{step * 8}{target}"
    for before, step, target in product(BEFORE, STEPS_UP, ("etc/passwd", "app.py"))
]
# These a client refuses to send; they go through a socket as they are.
RAW = [
    b"/files/\x00/../app.py",
    b"/files/page.css\x00.py",
    b"/file=/etc/passwd\x00.png",
    b"/..\\..\\..\\etc\\passwd",
    b"/files/..\\app.py",
    b"/file=..\\..\\etc\\passwd",
    b"\\etc\\passwd",
    b"etc/passwd",
    b"../../etc/passwd",
    b"file:///etc/passwd",
    b"http://elsewhere.example/etc/passwd",
    b"/files/\xff\xfe",
    b"/files/\xe2\x80\xa6/app.py",
    b"/kiosk\t",
    b"/files/%",
    b"/files/%zz",
    b"/%",
    b"*",
    b"/" + b"../" * 3_000 + b"etc/passwd",
]


@pytest.fixture(scope="module")
def kiosk() -> Iterator[str]:
    library = stand_in(gdr_document(), hostile_document())
    web = WebSettings(api=True, mcp=True, embed_origins=("https://museum.example",))
    with serving(page_of(library, kiosk_only=True, web=web)) as address:
        yield address


@pytest.fixture(scope="module")
def everything() -> Iterator[str]:
    library = stand_in(gdr_document(), hostile_document())
    web = WebSettings(api=True, mcp=True, embed_origins=("https://museum.example",))
    with serving(page_of(library, web=web)) as address:
        yield address


@pytest.fixture(params=["kiosk", "everything"])
def address(request: pytest.FixtureRequest) -> str:
    served: str = request.getfixturevalue(request.param)
    return served


def routes_of(routes: Iterable[BaseRoute], before: str = "") -> Iterator[str]:
    """The paths of all routes, those of mounted applications and included routers too."""
    for route in routes:
        if isinstance(route, Mount):
            yield before + route.path or "/"
            yield f"{before}{route.path}/etc/passwd"
            yield from routes_of(route.routes, before + route.path)
        elif isinstance(route, Route):
            yield before + route.path
        elif (included := getattr(route, "original_router", None)) is not None:
            yield from routes_of(included.routes, before)


def filled(path: str, value: str) -> str:
    return re.sub(r"\{[^}]*\}", value, path)


def sent(address: str, target: bytes, method: bytes = b"GET") -> bytes:
    """The whole reply to a request line that no client would send."""
    host = urlsplit(address).netloc
    name, port = host.split(":")
    with socket.create_connection((name, int(port)), timeout=20) as connection:
        head = b"%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
        connection.sendall(head % (method, target, host.encode()))
        received = b""
        while part := connection.recv(65_536):
            received += part
    return received


def test_on_a_kiosk_no_route_of_anything_else_is_there(kiosk: str) -> None:
    library = stand_in()
    open_app = page_of(library, web=WebSettings(api=True, mcp=True))
    alone = page_of(library, kiosk_only=True)
    own = set(routes_of(alone.routes))
    others = set(routes_of(open_app.routes)) - own
    assert {path.split("/")[1] for path in own} == {
        *("", "health", "kiosk", "speech", "take-away", "files")
    }
    assert len(others) > 80  # Gradio's are among them
    assert {"/embed", "/document", "/api/v1/ask", "/gradio_api/upload"} <= others
    for path in sorted(others):
        for value in ("a", "..%2f..%2fetc%2fpasswd"):
            for method in ("GET", "POST", "PUT", "OPTIONS") if value == "a" else ("GET",):
                body = b"{}" if method in ("POST", "PUT", "PATCH") else None
                reply = call(kiosk, method, filled(path, value), body)
                assert reply.status == 404, (method, path)
                assert not any(secret in reply.body for secret in SECRETS)


def test_on_a_kiosk_its_own_routes_take_no_other_method(kiosk: str) -> None:
    app = page_of(stand_in(), kiosk_only=True)
    for route in app.routes:
        assert isinstance(route, Route)
        for method in {*METHODS} - {*(route.methods or ()), "HEAD"}:
            body = b"{}" if method in ("POST", "PUT", "PATCH") else None
            status = call(kiosk, method, filled(route.path, "icon.svg"), body).status
            assert status in (404, 405), (method, route.path)


def test_a_kiosk_gives_out_its_own_files_alone(kiosk: str, everything: str) -> None:
    assert call(kiosk, "GET", "/files/kiosk.css").status == 200
    for name in (
        "page.js",
        "documents.js",
        "embed.js",
        "docent.js",
        "curator.js",
        "screenshot.png",
    ):
        assert call(kiosk, "GET", f"/files/{name}").status == 404
    assert call(everything, "GET", "/files/curator.js").status == 404


@pytest.mark.parametrize("path", KNOWN)
def test_known_ways_to_files_end_nowhere(address: str, path: str) -> None:
    for method in ("GET", "POST"):
        reply = call(
            address, method, path, b'{"data": "/etc/passwd"}' if method == "POST" else None
        )
        assert reply.status in ((400, 404) if method == "GET" else (400, 404, 405))
        assert not any(secret in reply.body for secret in SECRETS)


def test_no_way_up_leads_to_a_file(address: str) -> None:
    for path in CLIMBING:
        reply = call(address, "GET", path)
        assert reply.status in (400, 404), path
        assert not any(secret in reply.body for secret in SECRETS), path


@pytest.mark.parametrize("target", RAW, ids=lambda target: repr(target[:24]))
def test_malformed_targets_end_nowhere(address: str, target: bytes) -> None:
    received = sent(address, target)
    status = int(received.split(b" ", 2)[1])
    assert status in (400, 404)
    assert not any(secret in received for secret in SECRETS)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/document", "document_id={}"),
        ("/document/piece", "document_id={}&number=0"),
        ("/kiosk/text", "document_id={}&number=0"),
    ],
)
@pytest.mark.parametrize("document_id", ["/etc/passwd", "..%2f..%2fapp.py", "%00", "..\\app.py"])
def test_an_id_of_a_document_is_no_path(
    everything: str, path: str, query: str, document_id: str
) -> None:
    reply = call(everything, "GET", f"{path}?{query.format(document_id)}")
    assert reply.status in (400, 404)
    assert not any(secret in reply.body for secret in SECRETS)


ASKED_AT_A_KIOSK = {"/kiosk/ask", "/kiosk/forget", "/speech"}
ASKED = {
    *ASKED_AT_A_KIOSK,
    *(TURN_PATH, "/gradio_api/queue/join", "/stop", "/embed/ask", "/api/v1/ask"),
}


def test_a_body_in_pieces_is_refused_whatever_length_it_claims(kiosk: str, everything: str) -> None:
    """Its pieces count, of which there may be any number, and not the length beside them."""
    for address, paths in ((kiosk, ASKED_AT_A_KIOSK), (everything, {*ASKED, "/mcp"})):
        for path in paths:
            pieces = {"Transfer_Encoding": "chunked", "Content_Length": "5"}
            assert call(address, "POST", path, b"0\r\n\r\n", **pieces).status == 411, path


def test_what_can_be_read_can_be_looked_at_without_its_body(everything: str) -> None:
    for path in ("/", "/health", "/kiosk", "/embed", "/docent.js", "/files/page.css", "/documents"):
        head, _, body = sent(everything, path.encode(), b"HEAD").partition(b"\r\n\r\n")
        assert (head.split(b" ")[1], body) == (b"200", b""), path
        length = call(everything, "GET", path).headers["content-length"]
        assert f"content-length: {length}".encode() in head
    for path in ("/api/v1/ready", "/api/v1/openapi.json"):
        assert sent(everything, path.encode(), b"HEAD").split(b" ")[1] == b"200"
    assert sent(everything, b"/api/v1/ask", b"HEAD").split(b" ")[1] == b"405"


def test_pages_of_visitors_ask_and_read_and_nothing_else(everything: str) -> None:
    """Of all routes, those that take more than reading are the ones to ask."""
    app = page_of(stand_in(), web=WebSettings(api=True))
    taking = set()
    for path in set(routes_of(app.routes)):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            reply = call(everything, method, filled(path, "turn"), b"{}")
            if reply.status not in (404, 405):
                taking.add((method, filled(path, "turn")))
    assert taking == {("POST", path) for path in ASKED}


def test_web_sockets_are_not_spoken(address: str) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    for path in ("/", "/queue/join", "/gradio_api/queue/join", "/gradio_api/queue/data"):
        assert call(address, "GET", path, **upgrade).status != 101


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("127.0.0.1:7860", 200),
        ("localhost:1", 200),
        ("LOCALHOST", 200),
        ("[::1]:7860", 200),
        ("docent.museum.example", 200),
        ("elsewhere.example", 421),
        ("elsewhere.example:7860", 421),
        ("127.0.0.1.elsewhere.example", 421),
        ("localhost.elsewhere.example", 421),
        ("elsewhere.example@127.0.0.1.x", 421),
        ("", 421),
        ("[", 421),
    ],
)
def test_a_server_of_this_machine_answers_to_its_own_names_alone(
    named: str, host: str, status: int
) -> None:
    for path in ("/", "/kiosk", "/api/v1/health", "/health"):
        assert call(named, "GET", path, Host=host).status == status


@pytest.fixture(scope="module")
def named() -> Iterator[str]:
    hosts = frozenset(("localhost", "127.0.0.1", "::1", "docent.museum.example"))
    web = WebSettings(api=True, hosts=hosts)
    with serving(page_of(stand_in(), web=web)) as address:
        yield address


def test_a_server_for_other_machines_takes_any_name() -> None:
    with serving(page_of(stand_in())) as address:
        assert call(address, "GET", "/", Host="elsewhere.example").status == 200
