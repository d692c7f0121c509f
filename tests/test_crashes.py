"""Builders that really die, at a touch of the disk and at any time: nothing is ever half there."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from predictable import Floats, PredictableEmbedder

from datatypes import Passage
from errors import IndexMissing
from index.build import build_index
from index.storage.passage_index import PassageIndex

_N_DOCUMENTS = 120
_N_PASSAGES_READ = 64  # at a time, between two entries into the journal


class Slow(PredictableEmbedder):
    """Takes its time, so that there is a middle to be killed in."""

    def embed_passages(self, passages: Sequence[Passage]) -> Iterator[tuple[Floats, Floats]]:
        for vectors in super().embed_passages(passages):
            time.sleep(0.0005)
            yield vectors


def text_of(number: int, version: int) -> str:
    return f"Document {number} in version {version}. Its code is code{number}v{version}."


def write_corpus(folder: Path, version: int) -> None:
    """Every third document changes with the version, some come and go with it."""
    lines = [
        {"_id": f"d{number}", "title": "", "text": text_of(number, state_of(number, version))}
        for number in numbers(version)
    ]
    folder.mkdir(exist_ok=True)
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, lines)))


def numbers(version: int) -> range:
    return range(version % 7, _N_DOCUMENTS + version % 5)


def state_of(number: int, version: int) -> int:
    return version if number % 3 == 0 else 0


def assert_whole(out: Path, versions: set[int | None]) -> int | None:
    """The index answers as one of `versions` does (None: there is no index), and as no other."""
    try:
        index = PassageIndex.load(out)
    except IndexMissing:
        assert None in versions
        return None
    assert index.warning is None
    texts = {name: index.texts.document(name) for name in index.texts.document_ids()}
    (version,) = [
        version
        for version in versions - {None}
        if version is not None
        and {name: document and document.text for name, document in texts.items()}
        == {f"d{n}": text_of(n, state_of(n, version)) for n in numbers(version)}
    ]
    embedder = PredictableEmbedder()
    for number in list(numbers(version))[::29]:
        code = f"code{number}v{state_of(number, version)}"
        ((key, _),) = index.lexical.matching({code: 1.0}, k=5)
        passage = index.texts.passages([key])[0]
        assert passage.document.document_id == f"d{number}"
        assert index.lexical.document_frequency([code]) == {code: 1}
        ((vector, _),) = embedder.embed_passages([passage])
        assert index.vectors.scores(vector, [key])[0] == pytest.approx(1, abs=1e-5)
        assert key in dict(index.vectors.nearest(vector[None], k=20)[0])
        assert len(
            index.vectors.sentence_scores(embedder.embed_questions([passage.text])[0], [key])[0]
        )
    index.close()
    return version


def build_and_die(documents: Path, out: Path, at: int) -> None:
    """Is killed at its touch number `at` of the index's folder; exits with 0 if there is none."""
    n_touched = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal n_touched
        if event in ("import", "object.__getattr__") or str(out) not in repr(arguments):
            return
        n_touched += 1
        if n_touched == at:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    build_index(documents, out, embedder=PredictableEmbedder())


