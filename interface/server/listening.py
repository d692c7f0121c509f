"""The port to serve on. It is opened first: one in use is found out at once."""

from __future__ import annotations

import os
import socket

from errors import SettingError

WAITING_CONNECTIONS = 2048  # visitors whose browsers may knock at the same moment


def listening(host: str, port: str) -> socket.socket:
    """The open port. Raises SettingError, naming the flag, where it cannot be had."""
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
