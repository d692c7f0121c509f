"""Errors of the API as "problem details" (RFC 9457): what was wrong, in words for a person."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from errors import DocentError
from interface.server.escaping import sendable
from interface.server.limits import SECONDS_WHEN_BUSY, Busy

MEDIA_TYPE = "application/problem+json"

_log = logging.getLogger(__name__)


class Fault(BaseModel):
    """One field that is wrong."""

    pointer: str = Field(description="JSON pointer into the body, or the parameter's name.")
    detail: str


class Problem(BaseModel):
    """RFC 9457. `type` is about:blank: the status says what kind of problem it is."""

    type: str = "about:blank"
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["There is no word in this question. Please ask in words."])
    errors: list[Fault] = Field(default=[], description="Which fields are wrong.")


def problem(
    status: int,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: Iterable[Fault] = (),
) -> JSONResponse:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": _TITLES.get(status) or HTTPStatus(status).phrase,
        "status": status,
        "detail": sendable(detail),
    }
    if faults := [fault.model_dump() for fault in errors]:
        body["errors"] = faults
    return JSONResponse(body, status, headers, media_type=MEDIA_TYPE)


def too_many(seconds: float) -> JSONResponse:
    wait = max(1, math.ceil(seconds))
    return problem(
        429, f"Too many requests: come back in {wait} s.", headers={"Retry-After": str(wait)}
    )


def add_problems(app: FastAPI) -> None:
    """Every way in which a request can fail answers in the same form."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> JSONResponse:
        detail = _DETAILS.get(error.status_code, str(error.detail))
        return problem(error.status_code, detail, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        wrong = error.errors()
        if any(field["type"] == "json_invalid" for field in wrong):
            return problem(400, _DETAILS[400])
        faults = [Fault(pointer=_pointer(field["loc"]), detail=field["msg"]) for field in wrong]
        details = "; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults)
        return problem(422, f"{details}.", errors=faults)

    @app.exception_handler(DocentError)
    async def unanswerable(request: Request, error: DocentError) -> JSONResponse:
        return problem(422, str(error))

    @app.exception_handler(Busy)
    async def busy(request: Request, error: Busy) -> JSONResponse:
        return problem(
            503,
            "Too many are asking at this moment.",
            headers={"Retry-After": str(SECONDS_WHEN_BUSY)},
        )


_TITLES = {422: "Unprocessable Content"}  # its newer name, whatever Python's version
_DETAILS = {
    400: "The body is not JSON.",
    404: "There is nothing here.",
    405: "This method is not for this address.",
}


def _pointer(place: tuple[str | int, ...]) -> str:
    kind, *rest = place
    if kind != "body":
        return ".".join(str(part) for part in rest) or str(kind)
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in rest)
    return "#" + "".join(f"/{part}" for part in parts)
