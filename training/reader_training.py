"""Groups → weights. Resumable: a checkpoint has the model, the optimizer and the step.

Of each question's passages the model learns, against "none of them" (a logit of 0): which one
answers, and which sentence; and of each passage by itself: whether it answers, from which word
to which, and which of its sentences hold an answer.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import Parameter, functional
from torch.optim import AdamW

from training.export import package_folder
from training.reader_batches import Batch, batches
from training.reader_data import Group, read_groups
from training.reader_model import Outputs, ReaderModel, mean_model

_SEED = 1963
_WARM = 0.06
_NO_SPAN = 0.3  # weight of a passage without an answer in the span's loss
_SPAN = 1.5  # weight of the span's loss: of all five it falls slowest
_SAVED_EVERY_S = 600.0
_SAID_EVERY = 50  # steps
_DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


@dataclass(frozen=True, slots=True)
class Plan:
    """`pairs`: how many are read before the learning rate is 0, which `minutes` may bring earlier.

    `n_pairs` are read for one step. `begin_with`: an earlier run's checkpoint,
    else MiniLM with new heads.
    """

    pairs: int
    minutes: float
    begin_with: str | None = None
    rate: float = 2e-4
    n_pairs: int = 32


@dataclass(slots=True)
class _Run:
    """What a checkpoint keeps. `spent`: seconds of training before it was opened."""

    model: ReaderModel
    optimizer: AdamW
    step: int = 0
    read: int = 0
    spent: float = 0.0
    began: float = field(default_factory=time.monotonic)

    @classmethod
    def opened(cls, out: Path, plan: Plan) -> _Run:
        """The last checkpoint of `out`, or a run's beginning."""
        torch.manual_seed(_SEED)
        begun = mean_model([Path(plan.begin_with)]) if plan.begin_with else ReaderModel()
        model = begun.to(_DEVICE).train()
        model.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
        run = cls(model, AdamW(_parameters(model, plan.rate), betas=(0.9, 0.98)))
        for path in checkpoints_of(out)[-1:]:
            state = torch.load(path, map_location="cpu", weights_only=True)
            run.model.load_state_dict(state["model"])
            run.optimizer.load_state_dict(state["optimizer"])
            run.step, run.read, run.spent = state["step"], state["read"], state["spent"]
        return run

    @property
    def seconds(self) -> float:
        return self.spent + time.monotonic() - self.began

    def save(self, out: Path) -> Path:
        path = out / f"step-{self.step:06}.pt"
        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "read": self.read,
            "spent": self.seconds,
        }
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)
        return path

    def learn(self, batch: Batch, *, share: float, half: bool) -> list[float]:
        """One step at that share of the full rate; the losses. `half`: in bfloat16."""
        for group in self.optimizer.param_groups:
            group["lr"] = group["full"] * share
        with torch.autocast(_DEVICE, torch.bfloat16, enabled=half):
            outputs = _read(self.model, batch)
        losses = torch.stack(losses_of(outputs, batch))
        self.optimizer.zero_grad()
        losses.sum().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        self.read += len(batch.group)
        return [float(loss) for loss in losses.detach()]


