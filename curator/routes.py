"""The Curator page over HTTP: forms that are sent and pages that are written on the server.

    /curator                       choose a file of questions, upload one, see the latest runs
    /curator/files                 POST: an upload              /curator/files/NAME  css and js
    /curator/runs                  POST: begin a run
    /curator/runs/ID               in progress, or its summary and failures
    /curator/runs/ID/progress      where it is, as JSON         /curator/runs/ID/stop  POST
    /curator/runs/ID/questions/N   one question: what came before the right passage, and why
    /curator/questions             a visitor's question → passages to click; POST keeps it
    /curator/visits                what visitors asked; /curator/visits/SHEET.csv
    /curator/login, /curator/leave where there is a password

`curator_door` decides who may come; `guard` asks it before anything else.
"""

from __future__ import annotations

import logging
import math
import re
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from curator.asking import AskingRenderer, chosen_places
from curator.bench import Bench
from curator.forms import FormRenderer, trial_of
from curator.html import alert, told
from curator.login import COOKIE, HEADERS, MOST_UPLOAD_BYTES, PATHS, ROOT, Door
from curator.page import Page, seen, text_of, way_up
from curator.question import QuestionRenderer
from curator.results import ResultRenderer
from curator.runs import Runs
from curator.visits import add_visits
from curator.wording import Words, load_curator_wording
from errors import DocentError, QuestionError
from interface.server.allow_list import RoutePermissions
from interface.server.answer_service import LONGEST_QUESTION
from interface.server.escaping import sendable
from interface.server.library import Library
from interface.visits.log import VisitLog

