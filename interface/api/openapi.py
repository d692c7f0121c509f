"""The API's description of itself: `/api/v1/openapi.json`, with examples of each request."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from interface.api.problems import MEDIA_TYPE, Problem

VERSION = "1.0.0"
_FOLDER = Path(__file__).parent
OPEN = frozenset(("/health", "/ready", "/openapi.json"))  # without a key
_WORDS = tomllib.loads((_FOLDER / "openapi.toml").read_text(encoding="utf-8"))


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Documented replies for the ways in which a request can fail."""
    found: dict[int | str, dict[str, Any]] = {}
    for status in statuses:
        found[status] = {
            "description": _WORDS["problems"][str(status)],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        if status in (429, 503):
            found[status]["headers"] = _WORDS["waiting"]
    return found


def documented(reply: str) -> dict[int | str, dict[str, Any]]:
    """A reply in another form than the API's own."""
    return {200: _WORDS["replies"][reply]}


def describe(api: FastAPI, root: str, *, with_keys: bool) -> None:
    """Adds `openapi.json`; call it when all else was added."""
    document = get_openapi(
        title="Docent",
        version=VERSION,
        summary="Questions answered in the documents' own words",
        description=_WORDS["description"],
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
