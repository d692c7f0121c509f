"""One archive that installs without a network: project, documents, index, models, wheels.

docent-0.1.0-linux-x86_64-py311/
    install              checks SHA256SUMS, makes .venv from wheels/ alone (bundle-install)
    SHA256SUMS           of every other file
    requirements.txt     what the kiosk runs on, each package with its wheel's hash
    wheels/              those packages, and pip
    build/index/         of documents/, as it was when the archive was made
    app.py, index/, …    the kiosk's rooms (needs.ROOMS), documents/, models/

Of the index only the generation in use is packed.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import os
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from deploy.needs import ROOMS, Pin, kiosk_pins
from errors import SettingError
from index.build import build_index
from index.embedder import load_embedder
from index.storage.generations import read_pointer
from index.storage.recipe import DOCENT_VERSION

_PAPERS = ("LICENSE", "README.md", "CHANGELOG.md")
_MODELS = ("models/all-MiniLM-L6-v2", "models/reader")
PROGRAMS = frozenset(("install", "deploy/check", "deploy/install", "deploy/kiosk-browser"))
_FASTEST = 1  # gzip's level: wheels and models are packed already


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was made. Sizes in bytes; `problems`: documents that could not be read."""

    archive: Path
    size: int
    n_packages: int
    n_documents: int
    problems: tuple[str, ...]


def make_bundle(root: Path, documents: Path, out: Path, *, chat: bool = False) -> Bundle:
    """Writes the archive to `out`, and beside it its own SHA-256. `chat`: see `kiosk_pins`.

    Wheels and index are kept there for the next time. Raises SettingError where a package cannot
    be had, DocumentError where the documents cannot be read.
    """
    pins = kiosk_pins(root, chat=chat)
    wheels = fetch_wheels([*pins, Pin("pip", importlib.metadata.version("pip"))], out / "wheels")
    index = out / "bundle-index"
    report = build_index(documents, index, embedder=load_embedder())
    if not report.n_documents:
        raise SettingError(
            f"There is no document to pack in {documents}.", "Name another folder: --documents"
        )
    files: dict[str, Path | bytes] = dict(project_files(root))
    files |= {f"documents/{name}": path for name, path in files_in(documents)}
    files |= {f"build/index/{name}": path for name, path in _index_files(index)}
    files |= {f"wheels/{path.name}": path for path in wheels.values()}
    files["requirements.txt"] = _requirements(pins, wheels)
    files["install"] = installer(root, chat=chat)
    files["SHA256SUMS"] = sums(files)
    archive = out / f"docent-{DOCENT_VERSION}-{platform()}.tar.gz"
    write_archive(archive, files)
    return Bundle(
        archive,
        archive.stat().st_size,
        len(pins),
        report.n_documents,
        tuple(str(problem) for problem in report.problems),
    )


def fetch_wheels(pins: list[Pin], folder: Path) -> dict[str, Path]:
    """The pins' wheels for this Python by canonical name; only what is missing is downloaded."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(
            f"{folder} cannot be made ({error.strerror}).", "Name a folder of your own: --out"
        ) from error
    missing = [pin for pin in pins if _wheel_of(pin, folder) is None]
    if missing:
        pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
        command = [*pip, "--no-deps", "--wheel-dir", str(folder), *map(str, missing)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            why = (done.stderr.strip().splitlines() or ["pip says nothing"])[-1]
            raise SettingError(
                f"Not all of {', '.join(map(str, missing))} can be had ({why[:200]}).",
                "Make the bundle on a machine with a network.",
            )
    found = {canonicalize_name(pin.name): _wheel_of(pin, folder) for pin in pins}
    return {name: path for name, path in found.items() if path}


def project_files(root: Path) -> Iterator[tuple[str, Path]]:
    """The kiosk's rooms, its models and papers, by their names from the root."""
    for name in (*_PAPERS, *ROOMS, *_MODELS):
        if (root / name).is_dir():
            yield from ((f"{name}/{inner}", path) for inner, path in files_in(root / name))
        else:
            yield name, root / name


def files_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file but hidden ones, links and what Python made, by its name from the folder."""
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        unseen = any(part.startswith(".") or part == "__pycache__" for part in inner.parts)
        if unseen or path.is_symlink() or not path.is_file():
            continue
        yield inner.as_posix(), path


def installer(root: Path, *, chat: bool = False) -> bytes:
    """`bundle-install`, for this platform."""
    script = (root / "deploy" / "bundle-install").read_text("utf-8")
    script = script.replace("@PLATFORM@", platform())
    return script.replace("@SERVES@", "" if chat else " --kiosk").encode()


def sums(files: Mapping[str, Path | bytes]) -> bytes:
    """As `sha256sum --check` reads them. Raises SettingError for a name that it would not."""
    lines = []
    for name, content in sorted(files.items()):
        if "\n" in name or "\\" in name:
            raise SettingError(f"The name of {name!r} cannot be packed.", "Rename the file.")
        lines.append(f"{_sha256(content)}  {name}\n")
    return "".join(lines).encode()


def write_archive(archive: Path, files: Mapping[str, Path | bytes]) -> None:
    """All files in one folder that bears the archive's name; nobody's, as anybody may read them."""
    folder = archive.name.removesuffix(".tar.gz")
    draft = archive.with_name(f"{archive.name}.draft")
    try:
        with tarfile.open(draft, "w:gz", compresslevel=_FASTEST) as tar:
            for name, content in sorted(files.items()):
                entry = tarfile.TarInfo(f"{folder}/{name}")
                entry.mode = 0o755 if name in PROGRAMS else 0o644
                with _opened(content) as file:
                    entry.size = file.seek(0, os.SEEK_END)
                    file.seek(0)
                    tar.addfile(entry, file)
        digest = _sha256(draft)
        draft.replace(archive)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise SettingError(
            f"{archive} cannot be written ({error.strerror}).", "Free some space, and try again."
        ) from error
    archive.with_name(f"{archive.name}.sha256").write_text(f"{digest}  {archive.name}\n")


def _requirements(pins: list[Pin], wheels: Mapping[str, Path]) -> bytes:
    digests = {pin: _sha256(wheels[canonicalize_name(pin.name)]) for pin in pins}
    return "".join(f"{pin} --hash=sha256:{digest}\n" for pin, digest in digests.items()).encode()


def _index_files(index: Path) -> Iterator[tuple[str, Path]]:
    pointer = read_pointer(index)
    assert pointer is not None  # it was just made
    generation = pointer.decode("ascii").split()[0]
    for name in ("CURRENT", "lock"):
        yield name, index / name
    for path in sorted((index / generation).rglob("*")):  # hidden ones too: the words' are
        if path.is_file():
            yield path.relative_to(index).as_posix(), path


def _wheel_of(pin: Pin, folder: Path) -> Path | None:
    for path in folder.glob("*.whl"):
        try:
            name, version, *_ = parse_wheel_filename(path.name)
        except InvalidWheelFilename:
            continue
        if name == canonicalize_name(pin.name) and str(version) == pin.version:
            return path
    return None


def platform() -> str:
    major, minor = sys.version_info[:2]
    return f"{sysconfig.get_platform()}-py{major}{minor}"


def _sha256(content: Path | bytes) -> str:
    with _opened(content) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _opened(content: Path | bytes) -> io.BytesIO | io.BufferedReader:
    return io.BytesIO(content) if isinstance(content, bytes) else content.open("rb")
