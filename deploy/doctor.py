"""Looks at everything that a Docent on a machine of its own needs, one line each."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.finding import Finding, State, fail
from errors import DocentError

ROOT = Path(__file__).resolve().parents[1]
FROM_BUNDLE = (ROOT / "SHA256SUMS").is_file()


def examine(settings: Namespace) -> Iterator[Finding]:
    """With the settings of app.py. Reads, asks one question, and leaves nothing behind."""
    from deploy import contents, machine

    documents, index = Path(settings.documents), Path(settings.index)
    model = settings.model
    checks: dict[str, Callable[[], Iterator[Finding]]] = {
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
            yield from check()
        except DocentError as error:
            yield fail(what, error.what, error.remedy.replace("FOLDER", str(documents), 1))
        except ModuleNotFoundError as error:
            yield fail(what, f"The package {error.name} is not installed.", mend_packages())
        except Exception as error:  # of whatever a broken machine breaks
            why = str(error).strip().splitlines() or [type(error).__name__]
            yield fail(what, f"{why[0][:200]}.", "Install Docent again.")


def mend_packages() -> str:
    return f"Install it with: {'./install' if FROM_BUNDLE else 'make run'}"


def status(findings: list[Finding]) -> int:
    return int(any(finding.state is State.FAIL for finding in findings))
