"""Answers that grow while a language model writes: stopped by the visitor, kept as a receipt."""

from __future__ import annotations

import json
import re
import threading

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response

from interface.server.allow_list import RoutePermissions
from interface.server.answer_service import AnswerService
from interface.server.turns import new_id
from interface.wording.wordings import Wordings, preferred


class Stops:
    """What ends an answer that still grows, under an id that only its visitor is told."""

    def __init__(self) -> None:
        self._events: dict[str, threading.Event] = {}

    def new(self) -> tuple[str, threading.Event]:
        stop_id, event = new_id(), threading.Event()
        self._events[stop_id] = event
        return stop_id, event

    def stop(self, stop_id: str) -> None:
        if event := self._events.get(stop_id):
            event.set()

    def done(self, stop_id: str) -> None:
        self._events.pop(stop_id, None)


def add_stopping(
    app: FastAPI, service: AnswerService, wordings: Wordings, stops: Stops
) -> RoutePermissions:
    @app.post("/stop")
    async def stop(request: Request) -> Response:
        stops.stop((await request.body()).decode("utf-8", "replace"))
        return Response(status_code=204)

    @app.get("/receipt")
    def receipt(turn: str, lang: str | None = None) -> Response:
        answer = service.turns.find(turn)
        if answer is None:
            gone = preferred(wordings, lang)["model.receipt_gone"]
            return PlainTextResponse(gone, status_code=404)
        return Response(
            json.dumps(service.library.receipt(answer), ensure_ascii=False, indent=1),
            media_type="application/json",
            headers={
                "Content-Disposition": 'attachment; filename="docent-receipt.json"',
                "Cache-Control": "no-store",
            },
        )

    return RoutePermissions(re.compile("/receipt"), re.compile("/stop"))
