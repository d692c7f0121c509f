"""The server over real HTTP: questions, documents, and everything that must stay closed."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from browsing import (
    DELEGATION,
    UNKNOWN,
    WORKERS,
    gdr_document,
    hostile_document,
    long_document,
    served,
    stand_in,
)

from interface.guard import ASK_PATH

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(stand_in(gdr_document(), hostile_document(), long_document())) as url:
        yield url


def request(
    address: str, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], str]:
    """Status, headers and text; the path is sent as it is, unlike most clients do."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        if body is not None:
            connection.putheader("Content-Type", "application/json")
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        reply = connection.getresponse()
        text = reply.read().decode("utf-8", "replace")
        return reply.status, {k.lower(): v for k, v in reply.getheaders()}, text
    finally:
        connection.close()


def get(address: str, path: str, **query: object) -> tuple[int, dict[str, str], str]:
    return request(address, "GET", f"{path}?{urlencode(query)}" if query else path)


def ask(address: str, question: object, turn_id: object = "") -> dict[str, str]:
    body = json.dumps({"data": [question, turn_id]}).encode()
    status, _, text = request(address, "POST", ASK_PATH, body)
    assert status == 200, text
    _, _, events = get(address, f"{ASK_PATH}/{json.loads(text)['event_id']}")
    complete = re.search(r"event: complete\ndata: (.*)", events)
    assert complete, events
    answer: dict[str, str] = json.loads(complete[1])[0]
    return answer


def test_a_question_brings_its_quote(address: str) -> None:
    answer = ask(address, WORKERS)
    assert "about 3 million workers" in answer["html"]
    assert answer["announcement"].startswith("The documents say: Currently about 3 million")


def test_a_follow_up_knows_the_turn_before_and_only_that(address: str) -> None:
    first, other = ask(address, WORKERS), ask(address, UNKNOWN)
    assert f"after: {WORKERS}" in ask(address, DELEGATION, first["turn_id"])["html"]
    assert f"after: {UNKNOWN}" in ask(address, DELEGATION, other["turn_id"])["html"]
    assert "Understood as" not in ask(address, DELEGATION, "guessed")["html"]


@pytest.mark.parametrize(
    ("question", "friendly"),
    [
        ("", "There is no question."),
        ("\0\0", "There is no question."),
        ("x" * 10_000, "too long"),
        ("🏺🗿🖼️", "The documents do not say."),
        ("a\0b", "The documents do not say."),
        ("\ud800 lone", "The documents do not say."),
        ("<script>alert(1)</script>", "The documents do not say."),
        (None, "The documents do not say."),
        ({"a": [1]}, "The documents do not say."),
        ("break", "Something went wrong, and it was not your question."),
    ],
)
def test_odd_questions_get_a_friendly_sentence(
    address: str, question: object, friendly: str
) -> None:
    html = ask(address, question)["html"]
    assert friendly in html
    assert "Traceback" not in html
    assert "secret path" not in html
    assert "<script>" not in html


def test_fifty_visitors_at_once_each_get_their_own_answer(address: str) -> None:
    def visit(number: int) -> bool:
        first = ask(address, f"{WORKERS} I am visitor {number}.")
        second = ask(address, "And the objective?", first["turn_id"])
        others = re.findall(r"I am visitor (\d+)\.", first["html"] + second["html"])
        return set(others) == {str(number)}

    with ThreadPoolExecutor(50) as visitors:
        assert list(visitors.map(visit, range(50))) == [True] * 50


CLOSED = [
    "/gradio_api/file=/etc/passwd",
    "/questions/gradio_api/file=/etc/passwd",
    "/questions/gradio_api/file=%2Fetc%2Fpasswd",
    "/questions/gradio_api/file=..%2f..%2f..%2fetc/passwd",
    "/questions/gradio_api/file/etc/passwd",
    "/questions/file=/etc/passwd",
    "/file=/etc/passwd",
    "/static/../../../../etc/passwd",
    "/questions/static/%2e%2e/%2e%2e/server.py",
    "/questions/assets/..%2f..%2f..%2fetc/passwd",
    "/assets/../../../etc/passwd",
    "/questions/svelte/../../routes.py",
    "/questions/custom_component/x/client/y/../../../../etc/passwd",
    "/questions/gradio_api/custom_component/x/client/component/style.css",
    "/questions/gradio_api/proxy=http://127.0.0.1/",
    "/proxy=http://example.org",
    "/questions/gradio_api/upload_progress?upload_id=1",
    "/questions/gradio_api/info",
    "/questions/gradio_api/openapi.json",
    "/questions/gradio_api/runs",
    "/questions/config",
    "/questions/",
    "/questions/monitoring",
    "/questions/gradio_api/queue/data?session_hash=a",
    "/questions/gradio_api/heartbeat/a",
    "/questions/gradio_api/vibe-code",
    "/questions/gradio_api/call/ask/../../../config",
    "/files/../chat.py",
    "/files/%2e%2e%2fchat.py",
    "/files/chat.py",
    "/files/wording.toml",
    "//etc/passwd",
    "/docs",
    "/openapi.json",
]


