"""The other files of test questions keep what their README promises."""

import json
import re
import tomllib
import unicodedata
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import Stemmer

from datatypes import Document
from errors import Problem
from evaluation.formats.question_files import read_questions
from evaluation.formats.questions_jsonl import question_lines
from evaluation.question import RESPONSES, Texts
from index.readers.folder import load_folder

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "evaluation/questions"
README = FOLDER / "README.md"
LETTERS = FOLDER / "letters"
N_QUESTIONS = {"visitors": 200, "languages": 120, "letters": 60, "catalogue": 140}
LANGUAGES = ("en", "de", "fr", "es", "ko")
COPY = {"1919-03-01-ivor-maddern-to-silas-garth", "letter-book-leaf-41"}

FUNCTION_WORDS = frozenset(
    """
    about anything between could does everything from many something that there these this what
    which with would your please
    alle alles auch aus bist bitte davon deiner eigentlich eine einem einen einmal etwas habt hier
    kannst welche welchen welchem welches überhaupt über diese dieser
    avec avez cette combien dans elle exactement moi plus quelle quelles quelque quoi tous
    algo cuál cuántas cuántos dónde está están esta esto favor hay para quién quiénes tenéis toda
    todo todos
    것도 누가 누구예요 몇 무슨 무엇인가요 수 어느 있나요 있어 있어요 것인가요 주세요 할
    """.split()  # noqa: SIM905
)

Row = dict[str, Any]


def rows_of(name: str) -> list[Row]:
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def rows() -> dict[str, list[Row]]:
    return {name: rows_of(name) for name in N_QUESTIONS}


@pytest.fixture(scope="module")
def every(rows: dict[str, list[Row]]) -> list[Row]:
    """The questions of all files, those of `gdr-1963` too."""
    return [row for each in (rows_of("gdr-1963"), *rows.values()) for row in each]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Canonical texts by document id, made without the reader that is to be measured."""
    paths = [*(ROOT / "documents").glob("*.md"), *LETTERS.glob("*.md"), *LETTERS.glob("*.txt")]
    return {
        path.stem: unicodedata.normalize("NFC", path.read_bytes().decode().replace("\r\n", "\n"))
        for path in paths
    }


@pytest.fixture(scope="module")
def documents(texts: dict[str, str]) -> Texts:
    return Texts(Document(name, name, text) for name, text in texts.items())


@pytest.mark.parametrize("name", N_QUESTIONS)
def test_fields_are_complete(rows: dict[str, list[Row]], name: str) -> None:
    assert len(rows[name]) == N_QUESTIONS[name]
    required = {"_id", "split", "kind", "language", "respond", "text", "answerable", "evidence"}
    place = {"document_id", "start", "end", "text", "answer"}
    for row in rows[name]:
        assert required <= row.keys() <= required | {"note", "group", "disagreement", "documents"}
        assert row["split"] in {"dev", "test"}, row["_id"]
        assert row["language"] in LANGUAGES, row["_id"]
        assert row["respond"] in RESPONSES, row["_id"]
        assert row["text"] == " ".join(row["text"].split()) != "", row["_id"]
        assert unicodedata.is_normalized("NFC", row["text"]), row["_id"]
        assert row["answerable"] == bool(row["evidence"]) == (row["respond"] == "quote")
        says_why = row["respond"] in {"quote", "catalogue"} or row.get("note")
        assert says_why, f"{row['_id']} does not say why"
        for evidence in row["evidence"]:
            assert place <= evidence.keys() <= place | {"value"}, row["_id"]
            assert ("value" in evidence) == row.get("disagreement", False), row["_id"]


@pytest.mark.parametrize("name", N_QUESTIONS)
def test_the_loader_reads_and_writes_them(name: str, documents: Texts, tmp_path: Path) -> None:
    questions = read_questions(FOLDER / f"{name}.jsonl", documents).questions
    again = tmp_path / "again.jsonl"
    again.write_text("\n".join(question_lines(questions, documents)), encoding="utf-8")
    written = read_questions(again, documents).questions
    assert [(each.language, each.respond, each.documents, each.values) for each in questions] == [
        (each.language, each.respond, each.documents, each.values) for each in written
    ]


def test_ids_and_wordings_stand_once_in_all_files(every: list[Row]) -> None:
    ids = Counter(row["_id"] for row in every)
    wordings = Counter(" ".join(re.findall(r"\w+", row["text"].casefold())) for row in every)
    assert [each for each, n in (*ids.items(), *wordings.items()) if n > 1] == []


def test_evidence_is_the_exact_slice_with_its_answer(
    every: list[Row], texts: dict[str, str]
) -> None:
    for row in every:
        for e in row["evidence"]:
            assert texts[e["document_id"]][e["start"] : e["end"]] == e["text"] != "", row["_id"]
            assert e["text"] == e["text"].strip(), row["_id"]
            assert e["answer"] is None or e["answer"] in e["text"], row["_id"]


@pytest.mark.parametrize("name", N_QUESTIONS)
def test_dev_holds_about_half(rows: dict[str, list[Row]], name: str) -> None:
    for field in ("split", "language", "respond"):
        for value in {row[field] for row in rows[name]} if field != "split" else {None}:
            splits = [row["split"] for row in rows[name] if value in (None, row[field])]
            assert 0.4 <= splits.count("dev") / len(splits) <= 0.6, (field, value)


@pytest.mark.parametrize("name", ["visitors", "letters", "catalogue"])
def test_both_splits_hold_every_kind(rows: dict[str, list[Row]], name: str) -> None:
    kinds: dict[str, set[str]] = {"dev": set(), "test": set()}
    for row in rows[name]:
        kinds[row["split"]].add(row["kind"])
    assert kinds["dev"] == kinds["test"]


def test_no_word_of_evidence_is_in_both_splits(every: list[Row]) -> None:
    places: dict[str, set[tuple[str, int]]] = {"dev": set(), "test": set()}
    for row in every:
        for e in row["evidence"]:
            places[row["split"]].update((e["document_id"], i) for i in range(e["start"], e["end"]))
    assert places["dev"].isdisjoint(places["test"])


def test_a_group_is_never_divided(every: list[Row]) -> None:
    split = {row["_id"]: row["split"] for row in every}
    for row in every:
        assert split[row.get("group", row["_id"])] == row["split"], row["_id"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_wordings_for_catalogue_and_help_share_no_word_between_the_splits(
    rows: dict[str, list[Row]], language: str
) -> None:
    """Names and function words aside: what is learned from dev's phrases does not pass test."""
    words: dict[str, set[str]] = defaultdict(set)
    for row in (*rows["visitors"], *rows["catalogue"]):
        if row["language"] == language and row["respond"] in {"catalogue", "help"}:
            words[row["split"]] |= content_words(row["text"], language)
    assert words["dev"]
    assert words["dev"] & words["test"] == set()


