"""The curator's pages over HTTP: forms that are sent and pages that are written on the server.

    /curator                       choose a file of questions, upload one, see the latest runs
    /curator/files                 POST: an upload              /curator/files/NAME  css and js
    /curator/runs                  POST: begin a run
    /curator/runs/ID               in progress, or its summary and failures
    /curator/runs/ID/progress      where it is, as JSON         /curator/runs/ID/stop  POST
    /curator/runs/ID/questions/N   one question: what came before the right passage, and why
    /curator/questions             a visitor's question → passages to click; POST keeps it
    /curator/visits                what visitors asked; /curator/visits/SHEET.csv
    /curator/login, /curator/leave where there is a password

`access.Access` decides who may come; the allow-list asks it before anything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, PlainTextResponse, Response

from curator.access.access import HEADERS, PATHS, ROOT, Access
from curator.access.routes import LoginPage
from curator.pages import Pages
from curator.runs.routes import RunPages
from curator.runs.runs import Runs
from curator.visitors.asking import AskingPage
from curator.visitors.visits import VisitPages
from curator.wording import load_curator_wording
from evaluation.report.templates import FOLDER as REPORT_FOLDER
from evaluation.workbench import Workbench
from interface.server.allow_list import RoutePermissions
from interface.server.library import Library
from interface.visits.log import VisitLog

_STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class Curator:
    """What app.py hands over to open the pages: who measures, who may come, who counts visits."""

    bench: Workbench
    access: Access
    visits: VisitLog | None = None

    def join(self, app: FastAPI, library: Library) -> RoutePermissions:
        words = load_curator_wording()
        pages = Pages(words, self.access, library)
        runs = Runs(self.bench, failed=words("run_failed_inside"))
        _add_files(app)
        LoginPage(self.access, pages).join(app)
        RunPages(self.bench, runs, pages).join(app)
        AskingPage(self.bench, library, pages).join(app)
        VisitPages(self.visits, library, pages).join(app)
        return RoutePermissions(PATHS, headers=HEADERS, refusal=self.access.refusal)


def _add_files(app: FastAPI) -> None:
    paths = (_STATIC / "curator.css", _STATIC / "curator.js", REPORT_FOLDER / "parts.css")
    files = {path.name: path for path in paths}

    @app.get(f"{ROOT}/files/{{name}}")
    async def curator_file(name: str) -> Response:
        if name not in files:
            return PlainTextResponse("There is no such file.", status_code=404)
        return FileResponse(files[name])
