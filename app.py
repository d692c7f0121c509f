"""The front door: `python app.py` serves the web chat.

The index is brought up to date and loaded in one thread while another imports Gradio, the two
slow things at the start.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import TYPE_CHECKING

from answerer.generative.model_flags import add_model_flags, model_from
from command_line import add_switch, add_value_flag
from curator.access.flags import (
    CURATOR_PASSWORD,
    CURATOR_PASSWORD_HASH,
    password_hash_from,
)
from errors import DocentError, IndexMissing
from interface.server.listening import listening
from interface.server.web_settings import WebSettings, add_web_flags, web_settings_from

if TYPE_CHECKING:
    import socket

    from fastapi import FastAPI

    from answerer.pipeline import Pipeline
    from curator.routes import Curator
    from interface.visits.log import VisitLog

# Nothing may leave this machine: these libraries would ask their makers for news. Nor does Gradio
# keep statistics of the questions asked, which it would compute anew after each one.
SILENCE = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "GRADIO_MCP_SERVER": "False",
    "MPLBACKEND": "agg",  # Gradio imports matplotlib where it is installed, and needs no screen
    "ORT_DISABLE_TELEMETRY": "1",  # it would also keep an id of this machine in the home folder
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}

Settings = argparse.Namespace

_VALUES = (
    ("host", "127.0.0.1", "address to serve on; 0.0.0.0 lets other machines in"),
    ("port", "7860", "port to serve on; 0 takes a free one"),
    ("index", "build/index", "folder of the index; made where there is none"),
    ("documents", "documents", "folder of the documents; changes are read at the start"),
    ("model", None, "embedding model, by name or folder, in place of the default one"),
    ("log", "counts", "what log.sqlite, beside the index, keeps of visits: none, counts (sums of "
        "each day and language, no word of a question), questions (their texts too); a lower "
        "level deletes the texts that were kept"),
    ("log-days", "365", "days that log.sqlite keeps; what is older is deleted for good"),
    ("screen-diagonal", "21.5", "of the kiosk's screen, in inches: gives all its sizes"),
    ("public-url", None, "where phones reach Docent, like https://docent.example.org/: the kiosk's "
        "code to take away leads there; without it the code holds quote and citation as text"),
)  # fmt: skip


def main() -> int:
    settings = _parser().parse_args()
    os.environ.update(SILENCE)
    stop = Event()
    # Ended by another program like by Ctrl-C: the log of visits is written to the last.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if settings.command == "doctor":
            return _examine(settings)
        if settings.command == "curator-password":
            return _make_password_hash()
        if settings.mcp == "stdio":
            return _serve_agent(settings, stop)
        with listening(settings.host, settings.port) as listener:
            address = listener.getsockname()[0]
            password_hash = password_hash_from(settings.curator, address)
            web = web_settings_from(settings, address)
            with closing(_visits(settings)) as visits, TemporaryDirectory() as temporary:
                os.environ["MPLCONFIGDIR"] = temporary  # else matplotlib writes in the home folder
                app = _start(settings, stop, visits, password_hash, web)
                _serve(app, listener, settings.host)
    except DocentError as fault:
        _say(fault)
        return 1
    except ModuleNotFoundError as missing:
        _say(
            f"Docent was installed here without {missing.name}. A kiosk's bundle has what --kiosk "
            "needs; for the rest take the whole project: make run"
        )
        return 1
    except KeyboardInterrupt:
        stop.set()
    return 0


def _examine(settings: Settings) -> int:
    from deploy.doctor import examine
    from deploy.finding import State

    states = []
    for finding in examine(settings):
        print(finding, flush=True)
        states.append(finding.state)
    return int(State.FAIL in states)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Answers questions about documents, in their own words, in the browser.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        "command",
        nargs="?",
        choices=("serve", "doctor", "curator-password"),
        default="serve",
        help="serve the pages; look at all that they need; or make a curator's password's hash",
    )
    for flag, default, meaning in _VALUES:
        add_value_flag(parser, flag, default, meaning)
    add_switch(parser, "kiosk", "serve the kiosk, at /kiosk, and nothing else")
    add_switch(
        parser,
        "curator",
        "the page for those who test the answers, at /curator; with a --host that other machines "
        f"reach it needs a password: its hash in {CURATOR_PASSWORD_HASH} (python app.py "
        f"curator-password makes one), or itself in {CURATOR_PASSWORD}",
    )
    add_web_flags(parser)
    add_model_flags(parser)
    return parser


def _say(text: object) -> None:
    print(text, file=sys.stderr)


def _make_password_hash() -> int:
    from curator.access.password import ask_password_twice, hash_password

    print(hash_password(ask_password_twice()))
    _say(f"Set {CURATOR_PASSWORD_HASH} to this line, between single quotes.")
    return 0


def _visits(settings: Settings) -> VisitLog:
    from interface.visits.log import VisitLog, days_from, level_from

    level = level_from(settings.log)
    days = days_from("--log-days", settings.log_days)
    return VisitLog(Path(settings.index).parent / "log.sqlite", level, days)


def _curator(
    settings: Settings, pipeline: Pipeline, visits: VisitLog, password_hash: str | None
) -> Curator | None:
    if not settings.curator:
        return None
    from curator.access.access import Access
    from curator.routes import Curator
    from evaluation.workbench import Workbench

    bench = Workbench(lambda: pipeline.index, Path(settings.index), Path(settings.documents))
    return Curator(bench, Access(password_hash), visits)


def _start(
    settings: Settings, stop: Event, visits: VisitLog, password_hash: str | None, web: WebSettings
) -> FastAPI:
    with ThreadPoolExecutor(max_workers=1) as threads:
        loading = threads.submit(_load, settings, stop)
        try:
            if settings.kiosk and settings.curator:
                _say("A kiosk has no curator's page: --curator is left out.")
            if not settings.kiosk:
                import interface.chat.gradio_queue  # noqa: F401  # create_app would wait for it later
            from interface.application import create_app
            from interface.kiosk.routes import kiosk_settings
            from interface.kiosk.take_away import checked_address
            from interface.wording.wordings import load_wordings

            screen = kiosk_settings(settings.screen_diagonal)
            public_url = checked_address(settings.public_url) if settings.public_url else None
            wordings = load_wordings()
            pipeline = loading.result()
            return create_app(
                pipeline,
                wordings,
                _curator(settings, pipeline, visits, password_hash),
                kiosk=screen,
                kiosk_only=settings.kiosk,
                public_url=public_url,
                web=web,
                observers=[visits.record],
            )
        except BaseException:
            stop.set()  # else leaving would wait for a long build
            raise


def _serve_agent(settings: Settings, stop: Event) -> int:
    """Tools for one agent, over standard input and output."""
    import anyio

    from interface.api.agents import serve_stdio
    from interface.server.answer_service import AnswerService
    from interface.wording.wordings import load_wordings

    with closing(_visits(settings)) as visits:
        service = AnswerService(_load(settings, stop), load_wordings(), [visits.record])
        anyio.run(serve_stdio, service)
    return 0


def _load(settings: Settings, stop: Event) -> Pipeline:
    """The answers from the index, brought up to date.

    What hinders the update is said, but an index that is there is served all the same.
    """
    from answerer.pipeline import Pipeline

    model = model_from(settings)  # first: a wrong setting shall not wait for a build
    index = Path(settings.index)
    hindrance = None
    try:
        _update(settings, stop)
    except DocentError as fault:
        hindrance = fault
    try:
        pipeline = Pipeline.load(index, model=model)
    except IndexMissing as missing:
        raise hindrance or missing from missing
    if hindrance:
        _say(f"The index is as it was. {hindrance}")
    if pipeline.note:
        _say(pipeline.note)
    return pipeline


def _update(settings: Settings, stop: Event) -> None:
    from index.build import build_index
    from index.embedder import load_embedder

    report = build_index(
        Path(settings.documents),
        Path(settings.index),
        embedder=load_embedder(settings.model),
        progress=_progress if sys.stderr.isatty() else lambda what, done, total: None,
        stopped=stop.is_set,
    )
    for problem in report.problems:
        _say(problem)


def _progress(what: str, done: int, total: int | None) -> None:
    ending = "\n" if done == total else ""
    count = f"{done:,} of {total:,}" if total else f"{done:,}"
    print(f"\r{what}: {count}", end=ending, file=sys.stderr, flush=True)


def _serve(app: FastAPI, listener: socket.socket, host: str) -> None:
    import uvicorn

    shown = f"[{host}]" if ":" in host else host
    print(f"Docent is open at http://{shown}:{listener.getsockname()[1]}/", flush=True)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=2
    )
    with suppress(KeyboardInterrupt):  # uvicorn raises it again once all is closed
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    sys.exit(main())
