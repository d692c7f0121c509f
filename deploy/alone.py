"""Asks an index one question, in a process that may reach nobody, and says whom it tried to reach.

Run by the doctor as `python -m deploy.alone INDEX`, where possible in a network namespace of its
own without any network, in which the kernel counts every packet that found no way out: also those
of libraries that are not Python's. Prints one line of JSON.
"""

from __future__ import annotations

import ipaddress
import json
import sys
import time
from pathlib import Path
from typing import Any

_LOOKED_UP = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
_CONNECTED = ("socket.connect", "socket.sendto", "socket.sendmsg")
_QUESTION = "What is this about?"


def main() -> None:
    reached: list[str] = []

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _LOOKED_UP:
            place = arguments[0]
        elif event in _CONNECTED and isinstance(arguments[1], tuple):
            place = arguments[1][0]
        else:
            return
        if not _is_here(place):
            reached.append(str(place))
            raise ConnectionRefusedError(f"{place} is not this machine")

    sys.addaudithook(watch)
    before = _without_a_way_out()
    from answerer.pipeline import Pipeline
    from errors import DocentError

    try:
        pipeline = Pipeline.load(Path(sys.argv[1]))
        question = next(iter(pipeline.collection.suggested_questions), _QUESTION)
        started = time.monotonic()
        answer = pipeline.ask(question)
    except DocentError as error:
        sys.exit(str(error))
    print(  # noqa: T201
        json.dumps(
            {
                "question": question,
                "found": answer.found,
                "seconds": round(time.monotonic() - started, 2),
                "reached": reached,
                "n_packets": _without_a_way_out() - before,
            }
        )
    )


def _is_here(place: object) -> bool:
    name = place.decode() if isinstance(place, bytes) else place
    if name in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        return False


def _without_a_way_out() -> int:
    """Packets of this network namespace that no route would take; 0 where it is not told."""
    try:
        lines = Path("/proc/net/snmp").read_text("ascii").splitlines()
    except OSError:
        return 0
    names, values = (line.split() for line in lines if line.startswith("Ip: "))
    return int(values[names.index("OutNoRoutes")])


if __name__ == "__main__":
    main()
