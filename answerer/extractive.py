"""An answer by quoting only: retrieve, rank every sentence, quote the best, or say nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from answerer.evidence import describe_sentences
from answerer.quoting import cut_quotes
from answerer.reader import Reader, reader_is_there
from answerer.sentence_ranking import SentenceRanker, ranker_for, reranked_hits
from datatypes import Answer, Statement
from retriever.hybrid import Mode, Retriever
from retriever.ranking import Ranking, ranking_for

N_HITS = 10
"""Passages named with an answer."""


@dataclass(frozen=True, slots=True)
class ExtractiveAnswerer:
    """Safe from many threads. Without a `reader` the sentences are ranked by their surface."""

    retriever: Retriever
    ranker: SentenceRanker
    reader: Reader | None
    mode: Mode = "hybrid"

    @classmethod
    def load(cls, retriever: Retriever) -> ExtractiveAnswerer:
        """With the reader, if its model is there. Raises ModelError where it is not whole."""
        return cls.build(retriever, Reader.load() if reader_is_there() else None)

    @classmethod
    def build(
        cls,
        retriever: Retriever,
        reader: Reader | None,
        *,
        ranking: Ranking | None = None,
        mode: Mode = "hybrid",
    ) -> ExtractiveAnswerer:
        """With what was learned with these two models; `ranking` is another way to use them.

        Raises ModelError where the ranking was learned with other features.
        """
        if ranking is None or ranking.embedder_sha256 != retriever.embedder.sha256:
            ranking = ranking_for(retriever.embedder, reader.sha256 if reader else None)
        return cls(retriever.with_ranking(ranking), ranker_for(ranking), reader, mode)

    def with_index(self, folder: Path) -> ExtractiveAnswerer:
        """The same on another index. Raises IndexMissing, IndexDamaged or ModelError."""
        ranking = self.retriever.ranking
        retriever = Retriever.load(folder)
        return self.build(retriever, self.reader, ranking=ranking, mode=self.mode)

    def quote_answer(self, question: str, *, understood_as: str | None = None) -> Answer:
        """Without statements where the evidence is too weak; `hits` are there all the same.

        They are in the order of their best sentences, not as the retriever had them. Words that
        the documents spell otherwise are asked for as they have them, and `understood_as` says so.
        """
        n_read = self.retriever.ranking.n_read
        parsed = self.retriever.parse(understood_as or question)
        candidates = self.retriever.candidates(parsed, k=max(n_read, N_HITS), mode=self.mode)
        passages = [candidate.passage for candidate in candidates[:n_read]]
        outputs = self.reader.read_passages(parsed.question, passages) if self.reader else ()
        sentences = describe_sentences(parsed, candidates[:n_read], outputs)
        ranked = self.ranker.rank_sentences(parsed, sentences)
        quotes = cut_quotes(parsed, ranked) if ranked.answers else ()
        return Answer(
            question=question,
            statements=tuple(Statement(quote.text, (quote,)) for quote in quotes),
            hits=reranked_hits(candidates, ranked)[:N_HITS],
            confidence=ranked.confidence,
            understood_as=None if parsed.question == question else parsed.question,
            parsed=parsed,
        )
