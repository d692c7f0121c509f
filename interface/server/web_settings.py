"""What an operator says about those who come from elsewhere: pages, programs, agents."""

from __future__ import annotations

import argparse
import hmac
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from command_line import add_list_flag, add_value_flag, listed
from errors import SettingError
from interface.server.addresses import is_loopback

KEY = "DOCENT_API_KEY"  # never a flag: other users see those

_CARRIERS = ("http", "stdio")
_ORIGIN = re.compile(r"(?P<origin>https?://(?:[a-z0-9.-]+|\[[a-f0-9:]+\])(?::\d+)?)/?")
_SHORTEST_KEY = 16  # characters: 64 bits where they are hexadecimal digits
_KEY = re.compile(r"[A-Za-z0-9._~+/=-]+")  # what may follow "Bearer" in a header
_PORTS = {"http": ":80", "https": ":443"}


class Keys:
    """Holds digests alone, so that no key stands in memory, in a log or in a traceback."""

    def __init__(self, keys: Sequence[str] = ()) -> None:
        self._digests = tuple(_digest(key) for key in keys)

    def __bool__(self) -> bool:
        return bool(self._digests)

    def know(self, key: str) -> bool:
        """In constant time: every key is compared to its end, whichever fits."""
        shown = _digest(key)
        return sum(hmac.compare_digest(shown, digest) for digest in self._digests) > 0


@dataclass(frozen=True, slots=True)
class WebSettings:
    """`api`, `mcp`: whether they are there. `allow_origins`: their pages' scripts may use the API.

    `embed_origins`: of pages that may show the chat in a frame. `a_minute`: questions that one
    address (or one key) may ask through API, frames and agents; 0 for any number. `hosts`: the
    names by which the server may be called; None for any.
    """

    api: bool = False
    mcp: bool = False
    allow_origins: tuple[str, ...] = ()
    embed_origins: tuple[str, ...] = ()
    keys: Keys = field(default_factory=Keys)
    a_minute: int = 0
    hosts: frozenset[str] | None = None


NOBODY_ELSE = WebSettings()


def add_web_flags(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "other pages, programs and agents", "ORIGIN is like https://www.museum.example"
    )
    for flag, metavar, meaning in (
        ("embed-origin", "ORIGIN", "its pages may show the chat in a frame, see /docent.js"),
        ("allow-origin", "ORIGIN", "scripts of its pages may use the API at /api/v1"),
        ("allow-host", "NAME", "a name of this server, where another one stands before it"),
    ):
        add_list_flag(group, flag, meaning, metavar=metavar)
    meaning = f"one key a line: who uses the API or /mcp must show one, or the one in {KEY}"
    add_value_flag(group, "api-keys", None, meaning, metavar="FILE")
    meaning = "questions a minute for each client of API, frames and agents; 0: any number"
    add_value_flag(group, "rate", "120", meaning, metavar="N")
    meaning = "tools for language-model agents: http at /mcp, or stdio in place of the pages"
    add_value_flag(group, "mcp", None, meaning, nargs="?", const="http", choices=_CARRIERS)


def web_settings_from(arguments: argparse.Namespace, address: str) -> WebSettings:
    """For a server on `address`. Raises SettingError for what cannot be used.

    The key is taken out of the environment, so that no child process has it.
    """
    key = os.environ.pop(KEY, None)
    if arguments.mcp not in (None, *_CARRIERS):
        raise SettingError(f"--mcp {arguments.mcp} is not known.", "Choose http or stdio.")
    if not arguments.rate.isdecimal() or int(arguments.rate) > 1_000_000:
        raise SettingError(
            f"--rate {_in_line(arguments.rate)} is no number of questions.", "Give one, or 0."
        )
    return WebSettings(
        api=True,
        mcp=arguments.mcp == "http",
        allow_origins=_origins(arguments, "allow-origin"),
        embed_origins=_origins(arguments, "embed-origin"),
        keys=read_keys(Path(arguments.api_keys) if arguments.api_keys else None, key),
        a_minute=int(arguments.rate),
        hosts=_hosts(listed(arguments, "allow-host"), arguments.public_url, address),
    )


def _origins(arguments: argparse.Namespace, flag: str) -> tuple[str, ...]:
    """As browsers write them, so that they can be compared letter by letter."""
    origins: dict[str, None] = {}
    for given in listed(arguments, flag):
        known = _ORIGIN.fullmatch(given.lower())
        if not known or not _has_port(known["origin"]):
            raise SettingError(
                f"--{flag} {_in_line(given)} is not an origin.",
                "Write it like https://www.museum.example",
            )
        scheme = known["origin"].partition(":")[0]
        origins[known["origin"].removesuffix(_PORTS[scheme])] = None
    return tuple(origins)


def _has_port(origin: str) -> bool:
    try:
        return urlsplit(origin).port != 0
    except ValueError:
        return False


def _in_line(text: str) -> str:
    return " ".join(text.split())


def _hosts(allowed: Sequence[str], public_url: str | None, address: str) -> frozenset[str] | None:
    """On this machine alone, or where names were given: these and this machine's own."""
    for name in allowed:
        if not re.fullmatch(r"[A-Za-z0-9.-]+|[0-9A-Fa-f:]+", name):
            raise SettingError(
                f"--allow-host {_in_line(name)} is no name of a server.",
                "Write it like www.museum.example",
            )
    if not allowed and not is_loopback(address):
        return None
    own = ["localhost", "127.0.0.1", "::1", address, *allowed]
    if public_url and (public_name := urlsplit(public_url).hostname):
        own.append(public_name)
    return frozenset(name.lower() for name in own)


def read_keys(path: Path | None, key: str | None) -> Keys:
    """Those of a file, one a line, and one more. Raises SettingError; it never names a key."""
    found = [("The key", key)] if key else []
    if path:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingError(
                f"The keys in {path} cannot be read.", "Mend --api-keys, or the file's rights."
            ) from error
        found += [
            (f"{path}, line {number}:", line.strip())
            for number, line in enumerate(lines, start=1)
            if line.strip() and not line.startswith("#")
        ]
        if not found:
            raise SettingError(f"There is no key in {path}.", "Write one a line, or leave it out.")
    for place, given in found:
        if len(given) < _SHORTEST_KEY or not _KEY.fullmatch(given):
            raise SettingError(
                f"{place} is not a key.",
                f"Use {_SHORTEST_KEY} or more of A–Z a–z 0–9 . _ ~ + / = -, such as: "
                'python -c "import secrets; print(secrets.token_urlsafe())"',
            )
    return Keys([given for _, given in found])


def _digest(key: str) -> bytes:
    return sha256(key.encode("utf-8", "replace")).digest()
