"""How the reader's training data are made and changed; the whole recipe at a tiny size (slow)."""

import json
import random
import re
from pathlib import Path
from subprocess import run
from sys import executable

import numpy as np
import pytest
from tokenizers import Tokenizer

from answerer.reader import READER_FOLDER, Reader
from datatypes import Document
from errors import SettingError
from evaluation.measures import quotes
from index.embedder import EXPORT_FOLDER
from index.text.chunker import passages_of
from training.articles import articles_of
from training.reader_batches import MAX_PIECES, batches, collated, cropped, disturbed, pair_of
from training.reader_changes import annotated, changed, detokenised, edited, scanned
from training.reader_data import Group, Kind, Text, read_groups, write_groups

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data"

with_data = pytest.mark.skipif(not DATA.is_dir(), reason="the training data are not there")

FIRST = "The mill was built in 1842 by Jonas Lund."
SECOND = "It ground rye and barley for eleven farms."
THIRD = "A flood carried away the wheel in the spring of 1901."
WORDS = f"{FIRST} {SECOND} {THIRD}"


def text(answer: str | None = "Jonas Lund") -> Text:
    sentences, start = [], 0
    for sentence in (FIRST, SECOND, THIRD):
        sentences.append((start, start + len(sentence)))
        start += len(sentence) + 1
    found = ((WORDS.index(answer), WORDS.index(answer) + len(answer)),) if answer else ()
    return Text("The mill", WORDS, tuple(sentences), found)


