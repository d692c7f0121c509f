"""What an operator says about those who come from elsewhere: pages, programs, agents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from errors import SettingError
from interface.server.addresses import is_loopback
from interface.server.keys import Keys, read_keys


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


def web_settings(
    *,
    mcp: bool,
    allow_origins: Sequence[str],
    embed_origins: Sequence[str],
    allow_hosts: Sequence[str],
    public_url: str | None = None,
    keys_file: str | None,
    key: str | None,
    a_minute: str,
    address: str,
) -> WebSettings:
    """From an operator's words, for a server on `address`. Raises SettingError."""
    if not a_minute.isdecimal() or int(a_minute) > 1_000_000:
        raise SettingError(
            f"--rate {_in_line(a_minute)} is no number of questions.", "Give one, or 0."
        )
    return WebSettings(
        api=True,
        mcp=mcp,
        allow_origins=_origins("--allow-origin", allow_origins),
        embed_origins=_origins("--embed-origin", embed_origins),
        keys=read_keys(Path(keys_file) if keys_file else None, key),
        a_minute=int(a_minute),
        hosts=_hosts(allow_hosts, public_url, address),
    )


def _origins(flag: str, given: Sequence[str]) -> tuple[str, ...]:
    """As browsers write them, so that they can be compared letter by letter."""
    found = []
    for origin in given:
        plain = origin.lower().removesuffix("/")
        try:
            parts = urlsplit(plain)
            known = parts.scheme in ("http", "https") and bool(parts.hostname)
            known = known and (parts.port or 1) > 0 and plain == f"{parts.scheme}://{parts.netloc}"
        except ValueError:
            known = False
        if not known or not re.fullmatch(r"https?://[a-z0-9.:\[\]-]+", plain):
            raise SettingError(
                f"{flag} {_in_line(origin)} is not an origin.",
                "Write it like https://www.museum.example",
            )
        default = {"http": ":80", "https": ":443"}[parts.scheme]
        found.append(plain.removesuffix(default))
    return tuple(dict.fromkeys(found))


def _in_line(given: str) -> str:
    return " ".join(given.split())


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
