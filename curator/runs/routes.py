"""Choosing and uploading files of questions, runs, and the questions of a run."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.datastructures import FormData, UploadFile

from curator.access.access import MOST_UPLOAD_BYTES, ROOT
from curator.pages import Message, Pages, SentForm, redirect, text_of
from curator.runs import in_words
from curator.runs.runs import Run, Runs
from errors import DocentError, QuestionError
from evaluation.measures.comparison import Comparison, compare_systems
from evaluation.report.plain_language import COMPARED
from evaluation.report.question_sections import question_sections
from evaluation.report.report import Report
from evaluation.workbench import Workbench
from index.text.chunker import PASSAGE_TOKENS
from interface.server.escaping import sendable

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunPages:
    """Pages around files of questions and the runs in which they are asked."""

    bench: Workbench
    runs: Runs
    pages: Pages

    def join(self, app: FastAPI) -> None:
        app.get(ROOT)(self.overview)
        app.get(f"{ROOT}/files")(self.loaded_again)
        app.get(f"{ROOT}/runs")(self.loaded_again)
        app.post(f"{ROOT}/files")(self.upload)
        app.post(f"{ROOT}/runs")(self.begin)
        app.get(f"{ROOT}/runs/{{run_id}}")(self.run)
        app.get(f"{ROOT}/runs/{{run_id}}/progress")(self.progress)
        app.post(f"{ROOT}/runs/{{run_id}}/stop")(self.stop)
        app.get(f"{ROOT}/runs/{{run_id}}/questions/{{number}}")(self.question)

    def overview(self, request: Request) -> HTMLResponse:
        return self._overview(request)

    async def loaded_again(self, request: Request) -> Response:
        """Where a form was sent to that had a fault."""
        return redirect(request, "curator")

    def upload(self, request: Request, form: SentForm) -> HTMLResponse:
        words, upload = self.pages.words, form.get("file")
        if not isinstance(upload, UploadFile) or not upload.filename:
            return self._overview(request, Message(words("upload_none")), status=400)
        try:
            data = upload.file.read(MOST_UPLOAD_BYTES + 1)
            file = self.bench.keep(sendable(upload.filename), data)
        except DocentError as error:
            return self._overview(request, Message(str(error)), status=400)
        except Exception:
            _log.exception("An uploaded file could not be read")
            return self._overview(request, Message(words("upload_failed")), status=400)
        kept = words("upload_kept", name=file.name, n=file.n_questions)
        return self._overview(request, Message(kept, problem=False))

    def begin(self, request: Request, form: SentForm) -> Response:
        before = self.runs.find(text_of(form, "beside"))
        try:
            run = self._started(form, before)
        except DocentError as error:
            message = Message(str(error).strip())
            if before is None or before.state == "running":
                return self._overview(request, message, status=400)
            return self._run(request, before, message, status=400)
        return redirect(request, f"curator/runs/{run.run_id}")

    def _started(self, form: FormData, before: Run | None) -> Run:
        """`before`: the run beside which another setting is tried. Raises DocentError."""
        words = self.pages.words
        fields = (text_of(form, name) for name in ("passages", "meaning", "threshold"))
        trial = in_words.parse_trial(words, *fields)
        if before is None:
            file, split = text_of(form, "file"), text_of(form, "split") or None
            return self.runs.start(file, split, trial, None)
        if trial == before.trial:
            raise QuestionError(words("trial_nothing"), "")
        return self.runs.start(before.file, before.split, trial, before)

    def run(self, request: Request, run_id: str) -> HTMLResponse:
        run = self.runs.find(run_id)
        if run is None:
            return self.pages.missing(request, "no_run")
        if run.state == "running":
            doing = in_words.doing_line(self.pages.words, run)
            return self.pages(request, "runs/running", run=run, doing=doing)
        return self._run(request, run)

    async def progress(self, run_id: str) -> JSONResponse:
        run = self.runs.find(run_id)
        if run is None:
            return JSONResponse({"state": "gone"}, status_code=404)
        state = {"state": run.state, "words": in_words.doing_line(self.pages.words, run)}
        return JSONResponse({**state, "done": run.done, "total": run.total})

    async def stop(self, request: Request, run_id: str) -> Response:
        run = self.runs.find(run_id)
        if run is None:
            return self.pages.missing(request, "no_run")
        run.stop.set()
        return redirect(request, f"curator/runs/{run_id}")

    def question(self, request: Request, run_id: str, number: int) -> HTMLResponse:
        run = self.runs.find(run_id)
        if run is None or run.report is None:
            return self.pages.missing(request, "no_run")
        sections = question_sections(run.report)
        section = next((section for section in sections if section.number == number), None)
        if section is None:
            return self.pages.missing(request, "no_question")
        return self.pages(
            request,
            "runs/question",
            run=run,
            section=section,
            failures=[failed for failed in sections if failed.result.failed],
            passages={name: (0, passage) for name, passage in run.report.passages.items()},
            shipped_threshold=self.bench.not_found,
        )

    def _overview(
        self, request: Request, message: Message | None = None, *, status: int = 200
    ) -> HTMLResponse:
        files = self.bench.files()
        return self.pages(
            request,
            "runs/overview",
            status=status,
            message=message,
            files=files,
            splits=sorted({split for file in files for split in file.splits}),
            runs=self.runs.latest(),
        )

    def _run(
        self, request: Request, run: Run, message: Message | None = None, *, status: int = 200
    ) -> HTMLResponse:
        """What a run has found, or why it found nothing. `message` goes to the form below it."""
        return self.pages(
            request,
            "runs/run",
            status=status,
            run=run,
            message=message,
            offered=in_words,
            passage_tokens=PASSAGE_TOKENS,
            not_found=self.bench.not_found,
            **(_findings(run, run.report) if run.report else {}),
        )


def _findings(run: Run, report: Report) -> dict[str, Any]:
    """What the page says of a run that was done, and of the run before it."""
    before = run.before.report if run.before else None
    results_before = before.main_run.questions if before else ()
    return {
        "main": report.main_run,
        "sections": question_sections(report),
        "comparisons": _comparisons(before, report) if before else [],
        "right_before": {result.query_id for result in results_before if not result.failed},
        "wrong_before": {result.query_id for result in results_before if result.failed},
    }


def _comparisons(before: Report, after: Report) -> list[Comparison]:
    systems = {"before": before.main_run.values(), "after": after.main_run.values()}
    rows = {row.measure: row for row in compare_systems(systems)}
    return [rows[measure] for measure in COMPARED if measure in rows]