@pytest.mark.parametrize("path", CLOSED)
def test_nothing_of_the_disk_and_of_gradio_is_served(address: str, path: str) -> None:
    status, headers, text = request(address, "GET", path)
    assert 400 <= status < 500
    assert "root:" not in text
    assert "default-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize("path", ["upload", "queue/join", "run/ask", "api/ask", "cancel", "reset"])
def test_only_the_pages_own_question_can_be_posted(address: str, path: str) -> None:
    body = json.dumps({"data": [WORKERS, ""], "session_hash": "a", "fn_index": 0}).encode()
    status, _, _ = request(address, "POST", f"/questions/gradio_api/{path}", body)
    assert status == 404


def test_a_question_of_a_gigabyte_is_refused_before_it_is_read(address: str) -> None:
    status, _, _ = request(address, "POST", ASK_PATH, Content_Length=str(10**9))
    assert status == 413
    status, _, _ = request(address, "POST", ASK_PATH, Transfer_Encoding="chunked")
    assert status == 411


@pytest.mark.parametrize("path", ["/", "/files/page.js", "/documents", "/missing"])
def test_every_reply_forbids_what_is_not_from_here(address: str, path: str) -> None:
    _, headers, text = get(address, path)
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'self'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert not re.search(r"(src|href)=\"(https?:)?//", text)


def test_a_permalink_shows_its_quote_or_that_the_text_has_changed(address: str) -> None:
    start = gdr_document().text.index("Currently about")
    _, _, page = get(address, "/", quote=f"{start}-{start + 69}")
    assert "Currently about 3 million workers are participating in this movement." in page
    _, _, page = get(address, "/", quote="0-999999999")
    assert "The text has changed" in page
    status, _, page = get(address, "/", quote="<script>")
    assert status == 200
    assert "The link to the quote is not complete." in page


def test_a_piece_is_served_with_the_asked_place_marked(address: str) -> None:
    document = gdr_document()
    place = {"start": 2891, "end": 2960, "from": 2901, "to": 2924}
    _, _, html = get(
        address, "/document/piece", document_id=document.document_id, number=0, **place
    )
    assert '<mark class="quoted answering">about 3 million workers</mark>' in html


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/document", {"document_id": "none"}),
        ("/document/piece", {"document_id": "none", "number": 0}),
        ("/document/piece", {"document_id": "long", "number": 10_000}),
        ("/document/piece", {"document_id": "long", "number": -1}),
        ("/document/piece", {"document_id": "long", "number": "x"}),
        ("/documents", {"offset": -1}),
    ],
)
def test_what_is_not_there_is_a_plain_refusal(
    address: str, path: str, query: dict[str, Any]
) -> None:
    status, _, text = get(address, path, **query)
    assert 400 <= status < 500
    assert "Traceback" not in text


def test_places_outside_the_document_are_not_marked(address: str) -> None:
    status, _, html = get(
        address, "/document/piece", document_id="long", number=0, start=5, end=10**9
    )
    assert status == 200
    assert "<mark" not in html


def test_the_list_can_be_searched(address: str) -> None:
    _, _, html = get(address, "/documents", search="LONG")
    assert "A long document" in html
    assert "Hostile" not in html
    _, _, html = get(address, "/documents", search="nothing like it")
    assert "No document fits this search." in html


def test_help_comes_at_once_and_without_heavy_imports() -> None:
    command = [sys.executable, "-X", "importtime", "app.py", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "DOCENT_PORT" in done.stdout
    assert not re.search(r"\| +(gradio|fastapi|torch|numpy)$", done.stderr, re.MULTILINE)


def run_app(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "app.py", *arguments]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DOCENT_")}
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment, timeout=60
    )


def test_a_busy_port_is_one_line_with_the_mend() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        done = run_app("--port", str(port))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"--port {port + 1}" in done.stderr


@pytest.mark.parametrize(
    "arguments", [("--port", "x"), ("--port", "99999"), ("--host", "no.such.host.invalid")]
)
def test_a_wrong_address_is_one_line(arguments: tuple[str, ...]) -> None:
    done = run_app(*arguments)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert arguments[0] in done.stderr


def test_no_documents_and_no_index_is_one_line(tmp_path: Path) -> None:
    folder = str(tmp_path / "none")
    done = run_app("--port", "0", "--documents", folder, "--index", str(tmp_path / "index"))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "none" in done.stderr


def test_the_app_answers_from_the_default_document_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    command = [sys.executable, "app.py", "--port", "0", "--index", str(tmp_path / "index")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout is not None
        try:
            said = app.stdout.readline()
            address = said.split()[-1]
            html = ask(address, WORKERS)["html"]
            loaded = Path(f"/proc/{app.pid}/maps")
            if loaded.exists():
                assert "libtorch" not in loaded.read_text()
        finally:
            app.send_signal(signal.SIGINT)
        began = time.monotonic()
        assert app.wait(timeout=20) == 0
    assert "3 million" in html
    assert time.monotonic() - began < 10
