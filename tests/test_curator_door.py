"""Who may come to the Curator page: names and proxies, passwords and guesses, sessions."""

from __future__ import annotations

import asyncio
import http.client
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browsing import ROOT
from curating import Curated, curated, send
from test_chat import request

from curator.access import access as curator_access
from curator.access.access import Access
from curator.access.password import check_password_hash, hash_password, password_matches
from errors import SettingError

PASSWORD = "three Moranbong words"
GETS = ("", "/visits", "/visits/days.csv", "/visits/questions.csv", "/questions", "/runs/0")
POSTS = ("runs", "files", "questions", "runs/0/stop", "leave", "login")


@pytest.fixture(scope="module")
def page(default_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Curated]:
    with curated(default_folder, tmp_path_factory.mktemp("open")) as found:
        yield found


@pytest.fixture(scope="module")
def locked(default_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with curated(default_folder, tmp_path_factory.mktemp("locked"), PASSWORD) as found:
        yield found.address


def port(address: str) -> int:
    found = urlsplit(address).port
    assert found
    return found


def called(address: str, host: str, path: str) -> tuple[int, str]:
    """Status and text where the server is called by another name."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    try:
        connection.request("GET", path, headers={"Host": host})
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("path", GETS)
def test_by_another_name_that_leads_to_this_machine_nothing_opens(page: Curated, path: str) -> None:
    """A page of evil.example whose name was rebound to 127.0.0.1 sends just this."""
    at = port(page.address)
    for host in (f"evil.example:{at}", "evil.example", f"127.0.0.1.evil.example:{at}", "[", "a@b"):
        assert called(page.address, host, f"/curator{path}") == (404, "There is nothing here."), (
            host
        )
    for host in (f"127.0.0.1:{at}", f"localhost:{at}", f"[::1]:{at}"):
        assert called(page.address, host, "/curator/visits")[0] == 200


@pytest.mark.parametrize(
    "header", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"]
)
def test_behind_a_proxy_nothing_opens_without_a_password(page: Curated, header: str) -> None:
    said = {header.replace("-", "_"): "192.0.2.7"}
    assert request(page.address, "GET", "/curator/visits", None, **said)[0] == 404


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example", "Sec_Fetch_Site": "cross-site"},
        {"Origin": "null", "Sec_Fetch_Site": "cross-site"},
        {"Origin": "http://["},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "file://127.0.0.1"},
    ],
    ids=str,
)
def test_no_form_of_another_page_is_taken(
    page: Curated, locked: str, path: str, headers: dict[str, str]
) -> None:
    for address in (page.address, locked):
        assert (
            send(address, f"curator/{path}", b"password=x&say=no&question=Q", **headers)[0] == 403
        )


@pytest.mark.parametrize("path", POSTS)
def test_a_body_in_pieces_is_refused_whatever_length_it_claims(
    page: Curated, locked: str, path: str
) -> None:
    pieces = {"Transfer_Encoding": "chunked", "Content_Length": "5"}
    for address in (page.address, locked):
        assert send(address, f"curator/{path}", b"0\r\n\r\n", **pieces)[0] == 411


def login(address: str, password: str = PASSWORD, **headers: str) -> tuple[int, str]:
    body = b"password=" + password.encode().replace(b" ", b"+")
    status, said, _ = send(address, "curator/login", body, **headers)
    return status, said.get("set-cookie", "")


def test_the_cookie_is_for_this_page_alone_and_for_https_where_it_is_served_so(locked: str) -> None:
    status, cookie = login(locked)
    assert status == 303
    parts = {part.strip().casefold() for part in cookie.split(";")[1:]}
    assert parts == {"httponly", "samesite=strict", "path=/curator"}
    origin = locked.replace("http:", "https:").rstrip("/")
    _, cookie = login(locked, X_Forwarded_Proto="https", Origin=origin)
    assert "secure" in cookie.casefold()


def test_a_session_ends_by_itself_and_when_it_is_not_used(
    locked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, cookie = login(locked)
    mine = cookie.partition(";")[0]
    assert request(locked, "GET", "/curator", Cookie=mine)[0] == 200
    monkeypatch.setattr(curator_access, "IDLE_SECONDS", 0.0)
    assert request(locked, "GET", "/curator", Cookie=mine)[0] == 303
    monkeypatch.undo()
    assert request(locked, "GET", "/curator", Cookie=mine)[0] == 303, "it does not come back"
    _, cookie = login(locked)
    mine = cookie.partition(";")[0]
    monkeypatch.setattr(curator_access, "SESSION_SECONDS", 0.0)
    assert request(locked, "GET", "/curator", Cookie=mine)[0] == 303


def test_each_login_is_a_session_of_its_own_and_an_invented_one_is_none(locked: str) -> None:
    one, two = (login(locked)[1].partition(";")[0] for _ in range(2))
    assert one != two
    assert send(locked, "curator/leave", Cookie=one)[0] == 303
    assert request(locked, "GET", "/curator", Cookie=one)[0] == 303
    assert request(locked, "GET", "/curator", Cookie=two)[0] == 200
    assert request(locked, "GET", "/curator", Cookie="docent-curator=")[0] == 303


class Clock:
    """Stands where it is put."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(curator_access, "time", clock)
    monkeypatch.setattr(curator_access, "DELAY_SECONDS", 0.0)
    return clock


@pytest.fixture(scope="module")
def kept() -> str:
    return hash_password(PASSWORD)


def guess(door: Access, address: str = "192.0.2.1", password: str = "wrong") -> float | None:
    """The seconds to wait; None where the password opened."""
    entry = asyncio.run(door.enter(password, address))
    return None if entry.session else entry.wait_seconds


def test_each_guess_after_the_fifth_locks_twice_as_long_up_to_a_bound(
    kept: str, clock: Clock
) -> None:
    door = Access(kept)
    assert [guess(door) for _ in range(4)] == [0.0] * 4
    waits = []
    for _ in range(7):
        wait = guess(door)
        assert wait
        assert guess(door, password=PASSWORD) == wait, "locked for the right one too"
        waits.append(wait)
        clock.now += wait
    assert waits == [60.0, 120.0, 240.0, 480.0, 900.0, 900.0, 900.0]
    assert guess(door, password=PASSWORD) is None
    assert guess(door) == 0.0, "after the right one all is forgiven"


def test_a_lock_is_for_one_neighbourhood_and_forgotten_in_an_hour(kept: str, clock: Clock) -> None:
    door = Access(kept)
    for end in range(5):
        guess(door, f"2001:db8::{end}")
    assert guess(door, "2001:db8::ffff") == 60.0
    assert guess(door, "2001:db8:0:1::1") == 0.0
    for _ in range(5):
        guess(door, "::ffff:192.0.2.9")
    assert guess(door, "::ffff:192.0.2.10") == 0.0
    clock.now += curator_access.FORGOTTEN_SECONDS + 1
    guess(door, "198.51.100.1")
    assert len(door._guesses) == 1


def test_no_address_is_kept(kept: str, clock: Clock) -> None:
    door = Access(kept)
    guess(door, "192.0.2.77")
    held = repr(vars(door))
    assert "192.0.2" not in held
    assert PASSWORD not in held


def test_who_guesses_is_counted_for_so_many_and_no_more(
    kept: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curator_access, "_MOST_GUESSERS", 3)
    monkeypatch.setattr(curator_access, "password_matches", lambda password, password_hash: False)
    door = Access(kept)
    for end in range(20):
        guess(door, f"192.0.2.{end}")
    assert len(door._guesses) == 3


def test_guesses_side_by_side_are_looked_at_one_by_one_and_not_without_end(
    kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = most = 0
    lock = threading.Lock()

    def slow(password: str, password_hash: str) -> bool:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.01)
        with lock:
            at_once -= 1
        return False

    monkeypatch.setattr(curator_access, "password_matches", slow)
    monkeypatch.setattr(curator_access, "DELAY_SECONDS", 0.0)

    async def all_at_once() -> list[float]:
        door = Access(kept)
        entries = [door.enter("x", f"192.0.{n // 250}.{n % 250}") for n in range(60)]
        return [entry.wait_seconds for entry in await asyncio.gather(*entries)]

    waits = asyncio.run(all_at_once())
    assert most == 1
    assert sum(wait > 0 for wait in waits) == 60 - 20, "the others are told to come again"


def test_a_password_is_the_same_however_its_letters_are_made() -> None:
    kept = hash_password("Gästebuch im Schloß")
    assert kept.startswith("$argon2id$")
    assert "Schlo" not in kept
    assert password_matches("Ga\u0308stebuch im Schloß", kept)
    assert not password_matches("Gastebuch im Schloß", kept)
    assert not password_matches("x" * 100_000, kept)


@pytest.mark.parametrize("wrong", ["", "secret", "=19=65536,t=3,p=4", "$2b$12$abcdefghijklmnop"])
def test_what_is_no_hash_gets_one_line(wrong: str) -> None:
    with pytest.raises(SettingError, match=r"no Argon2 hash\. Put it between single quotes"):
        check_password_hash(wrong)


def app(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DOCENT_")}
    return subprocess.run(
        [sys.executable, "app.py", *arguments],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        start_new_session=True,
    )


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (
            {"DOCENT_CURATOR_PASSWORD_HASH": "=19"},
            "The curator's password hash is no Argon2 hash. Put it between single quotes "
            "('$argon2id$…'). Make one with: python app.py curator-password",
        ),
        (
            {"DOCENT_CURATOR_PASSWORD_HASH": "x", "DOCENT_CURATOR_PASSWORD": "y"},
            "DOCENT_CURATOR_PASSWORD and DOCENT_CURATOR_PASSWORD_HASH are both set. "
            "Keep the hash alone.",
        ),
    ],
    ids=["no hash", "both"],
)
def test_a_wrong_setting_stops_the_start_with_one_line(
    environment: dict[str, str], said: str
) -> None:
    refused = app("--curator", "--port", "0", **environment)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.splitlines() == [said]


