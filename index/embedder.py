"""Texts → unit vectors.

The default model runs from its export (`models/`): onnxruntime and tokenizers, one text at a
time, so that a text's vector depends on nothing but the text. Its sentences get vectors from the
same reading: the mean of their tokens as the whole passage made them ("late chunking", Günther et
al. 2024, arXiv:2409.04701). Any other model runs in sentence-transformers.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from datatypes import Passage
from errors import ModelError
from index.text.chunker import embedding_text

Floats = NDArray[np.float32]
PassageVectors = tuple[Floats, Floats]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
EXPORT_FOLDER = Path(__file__).parent.parent / "models" / DEFAULT_MODEL

_REMAKE = "Take the file from the project again, or make it anew with: make models"
_FEWEST_TOKENS = 64
_N_WORKERS = os.cpu_count() or 1
_N_SAMPLED_WORDS = 24


class Embedder(Protocol):
    """A model that reads texts. Vectors are float32 of length 1, scores their dot products.

    `max_tokens`: what it reads of one text, its own marks not counted.
    """

    name: str
    dimensions: int
    max_tokens: int

    @property
    def sha256(self) -> str:
        """Of the model's weights: what an index is made with, and must be asked with."""

    @property
    def score_range(self) -> tuple[float, float]:
        """What texts score that have nothing in common, and such as say the same."""

    def embed_questions(self, questions: Sequence[str]) -> Floats:
        """One vector a question, shape (n, dimensions)."""

    def embed_passages(self, passages: Sequence[Passage]) -> Iterator[PassageVectors]:
        """For each passage its vector (dimensions) and its sentences' (n_sentences, dimensions)."""

    def count_tokens(self, text: str) -> int:
        """The text's length in the model's tokens, its own marks not counted."""


def load_embedder(model: str | None = None) -> Embedder:
    """The default model, or any sentence-transformers model by name or folder.

    Raises ModelError where it is missing or its files are not what they should be.
    """
    if model is None or model == DEFAULT_MODEL:
        return ExportedEmbedder(EXPORT_FOLDER)
    return SentenceTransformersEmbedder(model)


class ExportedEmbedder:
    """An ONNX export of a mean-pooling model, with its tokenizer, in one folder."""

    def __init__(self, folder: Path) -> None:
        recipe = read_recipe(folder)
        self.name: str = recipe["name"]
        self.sha256: str = recipe["files"]["model.onnx"]
        self.dimensions: int = recipe["dimensions"]
        self.max_tokens: int = recipe["max_pieces"]
        self.score_range: tuple[float, float] = tuple(recipe.get("score_range", (0.0, 1.0)))
        self._session, self._tokenizer = open_export(folder)

    def count_tokens(self, text: str) -> int:
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def embed_questions(self, questions: Sequence[str]) -> Floats:
        vectors = [_unit(self._read(question)[0].mean(axis=0)) for question in questions]
        return np.array(vectors, dtype=np.float32).reshape(-1, self.dimensions)

    def embed_passages(self, passages: Sequence[Passage]) -> Iterator[PassageVectors]:
        with ThreadPoolExecutor(_N_WORKERS) as workers:
            yield from workers.map(self._embed_passage, passages)

    def _embed_passage(self, passage: Passage) -> PassageVectors:
        text = embedding_text(passage)
        shift = len(text) - len(passage.span) - passage.span.start
        tokens, offsets = self._read(text)
        whole = _unit(tokens.mean(axis=0))
        starts, ends = offsets[:, 0] - shift, offsets[:, 1] - shift
        sentences = []
        for span in passage.sentences:
            inside = (starts >= span.start) & (ends <= span.end) & (ends > starts)
            sentences.append(_unit(tokens[inside].mean(axis=0)) if inside.any() else whole)
        return whole, np.stack(sentences)

    def _read(self, text: str) -> tuple[Floats, NDArray[np.int64]]:
        """The tokens' vectors (n, dimensions) and their characters (n, 2).

        Raises no error on a longer text than the model reads: a question's tail is left out;
        passages are never longer (the chunker sees to it).
        """
        encoding = self._tokenizer.encode(text)
        keep, ids = self.max_tokens + 2, encoding.ids
        if len(ids) > keep:
            ids = [*ids[: keep - 1], ids[-1]]
        (output,) = self._session.run(None, {"input_ids": np.array([ids], dtype=np.int64)})
        return output[0], np.array(encoding.offsets[: len(ids)], dtype=np.int64)


