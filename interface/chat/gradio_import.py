"""Makes Gradio start two seconds faster, and keeps it from writing files nobody asked for.

Each time it is imported, Gradio parses the source of its 80 components and writes `.pyi` files for
code editors beside them: 1.4 s of processor time, for which it has no switch. Where the package
`mcp` is installed, it imports that too, which it does without where it is not: 0.5 s. Call
`speed_up` before the first import.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import cast

_MODULE = "gradio.component_meta"


@contextmanager
def quick_import() -> Iterator[None]:
    """Import Gradio in this block. Not while another thread imports `mcp`."""
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    without_mcp = "mcp" not in sys.modules
    if without_mcp:
        cast(dict[str, ModuleType | None], sys.modules)["mcp"] = None  # so Python finds none
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        if without_mcp:
            del sys.modules["mcp"]


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        # Only where the function is the one known; a Gradio without it imports as it will.
        if hasattr(module, "create_or_modify_pyi"):
            vars(module)["create_or_modify_pyi"] = lambda component, name, events: None


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != _MODULE:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = _Loader(fullname, spec.origin)
        return spec
