"""What a run has found → HTML: the summary in plain words, the failures, the run beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from curator.bench import Bench, Comparison, Figure, Measurement, Result
from curator.html import between, number, per_hundred, run_line, setting, signed
from curator.runs import Run, Trial
from curator.wording import Words
from interface.server.escaping import shown

_SIGNIFICANT = 0.05
FAILURES = (
    "failure_answered",
    "failure_wrong_missed",
    "failure_wrong_beaten",
    "failure_wrong_sentence",
    "failure_silent_found",
    "failure_silent_missed",
)
"""The gravest first: a false answer misleads, a silence does not."""

_TESTED = {
    "right": "measure_right",
    "quote_success@1": "measure_quote",
    "Success@1": "measure_first",
    "Success@5": "measure_five",
}


def ending(result: Result) -> str:
    """The key of the sentence that says how a question ended."""
    found = result.answer is not None and result.answer.found
    if not result.failed:
        return "ended_right" if found else "ended_silent"
    if not result.answerable:
        return "failure_answered"
    if not found:
        return "failure_silent_missed" if result.rank is None else "failure_silent_found"
    if result.rank is None:
        return "failure_wrong_missed"
    return "failure_wrong_sentence" if result.rank == 1 else "failure_wrong_beaten"


def failures(measurement: Measurement) -> list[int]:
    """Places of the failed questions in the run, the gravest first."""
    questions = measurement.run.questions
    failed = [place for place, each in enumerate(questions) if each.failed]
    return sorted(failed, key=lambda place: (FAILURES.index(ending(questions[place])), place))


@dataclass(frozen=True, slots=True)
class ResultRenderer:
    words: Words
    bench: Bench

    def run(self, run: Run, trial_form: str, up: str) -> str:
        w, measurement = self.words, run.measurement
        heading = (
            f"<h1>{w('run_title', number=run.number)}</h1>"
            f'<p class="about-run">{run_line(w, run)}</p>'
        )
        if measurement is None:
            why = w("run_stopped") if run.state == "stopped" else w("run_failed")
            return f'{heading}<p class="message problem">{why} {shown(run.problem)}</p>{trial_form}'
        beside = run.beside if run.beside and run.beside.measurement else None
        return (
            f"{heading}{self._beside(run, beside, up) if beside else ''}"
            f'<div class="columns results"><div>{self._summary(measurement)}'
            f"{self._experiment(run.trial)}{trial_form}</div>"
            f"<div>{self._failures(run, measurement, up)}</div></div>"
        )

    def _summary(self, measurement: Measurement) -> str:
        w, run, right = self.words, measurement.run, measurement.right
        lines = [
            (w("right_line", n=round(right.value * right.n), total=right.n), between(w, right)),
            *self._shares(measurement),
        ]
        exact = run.figure("quote_exactness")
        if exact is not None and exact.value == 1:
            lines.append((w("exact_line", n=exact.n), ""))
        elif exact is not None:
            n_wrong = exact.n - round(exact.value * exact.n)
            lines.append((w("inexact_line", n=n_wrong, total=exact.n), ""))
        lines.append((w("speed_line", ms=f"{run.latency_p50 * 1000:.0f}"), ""))
        listed = "".join(
            f"<li>{line}{f' <small>{interval}</small>' if interval else ''}</li>"
            for line, interval in lines
        )
        notes = "".join(f"<li>{shown(each)}</li>" for each in measurement.warnings)
        warned = f"<h3>{w('warnings_heading')}</h3><ul>{notes}</ul>" if notes else ""
        return (
            f'<section class="sheet summary"><h2>{w("summary_heading")}</h2><ul>{listed}</ul>'
            f'<p class="hint">{w("interval_hint")}</p>{warned}</section>'
        )

    def _shares(self, measurement: Measurement) -> Iterable[tuple[str, str]]:
        """Sentences with their intervals, about answerable questions and then about the others."""
        w, run = self.words, measurement.run
        for measure, key in (("quote_success@1", "quote_line"), ("Success@1", "first_line")):
            if figure := run.figure(measure):
                n = round(figure.value * figure.n)
                yield w(key, n=n, total=figure.n), between(w, figure)
        answerable = [each for each in run.questions if each.answerable]
        others = [each for each in run.questions if not each.answerable]
        if answerable:
            n = sum(each.rank is not None for each in answerable)
            yield w("found_line", n=n, total=len(answerable)), ""
            n = sum(not _answered(each) for each in answerable)
            silence = run.figure("false_abstentions")
            yield w("false_silence_line", n=n, total=len(answerable)), between(w, silence)
        if others:
            n = sum(_answered(each) for each in others)
            false = run.figure("false_answers")
            yield w("false_answer_line", n=n, total=len(others)), between(w, false)

    def _failures(self, run: Run, measurement: Measurement, up: str) -> str:
        w, questions = self.words, measurement.run.questions
        failed = failures(measurement)
        grouped = ""
        for key in FAILURES:
            places = [place for place in failed if ending(questions[place]) == key]
            if places:
                grouped += (
                    f'<h3>{w(key)} <span class="count">{len(places)}</span></h3>'
                    f"{_links(run, questions, places, up)}"
                )
        others = [place for place in range(len(questions)) if place not in set(failed)]
        rest = (
            f"<details><summary>{w.counted('rest_heading', len(others))}</summary>"
            f"{_links(run, questions, others, up)}</details>"
            if others
            else ""
        )
        lead = w("failures_lead") if failed else w("failures_none")
        return (
            f'<section class="sheet failures"><h2>{w("failures_heading")}</h2>'
            f"<p>{lead}</p>{grouped}{rest}</section>"
        )

    def _experiment(self, trial: Trial) -> str:
        if trial.shipped:
            return ""
        w, lines = self.words, []
        if trial.passage_pieces is not None:
            lines.append(w("permanent_passages", n=trial.passage_pieces))
        if trial.meaning != 1:
            lines.append(w("permanent_meaning", n=number(trial.meaning)))
        then = f'<p class="hint">{w("permanent_then")}</p>' if lines else ""
        if trial.not_found is not None:
            lines.append(w("permanent_threshold", n=number(trial.not_found)))
        listed = "".join(f"<li><code>{line}</code></li>" for line in lines)
        return (
            f'<section class="sheet experiment"><h2>{w("experiment_heading")}</h2>'
            f"<p>{w('experiment')}</p><ul>{listed}</ul>{then}</section>"
        )

    def _beside(self, run: Run, before: Run, up: str) -> str:
        w = self.words
        found = {each.measure: each for each in self._compared(before, run)}
        rows = "".join(
            self._tested(w(key), found[measure])
            for measure, key in _TESTED.items()
            if measure in found
        )
        rows += self._counted(before, run)
        header = "".join(
            f'<th scope="col">{label}</th>'
            for label in (
                w("beside_measure"),
                w("beside_before", number=before.number),
                w("beside_after"),
                w("beside_difference"),
                w("beside_verdict"),
            )
        )
        return (
            f'<section class="sheet beside"><h2>{w("beside_heading", number=before.number)}</h2>'
            f"<p>{setting(w, before.trial)} → {setting(w, run.trial)}</p>"
            f'<div class="wide" tabindex="0" role="group" aria-label="'
            f'{w("beside_heading", number=before.number)}">'
            f"<table><thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table></div>"
            f'<p class="hint">{w("beside_hint")}</p>{self._changed(before, run, up)}</section>'
        )

    def _compared(self, before: Run, run: Run) -> Sequence[Comparison]:
        return self.bench.compare(before.measurement, run.measurement)

    def _tested(self, label: str, row: Comparison) -> str:
        w = self.words
        points = w("points", n=signed(row.difference))
        if row.low is not None and row.high is not None:
            low, high = signed(row.low), signed(row.high)
            points += f" <small>{w('range', low=low, high=high)}</small>"
        chance = f"{100 * row.p:.0f}" if row.p >= 0.01 else w.plain("less_than_one")
        if row.difference == 0 and row.low == row.high:
            verdict, tone = w("verdict_same"), ""
        elif row.p >= _SIGNIFICANT:
            verdict, tone = w("verdict_unclear", p=chance), ""
        elif row.difference > 0:
            verdict, tone = w("verdict_better", p=chance), "better"
        else:
            verdict, tone = w("verdict_worse", p=chance), "worse"
        cells = f"<td>{per_hundred(row.mean_a)} %</td><td>{per_hundred(row.mean_b)} %</td>"
        return (
            f'<tr><th scope="row">{label} <small>({row.n})</small></th>{cells}<td>{points}</td>'
            f'<td class="{tone}">{verdict}</td></tr>'
        )

    def _counted(self, before: Run, run: Run) -> str:
        """Both error rates: they are no means of single questions' values, and not tested."""
        w, rows = self.words, ""
        for measure, key in (
            ("false_answers", "measure_false_answers"),
            ("false_abstentions", "measure_false_silence"),
        ):
            a, b = _figure(before, measure), _figure(run, measure)
            if a is not None and b is not None:
                points = w("points", n=signed(b.value - a.value))
                rows += (
                    f'<tr><th scope="row">{w(key)}</th><td>{per_hundred(a.value)} %</td>'
                    f"<td>{per_hundred(b.value)} %</td><td>{points}</td>"
                    f"<td>{w('verdict_not_tested')}</td></tr>"
                )
        return rows

    def _changed(self, before: Run, run: Run, up: str) -> str:
        w = self.words
        if before.measurement is None or run.measurement is None:
            return ""
        failed = {each.query_id: each.failed for each in before.measurement.run.questions}
        questions = run.measurement.run.questions
        lists = ""
        for key, was in (("now_wrong", False), ("now_right", True)):
            places = [
                place
                for place, each in enumerate(questions)
                if failed.get(each.query_id) is was and each.failed is not was
            ]
            if places:
                lists += (
                    f"<details><summary>{w.counted(key, len(places))}</summary>"
                    f"{_links(run, questions, places, up)}</details>"
                )
        return lists


def _links(run: Run, questions: Sequence[Result], places: Iterable[int], up: str) -> str:
    lines = "".join(
        f'<li><a href="{up}curator/runs/{run.run_id}/questions/{place + 1}" dir="auto">'
        f"{shown(questions[place].text)}</a></li>"
        for place in places
    )
    return f'<ul class="links">{lines}</ul>'


def _figure(run: Run, measure: str) -> Figure | None:
    return run.measurement.run.figure(measure) if run.measurement else None


def _answered(result: Result) -> bool:
    return result.answer is not None and result.answer.found
