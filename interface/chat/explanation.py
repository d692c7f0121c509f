"""Why a passage was found, and which ones came next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from datatypes import Answer, Hit, Passage, Quote, Span
from interface.server.library import Library
from interface.wording.wordings import Wording

MOST_RUNNERS_UP = 3
MOST_RUNNER_UP_CHARACTERS = 90
_BETWEEN = re.compile(r"[^ \n]")  # what keeps two matched words from being one phrase
_DEGREES = ("dense_close", "dense_near", "dense_loose")


@dataclass(frozen=True, slots=True)
class Explanation:
    """`phrases` of the question that stand in the passage, more reasons as sentences, and the
    openings of the passages that came next.
    """

    phrases: list[str]
    reasons: list[str]
    runners_up: list[tuple[Passage, str]]


def explain(library: Library, wording: Wording, quote: Quote, answer: Answer) -> Explanation | None:
    """None where the quote's passage is not among the answer's hits."""
    hit = next((hit for hit in answer.hits if hit.passage.overlaps(quote)), None)
    if hit is None:
        return None
    matched = library.matches(answer, hit.passage)
    others = [other.passage for other in answer.hits if not other.passage.overlaps(quote)]
    return Explanation(
        _phrases(quote.document.text, matched),
        list(_reasons(library, wording, hit, len(answer.hits))),
        [(passage, _opening_text(passage)) for passage in others[:MOST_RUNNERS_UP]],
    )


def _reasons(library: Library, wording: Wording, hit: Hit, n_hits: int) -> Iterator[str]:
    if (cosine := hit.scores.get("dense")) is not None:
        degrees = zip(library.similarity_degrees, _DEGREES, strict=True)
        degree = next((name for least, name in degrees if cosine >= least), "dense_far")
        yield wording["why_dense"].format(how=wording[degree], score=f"{cosine:.2f}")
    if (points := hit.scores.get("lexical")) is not None:
        yield wording["why_lexical"].format(score=f"{points:.1f}")
    yield wording.counted("why_rank", n_hits, rank=hit.rank)


def _opening_text(passage: Passage) -> str:
    opening = opening_of(passage, MOST_RUNNER_UP_CHARACTERS)
    return " ".join(opening.of(passage.document.text).split())


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
    phrases = {run.casefold(): run for run in (" ".join(run.of(text).split()) for run in runs)}
    return list(phrases.values())
