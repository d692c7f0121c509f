"""The doctor on the machine: packages, fonts, voices, port, disk, screen, and what starts it."""

from __future__ import annotations

import errno
import importlib.metadata
import json
import re
import shutil
import subprocess
import tempfile
import unicodedata
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from deploy.finding import Finding, fail, ok, warn
from errors import SettingError

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
"""As `kiosk-browser` looks for them."""

LEAST_FREE_BYTES = 100_000_000  # beside a second copy of the index, which an update writes first
ENOUGH_FREE_BYTES = 1_000_000_000

_OFF_BY = 0.15  # makers round a diagonal to half inches, EDID a side to centimetres
_CM_PER_INCH = 2.54
_EDID_SIDES = slice(21, 23)  # bytes: width and height in cm, 0 where a projector does not know

_CHINESE_JAPANESE_KOREAN = ("ja", "ko", "zh")
_WOFF2 = b"wOF2"
_SERVICE = "docent.service"
_LONGEST_SECONDS = 10


def packages(requirements: Path) -> Iterator[Finding]:
    from deploy.doctor import mend_packages
    from deploy.needs import read_pins

    missing, other = [], []
    pins = read_pins(requirements).values()
    for pin in pins:
        try:
            version = importlib.metadata.version(pin.name).partition("+")[0]
        except importlib.metadata.PackageNotFoundError:
            missing.append(str(pin))
            continue
        if version != pin.version:
            other.append(f"{pin.name} {version} in place of {pin.version}")
    if missing:
        yield fail("packages", f"{', '.join(missing)} cannot be found.", mend_packages())
    elif other:
        yield warn("packages", f"{', '.join(other)}.", mend_packages())
    else:
        yield ok("packages", f"all {len(pins)} in the versions of {requirements.name}.")


def languages() -> Iterator[Finding]:
    from interface.wording.wordings import load_wordings

    names = ", ".join(wording.language for wording in load_wordings().values())
    yield ok("languages", f"{names}; no word is missing.")


def fonts(interface: Path) -> Iterator[Finding]:
    """The pages' own, and the machine's for letters that those do not have."""
    named = {
        name
        for sheet in interface.glob("**/*.css")
        for name in re.findall(r'url\("?([\w.-]+\.woff2)"?\)', sheet.read_text("utf-8"))
    }
    broken = [name for name in sorted(named) if not _is_font(interface / "static" / "fonts" / name)]
    if broken:
        yield fail(
            "fonts",
            f"{', '.join(broken)} in interface/static/fonts cannot be read.",
            "Take the folder from the project again.",
        )
        return
    lacking = {code: name for code, name in _beyond_latin().items() if not _can_show(code)}
    if lacking:
        package = "fonts-noto-cjk" if {*lacking} & {*_CHINESE_JAPANESE_KOREAN} else "fonts-noto"
        yield warn(
            "fonts",
            f"No font of this machine has the letters of {', '.join(lacking.values())}.",
            f"Install one with: sudo apt-get install {package}",
        )
    else:
        yield ok("fonts", f"{len(named)} of the pages' own, and all letters of all languages.")


def voices() -> Iterator[Finding]:
    from interface.speech.voices import voice_of
    from interface.wording.wordings import load_wordings

    wordings = load_wordings()
    silent = [each.language for code, each in wordings.items() if voice_of(code) is None]
    if silent:
        yield warn(
            "voices",
            f"Nothing can be read aloud in {', '.join(silent)}.",
            "Install the voices with: sudo apt-get install espeak-ng",
        )
    else:
        yield ok("voices", f"espeak-ng speaks all {len(wordings)} languages of the pages.")


def settings(given: Namespace) -> Iterator[Finding]:
    """What else would keep Docent from starting. Raises SettingError, as the start would."""
    from answerer.generative.model_flags import model_from
    from curator.access.flags import password_hash_from
    from interface.kiosk.take_away import checked_address
    from interface.server.web_settings import web_settings_from
    from interface.visits.log import days_from, level_from

    here = "127.0.0.1" if given.host == "localhost" else given.host
    level_from(given.log)
    days_from("--log-days", given.log_days)
    if given.public_url:
        checked_address(given.public_url)
    web_settings_from(given, here)
    password_hash_from(given.curator, here)
    model_from(given)
    yield ok("settings", "every one can be used.")


def port(host: str, number: str) -> Iterator[Finding]:
    from interface.server.listening import listening

    try:
        with listening(host, number):
            pass
    except SettingError:
        if not _is_docent(host, number):
            raise
        yield ok("port", f"{number} on {host} is served by Docent already.")
    else:
        yield ok("port", f"{number} on {host} is free.")


