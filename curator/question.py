"""One question of a run → HTML: what is right, what was answered, what came before, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curator.bench import Evidence, Measurement, PassageText, Quoted, Ranked, Result
from curator.html import number
from curator.results import ending, failures
from curator.runs import Run
from curator.wording import Words
from interface.server.escaping import shown

_MOST_WORDS = 8  # shared words named, the rarest first
_OPENING = 150  # characters of a passage that are shown before it is opened


@dataclass(frozen=True, slots=True)
class QuestionRenderer:
    """`not_found`: the shipped threshold."""

    words: Words
    not_found: float

    def question(self, run: Run, measurement: Measurement, place: int, up: str) -> str:
        w, result = self.words, measurement.run.questions[place]
        tone = "problem" if result.failed else "fine"
        kind = f' <span class="kind">{shown(result.kind)}</span>' if result.kind else ""
        return (
            f"{self._ways(run, measurement, place, up)}"
            f'<p class="hint">{w("question_title", query_id=result.query_id)}{kind}</p>'
            f'<h1 class="asked" dir="auto">{shown(result.text)}</h1>'
            f'<p class="message {tone}">{w(ending(result))}</p>'
            f'<div class="columns even"><div>{self._right(result)}{self._given(result, run)}</div>'
            f"<div>{self._found(result, measurement.passages)}</div></div>"
        )

    def _ways(self, run: Run, measurement: Measurement, place: int, up: str) -> str:
        w, failed = self.words, failures(measurement)
        base = f"{up}curator/runs/{run.run_id}"
        links = [f'<a href="{base}">{w("back_to_run", number=run.number)}</a>']
        if place in failed:
            at = failed.index(place)
            for key, beside in (("previous_failure", at - 1), ("next_failure", at + 1)):
                if 0 <= beside < len(failed):
                    links.append(f'<a href="{base}/questions/{failed[beside] + 1}">{w(key)}</a>')
        return f'<nav class="ways" aria-label="{w("failures_heading")}">{"".join(links)}</nav>'

    def _right(self, result: Result) -> str:
        w = self.words
        places = f'<p class="or">{w("expected_or")}</p>'.join(map(self._evidence, result.evidence))
        if not places:
            places = f"<p>{w('expected_none')}</p>"
        note = f'<p class="hint">{w("note_heading")}: {shown(result.note)}</p>'
        return (
            f'<section class="sheet"><h2>{w("expected_heading")}</h2>{places}'
            f"{note if result.note else ''}</section>"
        )

    def _evidence(self, evidence: Evidence) -> str:
        before = f"… {evidence.before}" if evidence.before else ""
        after = f"{evidence.after} …" if evidence.after else ""
        return (
            f'<blockquote class="place" dir="auto">{shown(before)}<mark>{shown(evidence.text)}'
            f"</mark>{shown(after)}</blockquote>{self._source(evidence)}"
        )

    def _given(self, result: Result, run: Run) -> str:
        w, answer = self.words, result.answer
        if answer is None:
            return ""
        quotes = "".join(self._quote(each) for each in answer.quotes)
        threshold = self.not_found if run.trial.not_found is None else run.trial.not_found
        nothing = f"<p>{w('given_none')}</p>"
        sure = w("uncalibrated")
        if answer.confidence is not None:
            n, least = f"{100 * answer.confidence:.0f}", f"{100 * threshold:.0f}"
            sure = w("confidence", n=n, threshold=least)
        return (
            f'<section class="sheet"><h2>{w("given_heading")}</h2>'
            f"{quotes or nothing}"
            f'<p class="hint">{sure}</p></section>'
        )

    def _quote(self, quote: Quoted) -> str:
        w = self.words
        verdict = w("quote_right") if quote.right else w("quote_wrong")
        tone = "right" if quote.right else "wrong"
        badge = f'<span class="badge {tone}">{verdict}</span>'
        return (
            f'<blockquote class="place" dir="auto">{shown(quote.text)}</blockquote>'
            f"{self._source(quote, badge)}"
        )

    def _source(self, place: Evidence | Quoted | PassageText, more: str = "") -> str:
        page = [self.words("page", page=place.page)] if place.page else []
        said = " · ".join([shown(place.title), *page])
        return f'<p class="hint" dir="auto">{said} {more}</p>'

    def _found(self, result: Result, passages: Mapping[str, PassageText]) -> str:
        w = self.words
        if not result.answerable:
            return self._list(w("misled_heading"), result.hits, passages)
        heading = f'<h2>{w("rank_heading")}</h2><p class="rank">{self._rank(result)}</p>'
        right = result.right_passage
        place = self._passage(right, passages, name=w("right_passage")) if right else ""
        before = result.beaten_by
        beat = self._list(w("beat_heading"), before, passages, self._why(result))
        if not before:
            others = [hit for hit in result.hits if not hit.right]
            beat = self._list(w("others_heading"), others, passages)
        return f'<section class="sheet">{heading}<ol class="passages">{place}</ol></section>{beat}'

    def _rank(self, result: Result) -> str:
        w, right = self.words, result.right_passage
        if result.rank is not None:
            return w("rank_first") if result.rank == 1 else w("rank_among", rank=result.rank)
        if right is not None and right.rank is not None:
            return w("rank_deeper", rank=right.rank)
        return w("rank_nowhere")

    def _why(self, result: Result) -> str:
        """Why the first passage stands before the right one, as far as scores tell."""
        right = result.right_passage
        if right is None or not right.scores or not result.beaten_by:
            return ""
        first = result.beaten_by[0].scores
        nearer, worded = (
            first.get(name, 0.0) > right.scores.get(name, 0.0) for name in ("dense", "lexical")
        )
        key = {
            (True, True): "why_both",
            (True, False): "why_meaning",
            (False, True): "why_words",
            (False, False): "why_neither",
        }[nearer, worded]
        return f"<p>{self.words(key)}</p>"

    def _list(
        self,
        heading: str,
        hits: Sequence[Ranked],
        passages: Mapping[str, PassageText],
        why: str = "",
    ) -> str:
        if not hits:
            return ""
        listed = "".join(self._passage(hit, passages) for hit in hits)
        return (
            f'<section class="sheet"><h2>{heading}</h2>{why}<ol class="passages">{listed}</ol>'
            "</section>"
        )

    def _passage(self, hit: Ranked, passages: Mapping[str, PassageText], name: str = "") -> str:
        w, text = self.words, passages[hit.passage_id]
        rank = w("not_ranked") if hit.rank is None else w("rank", rank=hit.rank)
        scores = []
        if "dense" in hit.scores:
            scores.append(w("nearness", n=f"{hit.scores['dense']:.2f}"))
        if "lexical" in hit.scores:
            scores.append(w("points_of_words", n=number(hit.scores["lexical"], 1)))
        words = ", ".join(dict.fromkeys(word.found for word in hit.shared_words[:_MOST_WORDS]))
        shared = w("shared", words=words) if words else w("shared_none")
        return (
            f"<li><p><b>{rank}</b>{f' · {name}' if name else ''}</p>"
            f'<p class="opening" dir="auto">{shown(_opening(text.text))}</p>'
            f'<p class="reason">{", ".join(scores)}</p><p class="reason">{shared}</p>'
            f'<details><summary>{w("whole_passage")}</summary><p class="whole" dir="auto">'
            f"{shown(text.text)}</p>{self._source(text)}</details></li>"
        )


def _opening(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _OPENING else words[:_OPENING].rpartition(" ")[0] + " …"
