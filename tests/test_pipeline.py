"""From a question to quotes: found, not found, followed up, and always cut from the document."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from answerer.pipeline import Pipeline
from datatypes import Answer, Quote, Span
from errors import IndexDamaged, IndexMissing, QuestionError
from index.build import build_index
from index.embedder import load_embedder

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "documents" / "1963-06-20-gdr-embassy-on-kwp-policy.md"
WORKERS = "How many workers take part in the Chollima movement?"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pipeline") / "index"
    build_index(ROOT / "documents", folder, embedder=load_embedder())
    return folder


@pytest.fixture(scope="module")
def pipeline(index: Path) -> Iterator[Pipeline]:
    loaded = Pipeline.load(index)
    yield loaded
    loaded.close()


def first_quote(answer: Answer) -> str:
    return answer.citations[0].quote.text


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (WORKERS, "Currently about 3 million workers are participating in this movement."),
        ("When did the 6th Plenum of the KWP take place?", "between 13 and 15 May 1963"),
        ("Which ambassador avoids political conversations?", "Romanian ambassador"),
        ("What is the objective of the visit to China?", "coordinate positions of both parties"),
        ("Who translated the document?", "Bernd Schaefer"),
    ],
)
def test_the_sentence_that_answers_is_quoted(pipeline: Pipeline, question: str, words: str) -> None:
    assert words in first_quote(pipeline.ask(question))


def test_every_quote_is_a_slice_of_the_file(pipeline: Pipeline) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for question in (*pipeline.collection.suggested_questions, "slogan", "What about Romania?"):
        for citation in pipeline.ask(question).citations:
            quote = citation.quote
            assert quote.text == text[quote.span.start : quote.span.end]
            assert len(quote.text.split()) > 1


def test_the_number_that_was_asked_for_is_marked(pipeline: Pipeline) -> None:
    quote = pipeline.ask(WORKERS).citations[0].quote
    assert quote.highlight is not None
    assert quote.highlight.of(quote.document.text) == "3 million"


@pytest.mark.parametrize(
    "question",
    [
        "How do I bake sourdough bread?",
        "Who won the football world cup in 2014?",
        "What is the boiling point of liquid nitrogen?",
    ],
)
def test_what_the_documents_do_not_say_is_not_answered(pipeline: Pipeline, question: str) -> None:
    answer = pipeline.ask(question)
    assert not answer.found
    assert answer.hits, "the nearest passages are offered all the same"
    known = pipeline.ask(WORKERS)
    assert (answer.confidence or 0.0) < (known.confidence or 0.0)


@pytest.mark.parametrize("question", ["", "   ", "\0\0", "🤔🤔", "?!", "x" * 501])
def test_what_is_no_question_is_refused_in_a_sentence(pipeline: Pipeline, question: str) -> None:
    with pytest.raises(QuestionError, match=r"[Pp]lease"):
        pipeline.ask(question)


def test_a_null_byte_inside_a_question_does_no_harm(pipeline: Pipeline) -> None:
    assert "3 million" in first_quote(pipeline.ask(WORKERS.replace(" ", "\0", 1)))


def test_a_follow_up_is_answered_from_the_turn_before(pipeline: Pipeline) -> None:
    before = pipeline.ask("How many workers take part in the Chollima movement?")
    answer = pipeline.ask("What is it geared towards?", previous=before)
    assert answer.understood_as == "What is the Chollima movement geared towards?"
    assert "competition" in first_quote(answer)


def test_the_same_question_is_answered_the_same_by_many_threads(pipeline: Pipeline) -> None:
    expected = {question: pipeline.ask(question) for question in (WORKERS, "Who leads the KWP?")}
    wrong: list[str] = []

    def ask() -> None:
        wrong.extend(q for q in expected if pipeline.ask(q) != expected[q])

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_hits_are_ranked_and_explained(pipeline: Pipeline) -> None:
    hits = pipeline.ask(WORKERS).hits
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert sorted((hit.score for hit in hits), reverse=True) == [hit.score for hit in hits]
    assert all({"dense", "lexical"} <= hit.scores.keys() for hit in hits)


@pytest.mark.parametrize("question", [WORKERS, "Which ambassador avoids political conversations?"])
def test_the_passage_of_the_first_quote_is_the_first_hit(pipeline: Pipeline, question: str) -> None:
    answer = pipeline.ask(question)
    assert answer.hits[0].passage.span.holds(answer.citations[0].quote.span)
    scores = [hit.score for hit in answer.hits]
    assert scores == sorted(scores, reverse=True)
    assert [hit.rank for hit in answer.hits] == list(range(1, len(scores) + 1))


def test_the_words_that_matched_are_named_as_the_document_writes_them(pipeline: Pipeline) -> None:
    answer = pipeline.ask(WORKERS)
    passage = next(hit.passage for hit in answer.hits if "3 million" in hit.passage.text)
    words = {span.of(passage.document.text) for span in pipeline.matches(answer, passage)}
    assert {"workers", "movement"} <= words
    assert "million" not in words


def test_a_permalink_leads_back_to_the_quote(pipeline: Pipeline) -> None:
    quote = pipeline.ask(WORKERS).citations[0].quote
    found = pipeline.find(pipeline.permalink(quote))
    assert found is not None
    assert (found.span, found.text) == (quote.span, quote.text)
    with pytest.raises(QuestionError):
        pipeline.find("no link at all")


def test_related_questions_are_others_than_the_one_asked(pipeline: Pipeline) -> None:
    related = pipeline.related_questions(pipeline.ask(WORKERS))
    assert 0 < len(related) <= 3
    assert WORKERS not in related


def test_a_quote_that_is_not_what_the_index_holds_never_leaves(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = pipeline.index.texts.stored_document(DOCUMENT.stem)
    assert stored is not None
    altered = type(stored)(stored.document_id, stored.title, stored.text.replace("3", "9"))
    monkeypatch.setattr(type(pipeline.index.texts), "stored_document", lambda *_: altered)
    with pytest.raises(IndexDamaged, match="quote"):
        pipeline.ask(WORKERS)


def test_without_an_index_the_mend_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="python -m index"):
        Pipeline.load(tmp_path)


def test_a_new_generation_is_picked_up_without_a_restart(tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "a.txt").write_text("The harbour master was called Otto Brandt.", encoding="utf-8")
    embedder = load_embedder()
    build_index(documents, tmp_path / "index", embedder=embedder)
    pipeline = Pipeline.load(tmp_path / "index")
    assert pipeline.n_documents == 1
    (documents / "b.txt").write_text("The lighthouse keeper was Ida Holm.", encoding="utf-8")
    build_index(documents, tmp_path / "index", embedder=embedder)
    time.sleep(1.1)  # it looks once a second
    assert pipeline.n_documents == 2
    assert "Ida Holm" in first_quote(pipeline.ask("Who was the lighthouse keeper?"))
    pipeline.close()


def test_quotes_of_one_answer_do_not_overlap(pipeline: Pipeline) -> None:
    for question in pipeline.collection.suggested_questions:
        spans = [citation.quote.span for citation in pipeline.ask(question).citations]
        assert not any(a.overlaps(b) for a in spans for b in spans if a is not b)


def test_an_overlapping_highlight_outside_its_quote_cannot_be_made(pipeline: Pipeline) -> None:
    document = pipeline.document(DOCUMENT.stem)
    assert document is not None
    with pytest.raises(ValueError, match="highlight"):
        Quote(document, Span(10, 20), Span(5, 12))
