"""Any form of questions → a QuestionSet, its evidence checked against the documents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from errors import QuestionError
from evaluation.formats.beir import corpus_of_beir, is_beir, read_beir
from evaluation.formats.evidence_search import nearest_wording
from evaluation.formats.lines import fault_at
from evaluation.formats.questions_jsonl import read_questions_jsonl
from evaluation.formats.spreadsheet import read_spreadsheet
from evaluation.formats.squad import corpus_of_squad, is_squad, read_squad
from evaluation.question import Documents, Question, QuestionSet
from index.text.canonical import canonical

FORMS = (
    "questions.jsonl, a spreadsheet (.csv), a BEIR folder (queries.jsonl, qrels.tsv, corpus.jsonl) "
    "or SQuAD's JSON (.json, .json.gz)"
)


def brings_documents(path: Path) -> bool:
    """Whether the questions come with a collection of their own."""
    return is_beir(path) or is_squad(path)


def corpus_of(path: Path, work: Path) -> Path:
    """The questions' own collection as a file that can be indexed, made in `work` if need be."""
    return corpus_of_beir(path, work) if is_beir(path) else corpus_of_squad(path, work)


def read_questions(path: Path, documents: Documents) -> QuestionSet:
    """Raises QuestionError naming file, line and mend."""
    warnings: Sequence[str] = ()
    if is_beir(path):
        questions = list(read_beir(path))
        warnings = _unknown_documents(questions, documents)
    elif is_squad(path):
        questions = list(read_squad(path))
        _check(path, questions, documents)
    elif path.name.endswith((".jsonl", ".jsonl.gz")):
        questions = list(read_questions_jsonl(path, documents))
    elif path.suffix.lower() == ".csv":
        questions, warnings = read_spreadsheet(path, documents)
    elif path.exists():
        raise QuestionError(f"{path} is no known form of questions.", f"Give {FORMS}.")
    else:
        raise QuestionError(f"There is no file {path}.", f"Give {FORMS}.")
    if not questions:
        raise QuestionError(f"{path} holds no questions.", f"Give {FORMS}.")
    return QuestionSet(path, tuple(questions), brings_documents(path), tuple(warnings))


def _unknown_documents(questions: Sequence[Question], documents: Documents) -> list[str]:
    known = set(documents.document_ids())
    judged = {document_id for question in questions for document_id in question.relevant}
    missing = judged - known
    if judged and not judged & known:
        raise QuestionError(
            "None of the judged documents is in the index.",
            f"The judgments name {min(judged)}, the index {min(known, default='nothing')}: "
            "index the collection that was judged.",
        )
    if not missing:
        return []
    return [f"{len(missing)} judged documents are not in the index (such as {min(missing)})."]


def _check(path: Path, questions: Sequence[Question], documents: Documents) -> None:
    """SQuAD's evidence against the index: it may be an index of something else."""
    for question in questions:
        for evidence in question.evidence:
            with fault_at(path, f"question {question.query_id}"):
                document = documents.document(evidence.document_id)
                if document is None:
                    raise QuestionError(
                        f"the index has no document {evidence.document_id}.",
                        "Leave --index out: the paragraphs are then indexed under these names.",
                    )
                answers = question.answers
                if evidence.span.of(document.text) not in map(canonical, answers):
                    place = f"{evidence.span.start} of {evidence.document_id}"
                    raise QuestionError(
                        f"“{answers[0]}” is not at {place} in the index.",
                        nearest_wording(answers[0], [document]),
                    )
