"""A plain HTTP call that sends paths as they are, unlike most clients do."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Reply:
    """Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def call(address: str, method: str, path: str, body: object = None, **headers: str) -> Reply:
    """`body`: bytes as they are, anything else as JSON. `_` in names of headers means `-`."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    try:
        connection.putrequest(method, path, skip_accept_encoding=True, skip_host="Host" in names)
        if data is not None:
            names = {"Content-Type": "application/json", "Content-Length": str(len(data)), **names}
        for name, value in names.items():
            connection.putheader(name, value)
        connection.endheaders(data)
        reply = connection.getresponse()
        received = {name.lower(): value for name, value in reply.getheaders()}
        return Reply(reply.status, received, reply.read())
    finally:
        connection.close()
