"""A Curator page around the default document: real files, a real index, a real server."""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import uvicorn

from answerer.pipeline import Pipeline
from curator.access.access import Access
from curator.access.password import hash_password
from curator.routes import Curator
from evaluation.workbench import Workbench
from interface.application import create_app
from interface.visits.log import Level, VisitLog
from interface.wording.wordings import load_wordings

ROOT = Path(__file__).parents[1]
DOCUMENTS = ROOT / "documents"
SHEET = (
    "question,expected words,answerable\n"
    "How many workers take part in the movement?,about 3 million workers,yes\n"
    "What is the objective of the visit to China?,coordinate positions of both parties,yes\n"
    "Who translated it?,Bernd Schaefer,yes\n"
    "What does it say about copper?,non-ferrous metal ores,yes\n"
    "Who painted the ceiling?,,no\n"
)


@dataclass(frozen=True, slots=True)
class Curated:
    """`address` ends with a slash; `folder` has what the curator made: questions, work."""

    address: str
    folder: Path
    bench: Workbench
    visits: VisitLog


@contextmanager
def curated(
    index: Path, folder: Path, password: str | None = None, level: Level = "counts"
) -> Iterator[Curated]:
    """A server with the Curator page. The index is copied: nothing is written to it."""
    copied = folder / "index"
    if not copied.exists():
        shutil.copytree(index, copied)
    pipeline = Pipeline.load(copied)
    bench = Workbench(
        lambda: pipeline.index,
        copied,
        DOCUMENTS,
        uploads=folder / "questions",
        work=folder / "work",
    )
    visits = VisitLog(folder / "log.sqlite", level, 365)
    curator = Curator(bench, Access(password and hash_password(password)), visits)
    app = create_app(pipeline, load_wordings(), curator, observers=[visits.record])
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        yield Curated(address, folder, bench, visits)
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        visits.close()
        pipeline.close()


def send(
    address: str, path: str, body: bytes = b"", *, kind: str = "", **headers: str
) -> tuple[int, dict[str, str], str]:
    """POST as a form of the page itself does, unless `headers` say otherwise."""
    host = urlsplit(address).netloc
    said = {
        "Content-Type": kind or "application/x-www-form-urlencoded",
        "Origin": f"http://{host}",
        "Sec-Fetch-Site": "same-origin",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    connection = http.client.HTTPConnection(host, timeout=30)
    try:
        connection.request("POST", f"/{path}", body, said)
        reply = connection.getresponse()
        text = reply.read().decode("utf-8", "replace")
        return reply.status, {k.lower(): v for k, v in reply.getheaders()}, text
    finally:
        connection.close()


def send_form(address: str, path: str, **fields: str) -> tuple[int, dict[str, str], str]:
    return send(address, path, urlencode(fields).encode())


def upload(address: str, name: str, data: bytes) -> tuple[int, dict[str, str], str]:
    body = (
        b'--edge\r\nContent-Disposition: form-data; name="file"; filename="'
        + name.encode()
        + b'"\r\nContent-Type: text/plain\r\n\r\n'
        + data
        + b"\r\n--edge--\r\n"
    )
    return send(address, "curator/files", body, kind="multipart/form-data; boundary=edge")


def message(html: str) -> str:
    """What the page says in its bar."""
    found = re.search(r'<p class="message[^>]*>(.*?)</p>', html, re.S)
    return found[1] if found else ""
