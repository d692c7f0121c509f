"""An answer by quoting only: retrieve, judge every sentence, quote the best, or say nothing."""

from __future__ import annotations

from dataclasses import dataclass

from answerer.confidence import Judge, reranked
from answerer.evidence import sentences_of
from answerer.quoting import quotes_of
from answerer.reader import Reader, reader_is_there
from datatypes import Answer, Statement
from retriever.hybrid import Mode, Retriever

N_READ = 5
"""Passages whose sentences are looked at, and which the reader reads."""

N_HITS = 10
"""Passages named with an answer."""


@dataclass(frozen=True, slots=True)
class ExtractiveAnswerer:
    """Safe from many threads. Without a `reader` the sentences are judged by their surface."""

    retriever: Retriever
    judge: Judge
    reader: Reader | None
    n_read: int = N_READ
    mode: Mode = "hybrid"

    @classmethod
    def load(cls, retriever: Retriever) -> ExtractiveAnswerer:
        """With the reader, if its model is there. Raises ModelError where it is not whole."""
        if reader_is_there():
            return cls(retriever, Judge.load("reader"), Reader.load())
        return cls(retriever, Judge.load("plain"), None)

    def answer(self, question: str, *, understood_as: str | None = None) -> Answer:
        """Without statements where the evidence is too weak; `hits` are there all the same.

        They are in the order of their best sentences, not as the retriever had them. Words that
        the documents spell otherwise are asked for as they have them, and `understood_as` says so.
        """
        reading = self.retriever.read(understood_as or question)
        candidates = self.retriever.candidates(reading, k=max(self.n_read, N_HITS), mode=self.mode)
        read = candidates[: self.n_read]
        passages = [candidate.passage for candidate in read]
        reads = self.reader.read(reading.question, passages) if self.reader else ()
        judged = self.judge(reading, sentences_of(reading, read, reads))
        weights = self.judge.weights
        found = judged.confidence >= weights.not_found
        quotes = quotes_of(reading, judged, margin=weights.margin) if found else ()
        return Answer(
            question=question,
            statements=tuple(Statement(quote.text, (quote,)) for quote in quotes),
            hits=reranked(candidates, judged)[:N_HITS],
            confidence=judged.confidence,
            understood_as=None if reading.question == question else reading.question,
        )
