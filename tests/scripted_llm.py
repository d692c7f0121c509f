"""A server that speaks the OpenAI protocol over real HTTP, and plays back a script.

Each request takes the next reply of the script; the last one is repeated. What was asked is kept.
"""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """`text` in pieces of `piece` characters, `pause_s` between them, after `wait_s`.

    `ending`: `done` as it should be; `length`: the model ran out of room; `cut`: the connection is
    closed early; `reset`: it is reset; `stall`: nothing more comes, and it stays open;
    `malformed`: the last event is no JSON. `after`: characters sent before such an ending.
    At `hold_at` characters it waits for `hold`.
    """

    text: str = ""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    wait_s: float = 0.0
    pause_s: float = 0.0
    piece: int = 7
    ending: str = "done"
    after: int | None = None
    has_schema: bool = True
    hold_at: int | None = None
    hold: threading.Event | None = None


@dataclass(slots=True)
class Asked:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def user(self) -> str:
        return str(self.body["messages"][-1]["content"])

    @property
    def system(self) -> str:
        return str(self.body["messages"][0]["content"])

    def number_of(self, words: str) -> str:
        """The [s…] of the sentence that holds the words."""
        found = re.search(rf"^(\[s\d+\]) .*{re.escape(words)}", self.user, re.MULTILINE)
        assert found, f"{words!r} was not shown"
        return found[1]


Script = Reply | str | Callable[[Asked], "Reply | str"]


@dataclass(slots=True)
class ScriptedLLM:
    url: str
    asked: list[Asked] = field(default_factory=list)
    was_asked: threading.Event = field(default_factory=threading.Event)
    left_early: threading.Event = field(default_factory=threading.Event)
    """Set when a client closed the connection before its reply's end."""


@contextmanager
def scripted_llm(*script: Script, host: str = "127.0.0.1") -> Iterator[ScriptedLLM]:
    served = ScriptedLLM("")
    replies = list(script) or [""]
    lock, closing = threading.Lock(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Not to standard error."""

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            asked = Asked(self.path, dict(self.headers.items()), json.loads(content))
            with lock:
                number = len(served.asked)
                served.asked.append(asked)
                served.was_asked.set()
            said = replies[min(number, len(replies) - 1)]
            said = said(asked) if callable(said) else said
            try:
                _play(self, Reply(said) if isinstance(said, str) else said, asked, closing)
            except (BrokenPipeError, ConnectionResetError):
                served.left_early.set()

        do_GET = do_POST  # noqa: N815

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            served.left_early.set()

    server = Server((host, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    served.url = f"http://{host}:{server.server_address[1]}/v1"
    try:
        yield served
    finally:
        closing.set()
        server.shutdown()
        server.server_close()


def _play(
    handler: BaseHTTPRequestHandler, reply: Reply, asked: Asked, closing: threading.Event
) -> None:
    if not _waited(handler, reply.wait_s, closing):
        raise BrokenPipeError
    if reply.status == 200 and not reply.has_schema and "response_format" in asked.body:
        reply = Reply("response_format is unknown", status=400)
    if reply.status != 200:
        body = json.dumps({"error": {"message": reply.text, "type": "scripted"}}).encode()
        handler.send_response(reply.status)
        for name, value in reply.headers:
            handler.send_header(name, value)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
        return
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.close_connection = True
    _send(handler, {"role": "assistant", "content": ""}, None)
    said = reply.text[: reply.after] if reply.ending != "done" else reply.text
    for start in range(0, len(said), reply.piece):
        if reply.hold is not None and start <= (reply.hold_at or 0) < start + reply.piece:
            reply.hold.wait(60)
        if reply.pause_s and not _waited(handler, reply.pause_s, closing):
            raise BrokenPipeError
        _send(handler, {"content": said[start : start + reply.piece]}, None)
    _end(handler, reply.ending, closing)


def _end(handler: BaseHTTPRequestHandler, ending: str, closing: threading.Event) -> None:
    if ending == "stall":
        if not _waited(handler, 60, closing):
            raise BrokenPipeError
    elif ending == "reset":
        # Closing with this option discards what is unsent and resets the connection.
        time.sleep(0.2)
        option = struct.pack("ii", 1, 0)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, option)
        handler.connection.close()
    elif ending == "malformed":
        handler.wfile.write(b"data: {this is no JSON\n\n")
    elif ending in ("done", "length"):
        _send(handler, {}, "stop" if ending == "done" else "length")
        handler.wfile.write(b"data: [DONE]\n\n")


def _send(handler: BaseHTTPRequestHandler, delta: dict[str, str], finish: str | None) -> None:
    chunk = {
        "id": "scripted",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "scripted",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
    handler.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
    handler.wfile.flush()


def _waited(handler: BaseHTTPRequestHandler, seconds: float, closing: threading.Event) -> bool:
    """False where the client left in the meantime."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and not closing.is_set():
        closing.wait(min(0.05, max(0.0, until - time.monotonic())))
        if _has_left(handler.connection):
            return False
    return True


def _has_left(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        connection.setblocking(True)


def as_json(statements: Sequence[tuple[str, Sequence[str]]]) -> str:
    """The reply of a server that holds to the schema."""
    return json.dumps(
        {"statements": [{"text": text, "sentences": list(marks)} for text, marks in statements]}
    )
