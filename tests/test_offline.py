"""The whole of Docent on a machine without a network, watched by the kernel and the browser.

The test runs this file again in a network namespace that has nothing but loopback. In there
every Python process notes which files it opens for writing and where it connects to.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app import SILENCE

ROOT = Path(__file__).resolve().parents[1]
QUESTION = "How many workers take part in the Chollima movement?"

# Run at the start of each process by Python itself, from PYTHONPATH.
WATCH = """
import os, sys
LOG = os.open(os.environ["WATCH_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
def note(kind, what):
    if isinstance(what, bytes):
        what = os.fsdecode(what)
    if isinstance(what, (str, os.PathLike)) and kind == "written":
        what = os.path.abspath(what)
    os.write(LOG, f"{kind}\\t{what}\\n".encode("utf-8", "replace"))
def watch(event, args):
    if event == "open" and not isinstance(args[0], int):
        if args[2] & WRITING or set(args[1] or "") & set("wax+"):
            note("written", args[0])
    elif event in ("os.mkdir", "os.symlink", "os.truncate"):
        note("written", args[-1] if event == "os.symlink" else args[0])
    elif event in ("os.rename", "os.link"):
        note("written", args[1])
    elif event in ("socket.connect", "socket.sendto"):
        note("reached", args[1])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        note("reached", args[0])
sys.addaudithook(watch)
"""


@dataclass(slots=True)
class Seen:
    """What happened without a network."""

    said: dict[str, str] = field(default_factory=dict)  # by the command line's doors
    answer: str = ""
    requests: list[str] = field(default_factory=list)  # of the browser, all of them
    refused: list[str] = field(default_factory=list)  # what its console complained about
    written: list[str] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("offline")


@pytest.fixture(scope="module")
def seen(folder: Path) -> Seen:
    apart = ["unshare", "--net", "--map-root-user"]
    if not shutil.which("unshare"):
        pytest.skip("no network namespaces here: unshare (util-linux) is not installed")
    if (tried := subprocess.run([*apart, "true"], capture_output=True, check=False)).returncode:
        pytest.skip(f"no network namespaces here: {tried.stderr.decode().strip()}")
    done = subprocess.run(
        [*apart, sys.executable, __file__, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return Seen(**json.loads((folder / "seen.json").read_text("utf-8")))


def test_the_page_answers_without_a_network(seen: Seen) -> None:
    if not seen.requests:
        pytest.skip("no browser: install chromium, chromium-browser or google-chrome")
    assert "3 million" in seen.answer
    assert seen.refused == []


def test_not_one_request_of_the_page_leaves_this_machine(seen: Seen) -> None:
    if not seen.requests:
        pytest.skip("no browser: install chromium, chromium-browser or google-chrome")
    assert len(seen.requests) > 10
    assert {urlsplit(url).hostname for url in seen.requests} == {"127.0.0.1"}


def test_no_process_tries_to_reach_another_machine(seen: Seen) -> None:
    assert [where for where in seen.reached if "127.0.0.1" not in where] == []


@pytest.mark.parametrize("door", ["index", "retriever", "answerer", "prompts"])
def test_every_door_works_without_a_network(seen: Seen, door: str) -> None:
    assert seen.said[door]


def test_nothing_is_written_but_the_index_the_log_of_visits_and_temporary_files(
    seen: Seen, folder: Path
) -> None:
    index, temporary = str(folder / "index"), str(folder / "temporary")
    allowed = (index, str(folder / "log.sqlite"), temporary, "/dev/", "/proc/")
    assert any(path.startswith(index) for path in seen.written)  # the watch is on
    others = {path for path in seen.written if not path.startswith(allowed)}
    assert others <= {str(folder)}  # where the log is made


@pytest.mark.parametrize("name", ["home of the page", "home of the doors", "here"])
def test_nothing_is_left_at_home_or_where_it_was_started(
    seen: Seen, folder: Path, name: str
) -> None:
    # Libraries that are not Python's write without its knowledge, so what counts is what is there.
    assert seen.written
    assert [str(path.relative_to(folder)) for path in (folder / name).rglob("*")] == []


def main(folder: Path) -> None:
    """In the namespace: runs everything, and writes down what was seen."""
    _raise_loopback()
    for name in ("home of the page", "home of the doors", "here", "temporary", "watch", "browser"):
        (folder / name).mkdir()
    (folder / "watch" / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    log = folder / "log"
    # What other tests have set to keep libraries silent must not help here.
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DOCENT_", "XDG")) and name not in SILENCE
    }
    environment |= {
        "HOME": str(folder / "home of the doors"),
        "TMPDIR": str(folder / "temporary"),
        "PYTHONPATH": os.pathsep.join([str(folder / "watch"), str(ROOT)]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "WATCH_LOG": str(log),
    }
    seen = Seen()
    index = str(folder / "index")
    for door, *arguments in (
        ("index", str(ROOT / "documents"), "--out", index),
        ("retriever", QUESTION, "--index", index),
        ("answerer", QUESTION, "--index", index),
        ("prompts", "--index", index),
    ):
        command = [sys.executable, "-m", door, *arguments]
        seen.said[door] = subprocess.run(
            command, cwd=folder / "here", env=environment, stdout=subprocess.PIPE, check=True
        ).stdout.decode()
    environment["HOME"] = str(folder / "home of the page")
    command = [sys.executable, str(ROOT / "app.py"), "--port", "0", "--index", index]
    command += ["--documents", str(ROOT / "documents")]
    with subprocess.Popen(
        command, cwd=folder / "here", env=environment, stdout=subprocess.PIPE, text=True
    ) as app:
        try:
            assert app.stdout is not None
            os.environ["TMPDIR"] = os.environ["HOME"] = str(folder / "browser")
            _look(app.stdout.readline().split()[-1], seen)
        finally:
            app.terminate()
    for kind, what in _noted(log):
        (seen.written if kind == "written" else seen.reached).append(what)
    (folder / "seen.json").write_text(json.dumps(asdict(seen)), encoding="utf-8")


def _look(address: str, seen: Seen) -> None:
    """What a visitor does: asks, opens everything, looks at the document, in both themes."""
    from browsing import CHROMIUM_FLAGS, chromium
    from playwright.sync_api import sync_playwright

    path = chromium()
    if path is None:
        return
    flags = [*CHROMIUM_FLAGS, "--no-sandbox"]  # a namespace of its own is not given another one
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        context = browser.new_context()
        context.on("request", lambda request: seen.requests.append(request.url))
        page = context.new_page()
        page.on("console", lambda message: seen.refused.append(message.text))
        page.on("pageerror", lambda error: seen.refused.append(str(error)))
        page.goto(address)
        for question in (QUESTION, "And who leads it?", "Who won the football world cup in 2014?"):
            n_turns = page.locator("#turns .turn").count()
            page.fill("#question", question)
            page.press("#question", "Enter")
            page.locator("#turns .turn").nth(n_turns).wait_for()
        seen.answer = page.locator("#turns .turn").first.inner_text()
        for summary in page.locator("summary").all():
            summary.click()
        page.get_by_role("button", name="Light or dark").click()
        page.get_by_role("link", name="Link to this passage").first.click()
        page.locator("#reader mark").first.wait_for()
        page.wait_for_timeout(500)
        browser.close()


def _noted(log: Path) -> Iterator[tuple[str, str]]:
    for line in log.read_text("utf-8").splitlines():
        kind, _, what = line.partition("\t")
        yield kind, what


def _raise_loopback() -> None:
    """As `ip link set lo up` does, which is not installed everywhere."""
    import fcntl
    import socket
    import struct

    set_flags, up = 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sh14x", b"lo", up))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
