"""`/health`: says that the server answers, for whoever starts a browser or restarts a server."""

from __future__ import annotations

import re

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from interface.server.allow_list import RoutePermissions

PATH = "/health"


def add_health(app: FastAPI) -> RoutePermissions:
    @app.get(PATH)
    async def health() -> JSONResponse:
        return JSONResponse(
            {"service": "docent", "status": "ok"}, headers={"Cache-Control": "no-store"}
        )

    return RoutePermissions(re.compile(PATH))