def content_words(text: str, language: str) -> set[str]:
    """Stems of words of four letters and more; of Korean ones the words as they stand."""
    words = set(re.findall(r"[^\W\d_]+", text.casefold())) - FUNCTION_WORDS - names()
    if language == "ko":
        return {word for word in words if len(word) >= 2 and not word.isascii()}
    name = {"en": "english", "de": "german", "fr": "french", "es": "spanish"}[language]
    return set(Stemmer.Stemmer(name).stemWords([word for word in words if len(word) >= 4]))


def names() -> set[str]:
    """Names of persons and places in the letters' metadata, in single words."""
    fields = [
        str(fields.get(name, ""))
        for fields in metadata().values()
        for name in ("creator", "recipients", "place")
        if fields["document_type"] in {"Letter", "Postcard"}
    ]
    named = {"étienne", "wilfred", "crane", "opie"}
    return named | set(re.findall(r"\w+", " ".join(fields).casefold()))


def metadata() -> dict[str, dict[str, Any]]:
    table = tomllib.loads((LETTERS / "collection.toml").read_text(encoding="utf-8"))
    return {Path(name).stem: fields for name, fields in table["documents"].items()}


def test_visitors_say_what_the_document_does_not_answer(rows: dict[str, list[Row]]) -> None:
    assert Counter(row["language"] for row in rows["visitors"]) == dict.fromkeys(LANGUAGES, 40)
    assert {row["respond"] for row in rows["visitors"]} == {"not_found", "help"}


