"""Answers in a scripted model's words over the real index: what is shown, left out, and said."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from scripted_llm import Asked, Reply, ScriptedLLM, as_json, scripted_llm

from answerer.extractive import ExtractiveAnswerer
from answerer.generative.answering import ANSWER_TOKENS, OTHER_TOKENIZERS
from answerer.generative.language_model import LanguageModel, ModelSettings
from answerer.generative.quotation_marks import quoted_parts
from answerer.generative.receipts import read_receipt, verify_receipt
from answerer.pipeline import Pipeline
from datatypes import Answer
from errors import QuestionError
from retriever.hybrid import Retriever

ROOT = Path(__file__).parents[1]
DOCUMENTS = ROOT / "documents"
WORKERS = "How many workers take part in the Chollima movement?"
SENTENCE = "Currently about 3 million workers are participating in this movement."
CHOLLIMA = "mass competitions (Chollima movement)"


@pytest.fixture(scope="module")
def extractive(default_folder: Path) -> Iterator[Pipeline]:
    pipeline = Pipeline.load(default_folder)
    yield pipeline
    pipeline.close()


@pytest.fixture(scope="module")
def asking(default_folder: Path) -> Callable[..., Pipeline]:
    """The pipeline in the words of a scripted model."""
    answerer = ExtractiveAnswerer.load(Retriever.load(default_folder))

    def pipeline(server: ScriptedLLM, **settings: float) -> Pipeline:
        chosen = {"first_token_s": 5.0, "answer_s": 10.0, **settings}
        model = LanguageModel(ModelSettings(server.url, "scripted-1b", **chosen))  # type: ignore[arg-type]
        return Pipeline(default_folder, answerer, model)

    return pipeline


def right(asked: Asked) -> str:
    workers, name = asked.number_of("3 million workers"), asked.number_of(CHOLLIMA)
    return f"About three million workers take part in the Chollima movement. {workers}{name}\n"


def written(pipeline: Pipeline, question: str, previous: Answer | None = None) -> Answer:
    """The whole answer, after all that it grew from."""
    *_, answer = pipeline.answers(question, previous=previous)
    return answer


def texts(answer: Answer) -> list[str]:
    return [statement.text for statement in answer.statements]


def notes(answer: Answer) -> list[tuple[str, int]]:
    return [(note.kind, note.n) for note in answer.notes]


def test_a_statement_is_the_models_and_its_quotes_are_the_documents(
    asking: Callable[..., Pipeline],
) -> None:
    with scripted_llm(right) as server:
        answer = written(asking(server), WORKERS)
    assert texts(answer) == ["About three million workers take part in the Chollima movement."]
    assert (answer.model, notes(answer)) == ("scripted-1b", [])
    text = next(DOCUMENTS.glob("*.md")).read_text("utf-8")
    first, second = answer.citations
    assert (first.number, first.quote.text) == (1, SENTENCE)
    assert CHOLLIMA in second.quote.text
    for citation in answer.citations:
        assert citation.quote.text == text[citation.quote.span.start : citation.quote.span.end]
    assert first.quote.highlight is not None
    assert first.quote.highlight.of(text) == "3 million"


def test_the_answer_grows_statement_by_statement(asking: Callable[..., Pipeline]) -> None:
    def two(asked: Asked) -> Reply:
        number = asked.number_of("geared towards")
        text = f"{right(asked)}The mass competition is geared towards important tasks. {number}\n"
        return Reply(text, pause_s=0.01)

    with scripted_llm(two) as server:
        grown = list(asking(server).answers(WORKERS))
    assert [len(each.statements) for each in grown] == [1, 2, 2]
    assert texts(grown[0]) == texts(grown[-1])[:1]


LIES = {
    "an altered date": "The 6th Plenum took place between 13 and 16 May 1963. {plenum}",
    "an altered number": "About 4 million workers take part in this movement. {workers}",
    "a number off by one": "About 3,000,001 workers take part in this movement. {workers}",
    "a negation": "No workers are participating in this movement. {workers}",
    "an invented name": "About 3 million workers follow Ri Ju-yeon in this movement. {workers}",
    "an unknown number": "About 3 million workers take part in this movement. [s999]",
    "no number": "About 3 million workers take part in this movement.",
    "an address": "About 3 million workers take part, see http://spy.example/x. {workers}",
}


@pytest.mark.parametrize("name", LIES)
def test_a_lie_is_left_out_and_counted(asking: Callable[..., Pipeline], name: str) -> None:
    def lying(asked: Asked) -> str:
        places = {
            "workers": asked.number_of("3 million workers"),
            "plenum": asked.number_of("were the 6th Plenum"),
        }
        return right(asked) + LIES[name].format(**places)

    with scripted_llm(lying) as server:
        answer = written(asking(server), WORKERS)
    assert texts(answer) == ["About three million workers take part in the Chollima movement."]
    assert notes(answer) == [("left_out", 1)]
    assert answer.exchange is not None
    assert all(dropped.reasons for dropped in answer.exchange.dropped)


@pytest.mark.parametrize("reply", ["NOTHING", "", "I cannot help with that.", "[s1] [s2]", "{}"])
def test_where_nothing_holds_the_quotes_answer(
    asking: Callable[..., Pipeline], extractive: Pipeline, reply: str
) -> None:
    with scripted_llm(reply) as server:
        answer = written(asking(server), WORKERS)
    assert answer.statements == extractive.ask(WORKERS).statements
    assert answer.model is None
    assert [note.kind for note in answer.notes] == ["nothing_left"]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=401),
        Reply(status=500),
        Reply(status=429, headers=(("Retry-After", "3600"),)),
        Reply("late", wait_s=30),
        Reply("About three", ending="reset", after=5),
        Reply("About three", ending="malformed", after=5),
        Reply("About three million", ending="cut", after=8),
        Reply("About three", ending="stall", after=8),
    ],
    ids=lambda reply: f"{reply.status} {reply.ending} {reply.wait_s:g}",
)
def test_without_the_model_the_quotes_answer_and_that_is_said(
    asking: Callable[..., Pipeline], extractive: Pipeline, reply: Reply
) -> None:
    with scripted_llm(reply) as server:
        answer = written(asking(server, first_token_s=0.6), WORKERS)
    assert answer.statements == extractive.ask(WORKERS).statements
    assert (answer.model, notes(answer)) == (None, [("no_model", 1)])


@pytest.mark.parametrize("ending", ["length", "cut", "reset", "malformed", "stall"])
def test_whole_statements_before_a_break_stay_and_the_break_is_said(
    asking: Callable[..., Pipeline], ending: str
) -> None:
    def breaking(asked: Asked) -> Reply:
        text = f"{right(asked)}The plenum was held in 19"
        return Reply(text, ending=ending, after=len(text))

    with scripted_llm(breaking) as server:
        answer = written(asking(server, first_token_s=3), WORKERS)
    assert texts(answer) == ["About three million workers take part in the Chollima movement."]
    assert notes(answer) == [("broke_off", 1)]


def test_a_reader_who_stops_gets_the_quotes(
    asking: Callable[..., Pipeline], extractive: Pipeline
) -> None:
    stop = threading.Event()

    def stopping() -> None:
        server.was_asked.wait(60)
        stop.set()

    with scripted_llm(Reply("late", wait_s=30)) as server:
        threading.Thread(target=stopping).start()
        *_, answer = asking(server, first_token_s=20, answer_s=30).answers(WORKERS, stop=stop)
        assert server.left_early.wait(20)
    assert answer.statements == extractive.ask(WORKERS).statements
    assert notes(answer) == [("stopped", 1)]


def test_the_model_is_not_asked_where_the_documents_do_not_say(
    asking: Callable[..., Pipeline],
) -> None:
    with scripted_llm("It was painted by the committee in the movement. [s1]") as server:
        answer = written(asking(server), "What is the boiling point of liquid nitrogen?")
    assert not answer.found
    assert server.asked == []


@pytest.mark.parametrize("marks", ['"{}"', "“{}”", "«{}»", "„{}“", "'{}'", "‘{}’", "「{}」"])
def test_quotation_marks_stay_around_a_slice_and_go_from_other_words(
    asking: Callable[..., Pipeline], marks: str
) -> None:
    true, false = "workers are participating", "workers eagerly take part"

    def quoting(asked: Asked) -> str:
        number = asked.number_of("3 million workers")
        return (
            f"The report says that {marks.format(true)} in it. {number}\n"
            f"The report says that {marks.format(false)} in it. {number}\n"
        )

    with scripted_llm(quoting) as server:
        answer = written(asking(server), WORKERS)
    said = texts(answer)
    assert said[0] == f"The report says that “{true}” in it."
    assert all(sign not in text for text in said[1:] for sign in '"“”«»„‘「」')
    parts = [part for text in said for part in quoted_parts(text)]
    assert parts == [true]


def test_json_of_a_server_that_holds_to_the_schema_is_read_the_same(
    asking: Callable[..., Pipeline],
) -> None:
    def schema(asked: Asked) -> str:
        form = asked.body["response_format"]["json_schema"]["schema"]
        allowed = form["properties"]["statements"]["items"]["properties"]["sentences"]
        marks = [asked.number_of(words).strip("[]") for words in ("3 million workers", CHOLLIMA)]
        assert set(marks) <= set(allowed["items"]["enum"])
        text = "About three million workers take part in the Chollima movement."
        return as_json([(text, marks)])

    with scripted_llm(schema) as server:
        in_json = written(asking(server), WORKERS)
    with scripted_llm(lambda asked: Reply(right(asked), has_schema=False)) as server:
        in_lines = written(asking(server), WORKERS)
    assert in_json.statements == in_lines.statements
    assert len(in_json.statements) == 1


def test_a_request_fits_into_the_window(asking: Callable[..., Pipeline]) -> None:
    for window in (1100, 1500, 4096):
        with scripted_llm("NOTHING") as server:
            answer = written(asking(server, window=window), WORKERS)
        assert answer.exchange is not None
        assert answer.exchange.n_tokens + ANSWER_TOKENS <= window * OTHER_TOKENIZERS
        assert server.asked[0].user.count("\n[s") == len(answer.exchange.sentences)
        assert any(sentence.text == SENTENCE for sentence in answer.exchange.sentences)


def test_a_follow_up_is_reworded_by_the_model_and_shown(asking: Callable[..., Pipeline]) -> None:
    meant = "What is the Chollima movement geared towards?"
    with scripted_llm(right, meant, "NOTHING") as server:
        pipeline = asking(server)
        first = written(pipeline, WORKERS)
        answer = written(pipeline, "What is it geared towards?", first)
    assert answer.understood_as == meant
    rewriting = server.asked[1].user
    assert WORKERS in rewriting
    assert "About three million workers" in rewriting
    assert [turn.question for turn in answer.turns] == [WORKERS, meant]


@pytest.mark.parametrize("reply", [Reply(status=500), "", "Two\nlines", "x" * 600, "🤔", "Who?"])
def test_where_the_model_does_not_reword_the_rule_does(
    asking: Callable[..., Pipeline], extractive: Pipeline, reply: Reply | str
) -> None:
    with scripted_llm(right, reply, reply, "NOTHING") as server:
        pipeline = asking(server)
        first = written(pipeline, WORKERS)
        answer = written(pipeline, "What is it geared towards?", first)
    assert answer.understood_as == "What is the Chollima movement geared towards?"


def test_a_question_in_another_language_is_searched_in_the_documents(
    asking: Callable[..., Pipeline],
) -> None:
    asked_in_german = "Wie viele Arbeiter nehmen an der Chollima-Bewegung teil?"
    with scripted_llm(WORKERS, right) as server:
        answer = written(asking(server), asked_in_german)
    assert (answer.question, answer.understood_as) == (asked_in_german, WORKERS)
    assert answer.citations[0].quote.text == SENTENCE
    assert "<documents>" in server.asked[0].user


@pytest.mark.parametrize(
    "question", [WORKERS, "What is the boiling point of liquid nitrogen?", "Who won in 2014?"]
)
def test_a_question_in_the_documents_language_is_not_translated(
    asking: Callable[..., Pipeline], question: str
) -> None:
    with scripted_llm("NOTHING") as server:
        answer = written(asking(server), question)
    assert answer.understood_as is None
    assert not any("translate" in asked.system for asked in server.asked)


@pytest.mark.parametrize("said", ["NOTHING", "", Reply(status=500), "Who came in 1964?"])
def test_a_translation_that_is_none_is_not_searched_for(
    asking: Callable[..., Pipeline], said: str | Reply
) -> None:
    with scripted_llm(said, said, "NOTHING") as server:
        answer = written(asking(server), "Wer malte 1963 die große Decke der Kapelle?")
    assert answer.understood_as is None
    assert "translate" in server.asked[0].system


def receipt_of(pipeline: Pipeline, answer: Answer, folder: Path) -> Path:
    path = folder / "receipt.json"
    path.write_text(json.dumps(pipeline.receipt(answer)), encoding="utf-8")
    return path


def test_a_receipt_is_verified_and_replayed(
    asking: Callable[..., Pipeline], extractive: Pipeline, tmp_path: Path
) -> None:
    def lying(asked: Asked) -> str:
        return f"{right(asked)}Nobody takes part. {asked.number_of('3 million workers')} [s99]"

    with scripted_llm(lying) as server:
        pipeline = asking(server)
        answer = written(pipeline, WORKERS)
    for each in (answer, extractive.ask(WORKERS), extractive.ask("Who painted the ceiling?")):
        said = read_receipt(receipt_of(pipeline, each, tmp_path))
        assert all(is_right for is_right, _ in verify_receipt(said, DOCUMENTS))
    said = pipeline.receipt(answer)
    assert said["index"]["content_sha256"] == pipeline.index.recipe.content_sha256
    assert said["model"]["prompt"].startswith("answer-")
    assert said["model"]["n_unknown_numbers"] == 1
    assert [each["text"] for each in said["dropped"]] == ["Nobody takes part."]


@pytest.mark.parametrize("where", ["quote", "statement", "reply", "file"])
def test_a_receipt_that_was_altered_does_not_hold(
    asking: Callable[..., Pipeline], tmp_path: Path, where: str
) -> None:
    def quoting(asked: Asked) -> str:
        return f"There are “about 3 million workers” in it. {asked.number_of('3 million workers')}"

    with scripted_llm(quoting) as server:
        pipeline = asking(server)
        said = pipeline.receipt(written(pipeline, WORKERS))
    documents = tmp_path / "documents"
    documents.mkdir()
    (original,) = DOCUMENTS.glob("*.md")
    content = original.read_text("utf-8")
    if where == "file":
        content = content.replace("3 million workers", "4 million workers")
    (documents / original.name).write_text(content, encoding="utf-8")
    if where == "quote":
        said["quotes"][0]["text"] = said["quotes"][0]["text"].replace("3", "4")
    elif where == "statement":
        said["statements"][0]["text"] = "There are “about 4 million workers” in it."
    elif where == "reply":
        said["model"]["reply"] = said["model"]["reply"].replace("There are", "There were")
    assert not all(is_right for is_right, _ in verify_receipt(said, documents))


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"docent_receipt": 1}', '{"docent_receipt": 9}']
)
def test_what_is_no_receipt_is_refused_in_a_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "receipt.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(QuestionError, match=r"receipt|JSON"):
        list(verify_receipt(read_receipt(path), DOCUMENTS))
