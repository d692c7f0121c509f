"""Question answering data → groups: one question with the passage that answers it and hard others.

Every data set is cut into collections of short, middling and long passages. Each collection is
indexed and asked its own questions, so that the wrong passages of a group are those that Docent's
own retriever would have shown.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
from tqdm import tqdm

from datatypes import Document, Passage, Span
from errors import SettingError
from index.embedder import EXPORT_FOLDER, ExportedEmbedder
from index.text.chunker import introduction, passages_of
from retriever.hybrid import Retriever
from training.articles import Article, Asked, articles_of
from training.examples import indexed
from training.reader_changes import changed

Kind = Literal["answerable", "impossible", "changed"]

N_HARD = 2
"""Passages without an answer that stand beside the one with it."""

SOURCES = {
    "squad": 100_000,
    "newwiki": 8_000,
    "nq_qed_train": 5_000,
    "fairytale_train": 4_300,
    "reddit": 6_000,
    "amazon": 4_000,
    "policyqa": 1_000,
}
"""Data sets, and how many questions are taken of each: encyclopaedic and old prose dominate."""

_SIZES = (120, 160, 254)
"""Word pieces that passages may grow to; the chunker itself ends them at 200."""

_CHANGED = 0.12
"""Share of the answerable questions that are also asked in a form that has no answer."""

_SEED = 1963
_N_RETRIEVED = 12


@dataclass(frozen=True, slots=True)
class Text:
    """A passage as the model reads it; `sentences` and `answers` are spans of `text`."""

    introduction: str
    text: str
    sentences: tuple[tuple[int, int], ...]
    answers: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Where a passage answers, it is the first and the only one."""

    source: str
    kind: Kind
    question: str
    passages: tuple[Text, ...]


def prepare(data: Path, out: Path, *, say: Callable[[str], object], small: bool = False) -> None:
    """Write each source's `train-….jsonl.gz` to `out`, unless it is there."""
    out.mkdir(parents=True, exist_ok=True)
    embedder = ExportedEmbedder(EXPORT_FOLDER)
    for source in ["squad"] if small else SOURCES:
        path = out / f"train-{source}.jsonl.gz"
        if path.exists():
            say(f"{path} is there; delete it to make it anew")
            continue
        groups = list(_groups(data, source, embedder, small=small))
        write_groups(groups, path)
        say(f"{path}: {len(groups)} groups")


def write_groups(groups: Iterable[Group], path: Path) -> None:
    unfinished = path.with_suffix(".part")
    with gzip.open(unfinished, "wb", compresslevel=4) as lines:
        for group in groups:
            lines.write(msgspec.json.encode(group) + b"\n")
    unfinished.replace(path)


def read_groups(prepared: Path) -> list[Group]:
    """Of all sources, shuffled. Raises SettingError where the data were not prepared."""
    groups: list[Group] = []
    paths = sorted(prepared.glob("train-*.jsonl.gz"))
    try:
        for path in paths:
            with gzip.open(path, "rb") as lines:
                groups += [msgspec.json.decode(line, type=Group) for line in lines]
    except OSError as error:
        raise SettingError(
            f"The prepared data {path} cannot be read ({error.strerror or error}).",
            "Delete it and make it anew with: python -m training reader-data",
        ) from error
    if not groups:
        raise SettingError(
            f"{prepared} holds no prepared questions (train-….jsonl.gz).",
            "Make them with: python -m training reader-data",
        )
    random.Random(_SEED).shuffle(groups)
    return groups


