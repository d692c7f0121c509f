"""The guard: does what a language model wrote go beyond the sentences that it points at?

Rules on the surface, each about one way in which models err: numbers and dates, names, denial.
They find what contradicts or exceeds the cited words; they do not prove that the rest is true.
"""

from __future__ import annotations

from collections.abc import Sequence

from answerer.support_amounts import uncovered_amounts
from answerer.support_names import unknown_names
from answerer.support_polarity import turned_statements


def unsupported(
    statement: str, cited: Sequence[str], *, document_titles: Sequence[str] = ()
) -> tuple[str, ...]:
    """The reasons why the cited sentences do not cover the statement; none found: empty.

    `cited` is the text of the sentences, `document_titles` what else may be named: title, date
    and other metadata of their documents. Marks such as [s12] must be gone from the statement.
    """
    if not cited:
        return ("no sentence is cited",)
    return (
        *uncovered_amounts(statement, cited, document_titles),
        *unknown_names(statement, cited, document_titles),
        *turned_statements(statement, cited),
    )
