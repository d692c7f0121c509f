"""What a measurement found, as data: `report.json` holds a Report and nothing else.

Every span counts characters of its document's text. Shares and scores are as they are called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from datatypes import Span
from evaluation.measures.abstention import Bin, CurvePoint
from evaluation.measures.comparison import Comparison
from evaluation.measures.significance import Figure
from evaluation.request import Request

FORMAT_VERSION = 2

RIGHT = "right"
"""A measure of one answered question: 1 where it ended as it should, answered with the right words
first or rightly not answered."""


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a document, its text, and where it stands."""

    document_id: str
    title: str
    page: str | None
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class PassageText(Place):
    """A passage of the collection, kept once however often it was found."""

    heading: str | None


@dataclass(frozen=True, slots=True)
class EvidenceInPlace(Place):
    """A piece of evidence and the text around it."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class QuotedPlace(Place):
    """A quote of an answer. `exact`: as in the file on disk; None where that has no text."""

    highlight: Span | None
    right: bool
    exact: bool | None


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """Of the answer as the API gives it what a report shows, each quote judged.

    `confidence`: None without calibration.
    """

    found: bool
    confidence: float | None
    understood_as: str | None
    quotes: tuple[QuotedPlace, ...]


@dataclass(frozen=True, slots=True)
class SharedWord:
    """A word of the question that a passage has. `weight`: its rarity (idf) in the collection."""

    asked: str
    found: str
    weight: float


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """A passage as it was found for a question; `Report.passages` has its text.

    `score` ranks, `scores` are each retriever's own (`dense`: cosine, `lexical`: BM25); nothing
    where it was not found at all. `rank` is among passages.
    """

    passage_id: str
    rank: int | None
    score: float | None
    scores: Mapping[str, float]
    right: bool
    shared_words: tuple[SharedWord, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question in one run.

    `asked` is what was asked, with slips in it under that condition. `rank` of the best right
    passage (or document, where documents are ranked), None where it was not among the hits.
    `right_passage` is that passage, or the one that should have been found. `hits`: the first
    few. `measures` are this question's own values. From `text` on a baseline has nothing.
    """

    query_id: str
    kind: str
    split: str | None
    answerable: bool
    seconds: float
    measures: Mapping[str, float]
    rank: int | None
    text: str = ""
    asked: str = ""
    note: str = ""
    expected: tuple[str, ...] = ()
    evidence: tuple[EvidenceInPlace, ...] = ()
    right_passage: RankedPassage | None = None
    hits: tuple[RankedPassage, ...] = ()
    answer: GivenAnswer | None = None

    @property
    def beaten_by(self) -> tuple[RankedPassage, ...]:
        """Of the first hits, those above the right passage: why, their words and scores say."""
        right = self.right_passage
        if right is None or right.rank is None:
            return tuple(hit for hit in self.hits if not hit.right)
        return tuple(hit for hit in self.hits if not hit.right and (hit.rank or 0) < right.rank)

    @property
    def judged(self) -> bool:
        """Whether it can fail: there is something to find, or something to say."""
        return self.answerable or RIGHT in self.measures

    @property
    def failed(self) -> bool:
        """What a curator looks at first: not found, wrongly answered, or wrongly given up."""
        if RIGHT in self.measures:
            return self.measures[RIGHT] < 1
        return self.answerable and self.rank != 1


@dataclass(frozen=True, slots=True)
class RunReport:
    """One system under one condition.

    `recall_by_k[k - 1]`: the mean share of the right ones that are among the first k, for
    k = 1, 2 …. `by_kind`: the figures of single questions for each kind of question. Latencies
    are in seconds. `peak_bytes`: resident memory while it answered, all that was loaded included.
    """

    name: str
    mode: str
    condition: str
    unit: str
    figures: tuple[Figure, ...]
    latency_p50: float
    latency_p95: float
    peak_bytes: int
    questions: tuple[QuestionResult, ...]
    by_kind: Mapping[str, tuple[Figure, ...]] = field(default_factory=dict)
    recall_by_k: tuple[float, ...] = ()
    risk_coverage: tuple[CurvePoint, ...] = ()
    reliability: tuple[Bin, ...] = ()

    def figure(self, measure: str) -> Figure | None:
        return next((figure for figure in self.figures if figure.measure == measure), None)

    def values(self) -> dict[str, dict[str, float]]:
        """Measure → query id → value."""
        values: dict[str, dict[str, float]] = {}
        for question in self.questions:
            for measure, value in question.measures.items():
                values.setdefault(measure, {})[question.query_id] = value
        return values


@dataclass(frozen=True, slots=True)
class Setting:
    """What was measured, and with what; `questions_sha256` is of the questions' file."""

    request: Request
    questions_sha256: str
    model: str
    n_documents: int
    n_passages: int
    passage_tokens: int
    docent_version: str
    python: str
    machine: str


@dataclass(frozen=True, slots=True)
class Report:
    """`created` in UTC, ISO 8601. `passages`: the texts of all ranked passages, by id.

    Under a condition that changes the documents, a passage's id begins with that condition.
    """

    created: str
    setting: Setting
    n_questions: int
    n_answerable: int
    runs: tuple[RunReport, ...]
    comparisons: tuple[Comparison, ...] = ()
    passages: Mapping[str, PassageText] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    format_version: int = FORMAT_VERSION

    @property
    def main_run(self) -> RunReport:
        """The one that a summary is about: it answers, if any does."""
        return next((run for run in self.runs if run.risk_coverage), self.runs[0])
