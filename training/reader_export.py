"""Checkpoints → `models/reader/`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch

from errors import SettingError
from training.export import write_export
from training.reader_batches import MAX_PIECES
from training.reader_model import Outputs, mean_model


def export(checkpoints: Sequence[Path], folder: Path, *, exact: bool = False) -> None:
    """Write the mean of the checkpoints' models to `folder`. `exact`: in float32."""
    if not checkpoints:
        raise SettingError(
            "There is no checkpoint to export.", "Make one with: python -m training reader-train"
        )
    recipe = {
        "name": "reader",
        "dimensions": 384,
        "max_pieces": MAX_PIECES,
        "checkpoints": [path.stem for path in checkpoints],
    }
    names = ("input_ids", "attention_mask", "token_type_ids", *Outputs._fields)
    axes = {name: {0: "b", 1: "n"} for name in names} | {"relevance": {0: "b"}}
    ones = torch.ones(2, 16, dtype=torch.long)
    example = (ones, ones, torch.zeros_like(ones))
    write_export(mean_model(checkpoints), example, axes, folder, recipe, exact=exact)
