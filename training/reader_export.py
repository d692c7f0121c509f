"""Checkpoint → `models/reader/`: one graph in ONNX, its matrices and word vectors in int8.

Per output channel, 7 bits used (`reduce_range`: processors without VNNI add pairs of products in
16 bits and would saturate). Activations are quantised when read.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from errors import SettingError
from training.embedder_export import SOURCE_SHA256, package_folder
from training.reader_batches import MAX_PIECES

NAMES = ("relevance", "start", "end", "evidence")
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def export(checkpoints: Sequence[Path], folder: Path, *, exact: bool = False) -> None:
    """Write model.onnx, tokenizer.json and recipe.json to `folder`; several checkpoints' mean.

    `exact`: in float32, for comparison.
    """
    if not checkpoints:
        raise SettingError(
            "There is no checkpoint to export.", "Make one with: python -m training reader-train"
        )
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # it would report to its maker
    import onnx
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    from training.reader_model import mean_model

    model = mean_model(checkpoints)

    folder.mkdir(parents=True, exist_ok=True)
    example = torch.ones(2, 16, dtype=torch.long)
    with tempfile.TemporaryDirectory() as scratch:
        traced = Path(scratch) / "traced.onnx"
        torch.onnx.export(
            model.eval(),
            (example, example, torch.zeros_like(example)),
            str(traced),
            input_names=list(_INPUTS),
            output_names=list(NAMES),
            dynamic_axes={name: {0: "b", 1: "n"} for name in (*_INPUTS, *NAMES[1:])}
            | {NAMES[0]: {0: "b"}},
            opset_version=17,
            dynamo=False,
        )
        if exact:
            shutil.copyfile(traced, folder / "model.onnx")
        else:
            quantize_dynamic(
                traced,
                folder / "model.onnx",
                per_channel=True,
                reduce_range=True,
                weight_type=QuantType.QInt8,
            )
    onnx.checker.check_model(str(folder / "model.onnx"))
    shutil.copyfile(package_folder() / "tokenizer.json", folder / "tokenizer.json")
    recipe = {
        "name": "reader",
        "dimensions": 384,
        "max_pieces": MAX_PIECES,
        "checkpoints": [path.stem for path in checkpoints],
        "source_sha256": SOURCE_SHA256,
        "files": {name: _sha256(folder / name) for name in ("model.onnx", "tokenizer.json")},
    }
    (folder / "recipe.json").write_text(json.dumps(recipe, indent=2) + "\n", encoding="utf-8")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