OWN_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


def typed(*lines: str) -> tuple[int, str, str]:
    """Exit status, standard output, and what the terminal showed of `curator-password`."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", OWN_TERMINAL, sys.executable, "app.py", "curator-password"],
        cwd=ROOT,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
        text=True,
    )
    os.close(theirs)
    shown = b""
    for line in lines:
        while not shown.rstrip().endswith(b":"):
            shown += os.read(ours, 1024)
        time.sleep(0.2)  # getpass drops what was typed before it listens
        os.write(ours, line.encode() + b"\n")
        shown += b"\n"
    assert process.stdout is not None
    printed = process.stdout.read()
    process.stdout.close()
    while True:
        try:
            shown += os.read(ours, 1024)
        except OSError:  # the other end is closed
            break
    os.close(ours)
    return process.wait(timeout=30), printed, shown.decode()


def test_the_command_asks_twice_unseen_and_prints_a_hash_that_opens() -> None:
    status, printed, shown = typed(PASSWORD, PASSWORD)
    assert status == 0, shown
    assert password_matches(PASSWORD, printed.strip())
    assert PASSWORD not in shown
    assert "DOCENT_CURATOR_PASSWORD_HASH" in shown


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("short",), "The password has 5 characters. Take 12 to 500"),
        ((PASSWORD, PASSWORD + "x"), "The two are not the same. Run the command again."),
    ],
)
def test_the_command_refuses_in_one_line(lines: tuple[str, ...], said: str) -> None:
    status, printed, shown = typed(*lines)
    assert (status, printed) == (1, "")
    assert said in shown
    assert "Traceback" not in shown


def test_without_a_terminal_the_command_says_so() -> None:
    refused = app("curator-password")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert (
        refused.stderr == "There is no terminal to ask for the password. Run the command in one.\n"
    )


def test_a_server_with_a_hash_opens_to_the_password_and_hides_both_from_other_processes(
    default_folder: Path, tmp_path: Path
) -> None:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DOCENT_")}
    command = [sys.executable, "app.py", "--curator", "--port", "0", "--index"]
    with subprocess.Popen(
        [*command, str(tmp_path / "index")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env=kept | {"DOCENT_CURATOR_PASSWORD_HASH": hash_password(PASSWORD)},
    ) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().split()[-1]
            assert request(address, "GET", "/curator/visits")[0] == 303
            status, cookie = login(address)
            assert status == 303
            status, _, html = request(
                address, "GET", "/curator/visits", Cookie=cookie.partition(";")[0]
            )
            assert status == 200
            assert "What visitors asked" in html
        finally:
            server.send_signal(signal.SIGTERM)
