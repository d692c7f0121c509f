"""Looks at everything that a Docent on a machine of its own needs, one line each."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy import contents, machine
from deploy.finding import Finding, fail
from errors import DocentError

ROOT = Path(__file__).resolve().parents[1]


def examine(settings: Namespace) -> Iterator[Finding]:
    """With the settings of app.py. Reads, asks one question, and leaves nothing behind."""
    documents, index = Path(settings.documents), Path(settings.index)
    model = settings.model
    checks: dict[str, Callable[[], Finding | Iterator[Finding]]] = {
        "packages": lambda: machine.packages(ROOT / "requirements.txt"),
        "documents": lambda: contents.documents(documents),
        "embedding model": lambda: contents.embedding_model(model),
        "reader": contents.reader,
        "calibration": lambda: contents.calibration(model),
        "index": lambda: contents.index(index, documents, model),
        "answering": lambda: contents.answering(ROOT, index, documents),
        "settings": lambda: machine.settings(settings),
        "languages": machine.languages,
        "fonts": lambda: machine.fonts(ROOT / "interface"),
        "voices": machine.voices,
        "port": lambda: machine.port(settings.host, settings.port),
        "disk space": lambda: machine.disk_space(index),
        "write access": lambda: machine.write_access(index),
        "screen": lambda: machine.screen(settings.screen_diagonal),
        "browser": machine.browser,
        "autostart": machine.autostart,
    }
    for what, check in checks.items():
        try:
            found = check()
            for finding in [found] if isinstance(found, Finding) else found:
                yield finding.about(what)
        except DocentError as error:
            remedy = error.remedy.replace("FOLDER", str(documents), 1)
            yield fail(error.what, remedy, what)
        except ModuleNotFoundError as error:
            mend = machine.mend_packages()
            yield fail(f"The package {error.name} is not installed.", mend, what)
        except Exception as error:  # of whatever a broken machine breaks
            why = str(error).strip().splitlines() or [type(error).__name__]
            yield fail(f"{why[0][:200]}.", "Install Docent again.", what)
