"""Style sheets, scripts, icons and fonts of the pages, from memory: `/files/NAME`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse, Response

from interface.server.allow_list import RoutePermissions

_INTERFACE = Path(__file__).parents[1]
_KINDS = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


def add_files(app: FastAPI, wanted: Callable[[str], bool]) -> RoutePermissions:
    """Only the files of the `static` folders that lie there now, and whose name is `wanted`."""
    paths = [*_INTERFACE.glob("**/static/*"), *_INTERFACE.glob("static/fonts/*")]
    files = {
        path.name: path.read_bytes()
        for path in paths
        if path.suffix in _KINDS and wanted(path.name)
    }

    @app.get("/files/{name}")
    async def file(name: str) -> Response:
        if name not in files:
            return PlainTextResponse("There is no such file.", 404)
        kept = "max-age=604800" if name.endswith(".woff2") else "no-cache"
        kind = _KINDS[Path(name).suffix]
        return Response(files[name], media_type=kind, headers={"Cache-Control": kept})

    return RoutePermissions(re.compile(r"/files/[a-z0-9._-]+"))