def _groups(data: Path, source: str, embedder: ExportedEmbedder, *, small: bool) -> Iterator[Group]:
    dice = random.Random(_SEED)
    articles = articles_of(data, source)
    dice.shuffle(articles)
    if small:
        articles = [min(articles, key=lambda article: len(article.text))]
    for number, size in enumerate(_SIZES):
        part = articles[number :: len(_SIZES)]
        share = -(-(40 if small else SOURCES[source]) * len(part) // len(articles))
        if part:
            yield from _mined(source, part, embedder, dice, most=share, size=size)


def _mined(
    source: str,
    articles: Sequence[Article],
    embedder: ExportedEmbedder,
    dice: random.Random,
    *,
    most: int,
    size: int,
) -> Iterator[Group]:
    """The groups of one collection. `most`: questions, `size`: word pieces a passage."""
    posed = [(number, asked) for number, each in enumerate(articles) for asked in each.questions]
    posed = dice.sample(posed, min(most, len(posed)))
    full, embedder.max_tokens = embedder.max_tokens, size
    try:
        with tempfile.TemporaryDirectory() as folder:
            retriever = _indexed_articles(articles, Path(folder), embedder)
            passages: dict[int, Sequence[Passage]] = {}
            for number, asked in tqdm(posed, desc=f"{source} {size}", file=sys.stderr):
                if number not in passages:
                    document = Document(f"{number:05}", f"{number:05}", articles[number].text)
                    passages[number] = passages_of(
                        document, count_tokens=embedder.count_tokens, max_tokens=size
                    )
                own = passages[number]
                first = _holding(own, asked, dice)
                if first is None:
                    continue
                hits = retriever.retrieve(asked.text, k=_N_RETRIEVED)
                wrong = [hit.passage for hit in hits if not _may_answer(hit.passage, asked, first)]
                texts = [_text(each, articles, ()) for each in _hard(wrong, first, dice)]
                kind: Kind = "answerable" if asked.answers else "impossible"
                kept = texts if asked.answers else texts[:1]
                yield Group(
                    source, kind, asked.text, (_text(first, articles, asked.answers), *kept)
                )
                if asked.answers and dice.random() < _CHANGED:
                    other = dice.choice(articles[number].questions).text
                    unanswerable = changed(asked.text, other, first.text, dice)
                    if unanswerable:
                        alone = _text(first, articles, ())
                        yield Group(source, "changed", unanswerable, (alone, *texts[:1]))
    finally:
        embedder.max_tokens = full


def _indexed_articles(
    articles: Sequence[Article], folder: Path, embedder: ExportedEmbedder
) -> Retriever:
    """Each article is a document with its number as its id."""
    (folder / "documents").mkdir()
    with (folder / "documents" / "corpus.jsonl").open("w", encoding="utf-8") as corpus:
        for number, article in enumerate(articles):
            corpus.write(json.dumps({"_id": f"{number:05}", "text": article.text}) + "\n")
    return indexed(folder / "documents", folder / "index", embedder)


def _holding(own: Sequence[Passage], asked: Asked, dice: random.Random) -> Passage | None:
    """The passage with a whole answer, or for an impossible question one of its paragraph."""
    if asked.answers:
        holding = [each for each in own if any(map(each.span.holds, asked.answers))]
    else:
        words = set(asked.text.lower().split())
        inside = [each for each in own if each.span.overlaps(asked.place)]
        inside.sort(key=lambda each: -len(words & set(each.text.lower().split())))
        holding = inside[:1]
    return dice.choice(holding) if holding else None


def _may_answer(passage: Passage, asked: Asked, own: Passage) -> bool:
    """Whether the passage holds an answer, or its words; for an impossible question, its place.

    `own` is a passage of the document that was asked about.
    """
    if passage.document.document_id == own.document.document_id and any(
        map(passage.span.overlaps, asked.answers or (asked.place,))
    ):
        return True
    text = passage.text.lower()
    return any(answer.of(own.document.text).lower() in text for answer in asked.answers)


def _hard(wrong: Sequence[Passage], own: Passage, dice: random.Random) -> list[Passage]:
    """One of the three that the retriever likes best, and others of the rest."""
    if not wrong:
        return []
    first = dice.choice(wrong[:3])
    rest = [each for each in wrong if each is not first and not each.span.overlaps(first.span)]
    near = [each for each in rest if each.document.document_id == own.document.document_id]
    pool = near if near and dice.random() < 0.5 else rest
    return [first, *dice.sample(pool, min(N_HARD - 1, len(pool)))]


def _text(passage: Passage, articles: Sequence[Article], answers: Sequence[Span]) -> Text:
    """Under the title of its article, as the document's id has it."""
    start, title = passage.span.start, articles[int(passage.document.document_id)].title
    held = filter(passage.span.holds, answers)
    return Text(
        introduction(passage.heading, title),
        passage.text,
        tuple((each.start - start, each.end - start) for each in passage.sentences),
        tuple((each.start - start, each.end - start) for each in held),
    )