def disk_space(index: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(_existing(index)).free
    size = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    said = f"{free / 1e9:,.1f} GB free where the index lies, which takes {size / 1e9:,.2f} GB."
    if free < LEAST_FREE_BYTES + size:
        yield fail("disk space", said, "Remove something: an update needs the index's size again.")
    elif free < ENOUGH_FREE_BYTES + size:
        yield warn("disk space", said, "Remove something before it is full.")
    else:
        yield ok("disk space", said)


def write_access(index: Path) -> Iterator[Finding]:
    """For whoever runs the doctor; to the index, and to what is made beside it."""
    for wanted in (index, index.parent):
        folder = _existing(wanted)
        try:
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            mend = f"Give it to whoever runs Docent: sudo chown -R docent {folder}"
            if error.errno == errno.EROFS:
                mend = "Mount its disk so that it can be written."
            elif folder not in (index.resolve(), index.parent.resolve()):  # it may be all of /var
                mend = f"Make Docent's own: sudo install -d -o docent {index.parent.resolve()}"
            yield fail(
                "write access", f"The folder {folder} cannot be written ({error.strerror}).", mend
            )
            return
    yield ok("write access", f"{index} and what lies beside it can be written.")


def screen(setting: str, connectors: Path = Path("/sys/class/drm")) -> Iterator[Finding]:
    """The diagonal that is set, in inches, beside the one that the screen itself tells."""
    from interface.kiosk.routes import kiosk_settings

    diagonal = kiosk_settings(setting).diagonal
    told = _told_inches(connectors)
    beside = f"; the screen itself says {told:.1f}" if told else ""
    if told and abs(told - diagonal) > _OFF_BY * told:
        yield warn(
            "screen",
            f"A diagonal of {diagonal:g} inches is set{beside}: keys and letters get a wrong size.",
            f"Measure it, and set it: --screen-diagonal {told:.1f}",
        )
    else:
        yield ok("screen", f"a diagonal of {diagonal:g} inches is set{beside}.")


def browser() -> Iterator[Finding]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        yield ok("browser", found)
    else:
        yield warn("browser", "There is no Chromium.", "Install it: sudo apt-get install chromium")


def autostart() -> Iterator[Finding]:
    """Whether the machine starts Docent by itself."""
    enabled = (
        bool(shutil.which("systemctl"))
        and not subprocess.run(
            ["systemctl", "--quiet", "is-enabled", _SERVICE],
            capture_output=True,
            check=False,
            timeout=_LONGEST_SECONDS,
        ).returncode
    )
    if enabled:
        yield ok("autostart", f"the machine starts {_SERVICE} by itself.")
    else:
        yield warn("autostart", "The machine does not start Docent.", "Let it: sudo deploy/install")


def _beyond_latin() -> dict[str, str]:
    """Languages of the pages, by code, whose letters the pages' own fonts do not have."""
    from interface.wording.wordings import load_wordings

    return {
        code: wording.language
        for code, wording in load_wordings().items()
        if not all(
            unicodedata.name(letter, "").startswith(("LATIN", "MODIFIER"))
            for letter in wording["welcome"]
            if letter.isalpha()
        )
    }


def _can_show(code: str) -> bool:
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(
        ["fc-list", f":lang={code}", "family"],
        capture_output=True,
        check=False,
        timeout=_LONGEST_SECONDS,
    )
    return bool(listed.stdout.strip())


def _is_font(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_WOFF2)) == _WOFF2
    except OSError:
        return False


def _is_docent(host: str, number: str) -> bool:
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    try:
        with closing(HTTPConnection(here, int(number), timeout=_LONGEST_SECONDS)) as connection:
            connection.request("GET", "/health")
            said = json.loads(connection.getresponse().read(10_000))
    except (OSError, HTTPException, ValueError):
        return False
    return isinstance(said, dict) and said.get("service") == "docent"


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    folder = folder.resolve()
    return next(each for each in (folder, *folder.parents) if each.is_dir())


def _told_inches(connectors: Path) -> float | None:
    """The diagonal of the only screen that is plugged in, as its EDID tells."""
    sizes = []
    for path in connectors.glob("card*-*/edid"):
        try:
            sides = path.read_bytes()[_EDID_SIDES]
        except OSError:
            continue
        if len(sides) == 2 and all(sides):
            sizes.append((sides[0] ** 2 + sides[1] ** 2) ** 0.5 / _CM_PER_INCH)
    return sizes[0] if len(sizes) == 1 else None
