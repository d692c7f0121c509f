"""Bytes of a text file → its characters, with a doubt where the encoding had to be guessed."""

from __future__ import annotations

import codecs
import re
import tomllib
from pathlib import Path

from errors import DocumentError, Problem

_TABLES = tomllib.loads(Path(__file__).with_name("encodings.toml").read_text(encoding="utf-8"))
_DECLARABLE = re.compile(
    "utf_8|iso8859|cp|mac_|koi8|euc_|gb|big5|shift_jis|johab|tis_620|hz|iso2022"
)
"""What a file written byte by byte may rightly declare."""
_IN_ASCII = re.compile("hz|iso2022")
"""Encodings that write other scripts in ASCII bytes, as old Japanese and Chinese pages do."""
_SAVE_AS_UTF8 = "Save it as UTF-8."
_MIN_CONFIDENCE = 0.06
"""Below it (chardet's measure, 0 to 1) a guess is no better than Windows-1252, the commonest."""
_RIVAL = 0.98
"""Guesses whose confidence is this share of the best's are as good."""
_MAX_CONTROL_SHARE = 0.01
"""Texts hold a form feed a page at most; of random bytes one in nine is a control character."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def decode(data: bytes, *, declared: str | None = None) -> tuple[str, tuple[Problem, ...]]:
    """The characters of `data`, without a byte order mark; `declared` is what the file claims.

    Raises DocumentError for binary files and for bytes that no encoding explains.
    """
    for kind in _TABLES["other_kinds"]:
        if data.startswith(bytes.fromhex(kind["head"])):
            what = f"The file is {kind['name']} with the ending of a text."
            raise DocumentError(what, kind["remedy"])
    text, problems = _decode(data, declared)
    if "\x00" in text or len(_CONTROL.findall(text)) > _MAX_CONTROL_SHARE * len(text):
        raise binary_file()
    return text, (*problems, *lost_characters(text))


def lost_characters(text: str) -> tuple[Problem, ...]:
    """A doubt where characters were lost (U+FFFD) before the file came here."""
    n_lost = text.count("\ufffd")
    if not n_lost:
        return ()
    signs = "1 character was" if n_lost == 1 else f"{n_lost:,} characters were"
    return (Problem(f"{signs} lost before (U+FFFD).", "Make the text anew from its source."),)


def binary_file() -> DocumentError:
    return DocumentError(
        "The file is binary, with the ending of a text.",
        "Give it the ending of its kind, or take it out of the folder.",
    )


def _decode(data: bytes, declared: str | None) -> tuple[str, tuple[Problem, ...]]:
    for name, head in _TABLES["byte_order_marks"].items():
        mark = bytes.fromhex(head)
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(name), ()
            except UnicodeDecodeError as error:
                raise DocumentError(
                    f"The file begins as {name.upper()} but byte {error.start:,} does not fit.",
                    _SAVE_AS_UTF8,
                ) from error
    codec = _codec(declared or "")
    names = ("utf-8", _TABLES["read_as"].get(codec, codec))
    for name in reversed(names) if _IN_ASCII.match(codec) else names:
        is_usable = b"\x00" not in data and _DECLARABLE.match(_codec(name))
        if is_usable and (text := _decoded(data, name)) is not None:
            return text, ()
    return _guess(data)


def _codec(name: str) -> str:
    try:
        return codecs.lookup(name).name.replace("-", "_")
    except (LookupError, ValueError):
        return ""


def _guess(data: bytes) -> tuple[str, tuple[Problem, ...]]:
    """Of the likeliest encodings the commonest; Windows-1252 where nothing speaks for another."""
    import chardet

    guesses = chardet.detect_all(
        data,
        ignore_threshold=True,
        max_bytes=len(data),
        compat_names=False,
        include_encodings=_TABLES["guessed"],
    )
    best = guesses[0]["confidence"]
    names = [guess["encoding"] for guess in guesses if guess["confidence"] >= _RIVAL * best]
    if names == [None]:
        raise binary_file()
    if best < _MIN_CONFIDENCE:
        names.insert(0, "cp1252")
    texts = {name: text for name in names if name and (text := _decoded(data, name)) is not None}
    if not texts:
        raise DocumentError(
            "The encoding is unknown: these bytes are no readable text.", _SAVE_AS_UTF8
        )
    text = next(iter(texts.values()))
    rivals = [name for name, other in texts.items() if other != text]
    if best >= _MIN_CONFIDENCE and not rivals:
        return text, ()
    name = "cp1252" if text == _decoded(data, "cp1252") else next(iter(texts))
    but = f", but {rivals[0]} fits as well" if rivals else ""
    what = f"Its encoding is uncertain: read as {name}{but}."
    return text, (Problem(what, f"Compare the accents; if they are wrong: {_SAVE_AS_UTF8}"),)


def _decoded(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None
