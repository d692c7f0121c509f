"""The guard: does what a language model wrote go beyond the sentences that it points at?

Rules on the surface, each about one way in which models err. They find what contradicts or exceeds
the cited words; they do not prove that the rest is true. How many lies they stop is measured on
hand-written cases: `python -m benchmarks lies`.
"""

from __future__ import annotations

from collections.abc import Sequence

from answerer.support.claims import stretched_claims
from answerer.support.content import invented_content
from answerer.support.dates import uncovered_amounts
from answerer.support.directions import turned_directions
from answerer.support.names import exchanged_names, points_back, unknown_names
from answerer.support.pairs import mismatched_amounts
from answerer.support.polarity import turned_statements
from answerer.support.roles import swapped_roles
from answerer.support.speakers import other_speakers
from answerer.support.text import words_of
from index.text.folding import folded


def unsupported(
    statement: str,
    cited: Sequence[str],
    *,
    document_titles: Sequence[str] = (),
    before: Sequence[str] = (),
) -> tuple[str, ...]:
    """The reasons why the cited sentences do not cover the statement; none found: empty.

    `cited` is the text of the sentences. `document_titles` is what else may be named: title, date
    and other metadata of their documents. `before` are the sentences that stand before the cited
    ones: where these say "he" or "both", the name and the number may come from there. Marks such
    as [s12] must be gone from the statement.
    """
    if not cited:
        return ("no sentence is cited",)
    if folded(statement).strip() in {folded(text).strip() for text in cited}:
        return ()
    meant = _meant(cited, before)
    return (
        *uncovered_amounts(statement, cited, document_titles, meant),
        *mismatched_amounts(statement, cited),
        *unknown_names(statement, cited, [*document_titles, *meant], before),
        *turned_statements(statement, cited),
        *turned_directions(statement, cited),
        *stretched_claims(statement, cited),
        *swapped_roles(statement, cited),
        *other_speakers(statement, cited, before),
        *exchanged_names(statement, cited),
        *invented_content(statement, cited, [*document_titles, *meant]),
    )


def _meant(cited: Sequence[str], before: Sequence[str]) -> Sequence[str]:
    """The sentences before the cited ones, if a cited one points back to them."""
    return before if any(points_back(words_of(text)) for text in cited) else ()
