"""Makes Gradio start two seconds faster, and keeps it from writing files nobody asked for.

Each time it is imported, Gradio parses the source of its 80 components and writes `.pyi` files for
code editors beside them: 1.4 s of processor time, for which it has no switch. Where the package
`mcp` is installed, it imports that too, which it does without where it is not: 0.5 s. Call
`speed_up` before the first import.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from types import ModuleType
from typing import cast

_MODULE = "gradio.component_meta"


@contextmanager
def quick_import() -> Iterator[None]:
    """Import Gradio in this block. Not while another thread imports `mcp`."""
    load = SourceFileLoader.exec_module

    def load_without_pyi(loader: SourceFileLoader, module: ModuleType) -> None:
        load(loader, module)
        # Only where the function is the one known; a Gradio without it imports as it will.
        if module.__name__ == _MODULE and hasattr(module, "create_or_modify_pyi"):
            vars(module)["create_or_modify_pyi"] = lambda component, name, events: None

    modules = cast(dict[str, ModuleType | None], sys.modules)
    without_mcp = modules.setdefault("mcp", None) is None  # so Python finds none
    SourceFileLoader.exec_module = load_without_pyi  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        del SourceFileLoader.exec_module  # it is its base's again
        if without_mcp:
            del modules["mcp"]
