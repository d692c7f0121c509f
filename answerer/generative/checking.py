"""Claims of a language model → statements with quotes, or dropped, with the reasons."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from answerer.generative.entailment import unsupported
from answerer.generative.quotation_marks import keep_exact_quotes
from answerer.generative.reply import Claim
from datatypes import Dropped, Quote, Statement, visible_line

NOT_RELEVANT = "what it cites does not concern the question"

_MOST_CHARACTERS = 600  # of a statement; what is longer is no short statement
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
        text = keep_exact_quotes(visible_line(claim.text), cited)
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
        reasons = [
            f"the address {address} is in none of them"
            for address in _ADDRESS.findall(text)
            if not any(address in quote.text for quote in cited)
        ]
        reasons += unsupported(text, cited)
        if not reasons and not any(map(self._relevant, cited)):
            reasons.append(NOT_RELEVANT)
        return tuple(reasons)
