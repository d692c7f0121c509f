"""Sentences as evidence: described by numbers, scored, and cut into quotes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from answerer.evidence import SENTENCE_FEATURES, Sentence, describe_sentences, refers_back
from answerer.quoting import MOST_QUOTES, MOST_SENTENCES, cut_quotes
from answerer.sentence_ranking import RankedSentences, ranker_for
from errors import ModelError
from index.storage.passage_index import PassageIndex
from retriever.hybrid import ParsedQuestion, Retriever
from retriever.ranking import Linear, Ranking, Weights, read_ranking, write_ranking

QUESTION = "What share of its machine tools can the DPRK produce by herself?"


@pytest.fixture(scope="module")
def retriever(default_folder: Path) -> Retriever:
    return Retriever.load(default_folder)


def described(retriever: Retriever, question: str) -> tuple[ParsedQuestion, tuple[Sentence, ...]]:
    parsed = retriever.parse(question)
    return parsed, describe_sentences(parsed, retriever.candidates(parsed, k=12))


def ranked(retriever: Retriever, question: str) -> tuple[ParsedQuestion, RankedSentences]:
    parsed, sentences = described(retriever, question)
    return parsed, ranker_for(retriever.ranking).rank_sentences(parsed, sentences)


def feature(sentence: Sentence, name: str) -> float:
    return float(sentence.features[SENTENCE_FEATURES.index(name)])


def that_says(sentences: tuple[Sentence, ...], words: str) -> Sentence:
    return next(each for each in sentences if words in each.text)


def test_every_sentence_is_described_once(retriever: Retriever) -> None:
    _, sentences = described(retriever, QUESTION)
    spans = [sentence.span for sentence in sentences]
    assert len(spans) == len(set(spans)) > 20
    assert all(each.features.shape == (len(SENTENCE_FEATURES),) for each in sentences)
    assert all(np.isfinite(each.features).all() for each in sentences)


def test_a_sentence_that_answers_covers_more_of_the_question(retriever: Retriever) -> None:
    _, sentences = described(retriever, QUESTION)
    right = that_says(sentences, "92 percent of needed machine tools")
    wrong = that_says(sentences, "He declared")
    assert feature(right, "coverage") > feature(wrong, "coverage")
    assert feature(right, "has_number") == 1
    assert feature(wrong, "lacks_number") == 1


def test_other_names_count_as_the_name(retriever: Retriever) -> None:
    _, sentences = described(retriever, "What does North Korea export?")
    exports = that_says(sentences, "the DPRK fulfills its export obligations")
    assert feature(exports, "coverage") > 0.5


def test_headings_are_known_as_such(retriever: Retriever) -> None:
    _, sentences = described(retriever, "What is the original language?")
    assert feature(that_says(sentences, "Original Language"), "is_heading") == 1
    assert feature(that_says(sentences, "Translation - English"), "is_heading") == 0


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("They barely considered their own thoughts.", True),
        ("This is why attempts bear no fruit.", True),
        ("“It agreed.", True),
        ("The Soviet side agreed to that.", False),
        ("Italy agreed.", False),
    ],
)
def test_what_points_back_is_seen(sentence: str, expected: bool) -> None:
    assert refers_back(sentence) is expected


def test_what_points_back_is_quoted_with_what_it_points_to(retriever: Retriever) -> None:
    question = "Did the directors barely consider their own thoughts and measures?"
    parsed, sentences = ranked(retriever, question)
    quote = cut_quotes(parsed, replace(sentences, margin=0.0))[0]
    assert "how all directors stressed direct instructions" in quote.text
    assert quote.text.endswith("They barely considered their own thoughts and measures.")


def test_quotes_stay_few_short_and_apart(retriever: Retriever) -> None:
    parsed, sentences = ranked(retriever, QUESTION)
    quotes = cut_quotes(parsed, replace(sentences, margin=100.0))
    assert 1 < len(quotes) <= MOST_QUOTES
    for quote in quotes:
        inside = [each for each in sentences.sentences if quote.span.holds(each.span)]
        assert 1 <= len(inside) <= MOST_SENTENCES
    spans = [quote.span for quote in quotes]
    assert not any(a.overlaps(b) for a in spans for b in spans if a is not b)


def test_without_sentences_nothing_is_sure(retriever: Retriever) -> None:
    ranker = ranker_for(retriever.ranking)
    nothing = ranker.rank_sentences(retriever.parse(QUESTION), ())
    assert (nothing.sentences, nothing.confidence, nothing.answers) == ((), 0.0, False)


def test_confidence_is_a_probability(retriever: Retriever) -> None:
    for question in (QUESTION, "zzz", "bread", "the of and"):
        _, sentences = ranked(retriever, question)
        assert sentences.confidence is not None
        assert 0 <= sentences.confidence <= 1


def linear(features: tuple[str, ...], weight: float) -> Linear:
    n = len(features)
    return Linear(features, (0.0,) * n, (1.0,) * n, (weight,) * n, 0.5)


def test_a_ranking_comes_back_as_it_was_written(tmp_path: Path) -> None:
    weights = Weights(linear(("a",), 1.5), linear(("b", "c"), -2.0), not_found=0.3, margin=0.7)
    ranking = Ranking("01" * 32, "02" * 32, passage_scale=7.5, n_read=4, weights=weights)
    write_ranking(ranking, tmp_path / "first.json")
    assert read_ranking(tmp_path / "first.json") == ranking
    assert weights.sentence(np.array([[2.0], [0.0]])).tolist() == [3.5, 0.5]


@pytest.mark.parametrize("text", ["{", "[]", "null", '{"weights": 3}', "{}"])
def test_a_file_that_is_no_ranking_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="make weights"):
        read_ranking(tmp_path / "broken.json")


def test_a_ranking_for_other_features_is_refused() -> None:
    weights = Weights(linear(("a",), 1), linear(("b",), 1), 0.3, 0.7)
    with pytest.raises(ModelError, match="make weights"):
        ranker_for(Ranking("01" * 32, weights=weights))


def test_the_index_is_not_needed_for_its_texts_alone(default_index: PassageIndex) -> None:
    passages = list(default_index.texts.all_passages())
    assert len(passages) == default_index.recipe.n_passages
    assert all(passage.text for passage in passages)
