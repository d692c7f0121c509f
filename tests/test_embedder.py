"""The embedding models: steady vectors, near their source, and only from files that are right."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from datatypes import Document
from errors import ModelError
from index.embedder import (
    EXPORT_FOLDER,
    Embedder,
    ExportedEmbedder,
    load_embedder,
)
from index.text.chunker import embedding_text, passages_of, sentences_of
from training.export import package_folder

_ROOT = Path(__file__).parent.parent
_SENTENCE = "How many workers take part in the Chollima movement?"


@pytest.fixture
def copied_model(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXPORT_FOLDER, tmp_path / "model"))


def test_vectors_are_unit_vectors(default_embedder: Embedder, default_document: Document) -> None:
    vectors = default_embedder.embed_questions([_SENTENCE, "", "\0", "🦊", default_document.text])
    assert vectors.shape == (5, default_embedder.dimensions)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1] * 5, abs=1e-5)


def test_a_text_embeds_the_same_alone_and_in_a_batch(
    default_embedder: Embedder, default_document: Document
) -> None:
    sentences = [span.of(default_document.text) for span in sentences_of(default_document)][:30]
    batch = default_embedder.embed_questions([*sentences, default_document.text])
    alone = [default_embedder.embed_questions([sentence])[0] for sentence in sentences]
    assert np.array_equal(batch[:30], np.stack(alone))


def test_a_passage_embeds_the_same_as_its_text(
    default_embedder: Embedder, default_document: Document
) -> None:
    passages = passages_of(
        default_document, count_tokens=default_embedder.count_tokens, max_tokens=254
    )
    made = list(default_embedder.embed_passages(passages))
    texts = [embedding_text(passage) for passage in passages]
    assert np.array_equal(
        np.stack([vector for vector, _ in made]), default_embedder.embed_questions(texts)
    )
    for passage, (_, sentences) in zip(passages, made, strict=True):
        assert sentences.shape == (len(passage.sentences), default_embedder.dimensions)
        assert np.linalg.norm(sentences, axis=1) == pytest.approx(1, abs=1e-5)


def test_a_text_embeds_the_same_tomorrow(default_embedder: Embedder) -> None:
    code = (
        "import sys; from index.embedder import load_embedder;"
        "sys.stdout.buffer.write(load_embedder().embed_questions([sys.argv[1]]).tobytes())"
    )
    other = subprocess.run(
        [sys.executable, "-c", code, _SENTENCE], cwd=_ROOT, capture_output=True, check=True
    )
    assert other.stdout == default_embedder.embed_questions([_SENTENCE]).tobytes()


def test_alike_texts_are_nearer(default_embedder: Embedder) -> None:
    question, answer, other = default_embedder.embed_questions(
        [_SENTENCE, "Currently 3 million workers participate.", "The ambassador is reserved."]
    )
    assert question @ answer > question @ other + 0.1


def test_the_export_is_near_its_source(
    default_embedder: Embedder, default_document: Document
) -> None:
    source = load_embedder(str(package_folder()))
    texts = [span.of(default_document.text) for span in sentences_of(default_document)][::3]
    cosines = (source.embed_questions(texts) * default_embedder.embed_questions(texts)).sum(axis=1)
    assert cosines.mean() >= 0.99
    assert cosines.min() >= 0.97
    assert source.max_tokens == default_embedder.max_tokens
    assert [source.count_tokens(text) for text in texts] == [
        default_embedder.count_tokens(text) for text in texts
    ]


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_an_altered_file_of_the_model_is_refused(copied_model: Path, name: str) -> None:
    content = bytearray((copied_model / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copied_model / name).write_bytes(content)
    with pytest.raises(ModelError, match=f"{name} was altered.*make models"):
        ExportedEmbedder(copied_model)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "recipe.json"])
def test_a_missing_file_of_the_model_is_named(copied_model: Path, name: str) -> None:
    (copied_model / name).unlink()
    with pytest.raises(ModelError, match=name):
        ExportedEmbedder(copied_model)


@pytest.mark.parametrize("recipe", ["", "[]", "{}", '{"files": 3}', "null"])
def test_a_recipe_that_is_none_is_refused(copied_model: Path, recipe: str) -> None:
    (copied_model / "recipe.json").write_text(recipe)
    with pytest.raises(ModelError, match="incomplete"):
        ExportedEmbedder(copied_model)


def test_no_file_of_the_model_goes_unchecked(copied_model: Path) -> None:
    recipe = json.loads((copied_model / "recipe.json").read_text())
    del recipe["files"]["tokenizer.json"]
    (copied_model / "recipe.json").write_text(json.dumps(recipe))
    with pytest.raises(ModelError, match="incomplete"):
        ExportedEmbedder(copied_model)


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of random weights, saved as sentence-transformers saves models."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    folder = tmp_path_factory.mktemp("tiny")
    letters = "abcdefghijklmnopqrstuvwxyz0123456789.,?!"
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{s}" for s in letters)]
    (folder / "vocab.txt").write_text("\n".join(words))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=128,
    )
    BertModel(config).save_pretrained(folder / "bert")
    BertTokenizer(vocab=str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"), max_seq_length=128)
    pooling = Pooling(transformer.get_embedding_dimension())
    SentenceTransformer(modules=[transformer, pooling]).save(str(folder / "model"))
    return folder / "model"


def test_another_model_works_from_its_folder(tiny_model: Path, default_document: Document) -> None:
    embedder = load_embedder(str(tiny_model))
    passages = passages_of(
        default_document, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens
    )
    assert (embedder.dimensions, embedder.max_tokens) == (32, 126)
    assert max(embedder.count_tokens(embedding_text(passage)) for passage in passages) <= 126
    vector, sentences = next(iter(embedder.embed_passages(passages)))
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert sentences.shape == (len(passages[0].sentences), 32)


def test_the_prompts_of_a_model_stand_before_questions_and_passages(
    tiny_model: Path, tmp_path: Path, default_document: Document
) -> None:
    from sentence_transformers import SentenceTransformer

    prompts = {"query": "query: ", "document": "passage: "}
    SentenceTransformer(str(tiny_model), device="cpu", prompts=prompts).save(str(tmp_path / "e5"))
    plain, prompted = load_embedder(str(tiny_model)), load_embedder(str(tmp_path / "e5"))
    assert np.allclose(prompted.embed_questions(["who?"]), plain.embed_questions(["query: who?"]))
    (passage, *_) = passages_of(
        default_document, count_tokens=prompted.count_tokens, max_tokens=prompted.max_tokens
    )
    ((vector, _),) = prompted.embed_passages([passage])
    (expected,) = plain.embed_questions([f"passage: {embedding_text(passage)}"])
    assert np.allclose(vector, expected)
    assert prompted.max_tokens < plain.max_tokens


def test_a_model_says_in_which_range_its_scores_lie(tiny_model: Path) -> None:
    low, high = load_embedder(str(tiny_model)).score_range
    assert -1 <= low < high == 1


def test_one_model_has_one_hash_and_another_another(tiny_model: Path, tmp_path: Path) -> None:
    first = load_embedder(str(tiny_model)).sha256
    other = Path(shutil.copytree(tiny_model, tmp_path / "elsewhere"))
    assert load_embedder(str(other)).sha256 == first
    pooling = next(other.glob("*Pooling/config.json"))
    said = json.loads(pooling.read_text())
    said["pooling_mode"] = "cls"
    pooling.write_text(json.dumps(said))
    assert load_embedder(str(other)).sha256 != first


def test_a_model_that_is_not_there_is_an_error_without_asking_the_network(tmp_path: Path) -> None:
    for name in ("no-such/model", str(tmp_path)):
        with pytest.raises(ModelError, match="No sentence-transformers model") as caught:
            load_embedder(name)
        assert "\n" not in str(caught.value)


def test_a_damaged_model_is_an_error(tiny_model: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(tiny_model, tmp_path / "damaged"))
    weights = next(other.rglob("model.safetensors"))
    weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(ModelError):
        load_embedder(str(other))
