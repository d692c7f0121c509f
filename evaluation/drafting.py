"""Questions proposed for a new collection, for a person to keep or drop. No language model.

A statement with a date, a number or a name gives a cloze, and a question where its grammar is
plain enough to turn it round.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from datatypes import Document, Evidence, Query, Span
from evaluation.question import Question
from index.text.chunker import sentences_of

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DATE = (
    rf"(?:\d{{1,2}} {_MONTH} \d{{4}}|{_MONTH} \d{{1,2}}, \d{{4}}|{_MONTH} \d{{4}}"
    r"|1\d{3}|20\d{2})"
)
_NUMBER = r"(?:\d[\d,.]*\d|\d)(?: (?:percent|per cent|million|billion|thousand)\b| ?%)?"
_CAPITAL = r"[A-Z][\w'’-]+"
_NAME = rf"{_CAPITAL}(?: (?:of |de |von |van )?{_CAPITAL})*"
_SURE_NAME = rf"(?!The\b)(?:{_CAPITAL}(?: (?:of |de |von |van )?{_CAPITAL})+|[A-Z]{{2,}})"
_AUXILIARY = "(?:was|were|is|are|has|have|had|will|did|does|can|could|would|should|must)"

_FACTS = (
    ("date", re.compile(rf"\b{_DATE}\b")),
    ("number", re.compile(rf"(?<![\w.,-]){_NUMBER}(?![\w-])")),
    ("name", re.compile(rf"(?<=[a-z,] ){_NAME}\b")),
)
_WHEN = re.compile(
    rf"(?P<subject>(?:The |A |An )?[^,;:]{{3,60}}?) (?P<verb>{_AUXILIARY}) (?P<rest>[^,;:]+?)"
    rf" (?:in|on) (?P<answer>{_DATE})\.?$"
)
_HOW_MANY = re.compile(
    rf"(?:Currently |Today |Now )?(?:(?:[Aa]bout|[Ss]ome|[Oo]ver|[Nn]early) )?"
    rf"(?P<answer>{_NUMBER}) (?P<noun>(?:[a-z-]+ )?[a-z]+s) "
    rf"(?P<rest>(?:{_AUXILIARY}|\w+ed) .+?)\.?$"
)
_WHO = re.compile(
    rf"(?P<answer>(?:The )?{_SURE_NAME}) (?P<rest>(?:{_AUXILIARY}|[a-z]+ed) [^;:]+?)\.?$"
)
_TITLED = re.compile(
    r"\b(?:Comrade|Mr|Mrs|Ms|Dr|President|Minister|General|Ambassador|Professor|Mayor|King|Queen|Bishop)\b"
)
_LEANS_ON_BEFORE = re.compile(
    r"(?:It|They|He|She|This|That|These|Those|His|Her|Their|Its|In this|At the same|However|But|"
    r"And|Also|Both|Such|Here|There|Another)\b"
)
_WORD = re.compile(r"\w+")
_N_WORDS = range(7, 41)
GAP = "____"


@dataclass(frozen=True, slots=True)
class _Draft:
    kind: str
    text: str
    answer: str


def drafted(documents: Iterable[Document], n_before: int = 0) -> Iterator[Question]:
    """At most a cloze and a question for each sentence that can be understood by itself.

    They are numbered from `n_before` + 1.
    """
    number = n_before
    for document in documents:
        headings = {heading.span.start for heading in document.headings}
        for span in sentences_of(document):
            if span.start in headings:
                continue
            for draft in _drafts(" ".join(span.of(document.text).split())):
                number += 1
                yield _question(f"draft-{number:04}", draft, document, span)


def _drafts(sentence: str) -> Iterator[_Draft]:
    if _LEANS_ON_BEFORE.match(sentence) or "://" in sentence:
        return
    if len(_WORD.findall(sentence)) not in _N_WORDS:
        return
    turned = _turned(sentence)
    if turned:
        yield turned
    for kind, pattern in _FACTS:
        facts = [
            found
            for found in pattern.finditer(sentence)
            if sentence.count(found.group()) == 1
            and not (turned and found.group() in turned.answer)
        ]
        if facts:
            fact = max(facts, key=lambda found: len(found.group()))
            gapped = sentence[: fact.start()] + GAP + sentence[fact.end() :]
            yield _Draft(f"cloze-{kind}", gapped, fact.group())
            return


def _turned(sentence: str) -> _Draft | None:
    if found := _HOW_MANY.match(sentence):
        text = f"How many {found['noun']} {found['rest']}?"
        return _Draft("how many", text, found["answer"])
    if found := _WHEN.match(sentence):
        subject = re.sub(r"^(The|A|An) ", lambda match: match[0].lower(), found["subject"])
        return _Draft("when", f"When {found['verb']} {subject} {found['rest']}?", found["answer"])
    if found := _WHO.match(sentence):
        who = "Who" if _TITLED.search(found["answer"]) else "Who or what"
        return _Draft("who", f"{who} {found['rest']}?", found["answer"])
    return None


def _question(query_id: str, draft: _Draft, document: Document, span: Span) -> Question:
    return Question(
        Query(query_id, draft.text, (Evidence(document.document_id, span),)),
        answerable=True,
        answers=(draft.answer,),
        kind=draft.kind,
        note="draft: keep, mend or drop",
    )
