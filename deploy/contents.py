"""The doctor on what Docent answers from: documents, models, index, and one question asked."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from deploy.finding import Finding, fail, ok, warn
from errors import IndexDamaged, IndexMissing

_LONGEST_SECONDS = 120
_APART = ("unshare", "--net", "--map-root-user")


def documents(folder: Path) -> Finding:
    from errors import Problem
    from index.metadata.collection import load_collection
    from index.readers.walk import walk

    load_collection(folder)
    files = list(walk(folder.resolve()))
    problems = [file for file in files if isinstance(file, Problem)]
    if len(problems) == len(files):
        return fail(f"There are none in {folder}.", "Name the folder: --documents")
    if problems:
        first = f"{problems[0].source}: {problems[0].what}"
        n_unread = f"{len(problems)} of {len(files)} files in {folder} cannot be read."
        return warn(f"{n_unread} {first}", problems[0].remedy)
    return ok(f"{len(files):,} in {folder}.")


def embedding_model(model: str | None) -> Finding:
    name, _ = _model(model)
    return ok(f"{name}; its files are as they were made.")


def reader() -> Finding:
    from answerer.reader import Reader, reader_is_there

    if reader_is_there():
        return ok(f"its files are as they were made ({Reader.load().sha256[:8]}…).")
    return warn(
        "It is missing: answers are found by the sentences' surface alone, less surely.",
        "Take the folder models/reader from the project again.",
    )


def calibration(model: str | None) -> Finding:
    from answerer.reader import shipped_reader_sha256
    from retriever.ranking import find_ranking

    name, sha256 = _model(model)
    ranking = find_ranking(sha256, shipped_reader_sha256())
    if ranking is not None and ranking.calibrated:
        return ok("what was learned about answers was learned with these models.")
    return warn(
        f"Uncalibrated: nothing was learned with {name} and this reader. Answers have no "
        "confidence, and none is withheld.",
        "Use the built-in models, or learn a ranking: make weights",
    )


def index(folder: Path, documents: Path, model: str | None) -> Finding:
    from index.storage.passage_index import PassageIndex
    from index.storage.recipe import CHUNKING_VERSION
    from index.text.chunker import PASSAGE_TOKENS
    from index.text.folding import FOLDING_VERSION

    # A machine has no "python" by that name, and a start mends whatever is wrong with an index.
    now = f"at the next start, or now with: {sys.executable} -m index {documents} --out {folder}"
    try:
        with _without_traces(folder), closing(PassageIndex.load(folder)) as opened:
            recipe, warning = opened.recipe, opened.warning
    except IndexMissing as missing:
        return warn(missing.what, f"It is made {now}")
    except IndexDamaged as damaged:
        return fail(damaged.what, f"It is made anew {now}")
    recipe.require_model(*_model(model))
    if warning:
        return warn(warning)
    made = recipe.settings
    if (made.passage_tokens, made.chunking_version, made.folding_version) != (
        *(PASSAGE_TOKENS, CHUNKING_VERSION),
        FOLDING_VERSION,
    ):
        other = f"It was made by another Docent ({recipe.docent_version})."
        return warn(other, f"It is made anew {now}")
    if not recipe.complete:
        interrupted = f"It was interrupted at {recipe.n_documents:,} documents."
        return warn(interrupted, f"It goes on {now}")
    return ok(
        f"{recipe.n_passages:,} passages in {folder}; every file is as it was written, the "
        "recipe fits this Docent and its model.",
    )


def answering(root: Path, folder: Path, documents: Path) -> Iterator[Finding]:
    """Asks the first suggested question where nobody can be reached, and tells who was tried."""
    from index.storage.generations import read_pointer

    if read_pointer(folder) is None:
        yield warn("There is no index yet to be asked.", "Make it as said above, and look again.")
        return
    apart = _APART if _can_be_apart() else ()
    command = [*apart, sys.executable, "-m", "deploy.alone", str(folder.resolve())]
    try:
        with _without_traces(folder):
            done = subprocess.run(
                command,
                cwd=root,
                capture_output=True,
                text=True,
                check=False,
                timeout=_LONGEST_SECONDS,
            )
        seen = json.loads(done.stdout or "null")
    except subprocess.TimeoutExpired:
        slow = f"There is no answer after {_LONGEST_SECONDS} s."
        yield fail(slow, "End other programs, or take a faster machine.")
        return
    if done.returncode or seen is None:
        why = (done.stderr.strip().splitlines() or ["without a word"])[-1]
        why = why.replace("FOLDER", str(documents), 1)
        yield fail("No question can be answered.", f"First mend this: {why[:300]}")
        return
    if seen["found"]:
        yield ok(f"“{seen['question']}” was answered in {seen['seconds']} s.")
    else:
        yield warn(
            f"Nothing was found for “{seen['question']}”.",
            "Suggest questions in collection.toml that the documents answer.",
        )
    yield _outbound(seen["reached"], seen["n_packets"], apart=bool(apart)).about(
        "outbound requests"
    )


def _outbound(reached: list[str], n_packets: int, *, apart: bool) -> Finding:
    if reached or n_packets:
        names = ", ".join(dict.fromkeys(reached)) or "an address unknown to Python"
        return fail(
            f"{max(len(reached), n_packets)} while answering, to {names}.",
            "Keep the machine off the network, and install Docent's own packages again.",
        )
    return ok(
        f"none while answering, {'counted by the kernel' if apart else 'as far as Python sees'}."
    )


def _can_be_apart() -> bool:
    if not shutil.which(_APART[0]):
        return False
    tried = subprocess.run([*_APART, "true"], capture_output=True, check=False)
    return tried.returncode == 0


@contextmanager
def _without_traces(folder: Path) -> Iterator[None]:
    """Lock files that reading made go: of another user's the service could make no use."""
    from index.storage.lexical_index import LOCK_FILES

    before = set(folder.rglob(LOCK_FILES))
    try:
        yield
    finally:
        for lock in set(folder.rglob(LOCK_FILES)) - before:
            lock.unlink(missing_ok=True)


def _model(model: str | None) -> tuple[str, str]:
    """Name and hash of the embedding model; ModelError unless its files are as they should be."""
    from index.embedder import DEFAULT_MODEL, EXPORT_FOLDER, load_embedder, read_recipe

    if model in (None, DEFAULT_MODEL):
        recipe = read_recipe(EXPORT_FOLDER)
        return recipe["name"], recipe["files"]["model.onnx"]
    embedder = load_embedder(model)
    return embedder.name, embedder.sha256
