"""What Prometheus asks: how many questions through which door, how they ended, how long they took.

Counts alone: no question, no address, no document.
"""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.exposition import choose_encoder

from datatypes import Answer
from interface.server.library import Library

_SECONDS = (0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.0, 6.0)


class Metrics:
    """One registry for each application, so that several may live in one process."""

    def __init__(self, library: Library) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._answers = Counter(
            "docent_answers",
            "Questions answered, and those to which the documents do not say anything.",
            ["door", "outcome"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "docent_answer_seconds",
            "From the question to its answer.",
            ["door"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._replies = Counter(
            "docent_api_replies",
            "Replies of the API.",
            ["method", "status"],
            registry=self._registry,
        )
        documents = Gauge(
            "docent_documents", "Documents in the index being served.", registry=self._registry
        )
        documents.set_function(lambda: library.n_documents)

    def observe(self, answer: Answer, *, door: str, language: str, seconds: float) -> None:
        self._answers.labels(door, "found" if answer.found else "not_found").inc()
        self._seconds.labels(door).observe(seconds)

    def count_reply(self, method: str, status: int) -> None:
        self._replies.labels(method, str(status)).inc()

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """The numbers and their media type: OpenMetrics for who accepts it, else plain text."""
        encoder, media_type = choose_encoder(accept)
        return encoder(self._registry), media_type