def test_questions_in_four_languages_are_none_of_the_suggested_ones(
    rows: dict[str, list[Row]],
) -> None:
    counted = Counter((row["language"], row["answerable"]) for row in rows["languages"])
    assert counted == {
        (each, yes): n for each in LANGUAGES[1:] for yes, n in ((True, 25), (False, 5))
    }
    toml = tomllib.loads((ROOT / "documents/collection.toml").read_text(encoding="utf-8"))
    suggested = {
        wording
        for words in toml["collection"]["translations"].values()
        for wording in words["suggested_questions"].values()
    }
    assert suggested.isdisjoint(row["text"] for row in rows["languages"])


def test_disagreements_have_two_sides_from_different_documents(rows: dict[str, list[Row]]) -> None:
    differing = [row for row in rows["letters"] if row.get("disagreement")]
    assert len(differing) >= 10
    for row in differing:
        sides: dict[str, set[str]] = defaultdict(set)
        for evidence in row["evidence"]:
            sides[evidence["value"]].add(evidence["document_id"])
        assert len(sides) >= 2, row["_id"]
        assert all(a.isdisjoint(b) for a, b in combinations(sides.values(), 2)), row["_id"]


def test_what_the_copied_letter_answers_its_copy_answers_too(every: list[Row]) -> None:
    for row in every:
        places = defaultdict(set)
        for e in row["evidence"]:
            if e["document_id"] in COPY:
                places[e["document_id"]].add((e["start"], e["end"], e.get("value")))
        assert len(places) in (0, 2), row["_id"]
        assert len({frozenset(each) for each in places.values()}) <= 1, row["_id"]


def test_the_letters_are_read_as_they_stand(texts: dict[str, str]) -> None:
    loaded = list(load_folder(LETTERS))
    read = {
        each.document.document_id: each.document for each in loaded if not isinstance(each, Problem)
    }
    assert len(read) == len(loaded)
    assert read.keys() == metadata().keys()
    assert all(document.text == texts[name] for name, document in read.items())
    assert len({read[name].text for name in COPY}) == 1
    assert {document.metadata["language"] for document in read.values()} == {
        "English",
        "German",
        "French",
    }


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("cat-sender", "creator"),
        ("cat-recipient", "recipients"),
        ("cat-type", "document_type"),
        ("cat-place", "place"),
        ("cat-year", "date"),
    ],
)
def test_catalogue_questions_ask_for_documents_that_are_alike(
    rows: dict[str, list[Row]], kind: str, field: str
) -> None:
    for row in rows["catalogue"]:
        if row["kind"] == kind:
            shared = {str(metadata()[each][field]) for each in row["documents"]}
            years = {value[:4] for value in shared} if field == "date" else shared
            assert len(years) <= 1, row["_id"]


def test_the_catalogue_has_what_is_expected(rows: dict[str, list[Row]]) -> None:
    responses = Counter(row["respond"] for row in rows["catalogue"])
    assert (responses["catalogue"], responses["help"]) == (60, 40)
    assert responses["quote"] + responses["not_found"] == 40
    for row in rows["catalogue"]:
        assert set(row.get("documents", ())) <= metadata().keys(), row["_id"]
        if row["kind"] == "cat-all":
            assert set(row["documents"]) == metadata().keys(), row["_id"]


@pytest.mark.parametrize("name", N_QUESTIONS)
def test_the_readme_counts_right(rows: dict[str, list[Row]], name: str) -> None:
    readme = README.read_text(encoding="utf-8")
    table = re.findall(rf"^\| `{name}` \| ([a-z-]+) \| (\d+) \| (\d+) \|", readme, re.M)
    counted = Counter((row["kind"], row["split"]) for row in rows[name])
    kinds = dict.fromkeys(row["kind"] for row in rows[name])
    assert sorted(table) == sorted(
        (kind, str(counted[kind, "dev"]), str(counted[kind, "test"])) for kind in kinds
    )
    (cells,) = re.findall(rf"^\| `{name}` \| (.+ \+ .+) \|$", readme, re.M)
    halves = Counter((row["language"], row["split"]) for row in rows[name])
    halves |= Counter((row["respond"], row["split"]) for row in rows[name])
    assert cells.split(" | ") == [
        f"{halves[each, 'dev']} + {halves[each, 'test']}" if halves[each, "dev"] else "–"
        for each in (*LANGUAGES, *RESPONSES)
    ]
