"""Generations of an index on disk: written beside the old one, checksummed, switched in at once.

    build/index/CURRENT               the name of the generation in use, SHA-256 of its manifest
    build/index/lock                  held (flock) by the one process that builds
    build/index/generation-000007/    manifest.json, held, and whatever the index consists of

A generation never changes after it was switched in. A reader holds a shared lock on `held`, so
that a builder removes an old generation only when nobody reads it. Readers wait for nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from errors import IndexBusy, IndexDamaged, IndexMissing, SettingError
from index.storage.recipe import FORMAT_VERSION

_GENERATION = re.compile(r"generation-(\d{6,9})")
_POINTER = re.compile(r"(generation-\d{6,9}) ([0-9a-f]{64})\n")
_ATTEMPTS = 5
"""How often a reader follows a builder that switches and removes while it opens."""

_VERIFYING_THREADS = 2


class NewerFormat(IndexDamaged):
    """The index was written by a newer Docent: it is not damaged, and must not be built over."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A verified generation, held until `close()`. `warning`: why it is not the newest one."""

    folder: Path
    number: int
    pointer: bytes
    lock: BinaryIO
    warning: str | None = None

    def close(self) -> None:
        self.lock.close()


def open_generation(out: Path) -> Generation:
    """The generation in use, every file compared with its checksum; the one before if damaged.

    Raises IndexMissing, NewerFormat, or IndexDamaged where no generation is whole.
    """
    damage = IndexDamaged(f"The index in {out} changes too fast to be read.", "Try again.")
    for _ in range(_ATTEMPTS):
        pointer = read_pointer(out)
        if pointer is None:
            raise IndexMissing(f"No index in {out}.", f"Make one with: {_mend(out)}")
        try:
            return _pointed_at(out, pointer)
        except NewerFormat:
            raise
        except IndexDamaged as error:
            damage = error
        if read_pointer(out) == pointer:
            return _newest_whole(out, pointer, damage)
    raise damage


def read_pointer(out: Path) -> bytes | None:
    """The content of CURRENT as it is; None where there is none."""
    try:
        return (out / "CURRENT").read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise IndexDamaged(
            f"{out / 'CURRENT'} cannot be read ({error.strerror}).",
            f"Mend its permissions, or make the index anew with: {_mend(out)}",
        ) from error


def generation_numbers(out: Path) -> list[int]:
    """Newest first, whole or not."""
    found = (_GENERATION.fullmatch(path.name) for path in out.iterdir() if path.is_dir())
    return sorted((int(match[1]) for match in found if match), reverse=True)


