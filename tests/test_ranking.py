"""What was learned is for the models that it was learned with; with others nobody is sure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from predictable import Floats, PredictableEmbedder

from answerer.extractive import ExtractiveAnswerer
from answerer.pipeline import Pipeline
from answerer.reader import READER_FOLDER, shipped_reader_sha256
from answerer.sentence_ranking import LearnedRanker, PlainRanker, SentenceRanker, ranker_for
from datatypes import Answer
from errors import ModelError
from index.build import build_index
from index.embedder import EXPORT_FOLDER, Embedder, ExportedEmbedder, read_recipe
from index.storage.passage_index import PassageIndex
from retriever.hybrid import Retriever
from retriever.ranking import RANKINGS, Ranking, ranking_for, read_ranking

DOCUMENTS = Path(__file__).parents[1] / "documents"
QUESTION = "Which ambassador avoids political conversations?"
THREE_QUOTES = "Which branch of the economy gets most attention this year?"


class NarrowEmbedder(PredictableEmbedder):
    """Scores everything between 0.8 and 1, as E5 does."""

    name = "narrow"
    sha256 = "02" * 32
    score_range = (0.8, 1.0)

    def _vector(self, text: str) -> Floats:
        own = super()._vector(text)
        common = np.zeros_like(own)
        common[0] = 1
        mixed = np.sqrt(0.8) * common + np.sqrt(0.2) * own
        vector: Floats = (mixed / np.linalg.norm(mixed)).astype(np.float32)
        return vector


class CountingEmbedder(ExportedEmbedder):
    """Counts the questions that it embeds."""

    def __init__(self) -> None:
        super().__init__(EXPORT_FOLDER)
        self.embedded: list[str] = []

    def embed_questions(self, questions: Sequence[str]) -> Floats:
        self.embedded += questions
        return super().embed_questions(questions)


def pipeline_of(folder: Path, embedder: Embedder) -> Pipeline:
    build_index(DOCUMENTS, folder, embedder=embedder)
    retriever = Retriever(PassageIndex.load(folder), embedder)
    return Pipeline(folder, ExtractiveAnswerer.load(retriever))


@pytest.fixture(scope="module")
def uncalibrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    pipeline = pipeline_of(tmp_path_factory.mktemp("narrow") / "index", NarrowEmbedder())
    yield pipeline
    pipeline.close()


def test_the_shipped_rankings_are_for_the_shipped_models(default_embedder: Embedder) -> None:
    reader = read_recipe(READER_FOLDER)["files"]["model.onnx"]
    assert shipped_reader_sha256() == reader
    for sha256 in (reader, None):
        ranking = ranking_for(default_embedder, sha256)
        assert ranking.calibrated
        assert (ranking.embedder_sha256, ranking.reader_sha256) == (default_embedder.sha256, sha256)
        assert isinstance(ranker_for(ranking), LearnedRanker)
    known = [read_ranking(path) for path in RANKINGS.glob("*.json")]
    assert {(each.embedder_sha256, each.reader_sha256) for each in known} == {
        *((default_embedder.sha256, sha256) for sha256 in (reader, None))
    }


def test_with_another_reader_passages_are_ranked_as_was_learned_and_sentences_plainly(
    default_embedder: Embedder,
) -> None:
    shipped = ranking_for(default_embedder)
    other = ranking_for(default_embedder, "03" * 32)
    assert other == replace(shipped, reader_sha256="03" * 32, weights=None)
    assert isinstance(ranker_for(other), PlainRanker)


def test_an_unknown_models_scores_count_over_the_range_that_they_have() -> None:
    plain, narrow = ranking_for(PredictableEmbedder()), ranking_for(NarrowEmbedder())
    assert not plain.calibrated
    assert (plain.passage_scale, plain.same_question) == (15.0, 0.9)
    assert narrow.passage_scale == pytest.approx(5 * plain.passage_scale)
    assert narrow.same_question == pytest.approx(0.98)
    assert narrow.degrees == pytest.approx((0.92, 0.89, 0.86))


def test_a_ranking_is_not_used_with_a_model_that_it_was_not_learned_with(
    default_folder: Path, default_embedder: Embedder
) -> None:
    other = Ranking("09" * 32, passage_scale=1_000.0)
    retriever = Retriever(PassageIndex.load(default_folder), default_embedder)
    answerer = ExtractiveAnswerer.build(retriever, None, ranking=other)
    assert answerer.retriever.ranking == ranking_for(default_embedder)


def test_without_a_ranking_documents_are_quoted_and_nobody_says_how_sure(
    uncalibrated: Pipeline,
) -> None:
    answer = uncalibrated.ask(QUESTION)
    assert "ambassador" in answer.citations[0].quote.text
    assert answer.confidence is None
    assert answer.doubtful
    told = json.loads(json.dumps(uncalibrated.to_json(answer)))
    assert (told["confidence"], told["calibrated"], told["found"]) == (None, False, True)
    assert (uncalibrated.note or "").startswith("Uncalibrated")
    assert uncalibrated.receipt(answer)["confidence"] is None


def test_both_rankers_put_all_sentences_in_order(default_folder: Path) -> None:
    answerer = ExtractiveAnswerer.load(Retriever.load(default_folder))
    plain: SentenceRanker = PlainRanker(answerer.retriever.ranking)
    for ranker in (answerer.ranker, plain):
        answer = replace(answerer, ranker=ranker).quote_answer(QUESTION)
        assert "ambassador" in answer.citations[0].quote.text
        scores = [hit.score for hit in answer.hits]
        assert scores == sorted(scores, reverse=True)
        assert (answer.confidence is None) == isinstance(ranker, PlainRanker)


def test_a_question_in_the_chat_is_embedded_once(tmp_path: Path) -> None:
    """With three quotes, why each of them was found, and what else may be asked."""
    embedder = CountingEmbedder()
    pipeline = pipeline_of(tmp_path / "index", embedder)
    embedder.embedded.clear()
    answer = pipeline.ask(THREE_QUOTES)
    assert len(answer.citations) == 3
    for citation in answer.citations:
        hit = next(hit for hit in answer.hits if hit.passage.overlaps(citation.quote))
        assert pipeline.matches(answer, hit.passage)
    assert pipeline.related_questions(answer)
    pipeline.to_json(answer)
    assert embedder.embedded == [THREE_QUOTES]
    pipeline.close()


def test_an_answer_from_elsewhere_is_parsed_again(default_folder: Path) -> None:
    pipeline = Pipeline.load(default_folder)
    answer = pipeline.ask(QUESTION)
    passage = answer.hits[0].passage
    bare: Answer = replace(answer, parsed=None)
    assert pipeline.matches(bare, passage) == pipeline.matches(answer, passage)
    assert pipeline.related_questions(bare) == pipeline.related_questions(answer)
    pipeline.close()


def test_a_ranking_with_other_features_than_todays_is_refused(default_embedder: Embedder) -> None:
    learned = ranking_for(default_embedder)
    with pytest.raises(ModelError, match="other features"):
        ranker_for(replace(learned, reader_sha256="04" * 32))
