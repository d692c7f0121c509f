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
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from errors import IndexBusy, IndexDamaged, IndexMissing
from index.storage.recipe import FORMAT_VERSION

_GENERATION = re.compile(r"generation-(\d{6,9})")
_POINTER = re.compile(r"generation-(\d{6,9}) ([0-9a-f]{64})\n")
_ATTEMPTS = 5
"""How often a reader follows a builder that switches and removes while it opens."""

_VERIFYING_THREADS = 2


class NewerFormat(IndexDamaged):
    """The index was written by a newer Docent: it is not damaged, and must not be built over."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A verified generation, held until the lock is closed. `warning`: why it is not the newest."""

    folder: Path
    number: int
    pointer: bytes
    lock: BinaryIO
    warning: str | None


def open_generation(out: Path) -> Generation:
    """The generation in use, every file compared with its checksum; the one before if damaged.

    Raises IndexMissing, NewerFormat, or IndexDamaged where no generation is whole.
    """
    damage = IndexDamaged(f"The index in {out} changes too fast to be read.", "Try again.")
    for _ in range(_ATTEMPTS):
        pointer = read_pointer(out)
        if pointer is None:
            raise IndexMissing(f"No index in {out}.", f"Make one with: {_mend(out)}")
        current = _POINTER.fullmatch(pointer.decode("ascii", "replace"))
        try:
            if current is None:
                raise _damaged(out, out / "CURRENT", "it names no generation")
            return _held(out, int(current[1]), pointer, manifest_sha256=current[2])
        except NewerFormat:
            raise
        except IndexDamaged as error:
            damage = error
        if read_pointer(out) == pointer:
            return _newest_whole(out, pointer, damage, before=int(current[1]) if current else None)
    raise damage


def read_pointer(out: Path) -> bytes | None:
    """The content of CURRENT as it is; None where there is none."""
    try:
        return (out / "CURRENT").read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _damaged(out, out / "CURRENT", error.strerror) from error


def generation_numbers(out: Path) -> list[int]:
    """Newest first, whole or not."""
    names = (_GENERATION.fullmatch(path.name) for path in out.iterdir() if path.is_dir())
    return sorted((int(name[1]) for name in names if name), reverse=True)


@contextmanager
def building(out: Path) -> Iterator[None]:
    """Keeps other builders out of `out`, and clears away what a killed one left.

    Raises IndexBusy while another process builds there, OSError where nothing can be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    with (out / "lock").open("a+") as lock:
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


def publish(draft: Path, out: Path, *, keep: int | None) -> int:
    """Makes `draft` the generation in use; returns its number. `keep`: the one to fall back on.

    Everything is on disk before the pointer is switched, so that a crash at any moment leaves
    the old generation or the new one. Older generations go, unless somebody reads them.
    """
    (draft / "held").touch()
    hashes = {}
    for path in draft.rglob("*"):
        if path.is_file():
            path.chmod((out / "lock").stat().st_mode & 0o777)  # as the user's umask has it
            hashes[str(path.relative_to(draft))] = _sha256(path)
        _sync(path)
    manifest = json.dumps({"format": FORMAT_VERSION, "files": hashes}, indent=1).encode()
    _write_synced(draft / "manifest.json", manifest)
    _sync(draft)

    number = max(generation_numbers(out), default=0) + 1
    name = f"generation-{number:06d}"
    draft.rename(out / name)
    _sync(out)
    pointer = f"{name} {hashlib.sha256(manifest).hexdigest()}\n".encode()
    _write_synced(out / "CURRENT.new", pointer)
    (out / "CURRENT.new").replace(out / "CURRENT")
    _sync(out)
    for old in {*generation_numbers(out)} - {number, keep}:
        _remove_unread(out / f"generation-{old:06d}")
    return number


def _newest_whole(
    out: Path, pointer: bytes, damage: IndexDamaged, *, before: int | None
) -> Generation:
    """The newest whole generation before the damaged one, carrying the damage as its warning."""
    for number in generation_numbers(out):
        if before is None or number < before:  # others were written and never switched in
            with suppress(IndexDamaged):
                warning = f"{damage.what} The index before it is used. Make the index anew with: "
                return _held(out, number, pointer, warning=f"{warning}{_mend(out)}")
    raise damage


def _held(
    out: Path,
    number: int,
    pointer: bytes,
    *,
    manifest_sha256: str | None = None,
    warning: str | None = None,
) -> Generation:
    """Verified; `manifest_sha256` where it is known what the manifest should be."""
    folder = out / f"generation-{number:06d}"
    try:
        lock = (folder / "held").open("rb")
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)  # refused while a builder removes it
    except OSError as error:
        raise _damaged(out, folder / "held", error.strerror) from error
    try:
        _verify(out, folder, manifest_sha256)
    except BaseException:
        lock.close()
        raise
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

    def compare(name: str) -> None:
        try:
            whole = _sha256(folder / name) == files[name]
        except OSError as error:
            raise _damaged(out, folder / name, error.strerror) from error
        if not whole:
            raise _damaged(out, folder / name, "truncated or altered")

    with ThreadPoolExecutor(_VERIFYING_THREADS) as threads:  # hashing frees the interpreter's lock
        list(threads.map(compare, files))


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


def _damaged(out: Path, path: Path, what: str | None) -> IndexDamaged:
    return IndexDamaged(
        f"The index is damaged: {path} ({what}).", f"Make it anew with: {_mend(out)}"
    )


def _mend(out: Path) -> str:
    return f"python -m index FOLDER --out {out}"


def _remove_unread(folder: Path) -> None:
    try:
        with (folder / "held").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
    except FileNotFoundError:  # half removed by a builder that was killed
        shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        pass  # somebody reads it, or the disk refuses: the next build tries again


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_synced(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    _sync(path)


def _sync(path: Path) -> None:
    """To the disk: a file, or a folder's list of files."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
