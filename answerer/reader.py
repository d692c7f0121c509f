"""Reads question and passage together: does it answer, which sentence, which words.

A small cross-encoder trained for Docent (`models/reader/README.md`). One forward pass gives a
logit for the passage and three for each token: an answer begins here, ends here, stands in
the evidence. Runs in onnxruntime and tokenizers alone.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from datatypes import Passage, Span
from errors import ModelError
from index.embedder import open_export, read_recipe
from index.text.chunker import introduction

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Encoding

READER_FOLDER = Path(__file__).parent.parent / "models" / "reader"

_REMEDY = "Take the file from the project again, or make it anew with: python -m training"
_FILES = ("recipe.json", "model.onnx", "tokenizer.json")
_N_WORKERS = 2  # the machines of museums have two cores
_MAX_QUESTION_TOKENS = 64
_MAX_LEAD_TOKENS = 48
_OVERLAP_TOKENS = 64  # of neighbouring windows of a long passage
_MAX_SPAN_TOKENS = 30
_NOWHERE = -1e4


@dataclass(frozen=True, slots=True)
class ReaderOutput:
    """What the reader makes of one passage. All numbers are logits.

    `relevance`: that the passage answers. `sentences`: that the sentence holds an answer, one for
    each of the passage's. `best`: in each sentence the likeliest answer (a span of the document)
    and its score above "there is none".
    """

    relevance: float
    sentences: tuple[float, ...]
    best: tuple[tuple[Span, float], ...]


@dataclass(frozen=True, slots=True)
class _Window:
    """A run of a passage's tokens as it is read: `first` and `end` count the passage's tokens."""

    ids: list[int]
    n_question: int  # tokens before the second text, marks included
    n_before: int  # tokens before the passage's own
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class _Logits:
    window: _Window
    relevance: float
    start: NDArray[np.float32]  # of the window's own tokens, the null's already taken off
    end: NDArray[np.float32]
    evidence: NDArray[np.float32]


def reader_is_there(folder: Path = READER_FOLDER) -> bool:
    """Whether the model's files are all present; `Reader.load` says whether they are right."""
    return all((folder / name).is_file() for name in _FILES)


def shipped_reader_sha256() -> str | None:
    """Of the shipped reader's model, as its recipe has it; None where it is missing."""
    if not reader_is_there():
        return None
    recipe = json.loads((READER_FOLDER / "recipe.json").read_text("utf-8"))
    return str(recipe["files"]["model.onnx"])


