"""Generations: damage of every kind is noticed, builders are kept apart, readers never wait."""

from __future__ import annotations

import fcntl
import hashlib
import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from predictable import PredictableEmbedder

import index.storage.faiss_store
from errors import DocentError, IndexBusy, IndexDamaged, IndexMissing, ModelError
from index.build import build_index
from index.storage.generations import NewerFormat, generation_numbers
from index.storage.passage_index import PassageIndex
from index.storage.recipe import FORMAT_VERSION

_ROOT = Path(__file__).parent.parent
_CODE = f"""
import sys; sys.path[:0] = [{str(_ROOT)!r}, {str(_ROOT / "tests")!r}]
from pathlib import Path
from errors import DocentError
from index.build import build_index
from predictable import PredictableEmbedder
try:
    build_index(Path(sys.argv[1]), Path(sys.argv[2]), embedder=PredictableEmbedder())
except DocentError as error:
    sys.exit(f"{{type(error).__name__}}: {{error}}")
"""


def build(tmp_path: Path) -> Path:
    build_index(tmp_path / "documents", tmp_path / "index", embedder=PredictableEmbedder())
    return tmp_path / "index"


def write_version(tmp_path: Path, version: int, *, n: int = 20) -> None:
    folder = tmp_path / "documents"
    folder.mkdir(exist_ok=True)
    for number in range(n):
        (folder / f"{number}.txt").write_text(f"Letter {number}, version{version}, about a ship.")


