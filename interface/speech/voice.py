"""The voice: a process of its own that speaks one text with the library of espeak-ng and ends.

`speech` runs this file by its path, without the rest of Docent, so that hostile text or a fault
in the C library can harm nothing but this process, and ending it ends the work. What is spoken
comes as JSON on the standard input, as no part of a command line.

    voices   JSON: the codes of all languages that it speaks
    sound    a WAV file, written while it is made
    words    JSON: [seconds from the start, character of the text] of each word spoken
"""

from __future__ import annotations

import ctypes
import itertools
import json
import os
import resource
import struct
import sys
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_short, c_ubyte, c_uint, c_void_p
from typing import Any

LIBRARIES = ("libespeak-ng.so.1", "libespeak-ng.1.dylib")
NO_LIBRARY, NO_VOICE = 3, 4  # exit statuses

# From espeak-ng's speak_lib.h.
_SYNCHRONOUS, _DO_NOT_EXIT = 2, 0x8000
_WORD, _LIST_TERMINATED = 1, 0
_RATE = 1
# Neither espeakSSML (0x10) nor espeakPHONEMES (0x100): markup in a text is text.
_UTF_8 = 1

_MOST_CPU_S = 20
_MOST_MEMORY_BYTES = 512 << 20
_UNKNOWN_SIZE = 0xFFFFFFFF  # a WAV file that is still being made


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", c_int),
        ("unique_identifier", c_uint),
        ("text_position", c_int),  # of the character, from 1
        ("length", c_int),
        ("audio_position", c_int),  # ms
        ("sample", c_int),
        ("user_data", c_void_p),
        ("id", c_void_p),  # a number, a name, or eight characters
    )


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", c_char_p),
        ("languages", c_void_p),  # (a byte of priority, code, 0)*, 0; one code to ask
        ("identifier", c_char_p),
        ("gender_age_variant", c_ubyte * 4),
        ("score", c_int),
        ("spare", c_void_p),
    )


_Heard = CFUNCTYPE(c_int, POINTER(c_short), c_int, POINTER(_Event))


def main() -> int:
    _limit()
    library = _library()
    if library is None:
        return NO_LIBRARY
    samples_per_second = library.espeak_Initialize(_SYNCHRONOUS, 0, None, _DO_NOT_EXIT)
    if samples_per_second <= 0:  # its data are not there
        return NO_LIBRARY
    if sys.argv[1] == "voices":
        _write(json.dumps(_voices(library)).encode())
        return 0
    wanted = json.load(sys.stdin.buffer)
    if not _take_voice(library, wanted["voice"].encode()):
        return NO_VOICE
    library.espeak_SetParameter(_RATE, wanted["words_per_minute"], 0)
    if sys.argv[1] == "sound":
        _write(_header(samples_per_second))
        _speak(library, wanted["text"], sound=_write)
        return 0
    words: list[tuple[int, int]] = []
    _speak(library, wanted["text"], words=words)
    seconds = [[sample / samples_per_second, position] for sample, position in words]
    _write(json.dumps(seconds).encode())
    return 0


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_CPU_S, _MOST_CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY_BYTES, _MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _library() -> Any:
    for name in LIBRARIES:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


def _voices(library: Any) -> list[str]:
    library.espeak_ListVoices.restype = POINTER(POINTER(_Voice))
    listed = library.espeak_ListVoices(None)
    found = []
    for voice in itertools.takewhile(bool, (listed[n] for n in itertools.count())):
        at = voice.contents.languages
        while ctypes.string_at(at, 1) != b"\0":
            code = ctypes.string_at(at + 1)
            found.append(code.decode())
            at += len(code) + 2
    return found


def _take_voice(library: Any, code: bytes) -> bool:
    """The voice of that name, or else one that speaks that language ("zh", "no", "en-gb")."""
    if not library.espeak_SetVoiceByName(code):
        return True
    language = ctypes.create_string_buffer(code)
    wanted = _Voice(languages=ctypes.addressof(language))
    return not library.espeak_SetVoiceByProperties(ctypes.byref(wanted))


def _speak(
    library: Any,
    text: str,
    sound: Callable[[bytes], bool] = lambda samples: True,
    words: list[tuple[int, int]] | None = None,
) -> None:
    """Gives the samples to `sound` until it says False, and (sample, character) to `words`."""

    def heard(samples: Any, n_samples: int, events: Any) -> int:
        for event in itertools.takewhile(
            lambda event: event.type != _LIST_TERMINATED, (events[n] for n in itertools.count())
        ):
            if event.type == _WORD and words is not None:
                words.append((event.sample, event.text_position - 1))
        more = sound(ctypes.string_at(samples, 2 * n_samples)) if samples else True
        return 0 if more else 1

    callback = _Heard(heard)  # must outlive the call below
    library.espeak_SetSynthCallback(callback)
    data = text.encode("utf-8", "replace") + b"\0"
    library.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, 1, 0, _UTF_8, None, None)


def _header(samples_per_second: int) -> bytes:
    """Of a WAV file with one channel of 16 bits, of a length not known yet."""
    form = struct.pack("<HHIIHH", 1, 1, samples_per_second, 2 * samples_per_second, 2, 16)
    return (
        struct.pack("<4sI4s4sI", b"RIFF", _UNKNOWN_SIZE, b"WAVE", b"fmt ", len(form))
        + form
        + struct.pack("<4sI", b"data", _UNKNOWN_SIZE)
    )


def _write(data: bytes) -> bool:
    """False where nobody listens any more."""
    try:
        while data:
            data = data[os.write(sys.stdout.fileno(), data) :]
    except BrokenPipeError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
