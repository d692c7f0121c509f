"""The voices of espeak-ng: which there are, and one of them speaking."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Literal, cast

MOST_SECONDS = 30  # a quote takes a tenth of a second; the rest is for slow listeners

_PROGRAM = [sys.executable, "-I", "-S", str(Path(__file__).with_name("voice.py"))]


@cache
def voices() -> Mapping[str, str]:
    """espeak-ng's own spelling of each language code it has a voice for; none without it."""
    try:
        done = subprocess.run(
            [*_PROGRAM, "voices"], capture_output=True, check=True, timeout=MOST_SECONDS, env={}
        )
    except (OSError, subprocess.SubprocessError):
        return {}
    return {code.casefold(): code for code in json.loads(done.stdout)}


def voice_of(language: str) -> str | None:
    """The code of the voice for a language ("de", "de-AT"); None where there is none."""
    code = language.casefold()
    return voices().get(code) or voices().get(code.partition("-")[0])


@asynccontextmanager
async def speak(
    task: Literal["sound", "words"], text: str, voice: str, words_per_minute: int
) -> AsyncIterator[StreamReader]:
    """What the voice says, as `voice.py` describes it. The voice ends with the block."""
    wanted = {"voice": voice, "words_per_minute": words_per_minute, "text": text}
    process = await asyncio.create_subprocess_exec(
        *_PROGRAM, task, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}
    )
    stdin, output = cast(StreamWriter, process.stdin), cast(StreamReader, process.stdout)
    try:
        stdin.write(json.dumps(wanted).encode("ascii"))
        stdin.close()
        yield output
    finally:
        if not output.at_eof():
            with suppress(ProcessLookupError):
                process.kill()
        # Unread sound in the pipe would keep `wait` waiting for ever.
        await process.communicate()
