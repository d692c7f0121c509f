"""The rooms: who may import whom, what may come along, how large a module may be."""

from __future__ import annotations

import ast
import importlib.metadata
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

ROOMS = ("index", "retriever", "prompts", "answerer", "evaluation", "training")
"""From left to right: imports point left only."""

NOUNS = ("datatypes", "errors", "language", "command_line")
"""What every room may import, and which import nothing of ours but themselves."""

FREE = ("app", "models", "benchmarks", "deploy")
"""Doors that join rooms, and what measures them from outside."""

ONLY_IN: dict[str, tuple[str, ...]] = {
    "gradio": ("interface/", "app.py"),
    "faiss": ("index/storage/faiss_store.py",),
    "onnxruntime": (
        "index/embedder.py",
        "answerer/reader.py",
        "training/",
    ),
    "torch": ("training/",),
    "sentence_transformers": ("index/embedder.py", "training/"),
    # nothing is ever pickled, and nobody is called but a configured language model
    **dict.fromkeys(("pickle", "shelve", "marshal", "dill", "joblib", "cloudpickle"), ()),
    **dict.fromkeys(("openai", "httpx2"), ("answerer/generative/language_model.py",)),
    **dict.fromkeys(("requests", "httpx", "aiohttp"), ()),
}
LONGEST_MODULE = 320
LONGEST_FUNCTION = 50
"""In lines."""
MOST_FILES = 15
"""Source files of one folder."""
MOST_CODE = 18_500
"""Lines of code of the whole product: without tests, blank lines, comments and docstrings."""
SOURCES = {".py", ".js", ".css", ".html", ".jinja"}

DOORS = ("index", "retriever", "prompts", "answerer", "evaluation")


def modules() -> list[Path]:
    """All Python files of the product, from the root."""
    rooms = ("language", *ROOMS, "interface", "curator", *FREE)
    found = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    return sorted(path.relative_to(ROOT) for path in (*found, *ROOT.glob("*.py")))


MODULES = modules()
OURS = {path.parts[0].removesuffix(".py") for path in MODULES}


@cache
def tree(module: Path) -> ast.Module:
    return ast.parse((ROOT / module).read_text(encoding="utf-8"))


def imported(module: Path) -> Iterator[str]:
    """Full names of what a module imports, wherever in it."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno} is a relative import"
            yield node.module or ""


def may_import(room: str) -> set[str]:
    """Our modules that a room (or a module of the root) may import."""
    if room in NOUNS:
        return {room, "errors"} if room == "command_line" else {room}
    if room in FREE:
        return OURS
    if room == "interface":
        return {*NOUNS, "interface"}
    if room == "curator":
        return {*NOUNS, *ROOMS[: ROOMS.index("evaluation") + 1], "interface", "curator"}
    return {*NOUNS, *ROOMS[: ROOMS.index(room) + 1]}


def test_every_module_lies_in_a_room() -> None:
    known = {*ROOMS, "interface", "curator", *NOUNS}
    assert known - {"training"} | {"app"} <= OURS <= known | {*FREE}


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_imports_point_left(module: Path) -> None:
    room = module.parts[0].removesuffix(".py")
    ours = {name.partition(".")[0] for name in imported(module)} & OURS
    assert ours <= may_import(room)


def test_a_library_is_known_only_where_it_belongs() -> None:
    strangers = [
        f"{module} imports {name}"
        for module in MODULES
        for name in imported(module)
        if (places := ONLY_IN.get(name.partition(".")[0])) is not None
        and module.parts[0] != "benchmarks"
        and not module.as_posix().startswith(places)
    ]
    assert not strangers


def test_no_call_unpickles_what_a_file_holds() -> None:
    unpickling = [
        f"{module}:{node.lineno}"
        for module in MODULES
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if isinstance(keyword.value, ast.Constant)
        and (keyword.arg, keyword.value.value) in (("allow_pickle", True), ("weights_only", False))
    ]
    assert not unpickling


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_says_what_it_is(module: Path) -> None:
    assert (ast.get_docstring(tree(module)) or "").strip()


def test_no_module_is_too_long_to_read() -> None:
    lengths = {str(module): len((ROOT / module).read_text().splitlines()) for module in MODULES}
    assert {name: n for name, n in lengths.items() if n > LONGEST_MODULE} == {}


def functions(module: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_function_is_too_long_to_read() -> None:
    long = [
        f"{module}:{function.lineno} {function.name}: {lines}"
        for module in MODULES
        for function in functions(module)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not long


def test_a_folder_is_seen_at_a_glance() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files = [Path(line) for line in listed.stdout.splitlines() if not line.startswith("tests/")]
    counts = Counter(path.parent for path in files if path.suffix in SOURCES)
    assert {str(folder): n for folder, n in counts.items() if n > MOST_FILES} == {}


def docstring_lines(module: Path) -> set[int]:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        line
        for node in ast.walk(tree(module))
        if isinstance(node, documented) and ast.get_docstring(node) is not None
        for line in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)
    }


def code_lines(module: Path) -> int:
    """Lines on which anything stands but space, comments and docstrings."""
    nothing = {
        *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE),
        *(tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER),
    }
    with (ROOT / module).open(encoding="utf-8") as file:
        lines = {
            line
            for token in tokenize.generate_tokens(file.readline)
            if token.type not in nothing
            for line in range(token.start[0], token.end[0] + 1)
        }
    return len(lines - docstring_lines(module))


def test_lines_of_code_are_counted_without_what_explains_them() -> None:
    here = Path(__file__).relative_to(ROOT)
    total = len((ROOT / here).read_text().splitlines())
    assert 0.5 * total < code_lines(here) < total


def test_all_the_code_is_within_its_budget() -> None:
    assert sum(map(code_lines, MODULES)) <= MOST_CODE


def imported_modules(module: Path) -> Iterator[str]:
    """Full names of ours among what a module imports, in functions and for types too."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_modules_import_each_other_in_a_circle() -> None:
    names = {".".join(module.with_suffix("").parts): module for module in MODULES}
    graph = {name: names.keys() & imported_modules(module) for name, module in names.items()}
    TopologicalSorter(graph).prepare()  # CycleError names the modules of a circle


