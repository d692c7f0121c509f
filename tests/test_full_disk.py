"""A disk that is full or read-only: one line, and the index in use stays as it was."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from predictable import PredictableEmbedder

from index.build import build_index
from index.storage.passage_index import PassageIndex

_ROOT = Path(__file__).parent.parent
_BUILD = f"""
import resource, sys; sys.path[:0] = [{str(_ROOT)!r}, {str(_ROOT / "tests")!r}]
from pathlib import Path
from errors import DocentError
import index.storage.faiss_store
from index.build import build_index
from predictable import PredictableEmbedder
documents, out, limit, exact_below = sys.argv[1:]
index.storage.faiss_store.EXACT_BELOW = int(exact_below)
if int(limit):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
try:
    build_index(Path(documents), Path(out), embedder=PredictableEmbedder())
except DocentError as error:
    sys.exit(f"{{type(error).__name__}}: {{error}}")
"""


def write_letters(folder: Path, *, version: int, n: int) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(n):
        words = " ".join(f"word{number * 31 + i}" for i in range(150))
        (folder / f"{number}.txt").write_text(f"Letter {number}, version{version}: {words}.")


def is_of(version: int, out: Path) -> bool:
    index = PassageIndex.load(out)
    assert index.warning is None
    found = index.lexical.matching({f"version{version}": 1.0}, k=1000)
    assert len(found) in (0, index.recipe.n_passages)
    assert len(index.vectors.nearest(PredictableEmbedder().embed_questions(["x"]), k=5)[0]) == 5
    index.close()
    return bool(found)


def build(
    documents: Path, out: Path, *, limit: int = 0, exact_below: int = 100_000
) -> subprocess.CompletedProcess[str]:
    arguments = [str(documents), str(out), str(limit), str(exact_below)]
    return subprocess.run(
        [sys.executable, "-c", _BUILD, *arguments], capture_output=True, text=True, check=False
    )


def assert_one_line(refused: subprocess.CompletedProcess[str]) -> None:
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert line.startswith("SettingError: ")
    assert "cannot be written" in line
    assert "Free some space" in line


@pytest.fixture
def out(tmp_path: Path) -> Path:
    write_letters(tmp_path / "documents", version=1, n=30)
    build_index(tmp_path / "documents", tmp_path / "index", embedder=PredictableEmbedder())
    write_letters(tmp_path / "documents", version=2, n=60)
    return tmp_path / "index"


@pytest.mark.parametrize("exact_below", [100_000, 30])
def test_a_file_that_cannot_grow_leaves_the_index_in_use(
    tmp_path: Path, out: Path, exact_below: int
) -> None:
    documents = tmp_path / "documents"
    sizes = {path.stat().st_size for path in out.rglob("*") if path.is_file()}
    for limit in (3, 600, 9_000, max(sizes) // 4, max(sizes) - 1):
        assert_one_line(build(documents, out, limit=limit, exact_below=exact_below))
        assert is_of(1, out)
        assert list(out.glob("*.draft")) == []
    assert build(documents, out, exact_below=exact_below).returncode == 0
    assert is_of(2, out)


@pytest.fixture
def mounted() -> Iterator[Path]:
    """A disk of one megabyte."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount")
    with tempfile.TemporaryDirectory() as folder:
        command = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=755", "tmpfs", folder]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("this machine does not let us mount")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.parametrize("free", [0, 20_000, 150_000, 250_000])
def test_a_full_disk_leaves_the_index_in_use(tmp_path: Path, mounted: Path, free: int) -> None:
    documents, out = tmp_path / "documents", mounted / "index"
    write_letters(documents, version=1, n=30)
    build_index(documents, out, embedder=PredictableEmbedder())
    write_letters(documents, version=2, n=60)
    ballast = mounted / "ballast"
    space = os.statvfs(mounted)
    ballast.write_bytes(bytes(max(0, space.f_bavail * space.f_frsize - free)))
    assert_one_line(build(documents, out))
    assert is_of(1, out)
    ballast.unlink()
    assert build(documents, out).returncode == 0
    assert is_of(2, out)


def test_a_read_only_disk_is_read_and_not_written(tmp_path: Path, mounted: Path) -> None:
    documents, out = tmp_path / "documents", mounted / "index"
    write_letters(documents, version=1, n=5)
    build_index(documents, out, embedder=PredictableEmbedder())
    PassageIndex.load(out).close()  # leaves the lock of a reader behind
    subprocess.run(["mount", "-o", "remount,ro", str(mounted)], check=True)
    assert is_of(1, out)
    refused = build(documents, out)
    assert refused.returncode == 1
    assert refused.stderr.startswith("SettingError: ")
    assert "Read-only file system" in refused.stderr


def test_a_folder_of_somebody_else_is_read() -> None:
    """As a server's own user reads what an administrator built."""
    code = (  # mmap: imported late by numpy, where this user may not read the interpreter
        f"import mmap, os, sys; sys.path.insert(0, {str(_ROOT)!r})\n"
        "from pathlib import Path; from index.storage.passage_index import PassageIndex\n"
        "if os.geteuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "index = PassageIndex.load(Path(sys.argv[1]))\n"
        "print(len(index.lexical.matching({'letter': 1.0}, k=50)), index.warning)"
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        documents, out = Path(folder, "documents"), Path(folder, "index")
        write_letters(documents, version=1, n=5)
        build_index(documents, out, embedder=PredictableEmbedder())
        PassageIndex.load(out).close()
        folders = [out, *(path for path in out.rglob("*") if path.is_dir())]
        for path in folders:
            path.chmod(0o555)
        read = subprocess.run(
            [sys.executable, "-c", code, str(out)], capture_output=True, text=True, check=False
        )
        for path in folders:
            path.chmod(0o755)
    assert (read.stdout, read.stderr) == ("5 None\n", "")
