"""Makes Gradio start a second faster, and keeps it from writing files nobody asked for.

Each time it is imported, Gradio parses the source of its 80 components and writes `.pyi` files for
code editors beside them: of 2.7 s on two cores, 1.0 s. Call `speed_up` before the first import.

At the first question it imports matplotlib, where that is installed, whose list of all fonts it
would wait for and leave in the home folder. Call `without_plots` after the import.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

_MODULE = "gradio.component_meta"


def speed_up() -> None:
    if _MODULE not in sys.modules:
        sys.meta_path.insert(0, _Finder())


def without_plots() -> None:
    import gradio.utils

    name = "MatplotlibBackendMananger"  # sic
    if hasattr(gradio.utils, name):
        vars(gradio.utils)[name] = nullcontext


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        # Only where the function is the one known; a Gradio without it imports as it will.
        if hasattr(module, "create_or_modify_pyi"):
            vars(module)["create_or_modify_pyi"] = _write_no_stub


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


def _write_no_stub(component_class: type, class_name: str, events: list[object]) -> None:
    """In place of `gradio.component_meta.create_or_modify_pyi`."""
