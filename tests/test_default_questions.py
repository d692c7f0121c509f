"""The default document's test questions keep what their README promises."""

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import Stemmer

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = ROOT / "evaluation/questions/gdr-1963.jsonl"
README = QUESTIONS.with_name("README.md")
DOCUMENTS = ROOT / "documents"

LEAST = {  # questions of a kind
    "how-many": 8,
    "who": 8,
    "when": 8,
    "where": 4,
    "what": 8,
    "why": 8,
    "how": 5,
    "consequence": 5,
    "list": 8,
    "yes-no": 8,
    "letterhead": 12,
    "definition": 4,
    "statement": 6,
    "paraphrase": 12,
    "misspelled": 8,
    "name-variant": 10,
    "keyword": 8,
    "right-topic-absent-fact": 20,
    "false-premise": 10,
    "wrong-year-or-entity": 10,
    "off-topic-history": 8,
    "off-topic-daily": 5,
    "small-talk": 2,
}
UNANSWERABLE = {
    "right-topic-absent-fact",
    "false-premise",
    "wrong-year-or-entity",
    "off-topic-history",
    "off-topic-daily",
    "small-talk",
}
FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a an the and or but nor not no if then than that this these those it its he his
        him she her herself they their them i me my we us our you your who whom whose
        which what when where why how is are was were be been am do does did can could
        will would shall should may might must to of in on at by for from with within
        into about against between up down out off as so too also very any all some many
        much more most less few only same there here still yet while
        """,
    )
)

Row = dict[str, Any]
_stem = Stemmer.Stemmer("english").stemWord


def content_words(text: str) -> set[str]:
    words = re.findall(r"[^\W_]{2,}", text.casefold())
    return {_stem(word) for word in words if word not in FUNCTION_WORDS}


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def answerable(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["answerable"]]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Canonical texts by document id, made without the reader that is to be measured."""
    return {
        path.stem: unicodedata.normalize("NFC", path.read_bytes().decode().replace("\r\n", "\n"))
        for path in DOCUMENTS.glob("*.md")
    }


def test_fields_are_complete(rows: list[Row]) -> None:
    for row in rows:
        required = {"_id", "split", "kind", "text", "answerable", "evidence"}
        assert required <= row.keys() <= required | {"note"}, row["_id"]
        assert row["split"] in {"dev", "test"}, row["_id"]
        assert row["kind"] in LEAST, row["_id"]
        assert row["text"] == " ".join(row["text"].split()) != "", row["_id"]
        for evidence in row["evidence"]:
            assert evidence.keys() == {"document_id", "start", "end", "text", "answer"}, row["_id"]


def test_ids_stand_once(rows: list[Row]) -> None:
    assert [i for i, n in Counter(row["_id"] for row in rows).items() if n > 1] == []


def test_questions_stand_once(rows: list[Row]) -> None:
    wordings = Counter(" ".join(re.findall(r"\w+", row["text"].casefold())) for row in rows)
    assert [wording for wording, n in wordings.items() if n > 1] == []


def test_evidence_is_the_exact_slice(answerable: list[Row], texts: dict[str, str]) -> None:
    for row in answerable:
        for e in row["evidence"]:
            assert texts[e["document_id"]][e["start"] : e["end"]] == e["text"] != "", row["_id"]
            assert e["text"] == e["text"].strip(), row["_id"]


def test_the_answer_lies_in_its_evidence(answerable: list[Row]) -> None:
    for row in answerable:
        for evidence in row["evidence"]:
            answer = evidence["answer"]
            assert answer is None or (answer and answer in evidence["text"]), row["_id"]


def test_only_answerable_questions_have_evidence(rows: list[Row]) -> None:
    for row in rows:
        assert row["answerable"] == bool(row["evidence"]), row["_id"]
        assert row["answerable"] == (row["kind"] not in UNANSWERABLE), row["_id"]
        assert row["answerable"] or row.get("note"), f"{row['_id']} does not say why"


def test_there_are_enough_questions(rows: list[Row], answerable: list[Row]) -> None:
    assert len(rows) >= 150
    assert len(answerable) >= 95
    assert len(rows) - len(answerable) >= 55
    kinds = Counter(row["kind"] for row in rows)
    assert {kind: kinds[kind] for kind in LEAST if kinds[kind] < LEAST[kind]} == {}


def test_both_splits_hold_every_kind(rows: list[Row]) -> None:
    assert {(row["kind"], row["split"]) for row in rows} == {
        (kind, split) for kind in LEAST for split in ("dev", "test")
    }


@pytest.mark.parametrize("is_answerable", [True, False])
def test_dev_holds_about_45_percent(rows: list[Row], is_answerable: bool) -> None:
    splits = [row["split"] for row in rows if row["answerable"] == is_answerable]
    assert 0.40 <= splits.count("dev") / len(splits) <= 0.50


def test_no_word_of_evidence_is_in_both_splits(answerable: list[Row]) -> None:
    """What was tuned on one wording of a question would else be reported on another."""
    places: dict[str, set[tuple[str, int]]] = {"dev": set(), "test": set()}
    for row in answerable:
        for e in row["evidence"]:
            places[row["split"]].update((e["document_id"], i) for i in range(e["start"], e["end"]))
    assert places["dev"].isdisjoint(places["test"])


def test_paraphrases_share_no_content_word_with_their_evidence(answerable: list[Row]) -> None:
    shared = {
        row["_id"]: words
        for row in answerable
        if row["kind"] == "paraphrase"
        for evidence in row["evidence"]
        if (words := content_words(row["text"]) & content_words(evidence["text"]))
    }
    assert shared == {}


def test_few_questions_are_turned_round_sentences(answerable: list[Row]) -> None:
    def share(row: Row) -> float:
        asked = content_words(row["text"])
        return max(len(asked & content_words(e["text"])) / len(asked) for e in row["evidence"])

    assert sum(share(row) > 0.5 for row in answerable) <= len(answerable) / 4


def test_the_readme_counts_right(rows: list[Row]) -> None:
    table = re.findall(r"^\| ([a-z-]+) \| (\d+) \| (\d+) \|", README.read_text("utf-8"), re.M)
    counted = Counter((row["kind"], row["split"]) for row in rows)
    assert table == [(k, str(counted[k, "dev"]), str(counted[k, "test"])) for k in LEAST]
