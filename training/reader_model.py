"""The reader: MiniLM with four heads, reading question and passage together.

Written out here (six plain encoder layers) so that training and export are one short graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

from training.embedder_export import package_folder

if TYPE_CHECKING:
    from torch import Tensor

N_LAYERS, WIDTH, N_HEADS, INNER = 6, 384, 12, 1536
N_PIECES, N_POSITIONS = 30_522, 512
_EPSILON = 1e-12


@dataclass(frozen=True, slots=True)
class Outputs:
    """`relevance` (b); `start`, `end` and `evidence` (b, n): logits, padding included."""

    relevance: Tensor
    start: Tensor
    end: Tensor
    evidence: Tensor


class Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attended = nn.Linear(WIDTH, 3 * WIDTH)
        self.joined = nn.Linear(WIDTH, WIDTH)
        self.first_norm = nn.LayerNorm(WIDTH, eps=_EPSILON)
        self.widened = nn.Linear(WIDTH, INNER)
        self.narrowed = nn.Linear(INNER, WIDTH)
        self.second_norm = nn.LayerNorm(WIDTH, eps=_EPSILON)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        b, n, _ = states.shape
        three = self.attended(states).view(b, n, 3, N_HEADS, WIDTH // N_HEADS)
        query, key, value = three.permute(2, 0, 3, 1, 4).unbind(0)
        # Written out: on a CPU, scaled_dot_product_attention takes five times longer to learn.
        scores = query @ key.transpose(-1, -2) * (WIDTH // N_HEADS) ** -0.5
        mixed = (scores + mask.to(scores.dtype)).softmax(-1) @ value
        mixed = mixed.transpose(1, 2).reshape(b, n, WIDTH)
        states = self.first_norm(states + self.joined(mixed))
        inner = self.narrowed(functional.gelu(self.widened(states)))
        normed: Tensor = self.second_norm(states + inner)
        return normed


class ReaderModel(nn.Module):
    """Without dropout: it sees each question about once."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(N_PIECES, WIDTH)
        self.positions = nn.Embedding(N_POSITIONS, WIDTH)
        self.kinds = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=_EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(N_LAYERS))
        self.pooled = nn.Linear(WIDTH, WIDTH)
        self.relevance = nn.Linear(WIDTH, 1)
        self.tokens = nn.Linear(WIDTH, 3)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        places = torch.arange(input_ids.shape[1], device=input_ids.device)
        states = self.norm(
            self.words(input_ids) + self.positions(places) + self.kinds(token_type_ids)
        )
        mask = (1.0 - attention_mask[:, None, None, :].to(states.dtype)) * -10_000.0
        for layer in self.layers:
            states = layer(states, mask)
        relevance = self.relevance(torch.tanh(self.pooled(states[:, 0]))).squeeze(-1)
        start, end, evidence = self.tokens(states).unbind(-1)
        return relevance, start, end, evidence


def from_minilm(seed: int) -> ReaderModel:
    """The official MiniLM weights below, new heads above."""
    from safetensors.torch import load_file

    torch.manual_seed(seed)
    model = ReaderModel()
    source = load_file(str(package_folder() / "model.safetensors"))
    state = model.state_dict()
    for mine, theirs in _names():
        tensors = [source[name] for name in theirs]
        state[mine] = torch.cat(tensors) if len(tensors) > 1 else tensors[0]
    for head in ("pooled", "relevance", "tokens"):
        nn.init.normal_(state[f"{head}.weight"], std=0.02)
        nn.init.zeros_(state[f"{head}.bias"])
    model.load_state_dict(state)
    return model


def mean_model(checkpoints: Sequence[Path]) -> ReaderModel:
    """The mean of the checkpoints' weights (Izmailov et al. 2018, arXiv:1803.05407)."""
    states = [
        torch.load(path, map_location="cpu", weights_only=True)["model"] for path in checkpoints
    ]
    model = ReaderModel()
    model.load_state_dict(
        {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}
    )
    return model.eval()


def _names() -> list[tuple[str, list[str]]]:
    pairs = [
        ("words.weight", ["embeddings.word_embeddings.weight"]),
        ("positions.weight", ["embeddings.position_embeddings.weight"]),
        ("kinds.weight", ["embeddings.token_type_embeddings.weight"]),
        ("norm.weight", ["embeddings.LayerNorm.weight"]),
        ("norm.bias", ["embeddings.LayerNorm.bias"]),
    ]
    for number in range(N_LAYERS):
        below = f"encoder.layer.{number}"
        for part in ("weight", "bias"):
            pairs += [
                (
                    f"layers.{number}.attended.{part}",
                    [f"{below}.attention.self.{of}.{part}" for of in ("query", "key", "value")],
                ),
                (f"layers.{number}.joined.{part}", [f"{below}.attention.output.dense.{part}"]),
                (
                    f"layers.{number}.first_norm.{part}",
                    [f"{below}.attention.output.LayerNorm.{part}"],
                ),
                (f"layers.{number}.widened.{part}", [f"{below}.intermediate.dense.{part}"]),
                (f"layers.{number}.narrowed.{part}", [f"{below}.output.dense.{part}"]),
                (f"layers.{number}.second_norm.{part}", [f"{below}.output.LayerNorm.{part}"]),
            ]
    return pairs