@contextmanager
def building(out: Path) -> Iterator[None]:
    """Keeps other builders out of `out`, and clears away what a killed one left.

    Raises IndexBusy while another process builds there, SettingError where nothing can be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = (out / "lock").open("a+")
    except OSError as error:
        raise SettingError(
            f"The folder {out} cannot be written ({error.strerror}).",
            "Name another one with --out, or mend its permissions.",
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            pid = lock.read().strip() or "unknown"
            raise IndexBusy(
                f"Another process (pid {pid}) is building the index in {out}.",
                "Wait until it is done, or end it.",
            ) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        for path in out.glob("*.draft"):
            shutil.rmtree(path)
        try:
            yield
        finally:
            for path in out.glob("*.draft"):  # a full disk is freed at once
                shutil.rmtree(path, ignore_errors=True)


def new_draft(out: Path) -> Path:
    """An empty folder to write the next generation into; only inside `building`."""
    draft = out / "next.draft"
    draft.mkdir()
    return draft


def publish(draft: Path, out: Path, *, keep: int | None) -> int:
    """Makes `draft` the generation in use; returns its number. `keep`: the one to fall back on.

    Everything is on disk before the pointer is switched, so that a crash at any moment leaves
    the old generation or the new one. Older generations go, unless somebody reads them.
    """
    (draft / "held").touch()
    files = _files(draft)
    for path in files:
        path.chmod((out / "lock").stat().st_mode & 0o777)  # as the user's umask has it
        _sync(path)
    hashes = {str(path.relative_to(draft)): _size_and_hash(path) for path in files}
    manifest = json.dumps({"format": FORMAT_VERSION, "files": hashes}, indent=1).encode()
    _write_synced(draft / "manifest.json", manifest)
    for folder in [draft, *(path for path in draft.rglob("*") if path.is_dir())]:
        _sync(folder)

    number = max(generation_numbers(out), default=0) + 1
    name = f"generation-{number:06d}"
    draft.rename(out / name)
    _sync(out)
    pointer = f"{name} {hashlib.sha256(manifest).hexdigest()}\n".encode()
    _write_synced(out / "CURRENT.new", pointer)
    (out / "CURRENT.new").replace(out / "CURRENT")
    _sync(out)
    _remove_unread(out, {number, keep})
    return number


def _pointed_at(out: Path, pointer: bytes) -> Generation:
    match = _POINTER.fullmatch(pointer.decode("ascii", "replace"))
    if match is None:
        raise IndexDamaged(
            f"{out / 'CURRENT'} does not name a generation of the index.",
            f"Make the index anew with: {_mend(out)}",
        )
    return _held(out, int(match[1].removeprefix("generation-")), pointer, manifest_sha256=match[2])


def _newest_whole(out: Path, pointer: bytes, damage: IndexDamaged) -> Generation:
    """The newest other generation that is whole, carrying the damage as its warning."""
    match = _POINTER.fullmatch(pointer.decode("ascii", "replace"))
    damaged = int(match[1].removeprefix("generation-")) if match else None
    for number in generation_numbers(out):
        if damaged is not None and number >= damaged:
            continue  # written but never switched in, or the damaged one itself
        try:
            return _held(out, number, pointer, warning=f"{damage.what} The index before it is used")
        except IndexDamaged:
            continue
    raise damage


def _held(
    out: Path,
    number: int,
    pointer: bytes,
    *,
    manifest_sha256: str | None = None,
    warning: str | None = None,
) -> Generation:
    folder = out / f"generation-{number:06d}"
    try:
        lock = (folder / "held").open("rb")
    except OSError as error:
        raise _damaged(out, folder / "held", error.strerror or "unreadable") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        _verify(out, folder, manifest_sha256)
    except BlockingIOError as error:  # a builder is removing it
        lock.close()
        raise _damaged(out, folder, "being removed") from error
    except BaseException:
        lock.close()
        raise
    if warning:
        warning = f"{warning}. Make the index anew with: {_mend(out)}"
    return Generation(folder, number, pointer, lock, warning)


def _verify(out: Path, folder: Path, manifest_sha256: str | None) -> None:
    """Raises IndexDamaged naming the first file that is not as it was written."""
    path = folder / "manifest.json"
    try:
        content = path.read_bytes()
        if manifest_sha256 not in (None, hashlib.sha256(content).hexdigest()):
            raise _damaged(out, path, "truncated or altered")
        manifest = json.loads(content)
        if manifest["format"] != FORMAT_VERSION:  # first: the rest may look different there
            raise _other_format(out, manifest["format"])
        files = dict(manifest["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(out, path, "unreadable") from error

    def fault(name: str) -> str | None:
        try:
            if _size_and_hash(folder / name) == files[name]:
                return None
        except OSError as error:
            return f"{folder / name}\0{error.strerror}"
        return f"{folder / name}\0truncated or altered"

    with ThreadPoolExecutor(_VERIFYING_THREADS) as threads:  # hashing frees the interpreter's lock
        for found in threads.map(fault, files):
            if found:
                name, _, what = found.partition("\0")
                raise _damaged(out, Path(name), what)


def _other_format(out: Path, version: object) -> IndexDamaged:
    if isinstance(version, int) and version > FORMAT_VERSION:
        return NewerFormat(
            f"The index in {out} was written by a newer Docent (format {version}; this one reads "
            f"{FORMAT_VERSION}).",
            f"Update Docent, or remove {out} and make it anew with: {_mend(out)}",
        )
    return IndexDamaged(
        f"The index in {out} was written by an older Docent (format {version}).",
        f"Make it anew with: {_mend(out)}",
    )


def _damaged(out: Path, path: Path, what: str) -> IndexDamaged:
    return IndexDamaged(
        f"The index is damaged: {path} ({what}).", f"Make it anew with: {_mend(out)}"
    )


def _mend(out: Path) -> str:
    return f"python -m index FOLDER --out {out}"


def _remove_unread(out: Path, kept: set[int | None]) -> None:
    for number in generation_numbers(out):
        folder = out / f"generation-{number:06d}"
        if number in kept:
            continue
        try:
            with (folder / "held").open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
        except FileNotFoundError:  # half removed by a builder that was killed
            shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue  # somebody reads it, or the disk refuses: the next build tries again


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _size_and_hash(path: Path) -> list[int | str]:
    with path.open("rb") as file:
        return [os.fstat(file.fileno()).st_size, hashlib.file_digest(file, "sha256").hexdigest()]


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
