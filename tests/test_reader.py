"""The shipped reader, read with onnxruntime: what it promises of its numbers, and how it fails."""

import json
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import run

import pytest

from answerer.reader import READER_FOLDER, Reader, reader_is_there
from datatypes import Document, Passage, Span
from errors import ModelError
from index.text.chunker import sentences_of

pytestmark = pytest.mark.skipif(not reader_is_there(), reason="models/reader/ is not there")

TEXT = (
    "The lighthouse on the northern cape was built in 1871 by the engineer Anna Holm. "
    "It burned whale oil until the island was given electricity. "
    "Since 1968 no keeper has lived in it. The harbour café sells smoked fish."
)
ELSEWHERE = (
    "The committee met on Tuesday and approved the minutes. "
    "Several members asked for a longer break at noon."
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load()


def passage(text: str, title: str = "The cape") -> Passage:
    """The whole text as one passage, however long it is."""
    document = Document("d", title, text)
    sentences = sentences_of(document)
    return Passage(document, Span(sentences[0].start, sentences[-1].end), None, sentences)


def test_the_passage_that_answers_is_more_relevant(reader: Reader) -> None:
    right, wrong = reader.read_passages(
        "Who built the lighthouse?", [passage(TEXT), passage(ELSEWHERE)]
    )
    assert right.relevance > wrong.relevance


@pytest.mark.parametrize(
    ("question", "sentence", "words"),
    [
        ("Who built the lighthouse?", 0, "Anna Holm"),
        ("In what year was the lighthouse built?", 0, "1871"),
        ("What did the lighthouse burn?", 1, "whale oil"),
    ],
)
def test_the_sentence_and_the_words_that_answer(
    reader: Reader, question: str, sentence: int, words: str
) -> None:
    (read,) = reader.read_passages(question, [passage(TEXT)])
    assert max(range(4), key=lambda place: read.sentences[place]) == sentence
    assert words in max(read.best, key=lambda found: found[1])[0].of(TEXT)


def test_every_sentence_has_a_score_and_a_span_within_it(reader: Reader) -> None:
    whole = passage(TEXT)
    (read,) = reader.read_passages("Who built the lighthouse?", [whole])
    assert len(read.sentences) == len(read.best) == len(whole.sentences) == 4
    for (span, _), sentence in zip(read.best, whole.sentences, strict=True):
        assert sentence.holds(span)
        assert span.of(TEXT) == span.of(TEXT).strip()


def test_spans_are_of_the_document_not_of_the_passage(reader: Reader) -> None:
    whole = passage("A preface of no importance stands before it. " + TEXT)
    later = Passage(
        whole.document,
        Span(whole.sentences[1].start, whole.sentences[-1].end),
        None,
        whole.sentences[1:],
    )
    (read,) = reader.read_passages("Who built the lighthouse?", [later])
    assert "Anna Holm" in read.best[0][0].of(whole.document.text)


def test_a_passage_is_read_the_same_whatever_else_is_read(reader: Reader) -> None:
    texts = [passage(TEXT), passage(ELSEWHERE), passage(TEXT[:81]), passage(ELSEWHERE * 3)]
    together = reader.read_passages("Who built the lighthouse?", texts)
    alone = [reader.read_passages("Who built the lighthouse?", [each])[0] for each in texts]
    assert together == alone


def test_a_long_passage_is_read_to_its_end(reader: Reader) -> None:
    filler = "The clerk copied the list once more and put it back into the drawer. " * 40
    whole = passage(filler + TEXT)
    (read,) = reader.read_passages("Who built the lighthouse?", [whole])
    best = max(range(len(read.sentences)), key=lambda place: read.sentences[place])
    assert "Anna Holm" in whole.sentences[best].of(whole.document.text)
    assert "Anna Holm" in max(read.best, key=lambda found: found[1])[0].of(whole.document.text)


@pytest.mark.parametrize(
    "question", ["", "?", "who " * 400, "Wer baute ihn?", "\x00", "𝔉𝔯𝔞𝔤𝔢 👩‍🚀", "誰が建てましたか"]
)
def test_any_question_is_read(reader: Reader, question: str) -> None:
    (read,) = reader.read_passages(question, [passage(TEXT)])
    assert len(read.sentences) == 4


@pytest.mark.parametrize(
    "text", ["…ﬁn d'été… Ça va!", "漢字かな交じり文。もう一つ。", "👩‍🚀👩‍🚀 a b"]
)
def test_spans_of_any_script_stay_within_their_sentences(reader: Reader, text: str) -> None:
    whole = passage(text)
    (read,) = reader.read_passages("What is it?", [whole])
    for (span, _), sentence in zip(read.best, whole.sentences, strict=True):
        assert sentence.holds(span)


def test_no_passages_give_no_reads(reader: Reader) -> None:
    assert reader.read_passages("Who built the lighthouse?", []) == []


def test_many_threads_read_the_same(reader: Reader) -> None:
    texts = [passage(TEXT), passage(ELSEWHERE)]
    alone = reader.read_passages("Who built the lighthouse?", texts)
    with ThreadPoolExecutor(4) as pool:
        for read in pool.map(
            lambda _: reader.read_passages("Who built the lighthouse?", texts), range(8)
        ):
            assert read == alone


def test_an_altered_model_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(READER_FOLDER, folder)
    with (folder / "model.onnx").open("r+b") as model:
        model.seek(5_000)
        model.write(b"?")
    with pytest.raises(ModelError, match=r"reader/model\.onnx was altered.*python -m training"):
        Reader.load(folder)


@pytest.mark.parametrize("name", ["recipe.json", "model.onnx", "tokenizer.json"])
def test_a_missing_file_is_noticed(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(READER_FOLDER, folder)
    (folder / name).unlink()
    assert not reader_is_there(folder)
    with pytest.raises(ModelError, match="reader is incomplete"):
        Reader.load(folder)


def test_a_recipe_without_a_size_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(READER_FOLDER, folder)
    recipe = json.loads((folder / "recipe.json").read_text(encoding="utf-8"))
    del recipe["max_pieces"]
    (folder / "recipe.json").write_text(json.dumps(recipe), encoding="utf-8")
    with pytest.raises(ModelError, match="reader is incomplete"):
        Reader.load(folder)


def test_reading_brings_no_torch_along() -> None:
    program = (
        "import sys; from answerer.reader import Reader; Reader.load(); "
        "sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    )
    done = run([sys.executable, "-c", program], cwd=READER_FOLDER.parents[1], check=False)
    assert done.returncode == 0