def version_of(index: PassageIndex) -> int:
    (version,) = [
        v for v in range(9) if index.lexical.document_frequency([f"version{v}"])[f"version{v}"]
    ]
    return version


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An index of version 2, with the generation of version 1 before it."""
    for version in (1, 2):
        write_version(tmp_path, version)
        build(tmp_path)
    return tmp_path / "index"


@pytest.fixture(params=["exact", "cells"])
def either_kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "cells":
        monkeypatch.setattr(index.storage.faiss_store, "EXACT_BELOW", 10)


def files_of(generation: Path) -> list[Path]:
    return sorted(path for path in generation.rglob("*") if path.is_file() and path.name[0] != ".")


def flipped(content: bytes) -> bytes:
    place = random.Random(len(content)).randrange(len(content))
    return content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :]


_DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "bit": flipped,
    "last byte lost": lambda content: content[:-1],
    "emptied": lambda content: b"",
    "zeros": lambda content: bytes(len(content)),
}


@pytest.mark.usefixtures("either_kind")
@pytest.mark.parametrize("damage", _DAMAGES)
def test_damage_to_any_file_leads_to_the_generation_before(out: Path, damage: str) -> None:
    newest = out / f"generation-{generation_numbers(out)[0]:06d}"
    for path in files_of(newest):
        whole = path.read_bytes()
        if not whole:
            continue  # the file that readers lock
        path.write_bytes(_DAMAGES[damage](whole))
        index = PassageIndex.load(out)
        assert version_of(index) == 1, path.name
        assert index.warning is not None
        assert "python -m index FOLDER" in index.warning
        assert index.lexical.matching({"ship": 1.0}, k=50)
        index.close()
        path.write_bytes(whole)
    assert version_of(PassageIndex.load(out)) == 2


def test_a_missing_file_leads_to_the_generation_before(out: Path) -> None:
    newest = out / f"generation-{generation_numbers(out)[0]:06d}"
    for path in files_of(newest):
        path.rename(out / "aside")
        assert version_of(PassageIndex.load(out)) == 1
        (out / "aside").rename(path)


@pytest.mark.parametrize("content", [b"", b"generation-000002", b"generation-000099 " + b"0" * 64])
def test_a_damaged_pointer_leads_to_a_whole_generation(out: Path, content: bytes) -> None:
    (out / "CURRENT").write_bytes(content)
    index = PassageIndex.load(out)
    assert index.warning is not None
    assert version_of(index) in (1, 2)


def test_without_a_whole_generation_the_damage_and_its_mend_are_said(out: Path) -> None:
    for number in generation_numbers(out):
        path = out / f"generation-{number:06d}" / "vectors.f32"
        path.write_bytes(flipped(path.read_bytes()))
    with pytest.raises(IndexDamaged, match=r"vectors\.f32.*Make it anew with: python -m index"):
        PassageIndex.load(out)


def test_a_damaged_index_is_made_anew(tmp_path: Path, out: Path) -> None:
    for path in out.glob("generation-*/texts.sqlite"):
        path.write_bytes(flipped(path.read_bytes()))
    build(tmp_path)
    mended = PassageIndex.load(out)
    assert mended.warning is None
    assert version_of(mended) == 2


def test_a_build_upon_the_generation_before_mends_the_index(tmp_path: Path, out: Path) -> None:
    newest = generation_numbers(out)[0]
    (out / f"generation-{newest:06d}" / "vectors.f32").write_bytes(b"")
    build(tmp_path)
    assert PassageIndex.load(out).warning is None
    assert newest not in generation_numbers(out)


def test_no_index_says_how_to_make_one(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none", tmp_path / "none" / "deeper"):
        with pytest.raises(IndexMissing, match="python -m index"):
            PassageIndex.load(folder)


def renumber_format(out: Path, version: int) -> None:
    """As another Docent might have written it: whole, with the rest of the manifest unknown."""
    generation = out / (out / "CURRENT").read_text().split()[0]
    manifest = json.dumps({"format": version, "contents": []}).encode()
    (generation / "manifest.json").write_bytes(manifest)
    sha256 = hashlib.sha256(manifest).hexdigest()
    (out / "CURRENT").write_text(f"{generation.name} {sha256}\n")


def test_a_newer_format_is_neither_read_nor_built_over(tmp_path: Path, out: Path) -> None:
    renumber_format(out, FORMAT_VERSION + 1)
    before = sorted(out.rglob("*"))
    with pytest.raises(NewerFormat, match=r"newer Docent.*Update Docent"):
        PassageIndex.load(out)
    with pytest.raises(NewerFormat):
        build(tmp_path)
    assert sorted(out.rglob("*")) == before


def test_an_older_format_is_made_anew(tmp_path: Path, out: Path) -> None:
    renumber_format(out, FORMAT_VERSION - 1)
    build(tmp_path)
    assert PassageIndex.load(out).warning is None


def test_another_model_may_not_ask(out: Path) -> None:
    recipe = PassageIndex.load(out).recipe
    recipe.require_model("predictable", PredictableEmbedder.sha256)
    with pytest.raises(ModelError, match="made with the model predictable, not with other"):
        recipe.require_model("other", "00" * 32)
    with pytest.raises(ModelError, match="its files differ"):
        recipe.require_model("predictable", "00" * 32)


def test_two_builders_are_kept_apart(tmp_path: Path, out: Path) -> None:
    with (out / "lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate(0)
        lock.write("4711\n")
        lock.flush()
        other = subprocess.run(
            [sys.executable, "-c", _CODE, tmp_path / "documents", out],
            capture_output=True,
            text=True,
            check=False,
        )
    assert other.returncode == 1
    assert other.stderr == (
        f"IndexBusy: Another process (pid 4711) is building the index in {out}. "
        "Wait until it is done, or end it.\n"
    )


def test_of_builders_at_the_same_time_one_builds_and_the_others_say_so(tmp_path: Path) -> None:
    write_version(tmp_path, 1, n=400)
    paths = (str(tmp_path / "documents"), str(tmp_path / "index"))
    command = [sys.executable, "-c", _CODE, *paths]
    builders = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    said = [builder.communicate()[1] for builder in builders]
    codes = [builder.returncode for builder in builders]
    assert 0 in codes
    assert all(
        text.startswith("IndexBusy: ") for text, code in zip(said, codes, strict=True) if code
    )
    assert PassageIndex.load(tmp_path / "index").recipe.n_documents == 400


@pytest.fixture
def builder_at_work(tmp_path: Path, out: Path) -> Iterator[threading.Event]:
    """A builder that stands still in the middle until the event is set."""
    write_version(tmp_path, 3)
    middle, go_on = threading.Event(), threading.Event()

    def progress(what: str, done: int, total: int | None) -> None:
        if what == "Embedding passages":
            middle.set()
            go_on.wait(30)

    def run() -> None:
        build_index(tmp_path / "documents", out, embedder=PredictableEmbedder(), progress=progress)

    thread = threading.Thread(target=run)
    thread.start()
    assert middle.wait(30)
    yield go_on
    go_on.set()
    thread.join()


def test_readers_do_not_wait_for_a_builder(
    tmp_path: Path, out: Path, builder_at_work: threading.Event
) -> None:
    with pytest.raises(IndexBusy):
        build(tmp_path)
    index = PassageIndex.load(out)
    assert version_of(index) == 2
    assert index.is_current()
    builder_at_work.set()
    deadline = time.monotonic() + 30
    while index.is_current() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not index.is_current()
    assert version_of(index) == 2
    assert version_of(PassageIndex.load(out)) == 3


def test_a_generation_in_use_is_not_removed_until_it_is_closed(tmp_path: Path, out: Path) -> None:
    reader = PassageIndex.load(out)
    for version in (3, 4, 5):
        write_version(tmp_path, version)
        build(tmp_path)
    assert generation_numbers(out) == [5, 4, 2]
    assert version_of(reader) == 2
    assert (
        len(reader.texts.passages([key for key, _ in reader.lexical.matching({"ship": 1.0}, k=9)]))
        == 9
    )
    reader.close()
    write_version(tmp_path, 6)
    build(tmp_path)
    assert generation_numbers(out) == [6, 5]


def test_readers_that_load_all_the_time_never_fail(tmp_path: Path, out: Path) -> None:
    faults: list[DocentError] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                index = PassageIndex.load(out)
                assert index.warning is None
                index.close()
            except DocentError as error:
                faults.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for version in (3, 4, 5, 6, 7, 8):
        write_version(tmp_path, version)
        build(tmp_path)
    done.set()
    for reader in readers:
        reader.join()
    assert faults == []
