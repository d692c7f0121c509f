"""Questions come in five forms; whatever is wrong with one is said with file, line and mend."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datatypes import Document, Evidence, Span
from errors import QuestionError
from evaluation.formats.question_files import corpus_of, read_questions
from evaluation.formats.questions_jsonl import question_lines
from evaluation.formats.trec import read_qrels, read_run
from evaluation.question import Texts

LETTER = Document(
    "letter",
    "A letter",
    "Dear Anna,\nthe bridge at Ostrow was opened in 1894. It cost ninety thou-\nsand crowns. The "
    "mayor, Jan Dubský, cut the ribbon in the rain.",
)
DOCUMENTS = Texts([LETTER])
RIBBON = LETTER.text.index("The mayor")


def own_form(folder: Path, **changes: object) -> Path:
    text = LETTER.text[RIBBON : RIBBON + 21]
    row: dict[str, Any] = {
        "_id": "q1",
        "split": "dev",
        "kind": "who",
        "text": "Who opened the bridge?",
        "answerable": True,
        "evidence": [
            {
                "document_id": "letter",
                "start": RIBBON,
                "end": RIBBON + 21,
                "text": text,
                "answer": "Jan Dubský",
            }
        ],
    }
    for name, value in changes.items():
        place = row["evidence"][0] if name in ("start", "answer", "document_id") else row
        place[name.replace("wording", "text")] = value
    if "wording" in changes:
        row["evidence"][0]["text"] = row.pop("text")
        row["text"] = "Who?"
    path = folder / "questions.jsonl"
    path.write_text("\n" + json.dumps(row) + "\n", encoding="utf-8")
    return path


def refused(path: Path, *said: str) -> None:
    with pytest.raises(QuestionError) as caught:
        read_questions(path, DOCUMENTS)
    for each in (str(path), *said):
        assert each in str(caught.value)


def test_our_own_form_gives_evidence_by_place(tmp_path: Path) -> None:
    (question,) = read_questions(own_form(tmp_path), DOCUMENTS).questions
    assert question.evidence == (Evidence("letter", Span(RIBBON, RIBBON + 21)),)
    assert (question.answers, question.split, question.kind) == (("Jan Dubský",), "dev", "who")


def test_evidence_in_another_place_is_refused_with_its_real_place(tmp_path: Path) -> None:
    refused(own_form(tmp_path, start=3), "line 2", f"It stands at {RIBBON}–{RIBBON + 21}.")


def test_evidence_that_is_nowhere_is_refused_with_the_nearest_wording(tmp_path: Path) -> None:
    path = own_form(tmp_path, wording="The mayor, Jan Dubsky", answer=None)
    refused(path, "line 2", "The nearest wording is “The mayor, Jan Dubský” (letter, ")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"answerable": False}, "answerable and evidence disagree"),
        ({"evidence": []}, "answerable and evidence disagree"),
        ({"answer": "Jan Novák"}, "the answer “Jan Novák” is not in the evidence"),
        ({"document_id": "lett"}, "Did you mean letter?"),
        ({"text": " "}, "_id or text is missing"),
        ({"answerable": "yes"}, "neither true nor false"),
    ],
)
def test_a_faulty_line_of_our_own_form_is_refused(
    tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    refused(own_form(tmp_path, **changes), "line 2", said)


def test_a_written_question_is_read_as_it_was(tmp_path: Path) -> None:
    before = read_questions(own_form(tmp_path), DOCUMENTS).questions
    path = tmp_path / "again.jsonl"
    path.write_text("\n".join(question_lines(before, DOCUMENTS)), encoding="utf-8")
    assert read_questions(path, DOCUMENTS).questions == before


DIFFER = [
    {
        "document_id": "letter",
        "start": start,
        "end": start + len(text),
        "text": text,
        "value": value,
    }
    for text, value in (("opened in 1894", "1894"), ("ninety thou-\nsand crowns", "90000"))
    for start in (LETTER.text.index(text),)
]


@pytest.mark.parametrize(
    "changes",
    [
        {"language": "pt-BR"},
        {"respond": "quote", "language": "de"},
        {"respond": "not_found", "answerable": False, "evidence": []},
        {"respond": "help", "answerable": False, "evidence": []},
        {"respond": "catalogue", "answerable": False, "evidence": [], "documents": ["letter"]},
        {"respond": "catalogue", "answerable": False, "evidence": [], "documents": []},
        {"disagreement": True, "evidence": DIFFER},
    ],
)
def test_what_a_question_expects_is_kept_and_written_back(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    path = own_form(tmp_path, **changes)
    before = read_questions(path, DOCUMENTS).questions
    (question,) = before
    assert question.language == changes.get("language")
    assert question.respond == changes.get("respond")
    assert question.documents == tuple(changes.get("documents", ()))  # type: ignore[arg-type]
    assert question.disagreement == ("disagreement" in changes)
    assert list(question.values.values()) == (["1894", "90000"] if question.disagreement else [])
    path.write_text("\n".join(question_lines(before, DOCUMENTS)), encoding="utf-8")
    assert read_questions(path, DOCUMENTS).questions == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"language": "German"}, "language 'German' is no code of a language. Write de or pt-BR."),
        ({"language": 7}, "language 7 is no code of a language."),
        ({"respond": "refuse"}, "respond cannot be 'refuse'. Write one of: quote, not_found, "),
        ({"respond": "help"}, "respond and answerable disagree."),
        (
            {"respond": "quote", "answerable": False, "evidence": []},
            "respond and answerable disagree.",
        ),
        (
            {"respond": "catalogue", "answerable": False, "evidence": []},
            "documents and respond disagree.",
        ),
        ({"documents": ["letter"]}, "documents and respond disagree."),
        (
            {"respond": "catalogue", "answerable": False, "evidence": [], "documents": ["lett"]},
            "there is no document lett. Did you mean letter?",
        ),
        (
            {"respond": "catalogue", "answerable": False, "evidence": [], "documents": "letter"},
            "documents is no list of texts.",
        ),
        ({"disagreement": "yes"}, "disagreement is neither true nor false."),
        ({"disagreement": True}, "disagreement needs evidence of at least two values."),
        (
            {"disagreement": True, "evidence": [each | {"value": "1"} for each in DIFFER]},
            "disagreement needs evidence of at least two values.",
        ),
        (
            {"evidence": [each | {"value": 1894} for each in DIFFER]},
            "a value of the evidence is no text.",
        ),
    ],
)
def test_what_a_question_cannot_expect_is_refused(
    tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    refused(own_form(tmp_path, **changes), "line 2", said)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_spreadsheet_finds_its_expected_words_in_the_documents(
    tmp_path: Path, delimiter: str
) -> None:
    path = tmp_path / "sheet.csv"
    rows = [
        ["Question", "Expected words", "Answerable"],
        ["What did it cost?", '"NINETY THOUSAND | ninety thousand crowns"', "yes"],
        ["How long is it?", "", "no"],
    ]
    path.write_bytes("\r\n".join(delimiter.join(row) for row in rows).encode("utf-8-sig"))
    cost, length = read_questions(path, DOCUMENTS).questions
    assert [each.span.of(LETTER.text) for each in cost.evidence] == [
        "ninety thou-\nsand",
        "ninety thou-\nsand crowns",
    ]
    assert (length.answerable, length.evidence) == (False, ())


def test_a_spreadsheet_in_an_old_encoding_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_bytes("Frage;Antwort\nWer schnitt das Band?;Jan Dubský\n".encode("cp1252"))
    (question,) = read_questions(path, DOCUMENTS).questions
    assert question.evidence[0].span.of(LETTER.text) == "Jan Dubský"


def test_expected_words_are_whole_words(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("question,expected words\nWhich year?,894\n")
    refused(path, "line 2", "“894” is not in the documents")


def test_expected_words_that_are_nowhere_bring_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("question,expected words\nWho?,Jan Dubsko\n")
    refused(path, "line 2", "The nearest wording is “Jan Dubský”")


def test_expected_words_that_stand_everywhere_are_warned_about(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("question,expected words\nWhat?,bridge\n")
    many = Texts([Document("d", "d", "The bridge. " * 30)])
    (warning,) = read_questions(path, many).warnings
    assert "line 2" in warning
    assert "30 places" in warning


def test_a_spreadsheet_without_the_columns_names_them(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("who,what\na,b\n")
    refused(path, "line 1", "question and expected words", "question, expected words, answerable")


def beir(folder: Path, *, packed: bool = False, splits: bool = False) -> Path:
    def write(name: str, text: str) -> None:
        path = folder / (f"{name}.gz" if packed else name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())

    write("corpus.jsonl", '{"_id": "letter", "title": "A letter", "text": "The bridge."}\n')
    write(
        "queries.jsonl",
        '{"_id": "a", "text": "bridge?"}\n{"_id": "b", "text": "road?"}\n'
        '{"_id": "c", "text": "tunnel?", "answerable": false}\n'
        '{"_id": "d", "text": "not judged"}\n',
    )
    header = "query-id\tcorpus-id\tscore\n"
    if splits:
        write("qrels/dev.tsv", f"{header}a\tletter\t2\n")
        write("qrels/test.tsv", f"{header}b\tletter\t0\n")
    else:
        write("qrels.tsv", f"{header}a\tletter\t2\nb\tletter\t0\n")
    return folder


@pytest.mark.parametrize("packed", [False, True])
def test_a_beir_folder_has_its_judged_queries_and_its_corpus(tmp_path: Path, packed: bool) -> None:
    folder = beir(tmp_path, packed=packed)
    read = read_questions(folder, DOCUMENTS)
    assert [(each.query_id, each.answerable) for each in read.questions] == [
        ("a", True),
        ("b", False),
        ("c", False),
    ]
    assert read.questions[0].relevant == {"letter": 2}
    assert "The bridge." in corpus_of(folder, tmp_path / "work").read_text()


def test_the_files_of_a_beir_folder_are_its_splits(tmp_path: Path) -> None:
    read = read_questions(beir(tmp_path, splits=True), DOCUMENTS)
    assert [each.query_id for each in read.of_split("test").questions] == ["b"]
    with pytest.raises(QuestionError, match="It has dev, test"):
        read.of_split("train")


def test_judgments_of_another_collection_are_refused(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="None of the judged documents is in the index"):
        read_questions(beir(tmp_path), Texts([Document("other", "Other", "Text.")]))


CONTEXT = "  The cafe\u0301 at Ostrow was opened in 1894 by Anna."


def squad(folder: Path, change: Callable[[dict[str, Any]], object] = lambda qa: None) -> Path:
    asked = {
        "id": "s1",
        "question": "When was it opened?",
        "answers": [{"text": "1894", "answer_start": CONTEXT.index("1894")}] * 2,
        "is_impossible": False,
    }
    change(asked)
    impossible = {"id": "s2", "question": "Who paid?", "answers": [], "is_impossible": True}
    paragraph = {"context": CONTEXT, "qas": [asked, impossible]}
    data = {"version": "v2.0", "data": [{"title": "Old_cafes", "paragraphs": [paragraph]}]}
    path = folder / "dev.json.gz"
    path.write_bytes(gzip.compress(json.dumps(data).encode()))
    (folder / "split.json").write_text(json.dumps({"test": ["Old cafes"]}))
    return path


def indexed_paragraph(path: Path, work: Path) -> Document:
    row = json.loads(corpus_of(path, work).read_text(encoding="utf-8"))
    from index.text.canonical import canonical

    return Document(row["_id"], row["title"], canonical(row["text"]))


def test_squad_evidence_is_counted_in_the_text_that_is_indexed(tmp_path: Path) -> None:
    path = squad(tmp_path)
    document = indexed_paragraph(path, tmp_path / "work")
    first, second = read_questions(path, Texts([document])).questions
    assert document.document_id == "d000p0000"
    assert [each.span.of(document.text) for each in first.evidence] == ["1894"]
    assert (first.answers, first.split, second.answerable) == (("1894",), "test", False)


def test_squad_without_is_impossible_is_answerable(tmp_path: Path) -> None:
    path = squad(tmp_path, lambda qa: qa.pop("is_impossible"))
    document = indexed_paragraph(path, tmp_path / "work")
    assert read_questions(path, Texts([document])).questions[0].answerable


def test_a_squad_answer_in_the_wrong_place_is_refused_with_the_nearest(tmp_path: Path) -> None:
    path = squad(tmp_path, lambda qa: qa["answers"][0].update(text="1849"))
    refused(path, "question s1", "“1849” is not at", "The nearest wording is “1894”")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("q.txt", "", "no known form of questions"),
        ("q.jsonl", "{", "line 1: not valid JSON"),
        ("q.jsonl", "[1]", "line 1: no JSON object"),
        ("q.jsonl", "", "holds no questions"),
        ("q.json", '{"data": 3}', "not in SQuAD's form"),
        ("q.json", "{", "line 1: not valid JSON"),
        ("q.json.gz", "plain", "not a whole gzip file"),
        ("q.csv", "", "no column is called question"),
    ],
)
def test_what_is_no_question_file_is_refused_by_name(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    refused(path, said)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    refused(tmp_path / "none.jsonl", "There is no file")


def test_runs_and_qrels_of_any_system_are_read(tmp_path: Path) -> None:
    qrels, run = tmp_path / "qrels", tmp_path / "run.gz"
    qrels.write_text("q1 0 d1 2\nq1 0 d2 -1\n")
    run.write_bytes(gzip.compress(b"q1\tQ0\td2\t1\t7.5e-1\tbm25\n"))
    assert read_qrels(qrels) == {"q1": {"d1": 2, "d2": -1}}
    assert read_run(run) == {"q1": {"d2": 0.75}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("q1 Q0 d1 1 2 a\nq1 Q0 d1 2 1 a\n", "line 2: d1 stands twice"),
        ("q1 Q0 d1 1 high a\n", "line 1: the score high is no number"),
        ("q1 Q0 d1 1 nan a\n", "line 1: the score nan is no number"),
        ("q1 d1 1\n", "line 1: 3 columns instead of 6"),
        ("", "run is empty"),
    ],
)
def test_a_faulty_run_is_refused_by_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "run"
    path.write_text(text)
    with pytest.raises(QuestionError, match=said):
        read_run(path)
