"""Claims of a language model → statements with quotes, or dropped, with the reasons."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from answerer.generative.numbered import visible
from answerer.generative.quotation_marks import settled
from answerer.generative.reply import Claim
from answerer.support.support import unsupported
from datatypes import Document, Dropped, Quote, Statement
from index.text.chunker import sentences_of

NOT_RELEVANT = "what it cites does not concern the question"

_MOST_CHARACTERS = 600  # of a statement; what is longer is no short statement
_LOOKED_BACK = 800  # characters
_N_BEFORE = 3  # sentences, as the guard was measured
_LEAST_SIGNS = 4  # letters and digits; less is a scrap of something else
_ADDRESS = re.compile(r"\w+://\S+|\bwww\.\S+|\bdata:\S+|!?\[[^\]]*\]\([^)]*\)", re.IGNORECASE)


class Checker:
    """Takes the claims of one reply, in order."""

    def __init__(
        self, sentences: Sequence[Quote], *, relevant: Callable[[Quote], bool] = lambda _: True
    ) -> None:
        self.statements: list[Statement] = []
        self.dropped: list[Dropped] = []
        self.n_unknown = 0
        self._sentences = sentences
        self._relevant = relevant

    def take(self, claim: Claim) -> bool:
        """Whether it is a new statement now."""
        cited = [
            self._sentences[number - 1]
            for number in claim.numbers
            if 0 < number <= len(self._sentences)
        ]
        self.n_unknown += len(claim.numbers) - len(cited)
        text = settled(visible(claim.text), cited)
        if text in (statement.text for statement in self.statements):
            return False
        reasons = self._reasons(text, cited)
        if reasons:
            self.dropped.append(Dropped(claim.text, reasons))
            return False
        self.statements.append(Statement(text, tuple(cited)))
        return True

    def _reasons(self, text: str, cited: Sequence[Quote]) -> tuple[str, ...]:
        if not cited:
            return ("it cites none of the sentences",)
        if sum(map(str.isalnum, text)) < _LEAST_SIGNS:
            return ("it says nothing",)
        if len(text) > _MOST_CHARACTERS:
            return ("it is too long",)
        words = [quote.text for quote in cited]
        found = [
            f"the address {address} is in none of them"
            for address in _ADDRESS.findall(text)
            if not any(address in each for each in words)
        ]
        found += guarded(text, cited)
        if not found and not any(map(self._relevant, cited)):
            found.append(NOT_RELEVANT)
        return tuple(found)


def guarded(text: str, cited: Sequence[Quote]) -> tuple[str, ...]:
    """What the guard says of the statement, told what stands before and above what it cites."""
    titles = dict.fromkeys(said for quote in cited for said in _said_of(quote.document))
    return unsupported(
        text,
        [quote.text for quote in cited],
        document_titles=tuple(titles),
        before=tuple(each for quote in cited for each in _before(quote)),
    )


def _before(quote: Quote) -> list[str]:
    """The sentences ahead of the quote, from which it may take whom "he" or "both" means."""
    start = quote.span.start
    ahead = quote.document.text[max(0, start - _LOOKED_BACK) : start]
    if not ahead.strip():
        return []
    spans = sentences_of(Document(quote.document.document_id, "", ahead))
    return [span.of(ahead) for span in spans[-_N_BEFORE:]]


def _said_of(document: Document) -> list[str]:
    """Title and metadata, which a statement may name too."""
    values = [
        each if isinstance(each, str) else ", ".join(each) for each in document.metadata.values()
    ]
    return [document.title, *values]
