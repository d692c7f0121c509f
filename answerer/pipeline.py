"""The way through the house: a question → an answer, its citations, and the documents behind it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from answerer.citing import citations
from answerer.citing.permalinks import parse_permalink, permalink, resolve
from answerer.extractive import ExtractiveAnswerer
from answerer.generative.answering import answers_in_own_words
from answerer.generative.language_model import LanguageModel
from answerer.generative.receipts import make_receipt
from answerer.json_form import to_json
from answerer.question import cleaned, conversation_after
from answerer.quoting import check_against
from answerer.understanding import answer_what_is_meant
from datatypes import Answer, Collection, Document, Hit, Passage, Quote, Span
from errors import DocentError
from index.storage.base import DocumentCard, PassageStore
from index.text.folding import terms_with_spans
from retriever.hybrid import ParsedQuestion, Retriever
from retriever.lexical import FUNCTION_WORDS

_SECONDS_BETWEEN_LOOKS = 1.0
"""How often it is asked whether a new generation of the index has been switched in."""

_MOST_RELATED = 3

_NO_READER = (
    "The reader (models/reader) is missing: answers are found by surface alone, less surely. Take "
    "it from the project again, or train it: python -m training"
)
_UNCALIBRATED = (
    "Uncalibrated: nothing was learned with the model {model}, so nobody can say how sure an "
    "answer is. Make the index anew with the built-in model, or learn a ranking: make weights"
)

_log = logging.getLogger(__name__)


class Pipeline:
    """Answers from an index, always the newest generation of it. Safe from many threads."""

    def __init__(
        self, folder: Path, answerer: ExtractiveAnswerer, model: LanguageModel | None = None
    ) -> None:
        self._folder = folder
        self._opened = _Opened(answerer)
        self._model = model
        self._looked = time.monotonic()
        self._reloading = threading.Lock()

    @classmethod
    def load(cls, folder: Path, *, model: LanguageModel | None = None) -> Pipeline:
        """Raises IndexMissing, IndexDamaged or ModelError."""
        return cls(folder, ExtractiveAnswerer.load(Retriever.load(folder)), model)

    def ask(self, question: str, *, previous: Answer | None = None) -> Answer:
        """The answer by quoting; `previous` is the turn before, which a follow-up may mean.

        No language model takes part. Raises QuestionError, whose text can be shown, for what is no
        question.
        """
        opened = self._current()
        answer = answer_what_is_meant(opened.answerer, cleaned(question), previous)
        return opened.checked(answer, previous)

    def answers(
        self,
        question: str,
        *,
        previous: Answer | None = None,
        stop: threading.Event | None = None,
    ) -> Iterator[Answer]:
        """The answer in the language model's words as it grows, at last the whole one.

        Without a model it is the one of `ask`. Setting `stop` ends it early, with what there is.
        Raises QuestionError as `ask` does.
        """
        if self._model is None:
            yield self.ask(question, previous=previous)
            return
        opened = self._current()
        answer = answer_what_is_meant(
            opened.answerer, cleaned(question), previous, model=self._model, stop=stop
        )
        reader, ranking = opened.answerer.reader, opened.answerer.retriever.ranking
        for grown in answers_in_own_words(
            self._model, answer, reader=reader, behind_best=ranking.behind_best, stop=stop
        ):
            yield opened.checked(grown, previous)

    @property
    def model_name(self) -> str | None:
        """The language model in whose words answers are, if one is configured."""
        return self._model.settings.model if self._model else None

    def to_json(self, answer: Answer) -> dict[str, Any]:
        """What other programs are told of the answer."""
        return to_json(answer)

    def receipt(self, answer: Answer) -> dict[str, Any]:
        """How the answer came about, as JSON that `python -m answerer --receipt` can verify."""
        return make_receipt(answer, self.index.recipe)

    def search(self, query: str, *, limit: int) -> tuple[Hit, ...]:
        """The passages nearest to the query, best first. Raises QuestionError as `ask` does."""
        return self._current().answerer.retriever.retrieve(cleaned(query), k=limit)

    @property
    def collection(self) -> Collection:
        return self._current().index.collection

    @property
    def index(self) -> PassageStore:
        return self._current().index

    @property
    def note(self) -> str | None:
        """What an operator should know about how answers are made now."""
        if not self._opened.answerer.retriever.ranking.calibrated:
            return _UNCALIBRATED.format(model=self.index.recipe.model)
        return _NO_READER if self._opened.answerer.reader is None else self.index.warning

    @property
    def similarity_degrees(self) -> tuple[float, float, float]:
        """Scores of a passage (`dense`) from which it is close to a question, near, or loosely so.

        Each embedding model has its own.
        """
        return self._opened.answerer.retriever.ranking.degrees

    @property
    def n_documents(self) -> int:
        return self.index.recipe.n_documents

    def document(self, document_id: str) -> Document | None:
        return self.index.texts.document(document_id)

    def documents(
        self, *, search: str = "", offset: int = 0, limit: int = 50
    ) -> tuple[int, list[DocumentCard]]:
        """How many documents the search finds, and those from `offset` on, `limit` at most."""
        return self.index.texts.cards(search=search, offset=offset, limit=limit)

    def matches(self, answer: Answer, passage: Passage) -> tuple[Span, ...]:
        """The words of the passage that the question's words met, as spans of the document."""
        asked = self._current().parsed(answer).asked
        terms = terms_with_spans(passage.text, offset=passage.span.start)
        held = {term.text for term in terms}
        forms = {form for term in asked for form in term.forms}
        forms |= {
            part for term in asked for name in term.names if held.issuperset(name) for part in name
        }
        return tuple(term.span for term in terms if term.text in forms - FUNCTION_WORDS)

    def cite(self, quote: Quote) -> dict[str, str]:
        """Keys: note, short_note, bibliography, bibtex, ris, csl_json."""
        return citations.cite(quote)

    def permalink(self, quote: Quote) -> str:
        """A query string that leads back to the quote: `?quote=…`."""
        return permalink(quote)

    def find(self, permalink_value: str) -> Quote | None:
        """The quote again; None where its text is no longer the same.

        Raises QuestionError for a malformed link.
        """
        document = self.document(parse_permalink(permalink_value)[0])
        return resolve(permalink_value, document) if document else None

    def related_questions(self, answer: Answer) -> tuple[str, ...]:
        """The suggested questions nearest to the one asked, without that one itself."""
        return self._current().related_questions(answer)

    def close(self) -> None:
        """Call it when no thread is asking any more."""
        self._opened.index.close()

    def _current(self) -> _Opened:
        """The newest generation. One thread opens it, the others answer from the one before."""
        if time.monotonic() - self._looked < _SECONDS_BETWEEN_LOOKS:
            return self._opened
        if not self._reloading.acquire(blocking=False):
            return self._opened
        try:
            self._looked = time.monotonic()
            if not self._opened.index.is_current():
                self._opened = _Opened(self._opened.answerer.with_index(self._folder))
        except DocentError as error:
            _log.warning("The index stays as it was. %s", error)
        finally:
            self._reloading.release()
        return self._opened