def test_no_module_bears_the_name_of_another_package() -> None:
    installed = importlib.metadata.packages_distributions().keys() | sys.stdlib_module_names
    assert not OURS & installed
    tests = {path.stem for path in (ROOT / "tests").glob("*.py")}
    assert not (tests - {"conftest"}) & (installed | OURS)


def test_the_tests_are_flat() -> None:
    """A tests/index/__init__.py would hide the real `index`."""
    assert not list((ROOT / "tests").rglob("__init__.py"))


def product_modules() -> list[str]:
    """What a running Docent may import: no door, nothing that makes models or draws reports."""
    return [
        ".".join(module.with_suffix("").parts)
        for module in MODULES
        if module.parts[0] not in ("training", "benchmarks", "models")
        and module.name not in ("__init__.py", "__main__.py", "app.py")
        and module.as_posix() != "interface/chat/gradio_queue.py"
        and not any(name.startswith("matplotlib") for name in imported(module))
    ]


def came_along(names: list[str], heavy: tuple[str, ...]) -> list[str]:
    """Which of the heavy libraries a fresh interpreter has after importing the modules."""
    script = (
        f"import importlib, sys\nfor name in {names!r}: importlib.import_module(name)\n"
        f"print(*(name for name in {heavy!r} if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_neither_torch_nor_gradio_comes_along_with_the_modules() -> None:
    heavy = ("torch", "gradio", "sentence_transformers", "transformers", "matplotlib")
    assert came_along(product_modules(), heavy) == []


def test_the_chat_brings_gradio_and_not_torch() -> None:
    heavy = ("torch", "gradio", "sentence_transformers", "transformers")
    assert came_along(["interface.chat.gradio_queue"], heavy) == ["gradio"]


@pytest.mark.parametrize("door", [("app.py",), *(("-m", room) for room in DOORS)], ids=" ".join)
def test_a_door_says_what_it_does_before_anything_heavy_is_loaded(door: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *door, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert done.stdout.startswith("usage: ")
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "argparse" in loaded
    assert not loaded & {"numpy", "torch", "gradio", "onnxruntime", "faiss", "tantivy", "pandas"}


@pytest.mark.parametrize(
    "room",
    [path.parent.name for path in ROOT.glob("*/__main__.py") if path.parent.name not in DOORS],
)
def test_the_doors_for_makers_say_what_they_do(room: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", room, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout[:7]) == (0, "usage: ")
