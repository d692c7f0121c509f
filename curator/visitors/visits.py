"""What visitors asked: how many, what found nothing, which passages answered."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from curator.access.access import ROOT
from curator.pages import Message, Pages
from datatypes import Quote
from errors import SettingError
from interface.server.library import Library
from interface.visits.figures import (
    PassageUse,
    VisitFigures,
    asked_most,
    days_back,
    most_used,
    read_visits,
)
from interface.visits.log import VisitLog, digest
from interface.visits.sheets import SHEETS, as_csv, duration

SPANS = (7, 30, 90, 365)  # days that can be looked at
_SPAN = 30
_FIRST_DAYS, _MOST_DAYS = 21, 400  # shown at once, and when more is opened
_MOST_PASSAGES = 10


@dataclass(frozen=True, slots=True)
class VisitPages:
    """What the log of visits has counted, as a page and as sheets for a spreadsheet."""

    log: VisitLog | None
    library: Library
    pages: Pages

    def join(self, app: FastAPI) -> None:
        app.get(f"{ROOT}/visits")(self.visits)
        app.get(f"{ROOT}/visits/{{sheet}}.csv")(self.sheet)

    def visits(self, request: Request, days: str = "") -> HTMLResponse:
        log, span = self.log, _span(days)
        if log is None or (log.level == "none" and not log.path.exists()):
            return self.pages(request, "visitors/visits", log=None)
        figures, trouble = _figures(log, span)
        used = most_used(figures.passages)[:_MOST_PASSAGES]
        return self.pages(
            request,
            "visitors/visits",
            log=log,
            message=Message(trouble) if trouble else None,
            spans=SPANS,
            span=span,
            figures=figures,
            not_found=asked_most(figures.questions, found=False),
            found=asked_most(figures.questions, found=True),
            days=figures.days[:_FIRST_DAYS],
            earlier=figures.days[_FIRST_DAYS:_MOST_DAYS],
            passages=[(use, _quote_again(use, self.library)) for use in used],
            permalink=self.library.permalink,
            several_documents=self.library.n_documents > 1,
            sheets=[sheet for sheet in SHEETS if sheet != "questions" or figures.questions],
            duration=duration,
        )

    def sheet(self, sheet: str, days: str = "") -> Response:
        known = next((name for name in SHEETS if name == sheet), None)
        if self.log is None or known is None:
            return PlainTextResponse("There is no such sheet.", status_code=404)
        figures, trouble = _figures(self.log, _span(days))
        if trouble and not figures.days:
            return PlainTextResponse(trouble, status_code=503)
        return Response(
            as_csv(figures, known).encode("utf-8-sig"),  # by its mark Excel knows the encoding
            media_type="text/csv",
            headers={"Content-Disposition": f'attachment; filename="docent-{known}.csv"'},
        )


def _figures(log: VisitLog, days: int) -> tuple[VisitFigures, str]:
    """What was counted up to now, and what an operator should mend."""
    log.flush()
    try:
        return read_visits(log.path, since=days_back(days)), log.note
    except SettingError as error:
        return VisitFigures(), log.note or str(error)


def _quote_again(use: PassageUse, library: Library) -> Quote | None:
    """The passage; none where the document has other words there by now."""
    document = library.document(use.document_id)
    if document is None or digest(use.span.of(document.text)) != use.digest:
        return None
    return Quote(document, use.span)


def _span(days: str) -> int:
    return next((n for n in SPANS if str(n) == days), _SPAN)
