"""Questions proposed for a new collection, for a person to keep or drop. No language model.

A statement with a date, a number or a name gives a cloze, and a question where its grammar is
plain enough to turn it round.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from datatypes import Document, Evidence, Query
from evaluation.question import Question
from index.text.chunker import sentences_of
from language.base import Drafts, Language
from language.english import ENGLISH

_WORD = re.compile(r"\w+")
_N_WORDS = range(7, 41)
GAP = "____"


class _Draft(NamedTuple):
    kind: str
    text: str
    answer: str


def drafted(
    documents: Iterable[Document], numbers: Iterator[int], *, language: Language = ENGLISH
) -> Iterator[Question]:
    """At most a cloze and a question for each sentence that can be understood by itself.

    `numbers` go into their ids. In a language without grammar for it there are none.
    """
    for document in documents:
        headings = {heading.span.start for heading in document.headings}
        for span in sentences_of(document):
            if span.start in headings:
                continue
            evidence = Evidence(document.document_id, span)
            for draft in _drafts(" ".join(span.of(document.text).split()), language):
                yield Question(
                    Query(f"draft-{next(numbers):04}", draft.text, (evidence,)),
                    answerable=True,
                    answers=(draft.answer,),
                    kind=draft.kind,
                    note="draft: keep, mend or drop",
                )


def _drafts(sentence: str, language: Language) -> Iterator[_Draft]:
    grammar = language.drafts
    if grammar is None or re.match(grammar.leaning, sentence) or "://" in sentence:
        return
    if len(_WORD.findall(sentence)) not in _N_WORDS:
        return
    turned = _turned(sentence, grammar, language.articles)
    if turned:
        yield turned
    for kind, pattern in grammar.facts.items():
        facts = [
            fact
            for fact in re.finditer(pattern, sentence)
            if sentence.count(fact.group()) == 1 and not (turned and fact.group() in turned.answer)
        ]
        if facts:
            fact = max(facts, key=lambda fact: len(fact.group()))
            gapped = sentence[: fact.start()] + GAP + sentence[fact.end() :]
            yield _Draft(f"cloze-{kind}", gapped, fact.group())
            return


def _turned(sentence: str, grammar: Drafts, articles: Collection[str]) -> _Draft | None:
    """The question to which a plain statement is the answer."""
    for kind, pattern, question in grammar.statements:
        if match := re.match(pattern, sentence):
            parts = match.groupdict()
            first, _, rest = parts.get("subject", "").partition(" ")
            if first.lower() in articles:  # it no longer begins the sentence
                parts["subject"] = f"{first.lower()} {rest}"
            who = grammar.who[re.search(grammar.title, parts["answer"]) is None]
            return _Draft(kind, question.format(who=who, **parts), parts["answer"])
    return None
