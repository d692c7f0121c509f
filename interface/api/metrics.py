"""What Prometheus asks: how many questions through which door, how they ended, how long they took.

Counts alone: no question, no address, no document.
"""

from __future__ import annotations

from functools import partial

import prometheus_client as prometheus
from prometheus_client.exposition import choose_encoder

from datatypes import Answer
from interface.server.library import Library

_SECONDS = (0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.0, 6.0)


class Metrics:
    """One registry for each application, so that several may live in one process."""

    def __init__(self, library: Library) -> None:
        registry = self._registry = prometheus.CollectorRegistry()
        prometheus.ProcessCollector(registry=registry)
        prometheus.PlatformCollector(registry=registry)
        counter = partial(prometheus.Counter, registry=registry)
        meaning = "Questions answered, and those to which the documents do not say anything."
        self._answers = counter("docent_answers", meaning, ["door", "outcome"])
        self._replies = counter("docent_api_replies", "Replies of the API.", ["method", "status"])
        meaning, labels = "From the question to its answer.", ["door"]
        self._seconds = prometheus.Histogram(
            "docent_answer_seconds", meaning, labels, buckets=_SECONDS, registry=registry
        )
        meaning = "Documents in the index being served."
        documents = prometheus.Gauge("docent_documents", meaning, registry=registry)
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