class _Opened:
    """One generation of the index with what is made of it."""

    def __init__(self, answerer: ExtractiveAnswerer) -> None:
        self.answerer = answerer
        self.index = answerer.retriever.index
        self._suggested = self.index.collection.suggested_questions
        self._vectors = answerer.retriever.embedder.embed_questions(self._suggested)

    def checked(self, answer: Answer, previous: Answer | None) -> Answer:
        """With the conversation up to it. Raises IndexDamaged where a quote is not one."""
        for citation in answer.citations:
            document_id = citation.quote.document.document_id
            check_against(citation.quote, self.index.texts.stored_document(document_id))
        return replace(answer, turns=conversation_after(answer, previous))

    def parsed(self, answer: Answer) -> ParsedQuestion:
        """The answer's question as it was parsed to find it; parsed again where it lost that."""
        if isinstance(answer.parsed, ParsedQuestion):
            return answer.parsed
        return self.answerer.retriever.parse(answer.understood_as or answer.question)

    def related_questions(self, answer: Answer) -> tuple[str, ...]:
        if not self._suggested:
            return ()
        scores = self._vectors @ self.parsed(answer).vector
        same = self.answerer.retriever.ranking.same_question
        order = [row for row in np.argsort(-scores, kind="stable") if scores[row] < same]
        return tuple(self._suggested[row] for row in order[:_MOST_RELATED])
