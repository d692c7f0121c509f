"""Which packages a kiosk needs: read from its rooms' imports, so that no second list can age."""

from __future__ import annotations

import ast
import importlib.metadata
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from errors import SettingError

ROOMS = (
    *("app.py", "command_line.py", "datatypes.py", "errors.py"),
    *("answerer", "curator", "deploy", "index", "interface", "language", "prompts", "retriever"),
)
"""What a kiosk runs. Test questions, training and benchmarks stay at home, with their libraries."""

OF_THE_CHAT = frozenset(("argon2-cffi", "gradio", "mcp", "openai", "prometheus-client"))
"""What is served beside a kiosk: the web chat's queue, agents, language models, metrics, curators'
passwords. With --kiosk none of it is loaded."""

NOT_PACKED = frozenset(("sentence-transformers",))
"""Only other embedding models than the built-in one need it, and it brings torch along."""


@dataclass(frozen=True, slots=True)
class Pin:
    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"


def kiosk_pins(root: Path, *, chat: bool = False) -> list[Pin]:
    """The packages that the kiosk's rooms import, and theirs, as requirements.txt pins them.

    With `chat` those of all else that app.py serves. Needs them all installed. Raises SettingError
    where one is not, or is not pinned.
    """
    pinned = read_pins(root / "requirements.txt")
    imported = _imported_packages(root) - NOT_PACKED
    names = _closed(imported if chat else imported - OF_THE_CHAT)
    if missing := sorted(names - pinned.keys()):
        raise SettingError(
            f"The kiosk needs {', '.join(missing)}, which requirements.txt does not pin.",
            "Pin it there.",
        )
    return [pinned[name] for name in sorted(names)]


def read_pins(requirements: Path) -> dict[str, Pin]:
    """By canonical name; hashes that follow a pin are passed over."""
    words = (line.split() for line in requirements.read_text("utf-8").splitlines())
    named = (line[0].split("==") for line in words if line and "==" in line[0])
    return {canonicalize_name(name): Pin(name, version) for name, version in named}


def modules(root: Path) -> list[Path]:
    """The Python files of the kiosk's rooms, from the root."""
    found = (path for room in ROOMS for path in sorted((root / room).rglob("*.py")))
    files = (root / room for room in ROOMS if room.endswith(".py"))
    return [path.relative_to(root) for path in (*files, *found)]


def _imported_packages(root: Path) -> set[str]:
    packages = importlib.metadata.packages_distributions()
    ours = {room.removesuffix(".py") for room in ROOMS} | {path.name for path in root.iterdir()}
    names: set[str] = set()
    for module in modules(root):
        for name in _imported(ast.parse((root / module).read_text("utf-8"))):
            top = name.partition(".")[0]
            if top in sys.stdlib_module_names or top in ours:
                continue
            if top not in packages:
                raise SettingError(
                    f"{module} imports {top}, which is not installed.",
                    "Install what is pinned with: make run",
                )
            names.update(map(canonicalize_name, packages[top]))
    return names


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _closed(names: Iterable[str]) -> set[str]:
    """The packages, what they require here, what that requires, and so on."""
    waiting = [Requirement(name) for name in names]
    seen = set(waiting)
    for needed in waiting:  # which grows meanwhile
        for extra in needed.extras or {""}:
            for one in map(Requirement, importlib.metadata.requires(needed.name) or ()):
                if (not one.marker or one.marker.evaluate({"extra": extra})) and one not in seen:
                    seen.add(one)
                    waiting.append(one)
    return {canonicalize_name(needed.name) for needed in waiting}