def build_slowly(documents: Path, out: Path) -> None:
    build_index(documents, out, embedder=Slow())


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """New processes start from one that has imported everything and run nothing."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        forkserver.ensure_running()
    return context


def run(process: BaseProcess) -> int:
    process.start()
    process.join(60)
    assert process.exitcode is not None
    return process.exitcode


@pytest.mark.parametrize("first", [True, False], ids=["first build", "update"])
def test_a_builder_killed_at_a_touch_of_the_disk_leaves_the_old_or_the_new(
    tmp_path: Path, processes: ForkServerContext, first: bool
) -> None:
    documents, out = tmp_path / "documents", tmp_path / "index"
    there: int | None = None
    if not first:
        write_corpus(documents, 0)
        build_index(documents, out, embedder=PredictableEmbedder())
        there = 0
    seen = set()
    version, at, code = 1, 1 if first else 2, -signal.SIGKILL
    while code != 0:
        write_corpus(documents, version)
        code = run(processes.Process(target=build_and_die, args=(documents, out, at)))
        assert code in (0, -signal.SIGKILL)
        now = assert_whole(out, {there, version})
        seen.add((there, now) if now == there else "switched")
        if now is not None and now != there:
            there, version = now, version + 1
        at += 10 if at < 65 else 2  # the last ones are about switching
    assert there is not None
    assert len(seen) >= 2
    assert at > 80


def test_a_builder_killed_at_any_time_leaves_the_old_or_the_new(
    tmp_path: Path, processes: ForkServerContext
) -> None:
    documents, out = tmp_path / "documents", tmp_path / "index"
    chance = random.Random(1963)
    write_corpus(documents, 0)
    started = time.monotonic()
    assert run(processes.Process(target=build_slowly, args=(documents, out))) == 0
    whole_build = time.monotonic() - started
    there: int | None = 0
    for version in range(1, 25):
        write_corpus(documents, version)
        builder = processes.Process(target=build_slowly, args=(documents, out))
        builder.start()
        builder.join(chance.uniform(0, 1.1 * whole_build))
        builder.kill()
        builder.join()
        there = assert_whole(out, {there, version})
    assert run(processes.Process(target=build_slowly, args=(documents, out))) == 0
    assert assert_whole(out, {24}) == 24
    kept = {path.name.partition("-")[0] for path in out.iterdir()}
    assert kept == {"CURRENT", "lock", "generation"}
    assert len(list(out.glob("generation-*"))) <= 2


def n_journaled(out: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{out / 'journal.sqlite'}?mode=ro", uri=True)) as file:
            return int(file.execute("SELECT count(*) FROM vectors").fetchone()[0])
    except sqlite3.OperationalError:  # not there yet
        return 0


def test_what_a_killed_builder_had_embedded_is_not_embedded_again(
    tmp_path: Path, processes: ForkServerContext
) -> None:
    documents, out = tmp_path / "documents", tmp_path / "index"
    write_corpus(documents, 0)
    builder = processes.Process(target=build_slowly, args=(documents, out))
    builder.start()
    while builder.is_alive() and n_journaled(out) < _N_PASSAGES_READ:
        time.sleep(0.002)
    builder.kill()
    builder.join()
    embedder = PredictableEmbedder()
    report = build_index(documents, out, embedder=embedder)
    assert report.n_embedded == embedder.embedded <= _N_DOCUMENTS - _N_PASSAGES_READ
    assert assert_whole(out, {0}) == 0


def test_a_stopped_builder_leaves_a_usable_index_and_goes_on(tmp_path: Path) -> None:
    documents, out = tmp_path / "documents", tmp_path / "index"
    write_corpus(documents, 0)
    embedder = PredictableEmbedder()
    stopped = threading.Event()

    def stop_halfway(what: str, done: int, total: int | None) -> None:
        if what == "Embedding passages" and done >= _N_DOCUMENTS / 2:
            stopped.set()

    first = build_index(
        documents, out, embedder=embedder, progress=stop_halfway, stopped=stopped.is_set
    )
    half = PassageIndex.load(out)
    assert not first.complete
    assert not half.recipe.complete
    assert _N_DOCUMENTS / 2 <= half.recipe.n_documents == half.recipe.n_passages < _N_DOCUMENTS
    assert half.lexical.matching({"code3v0": 1.0}, k=3)
    second = build_index(documents, out, embedder=embedder)
    assert second.complete
    assert embedder.embedded == _N_DOCUMENTS
    assert assert_whole(out, {0}) == 0
    assert half.is_current() is False


def test_a_stop_before_anything_is_done_leaves_the_index_in_use(tmp_path: Path) -> None:
    documents, out = tmp_path / "documents", tmp_path / "index"
    write_corpus(documents, 0)
    nothing = build_index(documents, out, embedder=PredictableEmbedder(), stopped=lambda: True)
    assert (nothing.complete, nothing.written, nothing.n_documents) == (False, False, 0)
    assert assert_whole(out, {None}) is None
    build_index(documents, out, embedder=PredictableEmbedder())
    write_corpus(documents, 1)
    report = build_index(documents, out, embedder=PredictableEmbedder(), stopped=lambda: True)
    assert (report.complete, report.written) == (False, False)
    assert assert_whole(out, {0}) == 0


def test_an_interrupted_change_of_model_leaves_the_whole_index(tmp_path: Path) -> None:
    documents, out = tmp_path / "documents", tmp_path / "index"
    write_corpus(documents, 0)
    build_index(documents, out, embedder=PredictableEmbedder())
    other = PredictableEmbedder()
    other.sha256 = "02" * 32
    report = build_index(
        documents, out, embedder=other, stopped=lambda: other.embedded >= _N_DOCUMENTS / 2
    )
    assert (report.complete, report.written) == (False, False)
    assert assert_whole(out, {0}) == 0
    assert build_index(documents, out, embedder=other).complete
    assert other.embedded == _N_DOCUMENTS
