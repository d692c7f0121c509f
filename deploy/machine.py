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
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from deploy.finding import Finding, fail, ok, warn
from errors import SettingError

FROM_BUNDLE = (Path(__file__).parents[1] / "SHA256SUMS").is_file()

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
"""As `kiosk-browser` looks for them."""

LEAST_FREE_BYTES = 100_000_000  # beside a second copy of the index, which an update writes first
ENOUGH_FREE_BYTES = 1_000_000_000

_OFF_BY = 0.15  # makers round a diagonal to half inches, EDID a side to centimetres
_CM_PER_INCH = 2.54
_EDID_SIDES = slice(21, 23)  # bytes: width and height in cm, 0 where a projector does not know

_CHINESE_JAPANESE_KOREAN = ("ja", "ko", "zh")
_SERVICE = "docent.service"
_LONGEST_SECONDS = 10


def packages(requirements: Path) -> Finding:
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
        return fail(f"{', '.join(missing)} cannot be found.", mend_packages())
    if other:
        return warn(f"{', '.join(other)}.", mend_packages())
    return ok(f"all {len(pins)} in the versions of {requirements.name}.")


def mend_packages() -> str:
    return f"Install it with: {'./install' if FROM_BUNDLE else 'make run'}"


def languages() -> Finding:
    from interface.wording.wordings import load_wordings

    names = ", ".join(wording.language for wording in load_wordings().values())
    return ok(f"{names}; no word is missing.")


def fonts(interface: Path) -> Finding:
    """The pages' own, and the machine's for letters that those do not have."""
    named = {
        name
        for sheet in interface.glob("**/*.css")
        for name in re.findall(r'url\("?([\w.-]+\.woff2)"?\)', sheet.read_text("utf-8"))
    }
    broken = [name for name in sorted(named) if not _is_font(interface / "static" / "fonts" / name)]
    if broken:
        unread = f"{', '.join(broken)} in interface/static/fonts cannot be read."
        return fail(unread, "Take the folder from the project again.")
    lacking = {
        code: name
        for code, name in _beyond_latin().items()
        if not _says("fc-list", f":lang={code}", "family")
    }
    if lacking:
        package = "fonts-noto-cjk" if {*lacking} & {*_CHINESE_JAPANESE_KOREAN} else "fonts-noto"
        return warn(
            f"No font of this machine has the letters of {', '.join(lacking.values())}.",
            f"Install one with: sudo apt-get install {package}",
        )
    return ok(f"{len(named)} of the pages' own, and all letters of all languages.")


def voices() -> Finding:
    from interface.speech.voices import voice_of
    from interface.wording.wordings import load_wordings

    wordings = load_wordings()
    silent = [wording.language for code, wording in wordings.items() if voice_of(code) is None]
    if silent:
        return warn(
            f"Nothing can be read aloud in {', '.join(silent)}.",
            "Install the voices with: sudo apt-get install espeak-ng",
        )
    return ok(f"espeak-ng speaks all {len(wordings)} languages of the pages.")


def settings(given: Namespace) -> Finding:
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
    return ok("every one can be used.")


def port(host: str, number: str) -> Finding:
    from interface.server.listening import listening

    try:
        with listening(host, number):
            return ok(f"{number} on {host} is free.")
    except SettingError:
        if not _is_docent(host, number):
            raise
        return ok(f"{number} on {host} is served by Docent already.")


def disk_space(index: Path) -> Finding:
    free = shutil.disk_usage(_existing(index)).free
    size = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    sizes = f"{free / 1e9:,.1f} GB free where the index lies, which takes {size / 1e9:,.2f} GB."
    if free < LEAST_FREE_BYTES + size:
        return fail(sizes, "Remove something: an update needs the index's size again.")
    if free < ENOUGH_FREE_BYTES + size:
        return warn(sizes, "Remove something before it is full.")
    return ok(sizes)


def write_access(index: Path) -> Finding:
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
            return fail(f"The folder {folder} cannot be written ({error.strerror}).", mend)
    return ok(f"{index} and what lies beside it can be written.")


def screen(setting: str, connectors: Path = Path("/sys/class/drm")) -> Finding:
    """The diagonal that is set, in inches, beside the one that the screen itself tells."""
    from interface.kiosk.routes import kiosk_settings

    diagonal = kiosk_settings(setting).diagonal
    told = _told_inches(connectors)
    beside = f"; the screen itself says {told:.1f}" if told else ""
    if told and abs(told - diagonal) > _OFF_BY * told:
        return warn(
            f"A diagonal of {diagonal:g} inches is set{beside}: keys and letters get a wrong size.",
            f"Measure it, and set it: --screen-diagonal {told:.1f}",
        )
    return ok(f"a diagonal of {diagonal:g} inches is set{beside}.")


def browser() -> Finding:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path:
        return ok(path)
    return warn("There is no Chromium.", "Install it: sudo apt-get install chromium")


def autostart() -> Finding:
    """Whether the machine starts Docent by itself."""
    if _says("systemctl", "is-enabled", _SERVICE).startswith("enabled"):
        return ok(f"the machine starts {_SERVICE} by itself.")
    return warn("The machine does not start Docent.", "Let it: sudo deploy/install")


def _says(*command: str) -> str:
    """What the command prints; nothing where it is not installed."""
    if not shutil.which(command[0]):
        return ""
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=_LONGEST_SECONDS
    )
    return done.stdout.strip()


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


def _is_font(path: Path) -> bool:
    return path.is_file() and path.read_bytes().startswith(b"wOF2")


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
