"""Groups → padded tensors of a few fixed shapes, with what the model should say of each."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.reader_changes import annotated, asked_hastily, scanned
from training.reader_data import Group, Text

MAX_PIECES = 256
"""Of question and passage together, the three marks included."""

_STEP = 32  # every new shape costs the CPU kernels a start
_PASSAGES = (1, 2, 1, 2, 2, 3)
"""One of these is kept of a group; the first two are for what has no answer."""

_POOL = 60  # batches whose groups are sorted by length together


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a passage as the model reads them. `sentence`: of each piece, or -1."""

    ids: list[int]
    kinds: list[int]
    sentence: NDArray[np.int64]
    readable: NDArray[np.bool_]  # where a span may begin or end: the passage's pieces and [CLS]
    start: int
    end: int
    """The answer's first and last piece; 0, the [CLS], where there is none."""
    holds: NDArray[np.bool_]  # of each sentence: does it hold an answer?


@dataclass(frozen=True, slots=True)
class Batch:
    """Pairs of about the same length: arrays of (b, n), filled up with rows that say nothing.

    `sentence` is numbered within the batch. `start`, `end` are of each row; `group` says of each
    pair, which come first, to which question it belongs, `sentence_group` the same of sentences.
    """

    input_ids: NDArray[np.int64]
    attention_mask: NDArray[np.int64]
    token_type_ids: NDArray[np.int64]
    sentence: NDArray[np.int64]
    readable: NDArray[np.bool_]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    group: NDArray[np.int64]
    answers: NDArray[np.bool_]  # of each pair
    sentence_group: NDArray[np.int64]
    sentence_holds: NDArray[np.bool_]
    n_groups: int


def pair_of(tokenizer: Tokenizer, question: str, text: Text, dice: random.Random) -> Pair | None:
    """None where the pair is longer than the model reads, or the answer has no piece of its own."""
    lead = f"{text.introduction}\n"
    encoding = tokenizer.encode(question, lead + text.text)
    if len(encoding.ids) > MAX_PIECES:
        return None
    offsets = np.array(encoding.offsets, dtype=np.int64) - len(lead)
    is_mark = np.array(encoding.special_tokens_mask, dtype=bool)
    inside = (np.array(encoding.type_ids) == 1) & ~is_mark & (offsets[:, 0] >= 0)
    sentence = np.full(len(offsets), -1)
    for number, (start, end) in enumerate(text.sentences):
        sentence[inside & (offsets[:, 0] >= start) & (offsets[:, 0] < end)] = number
    readable = inside.copy()
    readable[0] = True
    first = last = 0
    if text.answers:
        start, end = dice.choice(text.answers)
        pieces = np.flatnonzero(inside & (offsets[:, 1] > start) & (offsets[:, 0] < end))
        if not len(pieces):
            return None
        first, last = int(pieces[0]), int(pieces[-1])
    holds = np.array(
        [any(a < end and start < b for a, b in text.answers) for start, end in text.sentences],
        dtype=bool,
    )
    return Pair(encoding.ids, encoding.type_ids, sentence, readable, first, last, holds)


def disturbed(group: Group, dice: random.Random) -> Group:
    """As a hasty visitor asks it of an old scan; most groups stay as they are."""
    question = asked_hastily(group.question, dice)
    noise = dice.random()
    heading = dice.random()
    texts = []
    for text in group.passages:
        lead, new, sentences, answers = text.introduction, text.text, text.sentences, text.answers
        if heading < 0.35:
            lead = "" if heading < 0.2 else lead.upper()
        if noise < 0.2:
            change = scanned if noise < 0.13 else annotated
            new, moved = change(text.text, text.answers, dice)
            sentences = tuple((moved(a), moved(b)) for a, b in sentences)
            answers = tuple((moved(a), moved(b)) for a, b in answers)
        texts.append(Text(lead, new, sentences, answers))
    return replace(group, question=question, passages=tuple(texts))


