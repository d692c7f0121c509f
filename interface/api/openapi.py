"""The API's description of itself: `/api/v1/openapi.json`, with examples of each request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from interface.api.problems import MEDIA_TYPE, Problem

VERSION = "1.0.0"
_FOLDER = Path(__file__).parent
OPEN = frozenset(("/health", "/ready", "/openapi.json"))  # without a key
_MEANINGS = {
    400: "The body is not JSON.",
    401: "A key is needed: Authorization: Bearer KEY.",
    404: "It is not there.",
    410: "The text has changed.",
    411: "The request does not say its length.",
    413: "The request is too large.",
    415: "The body is not application/json.",
    422: "A field is wrong, or there is no word in the question.",
    429: "Too many requests of this client.",
    500: "The server failed.",
    503: "Too many are asking, or there is nothing to answer from.",
}
_WAITING = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
_DESCRIPTION = """\
Docent answers questions in the documents' own words. Every quote is a slice of a stored document;
`start` and `end` count its Unicode characters (code points, half-open), as does every other offset.
Where the documents do not say, `found` is false and there are no quotes.

Errors are problem details (RFC 9457). Clients that ask too much are answered 429, and all of them
503 while too many ask at once, both with `Retry-After`.
"""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Documented replies for the ways in which a request can fail."""
    found: dict[int | str, dict[str, Any]] = {}
    for status in statuses:
        found[status] = {
            "description": _MEANINGS[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        if status in (429, 503):
            found[status]["headers"] = _WAITING
    return found


def describe(api: FastAPI, root: str, *, with_keys: bool) -> None:
    """Adds `openapi.json`; call it when all else was added."""
    document = get_openapi(
        title="Docent",
        version=VERSION,
        summary="Questions answered in the documents' own words",
        description=_DESCRIPTION,
        routes=api.routes,
        servers=[{"url": root}],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    schemas = document["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs")
    schemas["Problem"] = problem
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    if with_keys:
        document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"key": []}]
        for path in OPEN & document["paths"].keys():
            document["paths"][path]["get"]["security"] = []

    example = json.loads((_FOLDER / "ask_example.json").read_text(encoding="utf-8"))
    answer = document["paths"]["/ask"]["post"]["responses"]["200"]
    answer["content"]["application/json"]["example"] = example

    @api.get("/openapi.json", include_in_schema=False)
    async def openapi() -> JSONResponse:
        return JSONResponse(document)
