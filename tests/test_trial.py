"""Another setting on test questions: it changes what is measured and nothing that visitors get."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from errors import SettingError
from evaluation.collection import prepare_collection
from evaluation.evaluate import evaluate
from evaluation.formats.question_files import read_questions
from evaluation.measures.quotes import quote_success
from evaluation.request import Request
from evaluation.trial import Trial
from index.storage.passage_index import PassageIndex

ROOT = Path(__file__).parents[1]
DOCUMENTS = ROOT / "documents"
SHIPPED = ROOT / "evaluation/questions/gdr-1963.jsonl"
QUESTION = "How many workers take part in the Chollima movement?"


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve of the default questions, every fourth without an answer."""
    rows = [json.loads(line) for line in SHIPPED.read_text().splitlines()]
    answerable = [row for row in rows if row["split"] == "dev" and row["answerable"]][::8][:9]
    others = [row for row in rows if row["split"] == "dev" and not row["answerable"]][::14][:3]
    path = tmp_path_factory.mktemp("trial") / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, [*answerable, *others])))
    return path


def values(questions: Path, index: Path, trial: Trial, mode: str = "hybrid") -> dict[str, float]:
    request = Request(
        questions,
        index=index,
        documents=DOCUMENTS,
        modes=(mode,),
        trial=trial,
    )
    run = evaluate(request, work=questions.parent / "work").report.runs[0]
    return {each.measure: each.value for each in run.figures}


def test_a_weight_of_one_is_the_shipped_ranking(default_folder: Path) -> None:
    shipped = Trial().retriever(default_folder).retrieve(QUESTION, k=20)
    nearly = Trial(meaning=1 + 1e-9).retriever(default_folder).retrieve(QUESTION, k=20)
    assert [hit.passage.span for hit in nearly] == [hit.passage.span for hit in shipped]
    assert [hit.rank for hit in nearly] == list(range(1, len(nearly) + 1))


def test_without_meaning_words_rank_and_with_much_of_it_meaning_does(default_folder: Path) -> None:
    words = Trial(meaning=0).retriever(default_folder).retrieve(QUESTION, k=20)
    points = [hit.scores["lexical"] for hit in words]
    assert points[0] == max(points)
    near = Trial(meaning=1_000).retriever(default_folder)
    dense = near.retrieve("Is the leadership afraid of its neighbours?", k=20)
    assert dense[0].scores["dense"] >= sorted(hit.scores["dense"] for hit in dense)[-3]


def test_passages_of_another_size_are_measured_in_an_index_of_their_own(
    questions: Path, default_folder: Path
) -> None:
    before = sorted(path.stat().st_mtime_ns for path in default_folder.rglob("*"))
    assert values(questions, default_folder, Trial(passage_tokens=60))
    assert sorted(path.stat().st_mtime_ns for path in default_folder.rglob("*")) == before
    (made,) = (questions.parent / "work").glob("*-passages-60")
    small, shipped = PassageIndex.load(made / "index"), PassageIndex.load(default_folder)
    assert small.recipe.n_passages > 2 * shipped.recipe.n_passages
    assert small.recipe.content_sha256 == shipped.recipe.content_sha256


def test_the_threshold_decides_how_often_it_is_silent(
    questions: Path, default_folder: Path
) -> None:
    never = values(questions, default_folder, Trial(not_found=0.0), "answer")
    always = values(questions, default_folder, Trial(not_found=1.0), "answer")
    assert (never["false_abstentions"], never["false_answers"]) == (0, 1)
    assert (always["false_abstentions"], always["false_answers"]) == (1, 0)


@pytest.mark.parametrize("size", [1, 5_000])
def test_a_size_the_model_cannot_read_is_refused(
    size: int, default_folder: Path, tmp_path: Path
) -> None:
    trial = Trial(passage_tokens=size)
    request = Request(SHIPPED, index=default_folder, documents=DOCUMENTS, trial=trial)
    with pytest.raises(SettingError, match=f"Passages of {size} tokens cannot be tried"):
        prepare_collection(request, work=tmp_path, progress=lambda *_: None)


def test_another_size_needs_the_documents(questions: Path, default_folder: Path) -> None:
    request = Request(questions, index=default_folder, trial=Trial(passage_tokens=60))
    with pytest.raises(SettingError, match="needs the documents themselves"):
        evaluate(request)


@pytest.mark.slow
def test_what_an_answer_is_made_of_can_be_taken_away(
    default_folder: Path, default_index: PassageIndex
) -> None:
    development = read_questions(SHIPPED, default_index.texts).of_split("dev").questions[::3]
    shipped = Trial().answerer(default_folder, ()).quote_answer(QUESTION)
    trials = (Trial(reader="none"), Trial(mode="lexical"), Trial(n_read=1))
    changed = [
        trial.answerer(default_folder, development).quote_answer(QUESTION) for trial in trials
    ]
    assert all(answer.found for answer in (shipped, *changed))
    assert len({answer.confidence for answer in (shipped, *changed)}) == 4


@pytest.mark.slow
def test_a_changed_ranking_is_calibrated_before_anybody_sees_its_answers(
    default_folder: Path, default_index: PassageIndex
) -> None:
    development = read_questions(SHIPPED, default_index.texts).of_split("dev").questions[::3]
    shipped = Trial().answerer(default_folder, ())
    tried = Trial(meaning=4).answerer(default_folder, development)
    before, after = shipped.retriever.ranking, tried.retriever.ranking
    assert (after.passage_scale, after.sentence_scale) == (60.0, 60.0)
    assert before.weights is not None
    assert after.weights is not None
    assert after.weights.sentence == before.weights.sentence
    assert after.weights.answer != before.weights.answer
    answers = [(tried.quote_answer(each.query.text), each) for each in development]
    right = [quote_success(answer, each, k=1) for answer, each in answers]
    sure = [answer.confidence or 0.0 for answer, _ in answers]
    assert sum(sure) / len(sure) == pytest.approx(sum(right) / len(right), abs=0.1)


def test_what_cannot_be_calibrated_is_refused(questions: Path, default_folder: Path) -> None:
    with pytest.raises(SettingError, match="too few development questions"):
        values(questions, default_folder, Trial(meaning=2), "answer")
    assert values(questions, default_folder, Trial(meaning=2), "hybrid")
