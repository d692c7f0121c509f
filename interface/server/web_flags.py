"""The flags of `app.py` about those who come from elsewhere: pages, programs, agents."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from errors import SettingError

if TYPE_CHECKING:
    from interface.server.web_settings import WebSettings

_CARRIERS = ("http", "stdio")
KEY = "DOCENT_API_KEY"  # never a flag: other users see those
_LISTS = (
    ("embed-origin", "ORIGIN", "its pages may show the chat in a frame, see /docent.js"),
    ("allow-origin", "ORIGIN", "scripts of its pages may use the API at /api/v1"),
    ("allow-host", "NAME", "a name of this server, where another one stands before it"),
)


def add_web_flags(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "other pages, programs and agents", "ORIGIN is like https://www.museum.example"
    )
    for name, kind, meaning in _LISTS:
        group.add_argument(
            f"--{name}",
            metavar=kind,
            action="append",
            default=argparse.SUPPRESS,
            help=f"{meaning}; may be given again [{_twin(name)}, with spaces between]",
        )
    group.add_argument(
        "--api-keys",
        metavar="FILE",
        default=os.environ.get("DOCENT_API_KEYS") or None,
        help="one key a line: who uses the API or /mcp must show one, or the one in "
        f"{KEY} [DOCENT_API_KEYS]",
    )
    group.add_argument(
        "--rate",
        metavar="N",
        default=os.environ.get("DOCENT_RATE") or "120",
        help="questions a minute for each client of API, frames and agents; 0: any number "
        "[DOCENT_RATE]",
    )
    group.add_argument(
        "--mcp",
        nargs="?",
        const="http",
        choices=_CARRIERS,
        default=os.environ.get("DOCENT_MCP") or None,
        help="tools for language-model agents: http at /mcp, or stdio in place of the pages "
        "[DOCENT_MCP]",
    )


def web_settings_from(arguments: argparse.Namespace, address: str) -> WebSettings:
    """For a server on `address`. Raises SettingError for what cannot be used.

    The key is taken out of the environment, so that no child process has it.
    """
    if arguments.mcp not in (None, *_CARRIERS):
        raise SettingError(f"--mcp {arguments.mcp} is not known.", "Choose http or stdio.")
    from interface.server.web_settings import web_settings

    return web_settings(
        mcp=arguments.mcp == "http",
        embed_origins=_listed(arguments, "embed-origin"),
        allow_origins=_listed(arguments, "allow-origin"),
        allow_hosts=_listed(arguments, "allow-host"),
        public_url=arguments.public_url,
        keys_file=arguments.api_keys,
        key=os.environ.pop(KEY, None),
        a_minute=arguments.rate,
        address=address,
    )


def _listed(arguments: argparse.Namespace, name: str) -> list[str]:
    given: list[str] | None = getattr(arguments, name.replace("-", "_"), None)
    return os.environ.get(_twin(name), "").split() if given is None else given


def _twin(name: str) -> str:
    return f"DOCENT_{name.upper().replace('-', '_')}"