def train(prepared: Path, out: Path, plan: Plan, *, say: Callable[[str], object]) -> Path:
    """Trains on the groups in `prepared` and returns the last checkpoint of `out`."""
    torch.set_num_threads(2)
    on_cpu = torch.ops.mkldnn._is_mkldnn_bf16_supported  # without, it would be slower
    half = bool(on_cpu() if _DEVICE == "cpu" else torch.cuda.is_bf16_supported())
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(package_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    groups = read_groups(prepared)
    run = _Run.opened(out, plan)
    saved, losses = time.monotonic(), deque[list[float]](maxlen=_SAID_EVERY)
    for batch in islice(_forever(groups, tokenizer, plan), run.step, None):
        progress = max(run.read / plan.pairs, run.seconds / (60 * plan.minutes))
        if progress >= 1:
            break
        losses.append(run.learn(batch, share=_rate_at(progress), half=half))
        if run.step % _SAID_EVERY == 0:
            means = " ".join(f"{mean:.3f}" for mean in np.mean(losses, axis=0))
            say(f"step {run.step}, {run.read} pairs, {progress:.1%}, losses {means}")
        if time.monotonic() - saved > _SAVED_EVERY_S:
            run.save(out)
            saved = time.monotonic()
    return run.save(out)


def _forever(groups: Sequence[Group], tokenizer: Tokenizer, plan: Plan) -> Iterator[Batch]:
    """Pass after pass; SQuAD, which alone has questions made to be impossible, twice in each."""
    everything = [*groups, *(group for group in groups if group.source == "squad")]
    for epoch in count():
        yield from batches(everything, tokenizer, seed=_SEED + epoch, n_pairs=plan.n_pairs)


def checkpoints_of(out: Path) -> list[Path]:
    """The earliest first."""
    return sorted(out.glob("step-*.pt"))


def losses_of(outputs: Outputs, batch: Batch) -> tuple[Tensor, ...]:
    """Passage among passages, passage alone, span, sentence among sentences, sentence alone."""
    n = len(batch.group)
    relevance, answers = outputs.relevance.float()[:n], torch.from_numpy(batch.answers)
    listwise = _among(relevance, torch.from_numpy(batch.group), answers, batch.n_groups)
    alone = functional.binary_cross_entropy_with_logits(relevance, answers.float())
    weight = torch.where(answers, 1.0, _NO_SPAN)
    starts = _edge(outputs.start, batch.readable, batch.start)
    ends = _edge(outputs.end, batch.readable, batch.end)
    span = (weight * (starts + ends)[:n] / 2).sum() / weight.sum()
    sentences = _sentence_means(outputs.evidence, batch)
    holds = torch.from_numpy(batch.sentence_holds)
    of_group = torch.from_numpy(batch.sentence_group)
    best_sentence = _among(sentences, of_group, holds, batch.n_groups)
    each_sentence = functional.binary_cross_entropy_with_logits(sentences, holds.float())
    return listwise, 0.5 * alone, _SPAN * span, best_sentence, 0.5 * each_sentence


def _among(logits: Tensor, group: Tensor, right: Tensor, n_groups: int) -> Tensor:
    """Cross-entropy of the right ones within each group, "none" (logit 0) being right without."""
    none = torch.zeros(1)
    losses = []
    for number in range(n_groups):
        own, own_right = logits[group == number], right[group == number]
        wanted = own[own_right] if own_right.any() else none
        losses.append(torch.cat([none, own]).logsumexp(0) - wanted.logsumexp(0))
    return torch.stack(losses).mean()


def _edge(logits: Tensor, readable: NDArray[np.bool_], place: NDArray[np.int64]) -> Tensor:
    masked = logits.float().masked_fill(~torch.from_numpy(readable), -1e4)
    return functional.cross_entropy(masked, torch.from_numpy(place), reduction="none")


def _sentence_means(evidence: Tensor, batch: Batch) -> Tensor:
    place = torch.from_numpy(batch.sentence)
    inside = place >= 0
    means = torch.zeros(len(batch.sentence_holds))
    return means.scatter_reduce(
        0, place[inside], evidence.float()[inside], "mean", include_self=False
    )


def _read(model: ReaderModel, batch: Batch) -> Outputs:
    """Read where the model is; what it says comes back to where the losses are."""
    arrays = (batch.input_ids, batch.attention_mask, batch.token_type_ids)
    outputs = model(*(torch.from_numpy(array).to(_DEVICE) for array in arrays))
    return Outputs(*(logits.cpu() for logits in outputs))


def _parameters(model: ReaderModel, rate: float) -> list[dict[str, object]]:
    """New heads learn faster; biases and norms do not decay."""
    heads: list[Parameter] = []
    matrices: list[Parameter] = []
    vectors: list[Parameter] = []
    for name, parameter in model.named_parameters():
        if not name.startswith("encoder."):
            heads.append(parameter)
        elif parameter.requires_grad:
            (matrices if parameter.ndim > 1 else vectors).append(parameter)
    return [
        {"params": heads, "full": 3 * rate, "weight_decay": 0.01},
        {"params": matrices, "full": rate, "weight_decay": 0.01},
        {"params": vectors, "full": rate, "weight_decay": 0.0},
    ]


def _rate_at(progress: float) -> float:
    """Share of the full rate: a short rise, then straight down to 0."""
    return min(progress / _WARM, (1 - progress) / (1 - _WARM))
