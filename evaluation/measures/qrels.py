"""Evidence → qrels for whatever passages an index has: judgments survive a change of their size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from datatypes import Evidence, Passage, Span
from evaluation.formats.trec import Qrels
from evaluation.question import Question
from retriever.run import Unit, run_field

PassagesOf = Callable[[str], Sequence[Passage]]
"""The passages that the index has of a document, in order; none where it lacks the document."""


def derived_qrels(questions: Iterable[Question], unit: Unit, passages_of: PassagesOf) -> Qrels:
    """Judgments of the answerable questions. An unanswerable one has none: nothing is right.

    Ids are written as in a run.

    A query that was judged by document with no relevant one stays, and counts zero, as in
    trec_eval.
    """
    by_unit = _documents if unit == "document" else _passages
    return {
        run_field(question.query_id): {run_field(name): grade for name, grade in grades.items()}
        for question in questions
        if (grades := by_unit(question, passages_of))
    }


def right_passages(evidence: Iterable[Evidence], passages_of: PassagesOf) -> list[Passage]:
    """Those that hold a piece of evidence; of one that no passage holds, what has most of it."""
    holding: dict[str, Passage] = {}
    for piece in evidence:
        passages = passages_of(piece.document_id)
        right = [passage for passage in passages if passage.span.holds(piece.span)]
        if not right and passages:
            most = max(passages, key=lambda passage: n_common_characters(passage.span, piece.span))
            right = [most] if most.span.overlaps(piece.span) else []
        holding |= {passage.passage_id: passage for passage in right}
    return list(holding.values())


def n_common_characters(first: Span, second: Span) -> int:
    """Number of characters that lie in both."""
    return max(0, min(first.end, second.end) - max(first.start, second.start))


def _documents(question: Question, _: PassagesOf) -> dict[str, int]:
    return {piece.document_id: 1 for piece in question.evidence} | dict(question.relevant)


def _passages(question: Question, passages_of: PassagesOf) -> dict[str, int]:
    """Without evidence by place, every passage of a document has its document's grade."""
    if question.evidence:
        right = right_passages(question.evidence, passages_of)
        return {passage.passage_id: 1 for passage in right}
    return {
        passage.passage_id: grade
        for document_id, grade in question.relevant.items()
        for passage in passages_of(document_id)
    }
