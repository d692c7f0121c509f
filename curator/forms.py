"""The Curator page's first page (choose, upload, run), the run in progress, and logging in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from curator.bench import Bench, QuestionFile
from curator.html import (
    MEANING_WEIGHTS,
    PASSAGE_SIZES,
    labelled,
    number,
    options,
    run_line,
)
from curator.runs import Run, Trial
from curator.wording import Words
from interface.server.escaping import attribute, shown

_DOING = {"Asking": "doing_asking", "Reading": "doing_reading", "Embedding": "doing_embedding"}


@dataclass(frozen=True, slots=True)
class FormRenderer:
    """`up` is the way from the page to the root of the site."""

    words: Words
    bench: Bench

    def login(self, message: str) -> str:
        w = self.words
        return (
            f'<section class="login"><h1>{w("login_title")}</h1>'
            f'<p class="lead">{w("login_lead")}</p>{message}'
            '<form method="post" action="login">'
            + labelled(
                "password",
                w("login_password"),
                '<input id="password" name="password" type="password" required autofocus '
                'autocomplete="current-password" maxlength="500">',
            )
            + f'<button type="submit" class="primary">{w("login_button")}</button></form></section>'
        )

    def overview(self, runs: Sequence[Run], message: str, up: str) -> str:
        w = self.words
        files = self.bench.files()
        return (
            f'<h1>{w("overview_title")}</h1><p class="lead">{w("overview_lead")}</p>{message}'
            f'<div class="columns"><div>{self._choose(files, up)}</div>'
            f'<div class="aside">{self._upload(up)}{self._latest(runs, up)}</div></div>'
        )

    def _choose(self, files: Sequence[QuestionFile], up: str) -> str:
        w = self.words
        if not files:
            return f'<section class="sheet"><p>{w("no_files")}</p></section>'
        usable = next((file.name for file in files if not file.problem), None)
        rows = "".join(self._file(file, chosen=file.name == usable) for file in files)
        splits = sorted({split for file in files for split in file.splits})
        parts = [("", w("part_all"))]
        parts += [(split, w("part_split", split=split)) for split in splits]
        part = labelled(
            "split",
            w("part_label"),
            f'<select id="split" name="split" aria-describedby="split-hint">{options(parts)}'
            "</select>",
            w("part_hint"),
        )
        return (
            f'<form class="sheet" method="post" action="{up}curator/runs">'
            f'<fieldset><legend>{w("files_heading")}</legend><ul class="files">{rows}</ul>'
            f"</fieldset>{part if splits else ''}"
            f'<div class="do"><button type="submit" class="primary">{w("run_button")}</button>'
            f'<p class="hint">{w("run_hint")}</p></div></form>'
        )

    def _file(self, file: QuestionFile, *, chosen: bool) -> str:
        w = self.words
        about = (
            f'<span class="file-problem">{shown(file.problem)}</span>'
            if file.problem
            else f'<span class="hint">'
            f"{w('file_counts', n=file.n_questions, n_unanswerable=_n_unanswerable(file))}</span>"
        )
        state = " disabled" if file.problem else " checked" if chosen else ""
        return (
            f'<li><label><input type="radio" name="file" required value="{attribute(file.name)}"'
            f'{state}><span><b dir="auto">{shown(file.name)}</b>{about}</span></label></li>'
        )

    def _upload(self, up: str) -> str:
        w = self.words
        control = (
            '<input id="file" name="file" type="file" required accept=".csv,.jsonl,.json" '
            'aria-describedby="file-hint">'
        )
        return (
            f'<form class="sheet" method="post" enctype="multipart/form-data" '
            f'action="{up}curator/files"><h2>{w("upload_heading")}</h2>'
            + labelled("file", w("upload_label"), control, w("upload_hint"))
            + f'<button type="submit">{w("upload_button")}</button></form>'
        )

    def _latest(self, runs: Sequence[Run], up: str) -> str:
        w = self.words
        rows = "".join(
            f'<li><a href="{up}curator/runs/{run.run_id}">'
            f"{w('run_name', number=run.number, file=run.file)}</a>"
            f'<span class="hint">{self._state(run)} · {run_line(w, run)}</span></li>'
            for run in runs
        )
        listed = (
            f'<ul class="runs">{rows}</ul>' if rows else f'<p class="hint">{w("runs_none")}</p>'
        )
        return f'<section class="sheet"><h2>{w("runs_heading")}</h2>{listed}</section>'

    def _state(self, run: Run) -> str:
        if run.measurement is None:
            return self.words(f"state_{run.state}")
        right = run.measurement.right
        return self.words("state_done", n=round(right.value * right.n), total=right.n)

    def going_on(self, run: Run, up: str) -> str:
        """A page that looks again by itself, with or without JavaScript."""
        w = self.words
        bar = f' max="{run.total}" value="{run.done}"' if run.total else ""
        stopping, path = run.stop.is_set(), f"{up}curator/runs/{run.run_id}"
        return (
            f'<section class="sheet going-on" data-progress="{path}/progress">'
            f"<h1>{w('run_going_on', number=run.number)}</h1><p>{run_line(w, run)}</p>"
            f'<progress aria-label="{attribute(w.plain("progress_label"))}"{bar}></progress>'
            f'<p class="doing" role="status">{shown(self.doing(run))}</p>'
            + (
                ""
                if stopping
                else f'<form method="post" action="{path}/stop">'
                f'<button type="submit">{w("run_stop")}</button></form>'
            )
            + f'<p class="hint">{w("run_hint")}</p></section>'
        )

    def doing(self, run: Run) -> str:
        """Plain text: what the run is at."""
        w = self.words
        if run.stop.is_set():
            return w.plain("run_stopping")
        if not run.doing:
            return w.plain("run_starting")
        doing = w.plain(_DOING.get(run.doing.split()[0], "doing_other"))
        if run.total and run.done == run.total and doing == w.plain("doing_asking"):
            return w.plain("doing_figures")
        if run.total:
            return w.plain("progress_counted", doing=doing, done=run.done, total=run.total)
        return w.plain("progress_uncounted", doing=doing, done=run.done)

    def trial(self, run: Run, message: str, up: str) -> str:
        """The form for another setting; it opens with this run's own."""
        w, now = self.words, run.trial
        sizes = [("", w("trial_passages_shipped", n=self.bench.passage_pieces))]
        sizes += [(str(n), w("trial_passages_other", n=n)) for n in PASSAGE_SIZES]
        weights = [
            (number(n), w("trial_meaning_other", n=number(n)) if n else w("trial_meaning_none"))
            for n in MEANING_WEIGHTS
        ]
        weights.insert(2, ("1", w("trial_meaning_shipped")))
        shipped = f"{self.bench.not_found:.2f}"
        chosen = "" if now.not_found is None else f"{now.not_found:.2f}"
        return (
            f'<form class="sheet trial" id="trial" method="post" action="{up}curator/runs">'
            f"<h2>{w('trial_heading')}</h2><p>{w('trial_lead')}</p>{message}"
            f'<input type="hidden" name="beside" value="{run.run_id}"><div class="fields">'
            + labelled(
                "passages",
                w("trial_passages"),
                '<select id="passages" name="passages">'
                f"{options(sizes, str(now.passage_pieces or ''))}</select>",
            )
            + labelled(
                "meaning",
                w("trial_meaning"),
                '<select id="meaning" name="meaning">'
                f"{options(weights, number(now.meaning))}</select>",
            )
            + labelled(
                "threshold",
                w("trial_threshold"),
                '<input id="threshold" name="threshold" type="number" min="0" max="1" step="0.01" '
                f'placeholder="{shipped}" value="{chosen}" aria-describedby="threshold-hint">',
                w("trial_threshold_hint", n=shipped),
            )
            + f'</div><button type="submit" class="primary">{w("trial_button")}</button></form>'
        )


def trial_of(passages: str, meaning: str, threshold: str) -> Trial | None:
    """What the form says; None where it says something that is not offered."""
    try:
        size = int(passages) if passages else None
        weight = float(meaning or 1)
        not_found = float(threshold) if threshold.strip() else None
    except ValueError:
        return None
    offered = size in (None, *PASSAGE_SIZES) and weight in (1.0, *MEANING_WEIGHTS)
    if not offered or (not_found is not None and not 0 <= not_found <= 1):
        return None
    return Trial(size, weight, not_found)


def _n_unanswerable(file: QuestionFile) -> int:
    return file.n_questions - file.n_answerable