def group(answer: str | None = "Jonas Lund") -> Group:
    others = (text(None), text(None))
    kind: Kind = "answerable" if answer else "impossible"
    return Group("squad", kind, "Who built the mill?", (text(answer), *others))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(EXPORT_FOLDER / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def test_positions_move_with_the_edits() -> None:
    new, moved = edited("one two three", [(0, 3, "eleven"), (8, 13, "3"), (7, 7, "!")])
    assert new == "eleven two! 3"
    assert new[moved(4) : moved(7)] == "two"
    assert (moved(0), moved(13)) == (0, 13)


def test_tokenised_text_is_joined_again() -> None:
    tokenised = "Oakland Raiders ( played in 1981 ) , `` the '' champions ."
    new, moved = detokenised(tokenised)
    assert new == 'Oakland Raiders (played in 1981), "the" champions.'
    start = tokenised.index("1981")
    assert new[moved(start) : moved(start + 4)] == "1981"


@pytest.mark.parametrize("seed", range(20))
def test_noise_spares_the_answer_and_keeps_sentences_apart(seed: int) -> None:
    for change in (scanned, annotated):
        whole = text()
        new, moved = change(whole.text, whole.answers, random.Random(seed))
        ((start, end),) = whole.answers
        assert new[moved(start) : moved(end)] == "Jonas Lund"
        places = [moved(place) for span in whole.sentences for place in span]
        assert places == sorted(places)
        assert places[-1] == len(new)


def test_disturbing_changes_some_groups_and_leaves_most_passages() -> None:
    dice = random.Random(1)
    seen = [disturbed(group(), dice) for _ in range(300)]
    same = [each for each in seen if each.passages[0].text == WORDS]
    assert 0.7 < len(same) / len(seen) < 0.9
    assert {each.passages[0].introduction for each in seen} == {"", "The mill", "THE MILL"}
    for each in seen:
        whole = each.passages[0]
        assert [whole.text[start:end] for start, end in whole.answers] == ["Jonas Lund"]


def test_a_changed_question_has_something_that_the_passage_lacks() -> None:
    for seed in range(50):
        asked = "Who built the mill of Lund in 1842?"
        new = changed(asked, "Where is Anna Holm buried?", WORDS, random.Random(seed))
        if new is None:
            continue
        assert new != asked
        brought = set(new.replace("?", "").split()) - set(asked.replace("?", "").split())
        assert any(word not in WORDS for word in brought)


@pytest.mark.parametrize("answer", ["Jonas Lund", "rye and barley", "1901", None])
def test_cropping_keeps_whole_sentences_and_the_answer(answer: str | None) -> None:
    long = Text(
        "",
        f"{WORDS} {WORDS} {WORDS} {WORDS}",
        tuple(
            (a + shift, b + shift)
            for shift in range(0, 4 * (len(WORDS) + 1), len(WORDS) + 1)
            for a, b in text().sentences
        ),
        text(answer).answers,
    )
    for seed in range(10):
        short = cropped(long, random.Random(seed))
        assert len(short.text) < len(long.text)
        assert {short.text[a:b] for a, b in short.sentences} <= {FIRST, SECOND, THIRD}
        assert [short.text[a:b] for a, b in short.answers] == ([answer] if answer else [])


def test_the_labels_are_the_pieces_of_the_answer(tokenizer: Tokenizer) -> None:
    pair = pair_of(tokenizer, "Who built the mill?", text(), random.Random(1))
    assert pair is not None
    assert tokenizer.decode(pair.ids[pair.start : pair.end + 1]) == "jonas lund"
    assert list(pair.holds) == [True, False, False]
    assert set(pair.sentence[pair.start : pair.end + 1]) == {0}
    assert pair.readable[0]
    assert not pair.readable[1]


def test_without_an_answer_the_labels_point_at_nothing(tokenizer: Tokenizer) -> None:
    pair = pair_of(tokenizer, "Who built the mill?", text(None), random.Random(1))
    assert pair is not None
    assert pair.start == pair.end == 0
    assert not pair.holds.any()


def test_a_pair_that_the_model_cannot_read_whole_is_left_out(tokenizer: Tokenizer) -> None:
    long = Text("", WORDS * 20, text().sentences, text().answers)
    assert pair_of(tokenizer, "Who built the mill?", long, random.Random(1)) is None


def test_batches_have_few_shapes_and_all_pairs(tokenizer: Tokenizer) -> None:
    made = list(batches([group()] * 40, tokenizer, seed=1, n_pairs=12))
    for batch in made:
        assert len(batch.group) <= 12
        assert batch.input_ids.shape[0] == 12
        assert batch.input_ids.shape[1] % 32 == 0
        assert batch.input_ids.shape[1] <= MAX_PIECES
        assert (batch.attention_mask.sum(axis=1) > 1).sum() == len(batch.group)
        assert batch.answers.sum() == batch.n_groups
    assert sum(batch.n_groups for batch in made) == 40


def test_batches_are_the_same_for_the_same_seed(tokenizer: Tokenizer) -> None:
    first, again, other = (
        [batch.input_ids for batch in batches([group()] * 9, tokenizer, seed=seed, n_pairs=6)]
        for seed in (1, 1, 2)
    )
    assert all(map(np.array_equal, first, again))
    assert not all(map(np.array_equal, first, other))


def test_the_losses_fall_when_the_model_is_right(tokenizer: Tokenizer) -> None:
    import torch

    from training.reader_model import Outputs
    from training.reader_training import losses_of

    asked = [group(), group(None)]
    pairs = [
        [
            pair
            for each in one.passages
            if (pair := pair_of(tokenizer, one.question, each, random.Random(1)))
        ]
        for one in asked
    ]
    batch = collated(pairs, 8)

    def losses(sure: float) -> list[float]:
        shape = batch.input_ids.shape
        start, end, evidence = torch.zeros(shape), torch.zeros(shape), torch.zeros(shape)
        rows = torch.arange(shape[0])
        start[rows, torch.from_numpy(batch.start)] = sure
        end[rows, torch.from_numpy(batch.end)] = sure
        holds = torch.from_numpy(np.append(batch.sentence_holds, False))
        evidence = torch.where(holds[torch.from_numpy(batch.sentence)], sure, -sure)
        relevance = torch.where(torch.from_numpy(batch.start > 0), sure, -sure)
        return [float(each) for each in losses_of(Outputs(relevance, start, end, evidence), batch)]

    for worse, right, perfect in zip(losses(-5), losses(5), losses(50), strict=True):
        assert worse > right > perfect >= 0
        assert perfect < 1e-3


def test_groups_are_read_as_they_were_written(tmp_path: Path) -> None:
    write_groups([group()], tmp_path / "train-one.jsonl.gz")
    write_groups([group(None)], tmp_path / "train-two.jsonl.gz")
    read = read_groups(tmp_path)
    assert len(read) == 2
    assert group() in read
    assert group(None) in read


def test_data_that_were_not_prepared_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"holds no prepared questions.*reader-data"):
        read_groups(tmp_path)
    (tmp_path / "train-squad.jsonl.gz").write_bytes(b"not gzip")
    with pytest.raises(SettingError, match=r"train-squad\.jsonl\.gz cannot be read.*Delete it"):
        read_groups(tmp_path)


