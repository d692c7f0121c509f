"""What reading and checking a model's reply adds to each statement, in processor time.

The replies are the default document's own sentences, every second one with a number or a word
changed, so that statements pass and fail; they come in pieces of a few characters, as from a model.
The reader's look at the passages is not in it: it is done while the model begins to write.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from answerer.generative.checking import Checker
from answerer.generative.reply import ReplyParser
from benchmarks.sources import ROOT, markdown_table
from datatypes import Quote
from index.readers.folder import Loaded, load_folder
from index.text.chunker import sentences_of

N_SHOWN = 36
"""Sentences that a model is shown at once, as with the default window."""
PIECE = 5
"""Characters, about a token."""


def measure(documents: Path = ROOT / "documents") -> dict[str, Any]:
    times = list(_times(documents))
    return {
        "n_statements": len(times),
        "p50_ms": statistics.median(times),
        "p95_ms": statistics.quantiles(times, n=20)[-1],
        "slowest_ms": max(times),
    }


def table(measured: dict[str, Any]) -> Iterator[str]:
    yield f"{measured['n_statements']} statements read and checked, ms of processor time each"
    times = [f"{measured[name]:.2f}" for name in ("p50_ms", "p95_ms", "slowest_ms")]
    yield from markdown_table(["p50", "p95", "slowest"], [times])


def _times(documents: Path) -> Iterator[float]:
    for loaded in load_folder(documents):
        if not isinstance(loaded, Loaded):
            continue
        spans = sentences_of(loaded.document)
        quotes = [Quote(loaded.document, span) for span in spans]
        for start in range(0, len(quotes), N_SHOWN):
            yield from _of(quotes[start : start + N_SHOWN])


def _of(shown: Sequence[Quote]) -> Iterator[float]:
    parser, checker = ReplyParser(), Checker(shown)
    for number, quote in enumerate(shown, start=1):
        text = " ".join(quote.text.split())
        if number % 2:
            text = re.sub(r"\d", "7", text, count=1).replace(" is ", " is not ", 1)
        line = f"{text} [s{number}]\n"
        began = time.thread_time()
        for place in range(0, len(line), PIECE):
            for claim in parser.feed(line[place : place + PIECE]):
                checker.take(claim)
        yield (time.thread_time() - began) * 1000
