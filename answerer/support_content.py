"""What the cited sentences do not speak of at all: facts and causes put in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from answerer.support_cues import CAUSE_GIVEN
from answerer.support_meaning import held
from answerer.support_text import Word, words_of

_LEAST_COVERED = 1 / 3
"""Of a statement's words that mean something; a paraphrase keeps more of them."""

_CAUSE_BEHIND = (
    ("because",),
    ("due", "to"),
    ("owing", "to"),
    ("thanks", "to"),
    ("as", "a", "result", "of"),
    ("as", "a", "consequence", "of"),
    ("caused", "by"),
    ("on", "account", "of"),
    ("triggered", "by"),
    ("in", "order", "to"),
    ("so", "as", "to"),
    ("for", "fear", "of"),
    ("weil",),
    ("wegen",),
    ("parce", "que"),
    ("porque",),
)


def invented_content(
    statement: str, cited: Sequence[str], context: Sequence[str] = ()
) -> Iterator[str]:
    """Parts of the statement of which the cited sentences have hardly a word."""
    said = words_of(statement)
    given = [words_of(text) for text in cited]
    stems = {word.stem for words in given for word in words if word.is_content}
    stems |= {word.stem for text in context for word in words_of(text) if word.is_content}
    yield from _causes(said, given, stems)
    parts = [
        [word for word in part if word.is_weighty]
        for _, part in groupby(said, key=lambda word: word.clause)
    ]
    for part in parts:
        if len(part) > 1 and not any(held(word.stem, stems) for word in part):
            yield f"the cited sentences do not speak of: {' '.join(word.text for word in part)}"
            return
    weighty = [word for part in parts for word in part]
    covered = [word for word in weighty if held(word.stem, stems)]
    if len(weighty) > 2 and len(covered) < _LEAST_COVERED * len(weighty):
        missing = " ".join(word.text for word in weighty if word not in covered)
        yield f"the cited sentences do not speak of: {missing}"


def _causes(
    said: Sequence[Word], given: Sequence[Sequence[Word]], stems: set[str]
) -> Iterator[str]:
    for cause in _cause_phrases(said):
        weighty = [word for word in cause if word.is_weighty]
        covered = [word for word in weighty if held(word.stem, stems)]
        shown = " ".join(word.text for word in cause)
        gives_causes = any(word.form in CAUSE_GIVEN for words in given for word in words)
        if not gives_causes and (len(covered) < len(weighty) or len(given) > 1):
            yield f"the cited sentences do not say why: {shown}"
            return
        if weighty and len(covered) <= len(weighty) / 2:
            yield f"the cited sentences give no such cause: {shown}"
            return
        others = [word.stem for words in given for why in _cause_phrases(words) for word in why]
        if weighty and others and not any(held(word.stem, others) for word in weighty):
            yield f"the cited sentences give another cause than: {shown}"
            return


def _cause_phrases(words: Sequence[Word]) -> Iterator[list[Word]]:
    forms = [word.form for word in words]
    for place in range(len(words)):
        for cue in _CAUSE_BEHIND:
            end = place + len(cue)
            if tuple(forms[place:end]) == cue:
                clause = words[min(end, len(words) - 1)].clause
                yield [word for word in words[end:] if word.clause == clause and word.stem]
