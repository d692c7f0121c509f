"""The reader: MiniLM with three heads, reading question and passage together; `models/reader/`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from transformers import AutoModel

from errors import SettingError
from training.export import package_folder, write_export
from training.reader_batches import MAX_PIECES


class Outputs(NamedTuple):
    """`relevance` (b); `start`, `end` and `evidence` (b, n): logits, padding included."""

    relevance: Tensor
    start: Tensor
    end: Tensor
    evidence: Tensor


class ReaderModel(nn.Module):
    """The official weights below, new heads above. Without dropout: a question is seen once."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            package_folder(),
            add_pooling_layer=False,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            # On a CPU, scaled_dot_product_attention takes five times longer to learn.
            attn_implementation="eager",
        )
        width = self.encoder.config.hidden_size
        self.pooled = nn.Linear(width, width)
        self.relevance = nn.Linear(width, 1)
        self.tokens = nn.Linear(width, 3)
        for head in (self.pooled, self.relevance, self.tokens):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Outputs:
        states = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        relevance = self.relevance(torch.tanh(self.pooled(states[:, 0]))).squeeze(-1)
        return Outputs(relevance, *self.tokens(states).unbind(-1))


def mean_model(checkpoints: Sequence[Path]) -> ReaderModel:
    """The mean of the checkpoints' weights (Izmailov et al. 2018, arXiv:1803.05407)."""
    states = [
        torch.load(path, map_location="cpu", weights_only=True)["model"] for path in checkpoints
    ]
    model = ReaderModel()
    mean = {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}
    model.load_state_dict(mean)
    return model


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