class SentenceTransformersEmbedder:
    """A model as sentence-transformers runs it, with the prompts that its folder names, if any.

    Sentences are read a second time, by themselves.
    """

    def __init__(self, model: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer  # a kiosk is without

            self._model: Any = SentenceTransformer(model, device="cpu", local_files_only=True)
        except Exception as error:  # foreign files fail in ways that no library lists
            raise ModelError(
                f"No sentence-transformers model called {model} on this machine ({_first(error)}).",
                "Give a folder that holds one, or leave --model out for the built-in model.",
            ) from error
        self.name = model
        size = self._model.get_embedding_dimension()
        if size is None:
            raise ModelError(
                f"The model {model} does not say how long its vectors are.", "Choose another."
            )
        self.dimensions = int(size)
        prompt = max(map(self.count_tokens, filter(None, self._model.prompts.values())), default=0)
        self.max_tokens = int(self._model.max_seq_length or 256) - 2 - prompt
        if self.max_tokens < _FEWEST_TOKENS:
            raise ModelError(
                f"The model {model} reads {self.max_tokens} tokens at a time, fewer than the "
                f"{_FEWEST_TOKENS} that a sentence and its heading need.",
                "Choose another, or leave --model out for the built-in model.",
            )

    @cached_property
    def sha256(self) -> str:
        """Of the kinds of layers and all weights by name: equal models have equal hashes."""
        digest = hashlib.sha256(str(self._model).encode())
        for name, weights in sorted(self._model.state_dict().items()):
            digest.update(name.encode())
            digest.update(weights.float().cpu().numpy().tobytes())
        return digest.hexdigest()

    @cached_property
    def score_range(self) -> tuple[float, float]:
        """The mean score of unlike words of the model's vocabulary, and 1.

        Measured, since models differ so much: MiniLM gives 0.2, and E5's authors tell of 0.7.
        """
        vocabulary = sorted(self._model.tokenizer.get_vocab())
        words = vocabulary[:: max(1, len(vocabulary) // _N_SAMPLED_WORDS)]
        vectors = self._encode(words, self._model.encode_document)
        scores = vectors @ vectors.T
        return float(scores[~np.eye(len(words), dtype=bool)].mean()), 1.0

    def count_tokens(self, text: str) -> int:
        encoding = self._model.tokenizer(text, add_special_tokens=False, verbose=False)
        return len(encoding["input_ids"])

    def embed_questions(self, questions: Sequence[str]) -> Floats:
        return self._encode(questions, self._model.encode_query)

    def embed_passages(self, passages: Sequence[Passage]) -> Iterator[PassageVectors]:
        for passage in passages:
            sentences = (span.of(passage.document.text) for span in passage.sentences)
            texts = [embedding_text(passage), *sentences]
            vectors = self._encode(texts, self._model.encode_document)
            yield vectors[0], vectors[1:]

    def _encode(self, texts: Iterable[str], encode: Any) -> Floats:
        """`encode`: one of the model's own, which puts its prompt for such texts before them."""
        vectors = encode(
            list(texts), normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)


def read_recipe(folder: Path) -> dict[str, Any]:
    """How an exported model was made; its files are checked against their hashes."""
    try:
        recipe: dict[str, Any] = json.loads((folder / "recipe.json").read_text(encoding="utf-8"))
        for name, kind in (("name", str), ("dimensions", int), ("max_pieces", int)):
            if not isinstance(recipe[name], kind):
                raise ValueError(f"{name} in recipe.json is {recipe[name]!r}")
        for name in ("model.onnx", "tokenizer.json"):
            with (folder / name).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != recipe["files"][name]:
                    raise ModelError(f"The model file {folder.name}/{name} was altered.", _REMAKE)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"The model {folder.name} is incomplete ({_first(error)}).", _REMAKE
        ) from error
    return recipe


def open_export(folder: Path) -> tuple[Any, Any]:
    """The session of an exported model, and its tokenizer, which neither pads nor cuts.

    One thread a text: texts are read side by side instead, without padding or waiting.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # it would report to its maker
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        (folder / "model.onnx").read_bytes(), options, providers=["CPUExecutionProvider"]
    )
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return session, tokenizer


def _unit(vector: Floats) -> Floats:
    unit: Floats = vector / np.linalg.norm(vector)
    return unit


def _first(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:160] if str(error).strip() else type(error).__name__
