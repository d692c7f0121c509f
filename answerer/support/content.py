"""What the cited sentences do not speak of at all: facts and causes put in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, takewhile

from answerer.support.cues import CAUSE_GIVEN, CAUSES
from answerer.support.figures import UNITS, is_number_word
from answerer.support.meaning import held, one_word
from answerer.support.text import IRREGULAR, PREPOSITIONS, Word, words_of

_LEAST_COVERED = 1 / 3
"""Of a statement's words that mean something; a paraphrase keeps more of them."""

_DETERMINERS = frozenset(("a", "an", "the", "two", "three", "several", "some", "his", "its"))
_ASIDE = frozenset(("after", "before", "during", "despite", "following", "under", "by", "with"))
_JOINTS = frozenset(("and", "but", "or", "which", "who", "that", "was", "were", "is", "are"))
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
    around = {word.stem for text in context for word in words_of(text) if word.is_content}
    yield from _causes(said, given, stems)
    stems |= around & {word.stem for word in said}
    known = (
        w for w in said if is_number_word(w.form) or w.form in UNITS or (w.is_capital and w.start)
    )
    stems |= {word.stem for word in known}
    parts = [
        [word for word in part if word.is_weighty]
        for _, part in groupby(said, key=lambda word: word.clause)
    ]
    for part in parts:
        n_covered = sum(held(word.stem, stems) for word in part)
        n_said = sum(any(one_word(word.stem, stem) for stem in stems) for word in part)
        n_covered = 0 if len(part) > 2 and n_covered == 1 and not n_said else n_covered
        if len(part) > 1 and (not n_covered or _is_added(said, part, stems, n_covered)):
            yield f"the cited sentences do not speak of: {' '.join(word.text for word in part)}"
            return
    yield from _doers(said, stems)
    yield from _asides(said, stems)
    weighty = [word for part in parts for word in part]
    covered = [word for word in weighty if held(word.stem, stems)]
    if len(weighty) > 2 and len(covered) < _LEAST_COVERED * len(weighty):
        missing = " ".join(word.text for word in weighty if word not in covered)
        yield f"the cited sentences do not speak of: {missing}"


def _is_added(said: Sequence[Word], part: Sequence[Word], stems: set[str], n_covered: int) -> bool:
    """Whether a part that begins with "and" and a verb is hardly covered."""
    first = said[said.index(part[0]) - 1] if said.index(part[0]) else part[0]
    is_verb = part[0].form.endswith("ed") or part[0].form in IRREGULAR
    if first.form not in ("and", "but", "which", "who") or not is_verb:
        return False
    return not held(part[0].stem, stems) and n_covered <= len(part) / 3


def _asides(said: Sequence[Word], stems: set[str]) -> Iterator[str]:
    """Phrases of which the cited sentences have no word: "after heavy losses"."""
    phrase: list[Word] = []
    is_behind = False
    for word in (*said, None):
        ends = word is None or not word.stem or word.form in PREPOSITIONS or word.form in _JOINTS
        if ends and is_behind:
            weighty = [w for w in phrase if w.is_weighty and not w.is_capital]
            if len(weighty) > 1 and not any(held(w.stem, stems) for w in weighty):
                yield f"the cited sentences do not speak of: {' '.join(w.text for w in weighty)}"
                return
        if ends:
            phrase = []
            is_behind = word is not None and word.form in _ASIDE
        elif word is not None:
            phrase.append(word)


def _doers(said: Sequence[Word], stems: set[str]) -> Iterator[str]:
    """What something was done by, if the cited sentences do not speak of it: by a flood."""
    for place, word in enumerate(said[:-1]):
        is_passive = said[place - 1].form.endswith("ed") or (
            said[place + 1].form in _DETERMINERS
            and any(w.form in ("was", "were") and w.clause == word.clause for w in said[:place])
        )
        if word.form != "by" or not place or not is_passive:
            continue
        behind = [w for w in said[place + 1 : place + 5] if w.stem]
        run = list(takewhile(lambda w: w.form not in PREPOSITIONS, behind))
        doers = [w for w in run if w.is_weighty]
        if doers and not any(held(w.stem, stems) for w in doers):
            yield f"the cited sentences do not speak of: by {doers[-1].text}"
            return


def _causes(
    said: Sequence[Word], given: Sequence[Sequence[Word]], stems: set[str]
) -> Iterator[str]:
    for cause in _cause_phrases(said):
        weighty = [word for word in cause if word.is_weighty]
        covered = [word for word in weighty if held(word.stem, stems)]
        shown = " ".join(word.text for word in cause)
        gives_causes = any(word.form in CAUSE_GIVEN for words in given for word in words)
        least = len(weighty) if len(given) > 1 else len(weighty) / 2
        if not gives_causes and len(covered) < least:
            yield f"the cited sentences do not say why: {shown}"
            return
        explicit = any(word.form in CAUSES for words in given for word in words)
        if len(weighty) > explicit and len(covered) <= len(weighty) / 2:
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
                behind = takewhile(lambda word: word.text not in ",;:.", words[end:])
                yield [word for word in behind if word.stem]
