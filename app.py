"""The front door: `python app.py` serves the web chat.

The index is brought up to date and loaded in one thread while another imports Gradio, the two
slow things at the start.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from answerer.model_flags import add_model_flags, model_from
from errors import DocentError, IndexMissing, SettingError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from answerer.pipeline import Pipeline
    from interface.curator import Curator
    from interface.visits import VisitLog

# Nothing may leave this machine: these libraries would ask their makers for news. Nor does Gradio
# keep statistics of the questions asked, which it would compute anew after each one.
SILENCE = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "GRADIO_MCP_SERVER": "False",
    "ORT_DISABLE_TELEMETRY": "1",  # it would also keep an id of this machine in the home folder
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}
CURATOR_PASSWORD = "DOCENT_CURATOR_PASSWORD"  # never a flag: other users see those
CURATOR_PASSWORD_HASH = "DOCENT_CURATOR_PASSWORD_HASH"
WAITING_CONNECTIONS = 2048  # visitors whose browsers may knock at the same moment


def main() -> int:
    settings = _parser().parse_args()
    os.environ.update(SILENCE)
    if settings.command == "doctor":
        return _doctor(settings)
    if settings.command == "curator-password":
        return _new_password()
    stop = threading.Event()
    try:
        with _listener(settings.host, settings.port) as listener:
            password_hash = _password_hash(settings.curator, listener.getsockname()[0])
            with closing(_visits(settings)) as visits:
                app = _start(settings, stop, visits, password_hash)
                _serve(app, listener, settings.host)
    except DocentError as fault:
        print(fault, file=sys.stderr)
        return 1
    except ModuleNotFoundError as missing:
        print(
            f"Docent was installed here without {missing.name}. A kiosk's bundle has what --kiosk "
            "needs; for the rest take the whole project: make run",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        stop.set()
    return 0


def _doctor(settings: argparse.Namespace) -> int:
    from deploy.doctor import examine, status

    findings = []
    for finding in examine(settings, _listener):
        print(finding, flush=True)
        findings.append(finding)
    return status(findings)


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
        help="serve the pages; or look at all that they need, one line each; or make the hash of "
        "a curator's password",
    )
    for name, default, meaning in (
        ("host", "127.0.0.1", "address to serve on; 0.0.0.0 lets other machines in"),
        ("port", "7860", "port to serve on; 0 takes a free one"),
        ("index", "build/index", "folder of the index; made where there is none"),
        ("documents", "documents", "folder of the documents; changes are read at the start"),
        ("model", None, "embedding model, by name or folder, in place of the default one"),
        (
            "log",
            "counts",
            "what log.sqlite, beside the index, keeps of visits: none, counts (sums of each day "
            "and language, no word of a question), questions (their texts too); a lower level "
            "deletes the texts that were kept",
        ),
        ("log-days", "365", "days that it keeps them; what is older is deleted for good"),
    ):
        twin = f"DOCENT_{name.upper().replace('-', '_')}"
        parser.add_argument(
            f"--{name}", default=os.environ.get(twin) or default, help=f"{meaning} [{twin}]"
        )
    parser.add_argument(
        "--kiosk",
        action="store_true",
        default=os.environ.get("DOCENT_KIOSK", "") not in ("", "0"),
        help="serve the kiosk, at /kiosk, and nothing else [DOCENT_KIOSK]",
    )
    parser.add_argument(
        "--curator",
        action="store_true",
        default=os.environ.get("DOCENT_CURATOR", "") not in ("", "0"),
        help="the page for those who test the answers, at /curator; with a --host that other "
        f"machines reach it needs a password: its hash in {CURATOR_PASSWORD_HASH} (python app.py "
        f"curator-password makes one), or itself in {CURATOR_PASSWORD} [DOCENT_CURATOR]",
    )
    add_model_flags(parser)
    return parser


def _new_password() -> int:
    from interface.curator_password import asked_twice, hashed

    try:
        print(hashed(asked_twice()))
    except DocentError as fault:
        print(fault, file=sys.stderr)
        return 1
    print(f"Set {CURATOR_PASSWORD_HASH} to this line, between single quotes.", file=sys.stderr)
    return 0


def _password_hash(curator: bool, address: str) -> str | None:
    """The curator's, or None. Raises SettingError where strangers could come to the page.

    Both variables are taken out of the environment, so that no other process is given them.
    """
    password = os.environ.pop(CURATOR_PASSWORD, "")
    password_hash = os.environ.pop(CURATOR_PASSWORD_HASH, "")
    if not curator:
        return None
    from interface.curator_door import is_loopback
    from interface.curator_password import checked_hash, hashed

    if password and password_hash:
        raise SettingError(
            f"{CURATOR_PASSWORD} and {CURATOR_PASSWORD_HASH} are both set.", "Keep the hash alone."
        )
    if password_hash:
        return checked_hash(password_hash)
    if password:
        return hashed(password)
    if is_loopback(address):
        return None
    raise SettingError(
        f"--curator on {address} is open to other machines.",
        f"Set a password in {CURATOR_PASSWORD_HASH}, or leave --host out.",
    )


def _visits(settings: argparse.Namespace) -> VisitLog:
    from interface.visits import LEVELS, VisitLog

    days = settings.log_days
    if settings.log not in LEVELS:
        raise SettingError(f"--log {settings.log} is no level.", f"Choose {', '.join(LEVELS)}.")
    if not days.isdecimal() or not 1 <= int(days) <= 36_500:
        raise SettingError(f"--log-days {days} is no number of days.", "Give one from 1 to 36500.")
    visits = VisitLog(Path(settings.index).parent / "log.sqlite", settings.log, int(days))
    if visits.note:
        print(visits.note, file=sys.stderr)
    return visits


def _curator(
    settings: argparse.Namespace, pipeline: Pipeline, visits: VisitLog, password_hash: str | None
) -> Curator | None:
    if not settings.curator:
        return None
    from evaluation.workbench import Workbench
    from interface.curator import Curator
    from interface.curator_door import Door

    bench = Workbench(lambda: pipeline.index, Path(settings.index), Path(settings.documents))
    return Curator(bench, Door(password_hash), visits)


def _listener(host: str, port: str) -> socket.socket:
    """The open port. It comes first: a port in use is found out at once."""
    if not port.isdecimal() or int(port) > 65_535:
        raise SettingError(f"The port {port} is not a number from 0 to 65535.", "Mend --port.")
    try:
        family, *_, address = socket.getaddrinfo(
            host, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise SettingError(
            f"There is no address for the host {host}.", "Mend --host, or leave it out."
        ) from error
    try:
        return socket.create_server(address, family=family, backlog=WAITING_CONNECTIONS)
    except OSError as error:
        raise SettingError(
            f"Cannot serve on {host}, port {port}: {os.strerror(error.errno or 0)}.",
            f"Choose another one: python app.py --port {(int(port) + 1) % 65_536}",
        ) from error


def _start(
    settings: argparse.Namespace,
    stop: threading.Event,
    visits: VisitLog,
    password_hash: str | None,
) -> FastAPI:
    with ThreadPoolExecutor(max_workers=1) as threads:
        loading = threads.submit(_load, settings, stop)
        try:
            if not settings.kiosk:
                from interface import quick_gradio

                quick_gradio.speed_up()
                import interface.gradio_queue  # noqa: F401  # create_app would wait for it later
            from interface.chat import create_app
            from interface.wording import load_wordings

            wordings = load_wordings()
            pipeline = loading.result()
            return create_app(
                pipeline,
                wordings,
                _curator(settings, pipeline, visits, password_hash),
                kiosk_only=settings.kiosk,
                noted=[visits.record],
            )
        except BaseException:
            stop.set()  # else leaving would wait for a long build
            raise


def _load(settings: argparse.Namespace, stop: threading.Event) -> Pipeline:
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
        print(f"The index is as it was. {hindrance}", file=sys.stderr)
    if pipeline.note:
        print(pipeline.note, file=sys.stderr)
    return pipeline


def _update(settings: argparse.Namespace, stop: threading.Event) -> None:
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
        print(problem, file=sys.stderr)


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
