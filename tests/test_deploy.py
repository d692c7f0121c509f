"""What starts Docent with the machine: the units, the script that installs them, the browser."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from browsing import CHROMIUM_FLAGS, chromium, running_app

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
SCRIPTS = ("bundle-install", "check", "install", "kiosk-browser")
UNITS = ("docent.service", "docent-screen.service")
MOST_EXPOSED = 2.0  # of 10, as systemd counts

# In KIOSK.md's words "flags in use by kiosk builders".
KIOSK_FLAGS = (
    *("--kiosk", "--noerrdialogs", "--disable-pinch", "--overscroll-history-navigation=0"),
    *("--disable-session-crashed-bubble", "--disable-translate", "--disable-component-update"),
    *("--no-first-run", "--incognito"),
)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_clean_in_every_posix_shell(name: str) -> None:
    script = DEPLOY / name
    assert script.read_text().startswith("#!/bin/sh\n")
    assert os.access(script, os.X_OK)
    shellcheck = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run([shellcheck, script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def unit(name: str) -> dict[str, dict[str, list[str]]]:
    """Its sections, their settings, each with all its values."""
    sections: dict[str, dict[str, list[str]]] = {}
    for line in (DEPLOY / name).read_text().splitlines():
        if line.startswith("["):
            sections[line.strip("[]")] = {}
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            list(sections.values())[-1].setdefault(key, []).append(value)
    return sections


def test_the_service_reaches_only_this_machine_and_writes_only_what_it_made() -> None:
    service = unit("docent.service")["Service"]
    assert service["IPAddressDeny"] == ["any"]
    assert service["IPAddressAllow"] == ["localhost"]
    assert service["RestrictAddressFamilies"] == ["AF_INET AF_INET6 AF_UNIX"]
    assert service["ProtectSystem"] == ["strict"]
    assert service["ReadWritePaths"] == ["@ROOT@/build"]
    assert service["NoNewPrivileges"] == ["yes"]
    assert service["User"] == ["docent"]
    assert service["CapabilityBoundingSet"] == [""]


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_starts_with_the_machine_and_however_often_it_ended(name: str) -> None:
    sections = unit(name)
    assert sections["Service"]["Restart"] == ["always"]
    assert sections["Unit"]["StartLimitIntervalSec"] == ["0"]
    assert sections["Install"]["WantedBy"] == ["multi-user.target"]


def test_the_screens_programs_may_meet_where_sessions_do() -> None:
    service = unit("docent-screen.service")["Service"]
    assert "ProtectHome" not in service  # it would hide /run/user, where the socket is
    assert service["InaccessiblePaths"] == ["-/home -/root"]


@pytest.fixture
def analyzed(tmp_path: Path) -> Path:
    """The units as they are installed, with something to start."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    for name in UNITS:
        text = (DEPLOY / name).read_text().replace("/usr/bin/cage", "/bin/true")
        text = text.replace("@ROOT@/.venv/bin/python", "/bin/true").replace("@ROOT@", "/opt/docent")
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("name", UNITS)
def test_systemd_understands_every_line(analyzed: Path, name: str) -> None:
    command = ["systemd-analyze", "verify", "--recursive-errors=no", str(analyzed / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if name in line]
    assert ours == []


def test_systemd_finds_little_that_the_service_could_do(analyzed: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=true", str(analyzed / "docent.service")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"Overall exposure level for docent\.service: ([\d.]+)", done.stdout)
    assert found, done.stderr
    assert float(found[1]) <= MOST_EXPOSED


def test_every_setting_of_the_environment_is_one_that_app_has() -> None:
    names = set(re.findall(r"(?m)^#?(DOCENT_\w+)=", (DEPLOY / "docent.env").read_text()))
    command = [sys.executable, "app.py", "--help"]
    described = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert names == {
        *("DOCENT_KIOSK", "DOCENT_SCREEN_DIAGONAL", "DOCENT_PUBLIC_URL", "DOCENT_PORT"),
    }
    assert [name for name in names if name not in described.stdout] == []


def test_the_policy_lets_the_browser_see_this_machine_alone() -> None:
    policy = json.loads((DEPLOY / "chromium-policy.json").read_text())
    assert (policy["URLBlocklist"], policy["URLAllowlist"]) == (["*"], ["127.0.0.1"])


# The script that installs

WITHOUT_CAGE = "[ ! -e /usr/bin/cage ] || mount --bind /dev/null /usr/bin/cage"


class Place:
    """A machine to install on: its own /etc and /run, a systemctl that only takes notes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = folder / "docent"
        shutil.copytree(DEPLOY, self.project / "deploy")
        (self.project / "app.py").touch()
        self._program(self.project / ".venv" / "bin" / "python", "exit 0")
        subprocess.run(["cp", "-a", "/etc", folder / "etc"], check=True)
        for name in ("passwd", "group"):  # where Docent is installed already
            path = folder / "etc" / name
            lines = path.read_text().splitlines(keepends=True)
            path.write_text("".join(line for line in lines if not line.startswith("docent")))
        (folder / "etc" / "docent.env").unlink(missing_ok=True)
        (folder / "etc" / "systemd" / "system" / "display-manager.service").unlink(missing_ok=True)
        self.calls = folder / "calls"
        self.has("systemctl", f'echo "$@" >>{self.calls}')

    def has(self, name: str, script: str = "exit 0") -> None:
        self._program(self.folder / "programs" / name, script)

    def install(
        self, before: str = "", *, at: str = "/mnt/docent"
    ) -> subprocess.CompletedProcess[str]:
        script = f"""
            mount --bind {self.folder}/etc /etc
            mount -t tmpfs none /run && mkdir -p /run/systemd/system
            mount -t tmpfs none /mnt && mkdir /mnt/docent
            mount --bind {self.project} /mnt/docent
            export PATH={self.folder}/programs:/usr/sbin:/usr/bin:/sbin:/bin
            {before}
            exec {at}/deploy/install
        """
        return subprocess.run(
            ["unshare", "--mount", "sh", "-euc", script],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def etc(self, name: str) -> str:
        return (self.folder / "etc" / name).read_text()

    def _program(self, path: Path, script: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    if os.geteuid() != 0:
        pytest.skip("only root can give away what the service owns")
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    if tried.returncode or not shutil.which("useradd"):
        pytest.skip("no mount namespaces here, or no useradd")
    return Place(tmp_path)


def test_the_service_is_installed_for_a_user_of_its_own(place: Place) -> None:
    done = place.install(WITHOUT_CAGE)
    assert (done.returncode, done.stderr) == (0, "")
    service = place.etc("systemd/system/docent.service")
    assert "@" not in service.replace("@system-service", "").replace("@privileged", "")
    assert "ExecStart=/mnt/docent/.venv/bin/python /mnt/docent/app.py\n" in service
    (user,) = (line for line in place.etc("passwd").splitlines() if line.startswith("docent:"))
    assert user.endswith(":/usr/sbin/nologin")
    assert (place.project / "build").stat().st_uid == int(user.split(":")[2])
    assert "DOCENT_KIOSK=1\n" in place.etc("docent.env")
    assert place.calls.read_text().splitlines() == [
        "daemon-reload",
        "--quiet enable docent.service",
        "restart docent.service",
    ]


def test_installing_again_changes_nothing_and_keeps_the_settings(place: Place) -> None:
    place.install()
    settings = place.folder / "etc" / "docent.env"
    settings.write_text("DOCENT_PORT=8000\n")
    done = place.install()
    assert done.returncode == 0
    assert "written" not in done.stdout
    assert "added" not in done.stdout
    assert settings.read_text() == "DOCENT_PORT=8000\n"
    (place.project / "deploy" / "docent.service").write_text("# @ROOT@\n")
    assert "written         /etc/systemd/system/docent.service" in place.install().stdout
    assert place.etc("systemd/system/docent.service") == "# /mnt/docent\n"


def test_with_cage_and_chromium_the_screen_shows_it(place: Place) -> None:
    done = place.install(WITHOUT_CAGE)
    assert "First: apt-get install cage xwayland chromium" in done.stdout
    place.has("cage")
    place.has("chromium")
    done = place.install()
    assert (done.returncode, done.stderr) == (0, "")
    screen = place.etc("systemd/system/docent-screen.service")
    assert "ExecStart=/usr/bin/cage -d -s $SCREEN_FLAGS -- /mnt/docent/deploy/kiosk-b" in screen
    assert json.loads(place.etc("chromium/policies/managed/docent.json"))["URLBlocklist"] == ["*"]
    assert "restart docent-screen.service" in place.calls.read_text()


def test_a_desktop_is_left_alone(place: Place) -> None:
    place.has("cage")
    place.has("chromium")
    (place.folder / "etc" / "systemd" / "system" / "display-manager.service").touch()
    done = place.install()
    assert "A desktop is here already: let it start /mnt/docent/deploy/kiosk-browser" in done.stdout
    assert "docent-screen" not in place.etc("passwd")


@pytest.mark.parametrize(
    ("before", "at", "why"),
    [
        ("exec setpriv --reuid 65534 /mnt/docent/deploy/install", "", "Only root can do this."),
        ("rmdir /run/systemd/system", "/mnt/docent", "This machine is not run by systemd"),
        ("rm -r /mnt/docent/.venv", "/mnt/docent", "Docent's packages are not installed in"),
        ("ln -s /tmp /mnt/t", "/mnt/t{folder}", "lies where a service may not look. Move Docent"),
        ("chmod 700 /mnt/docent", "/mnt/docent", "The user docent may not read /mnt/docent."),
        (
            "mkdir '/mnt/my docent'; mount --bind /mnt/docent '/mnt/my docent'",
            "'/mnt/my docent'",
            "has a sign that a service's file cannot hold. Move it to /opt/docent.",
        ),
    ],
    ids=["not root", "no systemd", "no packages", "in /tmp", "unreadable", "a space"],
)
def test_what_hinders_it_is_one_line(place: Place, before: str, at: str, why: str) -> None:
    within = str(place.project).removeprefix("/tmp") if "{" in at else ""
    done = place.install(before, at=at.replace("{folder}", within))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("install: ")
    assert why in done.stderr
    assert not (place.folder / "etc" / "systemd" / "system" / "docent.service").exists()


# The browser


class Health(BaseHTTPRequestHandler):
    status: ClassVar[int] = 503
    n_asked: ClassVar[int] = 0

    def do_GET(self) -> None:
        Health.n_asked += 1
        self.send_response(self.status if self.path == "/health" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def soon(what: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.05)
    return what()


@contextmanager
def launched(
    port: int, folder: Path, *flags: str, path: str = ""
) -> Iterator[subprocess.Popen[str]]:
    environment = {
        "PATH": f"{path}:{os.environ['PATH']}" if path else os.environ["PATH"],
        "DOCENT_PORT": str(port),
        "XDG_RUNTIME_DIR": str(folder),
        "HOME": str(folder / "home"),
        "http_proxy": "http://192.0.2.1:1",  # of an institution's, which knows nothing of us
    }
    with subprocess.Popen(
        [DEPLOY / "kiosk-browser", *flags], env=environment, text=True, start_new_session=True
    ) as launcher:
        try:
            yield launcher
        finally:
            if launcher.poll() is None:
                os.killpg(launcher.pid, signal.SIGTERM)  # with all that it started


@pytest.fixture
def health() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Health)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    Health.status, Health.n_asked = 503, 0
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def stand_in_browser(folder: Path) -> tuple[str, Path]:
    """A program called chromium: notes how it was started, and runs until it is ended."""
    programs, log = folder / "programs", folder / "started"
    programs.mkdir()
    (programs / "chromium").write_text(
        f'#!/bin/sh\necho "$HOME $*" >>{log}\necho $$ >"$HOME/pid"\nexec sleep 1000\n'
    )
    (programs / "chromium").chmod(0o755)
    log.touch()
    return str(programs), log


def test_the_browser_waits_for_docent_and_comes_back_without_a_past(
    health: ThreadingHTTPServer, tmp_path: Path
) -> None:
    programs, log = stand_in_browser(tmp_path)
    profiles = tmp_path / "run"
    profiles.mkdir()
    with launched(health.server_port, profiles, "--one-more", path=programs) as launcher:
        assert soon(lambda: Health.n_asked > 1)
        assert log.read_text() == ""  # a server that says "not yet" is waited for
        Health.status = 200
        assert soon(lambda: log.read_text().count("\n") == 1)
        assert soon(lambda: any(pid.read_text() for pid in profiles.glob("*/pid")))
        (first,) = profiles.iterdir()
        os.kill(int((first / "pid").read_text()), signal.SIGKILL)
        assert soon(lambda: log.read_text().count("\n") == 2)
        (second,) = profiles.iterdir()
        assert second != first
        launcher.terminate()
        assert launcher.wait(timeout=20) == 0
        assert list(profiles.iterdir()) == []
    started = log.read_text().splitlines()[0].split(" ")
    assert set(KIOSK_FLAGS) <= set(started)
    assert started[-2:] == ["--one-more", f"http://127.0.0.1:{health.server_port}/kiosk"]
    assert f"--user-data-dir={started[0]}" in started
    assert Path(started[0]) == first


def test_without_a_browser_it_is_said_what_to_install(tmp_path: Path) -> None:
    for name in ("dirname", "mktemp"):
        (tmp_path / name).symlink_to(shutil.which(name) or name)
    done = subprocess.run(
        ["/bin/sh", DEPLOY / "kiosk-browser"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "kiosk-browser: There is no Chromium. Install it: sudo apt-get install chromium\n"
    )


def test_a_real_chromium_shows_the_kiosk_and_comes_back_when_it_is_killed(tmp_path: Path) -> None:
    if chromium() is None:
        pytest.skip("no browser: install chromium, chromium-browser or google-chrome")
    flags = [flag for flag in CHROMIUM_FLAGS if "resolver" not in flag]
    index = str(tmp_path / "index")
    with running_app("--kiosk", "--index", index) as (address, _):
        port = int(address.rstrip("/").split("/")[2].rpartition(":")[2])
        with launched(
            port, tmp_path, "--headless=new", "--remote-debugging-port=0", *flags
        ) as launcher:
            first = shown(tmp_path)
            (browser,) = children(launcher.pid)
            os.kill(browser, signal.SIGKILL)
            assert soon(lambda: children(launcher.pid) not in ([browser], []), 60)
            second = shown(tmp_path)
            launcher.terminate()
            assert launcher.wait(timeout=30) == 0
    assert [first, second] == [f"http://127.0.0.1:{port}/kiosk"] * 2
    assert soon(lambda: not any(tmp_path.glob("docent-screen.*")))


def shown(folder: Path) -> str:
    """The address that the one open page has come to."""
    addresses: list[str] = []

    def looked() -> bool:
        for path in folder.glob("docent-screen.*/DevToolsActivePort"):
            try:
                port = int(path.read_text().split()[0])
                with urllib.request.urlopen(
                    f"http://127.0.0.1:{port}/json/list", timeout=5
                ) as said:
                    pages = [page for page in json.load(said) if page["type"] == "page"]
            except (OSError, ValueError, IndexError):
                continue
            addresses[:] = [page["url"] for page in pages if page["url"].startswith("http")]
        return bool(addresses)

    assert soon(looked, 60)
    (address,) = addresses
    return address


def children(pid: int) -> list[int]:
    """Of the launcher: browsers, while it does not wait."""
    done = subprocess.run(
        ["pgrep", "--parent", str(pid), "chrom"], capture_output=True, text=True, check=False
    )
    return [int(line) for line in done.stdout.split()]
