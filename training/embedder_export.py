"""Makes `models/all-MiniLM-L6-v2/` from the official weights, and measures what the export loses.

One forward pass over one unpadded text (no attention mask): token ids in, a vector a token out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from index.embedder import DEFAULT_MODEL, ExportedEmbedder
from training.export import package_folder, write_export

MAX_TOKENS = 254
"""The model was trained on 256 word pieces, two of which are its own marks."""


class _TokenVectors(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        model: Any = SentenceTransformer(str(package_folder()), device="cpu")
        self.transformer = model[0].auto_model
        self.transformer.set_attn_implementation("eager")

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        output: torch.Tensor = self.transformer(
            input_ids=input_ids,
            attention_mask=torch.ones_like(input_ids),
            token_type_ids=torch.zeros_like(input_ids),
        ).last_hidden_state
        return output


def export(folder: Path) -> None:
    recipe = {
        "name": DEFAULT_MODEL,
        "dimensions": 384,
        "max_pieces": MAX_TOKENS,
        "score_range": [0.0, 1.0],
    }
    axes = {"input_ids": {1: "n"}, "word_pieces": {1: "n"}}
    example = (torch.ones(1, 16, dtype=torch.long),)
    write_export(_TokenVectors(), example, axes, folder, recipe)


def agreement(folder: Path, texts: list[str]) -> tuple[float, float]:
    """Mean and lowest cosine between the export's vectors of `texts` and the original model's."""
    original = SentenceTransformer(str(package_folder()), device="cpu")
    expected = original.encode(texts, normalize_embeddings=True, convert_to_numpy=True)
    cosines = np.sum(ExportedEmbedder(folder).embed_questions(texts) * np.asarray(expected), axis=1)
    return float(cosines.mean()), float(cosines.min())