_FOLDER = Path(__file__).parent
_QUESTION_ID = re.compile(r"c[0-9]{1,9}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Curator:
    """What app.py hands over to open the page: who measures, who may come, who counts visits."""

    bench: Bench
    door: Door
    visits: VisitLog | None = None
    words: Words = field(default_factory=load_curator_wording)

    def join(self, app: FastAPI, library: Library) -> RoutePermissions:
        _add_curator(app, self, library)
        return RoutePermissions(PATHS, headers=HEADERS, refusal=self.door.refusal)


def _add_curator(app: FastAPI, curator: Curator, library: Library) -> None:
    page = Page(curator.words, curator.door, library)
    runs = Runs(curator.bench, failed=curator.words.plain("run_failed_inside"))
    _add_files(app)
    _add_login(app, curator, page)
    _add_overview(app, curator, page, runs)
    _add_runs(app, curator, page, runs)
    _add_asking(app, curator, page, library)
    add_visits(app, curator.words, curator.visits, page, library)


def _add_files(app: FastAPI) -> None:
    kinds = {"curator.css": "text/css", "curator.js": "text/javascript"}
    files = {name: (_FOLDER / "static" / name).read_bytes() for name in kinds}

    @app.get(f"{ROOT}/files/{{name}}")
    async def curator_file(name: str) -> Response:
        if name not in files:
            return PlainTextResponse("There is no such file.", status_code=404)
        return Response(files[name], media_type=kinds[name])


def _add_login(app: FastAPI, curator: Curator, page: Page) -> None:
    words, door = curator.words, curator.door
    forms = FormRenderer(words, curator.bench)

    @app.get(f"{ROOT}/login")
    async def login_page(request: Request) -> HTMLResponse:
        return page(request, forms.login(""))

    @app.post(f"{ROOT}/login")
    async def login(request: Request) -> Response:
        reply: Response
        password = text_of(await request.form(), "password")
        address = request.client.host if request.client else ""
        entry = await door.enter(password, address)
        if entry.session is None:
            left = math.ceil(entry.wait_seconds)
            why = words.plain("login_locked", seconds=left) if left else words.plain("login_wrong")
            reply = page(request, forms.login(alert(why)), status=429 if left else 403)
            if left:
                reply.headers["Retry-After"] = str(left)
            return reply
        reply = seen(request, "curator")
        reply.set_cookie(
            COOKIE,
            entry.session,
            httponly=True,
            samesite="strict",
            path=ROOT,
            secure=request.url.scheme == "https",
        )
        return reply

    @app.post(f"{ROOT}/leave")
    async def leave(request: Request) -> Response:
        door.leave(request.cookies.get(COOKIE, ""))
        reply = seen(request, "curator/login")
        reply.delete_cookie(COOKIE, path=ROOT)
        return reply


def _add_overview(app: FastAPI, curator: Curator, page: Page, runs: Runs) -> None:
    words, bench = curator.words, curator.bench
    forms, results = FormRenderer(words, bench), ResultRenderer(words, bench)

    def shown_with(request: Request, message: str, *, status: int = 200) -> HTMLResponse:
        return page(request, forms.overview(runs.latest(), message, way_up(request)), status=status)

    @app.get(ROOT)
    def overview(request: Request) -> HTMLResponse:
        return shown_with(request, "")

    @app.get(f"{ROOT}/files")
    @app.get(f"{ROOT}/runs")
    async def loaded_again(request: Request) -> Response:
        """Where a form was sent to that had a fault."""
        return seen(request, "curator")

    @app.post(f"{ROOT}/files")
    async def upload(request: Request) -> HTMLResponse:
        sent = (await request.form(max_files=1, max_fields=5)).get("file")
        if not isinstance(sent, UploadFile) or not sent.filename:
            return shown_with(request, alert(words.plain("upload_none")), status=400)
        data = await sent.read(MOST_UPLOAD_BYTES + 1)
        return await run_in_threadpool(kept, request, sendable(sent.filename), data)

    def kept(request: Request, name: str, data: bytes) -> HTMLResponse:
        try:
            file = bench.keep(name, data)
        except DocentError as error:
            return shown_with(request, alert(str(error)), status=400)
        except Exception:
            _log.exception("An uploaded file could not be read")
            return shown_with(request, alert(words.plain("upload_failed")), status=400)
        said = words("upload_kept", name=file.name, n=file.n_questions)
        return shown_with(request, told(said))

    @app.post(f"{ROOT}/runs")
    async def begin(request: Request) -> Response:
        return await run_in_threadpool(begun, request, await request.form())

    def begun(request: Request, form: FormData) -> Response:
        before = runs.find(text_of(form, "beside"))
        try:
            trial = trial_of(
                *(text_of(form, name) for name in ("passages", "meaning", "threshold"))
            )
            if trial is None:
                raise QuestionError(words.plain("trial_wrong"), "")
            if before is None:
                file, split = text_of(form, "file"), text_of(form, "split") or None
            else:
                file, split = before.file, before.split
                if trial == before.trial:
                    raise QuestionError(words.plain("trial_nothing"), "")
            run = runs.start(file, split, trial, before)
        except DocentError as error:
            message, up = alert(str(error).strip()), way_up(request)
            if before is None or before.state == "running":
                return shown_with(request, message, status=400)
            html = results.run(before, forms.trial(before, message, up), up)
            return page(request, html, status=400)
        return seen(request, f"curator/runs/{run.run_id}")


def _add_runs(app: FastAPI, curator: Curator, page: Page, runs: Runs) -> None:
    words, bench = curator.words, curator.bench
    forms, results = FormRenderer(words, bench), ResultRenderer(words, bench)

    def missing(request: Request, key: str = "no_run") -> HTMLResponse:
        return page(request, alert(words.plain(key)), status=404)

    @app.get(f"{ROOT}/runs/{{run_id}}")
    def run_page(request: Request, run_id: str) -> HTMLResponse:
        run, up = runs.find(run_id), way_up(request)
        if run is None:
            return missing(request)
        if run.state == "running":
            return page(request, forms.going_on(run, up))
        return page(request, results.run(run, forms.trial(run, "", up), up))

    @app.get(f"{ROOT}/runs/{{run_id}}/progress")
    async def progress(run_id: str) -> JSONResponse:
        run = runs.find(run_id)
        if run is None:
            return JSONResponse({"state": "gone"}, status_code=404)
        said = {"state": run.state, "words": forms.doing(run)}
        return JSONResponse({**said, "done": run.done, "total": run.total})

    @app.post(f"{ROOT}/runs/{{run_id}}/stop")
    async def stop(request: Request, run_id: str) -> Response:
        run = runs.find(run_id)
        if run is None:
            return missing(request)
        run.stop.set()
        return seen(request, f"curator/runs/{run_id}")

    @app.get(f"{ROOT}/runs/{{run_id}}/questions/{{number}}")
    def question_page(request: Request, run_id: str, number: int) -> HTMLResponse:
        run = runs.find(run_id)
        if run is None or run.measurement is None:
            return missing(request)
        if not 1 <= number <= len(run.measurement.run.questions):
            return missing(request, "no_question")
        renderer = QuestionRenderer(words, bench.not_found)
        html = renderer.question(run, run.measurement, number - 1, way_up(request))
        return page(request, html)


def _add_asking(app: FastAPI, curator: Curator, page: Page, library: Library) -> None:
    words, bench = curator.words, curator.bench
    asking = AskingRenderer(words, library)

    def shown_with(request: Request, question: str, looked: str, message: str) -> HTMLResponse:
        up = way_up(request)
        try:
            html = asking.page(question.strip(), looked.strip(), message, up)
        except QuestionError as error:
            html = asking.page("", "", alert(str(error)), up)
        return page(request, html, status=400 if 'role="alert"' in message else 200)

    @app.get(f"{ROOT}/questions")
    def asking_page(
        request: Request, question: str = "", words: str = "", added: str = ""
    ) -> HTMLResponse:
        done = ""
        if _QUESTION_ID.fullmatch(added):
            w, back = curator.words, f"{way_up(request)}curator/visits"
            said, onward = w("added", query_id=added), w("added_onward")
            done = told(f'{said} <a href="{back}">{onward}</a>')
        return shown_with(request, sendable(question), sendable(words), done)

    @app.post(f"{ROOT}/questions")
    async def keep(request: Request) -> Response:
        return await run_in_threadpool(kept, request, await request.form())

    def kept(request: Request, form: FormData) -> Response:
        question = text_of(form, "question").strip()
        clicked = [each for each in form.getlist("place") if isinstance(each, str)]
        try:
            if not 0 < len(question) <= LONGEST_QUESTION:
                raise QuestionError(words.plain("no_such_question"), "")
            answered = text_of(form, "say") == "yes"
            if answered is not bool(clicked):
                key = "nothing_chosen" if answered else "both_said"
                raise QuestionError(words.plain(key), "")
            gone = words.plain("place_gone")
            query_id = bench.write_question(question, chosen_places(clicked, library, gone=gone))
        except DocentError as error:
            return shown_with(request, question[:LONGEST_QUESTION], "", alert(str(error).strip()))
        return seen(request, f"curator/questions?added={query_id}")
