"""Reads question and passage together: does it answer, which sentence, which words.

A small cross-encoder trained for Docent (`models/reader/README.md`). One forward pass gives a
logit for the passage and three for each word piece: an answer begins here, ends here, stands in
the evidence. Runs in onnxruntime and tokenizers alone.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from datatypes import Passage, Span
from errors import ModelError
from index.embedder import read_recipe
from index.text.chunker import introduction

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Encoding

READER_FOLDER = Path(__file__).parent.parent / "models" / "reader"

_REMEDY = "Take the file from the project again, or make it anew with: python -m training"
_FILES = ("recipe.json", "model.onnx", "tokenizer.json")
_N_WORKERS = 2  # the machines of museums have two cores
_MAX_QUESTION_PIECES = 64
_MAX_LEAD_PIECES = 48
_OVERLAP_PIECES = 64  # of neighbouring windows of a long passage
_MAX_SPAN_PIECES = 30
_NOWHERE = -1e4


@dataclass(frozen=True, slots=True)
class Read:
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
    """A run of a passage's pieces as it is read: `first` and `end` count the passage's pieces."""

    ids: list[int]
    n_question: int  # pieces before the second text, marks included
    n_before: int  # pieces before the passage's own
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class _Logits:
    window: _Window
    relevance: float
    start: NDArray[np.float32]  # of the window's own pieces, the null's already taken off
    end: NDArray[np.float32]
    evidence: NDArray[np.float32]


def reader_is_there(folder: Path = READER_FOLDER) -> bool:
    """Whether the model's files are all present; `Reader.load` says whether they are right."""
    return all((folder / name).is_file() for name in _FILES)


class Reader:
    """Safe from many threads: nothing changes after loading."""

    def __init__(self, folder: Path) -> None:
        try:
            recipe = read_recipe(folder)
        except ModelError as error:
            raise ModelError(error.what, _REMEDY) from error
        self.sha256 = str(recipe["files"]["model.onnx"])
        self.max_pieces = int(recipe["max_pieces"])
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # it would report to its maker
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # windows are read side by side instead: no spinning
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            (folder / "model.onnx").read_bytes(), options, providers=["CPUExecutionProvider"]
        )
        self._workers = ThreadPoolExecutor(_N_WORKERS, thread_name_prefix="reader")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._begin, self._part = self._tokenizer.encode("").ids  # [CLS] and [SEP]

    @classmethod
    def load(cls, folder: Path = READER_FOLDER) -> Reader:
        """Raises ModelError where a file is missing or is not the one that the recipe names."""
        return cls(folder)

    def read(self, question: str, passages: Sequence[Passage]) -> list[Read]:
        """One Read for each passage, in their order. Long passages are read in windows."""
        asked = self._encode(question).ids[:_MAX_QUESTION_PIECES]
        texts = [self._encode(passage.text) for passage in passages]
        windows = [
            list(self._windows(asked, passage, text.ids))
            for passage, text in zip(passages, texts, strict=True)
        ]
        logits_of = self._workers.map(self._logits, chain.from_iterable(windows))
        read = [list(islice(logits_of, len(each))) for each in windows]
        return [
            _joined(passage, np.array(text.offsets, dtype=np.int64).reshape(-1, 2), logits)
            for passage, text, logits in zip(passages, texts, read, strict=True)
        ]

    def _encode(self, text: str) -> Encoding:
        return self._tokenizer.encode(text, add_special_tokens=False)

    def _windows(self, asked: list[int], passage: Passage, pieces: list[int]) -> Iterator[_Window]:
        lead = f"{introduction(passage.heading, passage.document.title)}\n"
        before = [self._begin, *asked, self._part]
        opening = before + self._encode(lead).ids[:_MAX_LEAD_PIECES]
        room = self.max_pieces - len(opening) - 1
        first = 0
        while True:
            end = min(first + room, len(pieces))
            ids = [*opening, *pieces[first:end], self._part]
            yield _Window(ids, len(before), len(opening), first, end)
            if end == len(pieces):
                return
            first = end - min(_OVERLAP_PIECES, room // 2)

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


def _joined(passage: Passage, offsets: NDArray[np.int64], windows: Sequence[_Logits]) -> Read:
    """Of several windows the passage has the best relevance; a piece counts where it is inmost."""
    evidence = np.zeros(len(offsets), dtype=np.float32)
    depth = np.full(len(offsets), -1)
    for logits in windows:
        first, end = logits.window.first, logits.window.end
        places = np.arange(first, end)
        inner = np.minimum(
            places - first if first else places + len(offsets),
            end - 1 - places if end < len(offsets) else 2 * len(offsets) - places,
        )
        better = inner > depth[first:end]
        evidence[first:end][better] = logits.evidence[better]
        depth[first:end][better] = inner[better]
    sentences: list[float] = []
    best: list[tuple[Span, float]] = []
    shift = passage.span.start
    for sentence in passage.sentences:
        begins = (offsets[:, 0] >= sentence.start - shift) & (offsets[:, 0] < sentence.end - shift)
        pieces = np.flatnonzero(begins)
        if not len(pieces):  # no sign that the model knows
            sentences.append(_NOWHERE)
            best.append((sentence, _NOWHERE))
            continue
        sentences.append(float(evidence[pieces].mean()))
        low, high = int(pieces[0]), int(pieces[-1]) + 1
        score, start, end = max(
            (_best_span(logits, low, high) for logits in windows), key=lambda found: found[0]
        )
        span = Span(shift + int(offsets[start, 0]), shift + int(offsets[end, 1]))
        best.append((_within(span, sentence), score))
    relevance = max(logits.relevance for logits in windows)
    return Read(relevance, tuple(sentences), tuple(best))


def _best_span(logits: _Logits, low: int, high: int) -> tuple[float, int, int]:
    """Score, first and last piece of the likeliest span among the pieces `low` to `high`."""
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
    """Pairs (first, last) of pieces that a span may have."""
    places = np.arange(n)
    length = places[None, :] - places[:, None]
    allowed: NDArray[np.bool_] = (length >= 0) & (length < _MAX_SPAN_PIECES)
    return allowed


def _within(span: Span, sentence: Span) -> Span:
    """A piece may begin in the sentence and end after it, where a sentence ends in a word."""
    return Span(span.start, min(span.end, sentence.end))