class Reader:
    """Safe from many threads: nothing changes after loading."""

    def __init__(self, folder: Path) -> None:
        try:
            recipe = read_recipe(folder)
        except ModelError as error:
            raise ModelError(error.what, _REMEDY) from error
        self.sha256 = str(recipe["files"]["model.onnx"])
        self.max_tokens = int(recipe["max_pieces"])
        self._session, self._tokenizer = open_export(folder)
        self._workers = ThreadPoolExecutor(_N_WORKERS, thread_name_prefix="reader")
        self._begin, self._part = self._tokenizer.encode("").ids  # [CLS] and [SEP]

    @classmethod
    def load(cls, folder: Path = READER_FOLDER) -> Reader:
        """Raises ModelError where a file is missing or is not the one that the recipe names."""
        return cls(folder)

    def read_passages(self, question: str, passages: Sequence[Passage]) -> list[ReaderOutput]:
        """One output for each passage, in their order. Long passages are read in windows."""
        asked = self._encode(question).ids[:_MAX_QUESTION_TOKENS]
        texts = [self._encode(passage.text) for passage in passages]
        windows = [
            list(self._windows(asked, passage, text.ids))
            for passage, text in zip(passages, texts, strict=True)
        ]
        logits = self._workers.map(self._logits, chain.from_iterable(windows))
        return [
            _joined(passage, text, list(islice(logits, len(of_passage))))
            for passage, text, of_passage in zip(passages, texts, windows, strict=True)
        ]

    def _encode(self, text: str) -> Encoding:
        encoding: Encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return encoding

    def _windows(self, asked: list[int], passage: Passage, tokens: list[int]) -> Iterator[_Window]:
        lead = f"{introduction(passage.heading, passage.document.title)}\n"
        before = [self._begin, *asked, self._part]
        opening = before + self._encode(lead).ids[:_MAX_LEAD_TOKENS]
        room = self.max_tokens - len(opening) - 1
        first = 0
        while True:
            end = min(first + room, len(tokens))
            ids = [*opening, *tokens[first:end], self._part]
            yield _Window(ids, len(before), len(opening), first, end)
            if end == len(tokens):
                return
            first = end - min(_OVERLAP_TOKENS, room // 2)

    def _logits(self, window: _Window) -> _Logits:
        """Read alone: activations are quantised by what else is in a batch, and padding costs."""
        n = len(window.ids)
        kinds = np.ones((1, n), dtype=np.int64)
        kinds[0, : window.n_question] = 0
        (relevance,), (start,), (end,), (evidence,) = self._session.run(
            ["relevance", "start", "end", "evidence"],
            {
                "input_ids": np.array([window.ids], dtype=np.int64),
                "attention_mask": np.ones((1, n), dtype=np.int64),
                "token_type_ids": kinds,
            },
        )
        own = slice(window.n_before, window.n_before + window.end - window.first)
        return _Logits(
            window,
            float(relevance),
            start[own] - start[0],
            end[own] - end[0],
            evidence[own],
        )


def _joined(passage: Passage, text: Encoding, windows: Sequence[_Logits]) -> ReaderOutput:
    """Of several windows the passage has the best relevance."""
    offsets = passage.span.start + np.array(text.offsets, dtype=np.int64).reshape(-1, 2)
    evidence = _merged_evidence(len(offsets), windows)
    sentences: list[float] = []
    best: list[tuple[Span, float]] = []
    for sentence in passage.sentences:
        begins = (offsets[:, 0] >= sentence.start) & (offsets[:, 0] < sentence.end)
        tokens = np.flatnonzero(begins)
        if not len(tokens):  # no sign that the model knows
            sentences.append(_NOWHERE)
            best.append((sentence, _NOWHERE))
            continue
        sentences.append(float(evidence[tokens].mean()))
        low, high = int(tokens[0]), int(tokens[-1]) + 1
        spans = [_best_span(logits, low, high) for logits in windows]
        score, start, end = max(spans, key=lambda span: span[0])
        # a token may begin in the sentence and end after it, where a sentence ends in a word
        answer = Span(int(offsets[start, 0]), min(int(offsets[end, 1]), sentence.end))
        best.append((answer, score))
    relevance = max(logits.relevance for logits in windows)
    return ReaderOutput(relevance, tuple(sentences), tuple(best))


def _merged_evidence(n_tokens: int, windows: Sequence[_Logits]) -> NDArray[np.float32]:
    """For each token that of the window in which it stands inmost."""
    evidence = np.zeros(n_tokens, dtype=np.float32)
    depth = np.full(n_tokens, -1)
    for logits in windows:
        first, end = logits.window.first, logits.window.end
        places = np.arange(first, end)
        inner = np.minimum(
            places - first if first else places + n_tokens,
            end - 1 - places if end < n_tokens else 2 * n_tokens - places,
        )
        better = inner > depth[first:end]
        evidence[first:end][better] = logits.evidence[better]
        depth[first:end][better] = inner[better]
    return evidence


def _best_span(logits: _Logits, low: int, high: int) -> tuple[float, int, int]:
    """Score, first and last token of the likeliest span among the tokens `low` to `high`."""
    first = logits.window.first
    low, high = max(low, first), min(high, logits.window.end)
    if low >= high:
        return 2 * _NOWHERE, low, low
    start, end = logits.start[low - first : high - first], logits.end[low - first : high - first]
    allowed = _band(len(start))
    scores = np.where(allowed, start[:, None] + end[None, :], 2 * _NOWHERE)
    a, b = np.unravel_index(int(scores.argmax()), scores.shape)
    return float(scores[a, b]), low + int(a), low + int(b)


@functools.lru_cache(maxsize=512)
def _band(n: int) -> NDArray[np.bool_]:
    """Pairs (first, last) of tokens that a span may have."""
    places = np.arange(n)
    length = places[None, :] - places[:, None]
    allowed: NDArray[np.bool_] = (length >= 0) & (length < _MAX_SPAN_TOKENS)
    return allowed