def cropped(text: Text, dice: random.Random) -> Text:
    """A run of the passage's sentences with the answer: short passages take less time to learn."""
    first, last = 0, len(text.sentences) - 1
    least = dice.choice((250, 400, 550))  # characters
    while first < last:
        start, end = text.sentences[first][0], text.sentences[last][1]
        can_lose_first = all(a >= text.sentences[first + 1][0] for a, _ in text.answers)
        can_lose_last = all(b <= text.sentences[last - 1][1] for _, b in text.answers)
        if end - start <= least or not (can_lose_first or can_lose_last):
            break
        if can_lose_first and (not can_lose_last or dice.random() < 0.5):
            first += 1
        else:
            last -= 1
    start, end = text.sentences[first][0], text.sentences[last][1]
    return Text(
        text.introduction,
        text.text[start:end],
        tuple((a - start, b - start) for a, b in text.sentences[first : last + 1]),
        tuple((a - start, b - start) for a, b in text.answers),
    )


def thinned(group: Group, dice: random.Random) -> Group:
    """Most groups are asked of short passages, and of fewer than they have: more are read in a run.

    An impossible question keeps its passage whole: what makes it impossible is somewhere in it.
    """
    if group.kind == "answerable" and dice.random() < 0.65:
        short = tuple(cropped(text, dice) for text in group.passages)
        group = replace(group, passages=short)
    lots = _PASSAGES if group.kind == "answerable" else _PASSAGES[:2]
    return replace(group, passages=group.passages[: dice.choice(lots)])


def batches(
    groups: Sequence[Group], tokenizer: Tokenizer, *, seed: int, n_pairs: int
) -> Iterator[Batch]:
    """One pass over the groups, shuffled, disturbed and thinned."""
    dice = random.Random(seed)
    order = list(groups)
    dice.shuffle(order)
    pool: list[list[Pair]] = []
    for group in order:
        heard = disturbed(thinned(group, dice), dice)
        pairs = [pair_of(tokenizer, heard.question, text, dice) for text in heard.passages]
        if pairs[0] is None:
            continue
        pool.append([pair for pair in pairs if pair is not None])
        if sum(map(len, pool)) >= _POOL * n_pairs:
            yield from _of_pool(pool, n_pairs, dice)
            pool = []
    yield from _of_pool(pool, n_pairs, dice)


def _of_pool(pool: list[list[Pair]], n_pairs: int, dice: random.Random) -> Iterator[Batch]:
    pool.sort(key=lambda pairs: max(len(pair.ids) for pair in pairs))
    made: list[list[list[Pair]]] = [[]]
    for pairs in pool:
        if sum(map(len, made[-1])) + len(pairs) > n_pairs:
            made.append([])
        made[-1].append(pairs)
    dice.shuffle(made)
    yield from (collated(chosen, n_pairs) for chosen in made if chosen)


def collated(groups: Sequence[Sequence[Pair]], n_rows: int) -> Batch:
    """The pairs of all groups in one batch of `n_rows`."""
    flat = [(pair, number) for number, pairs in enumerate(groups) for pair in pairs]
    shape = n_rows, -(-max(len(pair.ids) for pair, _ in flat) // _STEP) * _STEP
    ids, mask, kinds = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    sentence = np.full(shape, -1)
    readable = np.zeros(shape, dtype=bool)
    mask[:, 0] = 1
    readable[:, 0] = True
    start, end = (np.zeros(n_rows, dtype=np.int64) for _ in range(2))
    n_sentences = 0
    for row, (pair, _) in enumerate(flat):
        n = len(pair.ids)
        ids[row, :n], mask[row, :n], kinds[row, :n] = pair.ids, 1, pair.kinds
        sentence[row, :n] = np.where(pair.sentence >= 0, pair.sentence + n_sentences, -1)
        readable[row, :n] = pair.readable
        start[row], end[row] = pair.start, pair.end
        n_sentences += len(pair.holds)
    group = np.array([number for _, number in flat])
    return Batch(
        *(ids, mask, kinds, sentence, readable, start, end, group),
        answers=start[: len(flat)] > 0,
        sentence_group=np.repeat(group, [len(pair.holds) for pair, _ in flat]),
        sentence_holds=np.concatenate([pair.holds for pair, _ in flat]),
        n_groups=len(groups),
    )
