"""Why a passage was found, and where a span stands: parts of an answer's HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable

from datatypes import Answer, Hit, Passage, Quote, Span
from interface.server.escaping import attribute, shown
from interface.server.library import Library
from interface.wording.wordings import Wording

MOST_RUNNERS_UP = 3
MOST_RUNNER_UP_CHARACTERS = 90
_BETWEEN = re.compile(r"[^ \n]")  # what keeps two matched words from being one phrase


def why(library: Library, words: Wording, quote: Quote, answer: Answer) -> str:
    """A drawer that says why the quote's passage was found, and which came next."""
    hit = next((hit for hit in answer.hits if _holds(hit.passage, quote)), None)
    if hit is None:
        return ""
    matched = library.matches(answer, hit.passage)
    found = _phrases(quote.document.text, matched)
    reasons = [
        f"{shown(words.why_words)} " + ", ".join(f"<b>{shown(each)}</b>" for each in found)
        if found
        else shown(words.why_no_words)
    ]
    degrees = library.similarity_degrees
    reasons += [shown(reason) for reason in _scores(words, hit, len(answer.hits), degrees)]
    others = [other for other in answer.hits if not _holds(other.passage, quote)]
    runners_up = "".join(_runner_up(other) for other in others[:MOST_RUNNERS_UP])
    return (
        f"<details><summary>{shown(words.why_button)}</summary>"
        f'<ul class="reasons">{"".join(f"<li>{reason}</li>" for reason in reasons)}</ul>'
        + (f"<p>{shown(words.runners_up)}</p><ol>{runners_up}</ol>" if runners_up else "")
        + "</details>"
    )


def _scores(
    words: Wording, hit: Hit, n_hits: int, degrees: tuple[float, float, float]
) -> Iterable[str]:
    if (cosine := hit.scores.get("dense")) is not None:
        names = (words.dense_close, words.dense_near, words.dense_loose)
        named = zip(degrees, names, strict=True)
        how = next((name for least, name in named if cosine >= least), words.dense_far)
        yield words.why_dense.format(how=how, score=f"{cosine:.2f}")
    if (points := hit.scores.get("lexical")) is not None:
        yield words.why_lexical.format(score=f"{points:.1f}")
    yield words.why_rank.format(rank=hit.rank, n=n_hits)


def _runner_up(hit: Hit) -> str:
    document, span = hit.passage.document, hit.passage.span
    opening = opening_of(hit.passage, MOST_RUNNER_UP_CHARACTERS)
    return (
        f'<li><button type="button" class="plain" {place(document.document_id, span)}>'
        f"{shown(' '.join(opening.of(document.text).split()))} …</button></li>"
    )


def place(document_id: str, span: Span, highlight: Span | None = None) -> str:
    """The attributes by which the page finds a span in a document."""
    place = f'data-document="{attribute(document_id)}" data-start="{span.start}"'
    place += f' data-end="{span.end}"'
    if highlight is None:
        return place
    return f'{place} data-from="{highlight.start}" data-to="{highlight.end}"'


def _holds(passage: Passage, quote: Quote) -> bool:
    same = passage.document.document_id == quote.document.document_id
    return same and passage.span.overlaps(quote.span)


def opening_of(passage: Passage, most: int) -> Span:
    """The passage's beginning after its headings, cut after a word: what it is about."""
    text, headings, end = passage.document.text, passage.document.headings, passage.span.end
    own = (
        sentence.start
        for sentence in passage.sentences
        if not any(sentence.overlaps(heading.span) for heading in headings)
    )
    start = next(own, passage.span.start)
    if end - start <= most:
        return Span(start, end)
    space = max(text.rfind(blank, start + 1, start + most) for blank in (" ", "\n"))
    return Span(start, space if space > start else start + most)


def _phrases(text: str, spans: Iterable[Span]) -> list[str]:
    """Each matched word once, as the text writes it; words that stand together in one."""
    runs: list[Span] = []
    for span in sorted(spans):
        if runs and not _BETWEEN.search(text, runs[-1].end, max(span.start, runs[-1].end)):
            runs[-1] = Span(runs[-1].start, max(runs[-1].end, span.end))
        else:
            runs.append(span)
    found = {run.casefold(): run for run in (" ".join(run.of(text).split()) for run in runs)}
    return list(found.values())
