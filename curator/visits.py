"""The Curator page's *Visitors*: how many asked, what found nothing, which passages answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote as percent_encoded

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from curator.html import alert, options, per_hundred
from curator.login import ROOT
from curator.page import Page, way_up
from curator.wording import Words
from datatypes import Quote
from errors import SettingError
from interface.server.escaping import attribute, shown
from interface.server.library import Library
from interface.visits.figures import (
    AskedQuestion,
    DayFigures,
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
_FIRST_ROWS, _MOST_ROWS = 21, 400  # shown at once, and when more is opened
_FIRST_QUESTIONS, _MOST_QUESTIONS = 10, 200
_MOST_PASSAGES = 10
_OPENING = 180  # characters of a passage


@dataclass(frozen=True, slots=True)
class VisitRenderer:
    """`up` is the way from the page to the root of the site."""

    words: Words
    library: Library
    log: VisitLog

    def page(self, figures: VisitFigures, days: int, message: str, up: str) -> str:
        w = self.words
        kept = w(f"visits_kept_{self.log.level}", days=f"{self.log.keep_days:,}")
        head = f'<h1>{w("visits_title")}</h1><p class="lead">{kept}</p>{message}'
        if not figures.days:
            return f"{head}{self._span(days, up)}<p>{w('visits_none')}</p>"
        return (
            f"{head}{self._span(days, up)}{self._summary(figures)}"
            f'<div class="columns even"><div>{self._unanswered(figures, up)}'
            f"{self._answered(figures, up)}{self._used(figures, up)}</div>"
            f"<div>{self._days(figures.days)}{self._sheets(figures, days, up)}</div></div>"
        )

    def _span(self, days: int, up: str) -> str:
        w = self.words
        choices = [(str(n), w("visits_span", n=n)) for n in SPANS]
        return (
            f'<form class="span" method="get" action="{up}curator/visits">'
            f'<label for="days">{w("visits_span_label")}</label>'
            f'<select id="days" name="days">{options(choices, str(days))}</select>'
            f'<button type="submit">{w("visits_span_button")}</button></form>'
        )

    def _summary(self, figures: VisitFigures) -> str:
        w = self.words
        share = per_hundred(figures.n_not_found / figures.n_asked)
        doors = " · ".join(f"{w(f'door_{door}')} {n:,}" for door, n in figures.asked.items())
        tiles = (
            (f"{figures.n_asked:,}", w.counted("visits_asked", figures.n_asked), doors),
            (
                f"{figures.n_not_found:,}",
                w("visits_not_found"),
                w("visits_share", n=share),
            ),
            (shown(duration(figures.median_seconds)), w("visits_median"), w("visits_median_hint")),
        )
        listed = "".join(
            f'<div><dt>{label}</dt><dd class="figure">{value}</dd>'
            f'<dd class="hint">{hint}</dd></div>'
            for value, label, hint in tiles
        )
        return f'<dl class="sheet tiles">{listed}</dl>'

    def _days(self, days: Sequence[DayFigures]) -> str:
        w = self.words
        heading = w("visits_days_heading")
        earlier = days[_FIRST_ROWS:_MOST_ROWS]
        label = w("visits_earlier")
        more = f"<details><summary>{label}</summary>{self._table(earlier, label)}</details>"
        return (
            f'<section class="sheet"><h2>{heading}</h2><p class="hint">{w("visits_bar_hint")}</p>'
            f"{self._table(days[:_FIRST_ROWS], heading)}{more if earlier else ''}</section>"
        )

    def _table(self, days: Sequence[DayFigures], label: str) -> str:
        w = self.words
        most = max((each.n_asked for each in days), default=1)
        columns = ("day", "language", "asked", "not_found", "median")
        heads = "".join(f'<th scope="col">{w(f"visits_column_{name}")}</th>' for name in columns)
        rows = "".join(self._day(each, most) for each in days)
        return (
            f'<div class="wide" tabindex="0" role="region" aria-label="{label}">'
            f'<table class="days"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
            "</div>"
        )

    def _day(self, each: DayFigures, most: int) -> str:
        found, asked = (100 * n / most for n in (each.n_asked - each.n_not_found, each.n_asked))
        bar = (
            '<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
            f'<rect width="{asked:.1f}" height="6" class="nothing"/>'
            f'<rect width="{found:.1f}" height="6"/></svg>'
        )
        return (
            f'<tr><th scope="row">{each.day}</th><td>{self._language(each.language)}</td>'
            f"<td>{each.n_asked:,}{bar}</td><td>{each.n_not_found:,}</td>"
            f"<td>{duration(each.median_seconds)}</td></tr>"
        )

    def _language(self, code: str) -> str:
        name = f"language_{code}"
        return self.words(name) if name in self.words.sentences else shown(code)

    def _unanswered(self, figures: VisitFigures, up: str) -> str:
        w = self.words
        questions = asked_most(figures.questions, found=False)
        none = f"<p>{w('visits_unanswered_none')}</p>"
        if not figures.questions:
            none = f'<p class="hint">{w("visits_no_texts")}</p>'
        return (
            f'<section class="sheet"><h2>{w("visits_unanswered_heading")}</h2>'
            f"{self._questions(questions, up) or none}</section>"
        )

    def _answered(self, figures: VisitFigures, up: str) -> str:
        w = self.words
        questions = asked_most(figures.questions, found=True)
        return (
            f'<details class="sheet"><summary>{w.counted("visits_answered", len(questions))}'
            f"</summary>{self._questions(questions, up)}</details>"
            if questions
            else ""
        )

    def _questions(self, questions: Sequence[AskedQuestion], up: str) -> str:
        first, others = questions[:_FIRST_QUESTIONS], questions[_FIRST_QUESTIONS:_MOST_QUESTIONS]
        more = (
            f"<details><summary>{self.words.counted('visits_more', len(others))}</summary>"
            f"{self._questions_list(others, up)}</details>"
        )
        return f"{self._questions_list(first, up)}{more if others else ''}" if first else ""

    def _questions_list(self, questions: Sequence[AskedQuestion], up: str) -> str:
        rows = "".join(self._question(each, up) for each in questions)
        return f'<ul class="asked-questions">{rows}</ul>'

    def _question(self, each: AskedQuestion, up: str) -> str:
        w = self.words
        address = f"{up}curator/questions?question={percent_encoded(each.text, safe='')}"
        times = w("visits_once", day=each.day)
        if each.n > 1:
            times = w("visits_times", n=f"{each.n:,}", day=each.day)
        return (
            f'<li><p class="opening" dir="auto">{shown(each.text)}</p>'
            f'<p class="reason">{times} · {self._language(each.language)}</p>'
            f'<p class="reason"><a href="{attribute(address)}">{w("visits_make_test")}'
            f'<span class="for-readers">: {shown(each.text)}</span></a></p></li>'
        )

    def _used(self, figures: VisitFigures, up: str) -> str:
        w = self.words
        used = most_used(figures.passages)[:_MOST_PASSAGES]
        if not used:
            return ""
        listed = "".join(self._passage(each, up) for each in used)
        return (
            f'<section class="sheet"><h2>{w("visits_passages_heading")}</h2>'
            f'<ol class="passages">{listed}</ol></section>'
        )

    def _passage(self, each: PassageUse, up: str) -> str:
        """With a link to its place, unless the document has other words there by now."""
        w, document = self.words, self.library.document(each.document_id)
        times = f"<b>{w.counted('visits_answers', each.n)}</b>"
        if document is None or digest(each.span.of(document.text)) != each.digest:
            return (
                f'<li><p>{times} · <span dir="auto">{shown(each.document_id)}</span></p>'
                f'<p class="reason">{w("visits_passage_gone")}</p></li>'
            )
        page = document.page_at(each.span.start)
        several = self.library.n_documents > 1
        where = [f'<span dir="auto">{shown(document.title)}</span>'] if several else []
        where += [w("page", page=page.name)] if page else []
        address = f"{up or './'}{self.library.permalink(Quote(document, each.span))}"
        return (
            f"<li><p>{' · '.join([times, *where])}</p>"
            f'<p class="opening" dir="auto">{shown(_opening(each.span.of(document.text)))}</p>'
            f'<p class="reason"><a href="{attribute(address)}">{w("visits_show_passage")}</a></p>'
            "</li>"
        )

    def _sheets(self, figures: VisitFigures, days: int, up: str) -> str:
        w = self.words
        links = "".join(
            f'<li><a href="{up}curator/visits/{sheet}.csv?days={days}" download>'
            f"{w(f'visits_sheet_{sheet}')}</a></li>"
            for sheet in SHEETS
            if sheet != "questions" or figures.questions
        )
        return (
            f'<section class="sheet"><h2>{w("visits_sheets_heading")}</h2>'
            f'<ul class="sheets">{links}</ul></section>'
        )


def add_visits(
    app: FastAPI, words: Words, log: VisitLog | None, page: Page, library: Library
) -> None:
    @app.get(f"{ROOT}/visits")
    def visits(request: Request, days: str = "") -> HTMLResponse:
        up, span = way_up(request), _span(days)
        if log is None or (log.level == "none" and not log.path.exists()):
            lead = f'<p class="lead">{words("visits_kept_none")}</p>'
            return page(request, f"<h1>{words('visits_title')}</h1>{lead}")
        figures, message = _figures(log, span)
        return page(
            request, VisitRenderer(words, library, log).page(figures, span, alert(message), up)
        )

    @app.get(f"{ROOT}/visits/{{sheet}}.csv")
    def visits_sheet(sheet: str, days: str = "") -> Response:
        known = next((each for each in SHEETS if each == sheet), None)
        if log is None or known is None:
            return PlainTextResponse("There is no such sheet.", status_code=404)
        figures, message = _figures(log, _span(days))
        if message and not figures.days:
            return PlainTextResponse(message, status_code=503)
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


def _span(days: str) -> int:
    return next((n for n in SPANS if str(n) == days), _SPAN)


def _opening(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _OPENING else words[:_OPENING].rpartition(" ")[0] + " …"