@with_data
def test_the_test_articles_are_in_no_other_split() -> None:
    titles = {
        split: {article.title for article in articles_of(DATA, "squad", split)}
        for split in ("train", "dev", "test")
    }
    assert not titles["test"] & (titles["train"] | titles["dev"])
    assert not titles["dev"] & titles["train"]


@with_data
@pytest.mark.parametrize("source", ["squad", "newwiki", "nq_qed_train", "fairytale_train"])
def test_answers_are_slices_of_their_article(source: str) -> None:
    for article in articles_of(DATA, source)[:20]:
        for asked in article.questions:
            for span in asked.answers:
                said = span.of(article.text)
                assert said.strip()
                assert asked.place.holds(span)


@pytest.mark.parametrize(
    ("said", "wanted", "f1"),
    [
        ("The mill", "mill", 1.0),
        ("Jonas Lund", "Jonas", 2 / 3),
        ("rye", "barley", 0.0),
        ("", "", 1.0),
    ],
)
def test_f1_is_that_of_squad(said: str, wanted: str, f1: float) -> None:
    assert quotes.f1(said, [wanted]) == pytest.approx(f1)


def test_without_checkpoints_nothing_is_exported(tmp_path: Path) -> None:
    done = step("reader-export", "--checkpoints", str(tmp_path), "--out", str(tmp_path / "out"))
    assert done[0] == 1
    assert re.fullmatch(r"training: There is no checkpoint to export\. .*reader-train\n", done[2])


def step(*arguments: str) -> tuple[int, str, str]:
    done = run(
        [executable, "-m", "training", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@with_data
@pytest.mark.slow
def test_the_whole_recipe_at_a_tiny_size(tmp_path: Path) -> None:
    places = [
        "--prepared",
        str(tmp_path / "data"),
        "--checkpoints",
        str(tmp_path / "run"),
        "--small",
    ]
    for name in ("reader-data", "reader-train"):
        code, _, problems = step(name, *places)
        assert code == 0, problems
    assert list((tmp_path / "run").glob("step-*.pt"))
    code, out, problems = step("reader-export", *places, "--out", str(tmp_path / "reader"))
    assert (code, out.strip()) == (0, str(tmp_path / "reader")), problems
    recipe = json.loads((tmp_path / "reader" / "recipe.json").read_text(encoding="utf-8"))
    assert (
        recipe["source_sha256"]
        == json.loads((READER_FOLDER / "recipe.json").read_text())["source_sha256"]
    )
    document = Document("mill", "The mill", WORDS)
    passages = passages_of(document, count_tokens=len, max_tokens=10_000)
    (read,) = Reader.load(tmp_path / "reader").read_passages("Who built the mill?", passages)
    assert np.isfinite([read.relevance, *read.sentences]).all()
    code, out, problems = step("reader-evaluate", *places, "--reader", str(tmp_path / "reader"))
    assert code == 0, problems
    assert "given: F1, answerable" in out


@with_data
@pytest.mark.slow
def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path) -> None:
    from training.reader_training import Plan, train

    said: list[str] = []
    write_groups([group(), group(None)] * 20, tmp_path / "train-mill.jsonl.gz")
    first = train(tmp_path, tmp_path / "run", Plan(24, 10, n_pairs=12), say=said.append)
    then = train(tmp_path, tmp_path / "run", Plan(48, 10, n_pairs=12), say=said.append)
    assert int(then.stem.removeprefix("step-")) > int(first.stem.removeprefix("step-")) > 0
