"""Bytes of a text file → its characters, with a doubt where the encoding had to be guessed."""

from __future__ import annotations

import codecs
import io
import re
from typing import TYPE_CHECKING

from errors import DocumentError, Problem

if TYPE_CHECKING:  # imported below, when a file is not UTF-8
    from charset_normalizer import CharsetMatch

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OTHER_KINDS = (
    (b"%PDF-", "a PDF", "Rename it to end in .pdf."),
    (b"PK\x03\x04", "a ZIP archive", "Rename it to end in .docx if it is one, else unpack it."),
    (b"{\\rtf", "an RTF document", "Save it as .docx or .txt."),
    (b"\xd0\xcf\x11\xe0", "an old Office document", "Save it as .docx or .pdf."),
)
_READ_AS = {
    "ascii": "cp1252",
    "iso8859_1": "cp1252",
    "iso8859_9": "cp1254",
    "iso8859_11": "cp874",
    "tis_620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
"""Declared names and the larger encodings that browsers read instead (WHATWG, Encoding): pages that
say ISO-8859-1 hold the quotation marks of Windows-1252."""
_SAVE_AS_UTF8 = "Save it as UTF-8."
_N_BYTES_TO_GUESS_FROM = 16_384
"""Lines with bytes beyond ASCII, which alone tell encodings apart; more makes no guess better."""
_UNMARKED = ["utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_32_le", "utf_32_be", "utf_7"]
"""Never guessed: they would make Chinese of a few letters. `_wide_encoding` knows the true ones."""
_OF_LATIN_SCRIPT = ["cp1252", "cp1250", "cp1254", "cp1257"]
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_RUN = re.compile(rb"[\x80-\xff]+")
_MAX_MEAN_RUN = 2
"""Bytes: 1.0 to 1.3 in languages of Latin script, above 4 in others."""
_ODD_IN_WESTERN = re.compile(
    "(?<=[^\\W\\d_])[^\\w\\s\\x00-\\x7f’‘·\xad–—…](?=[^\\W\\d_])"  # a sign within a word
    "|(?<=[a-zß-öø-ÿ])[À-ÖØ-ÞŠŽŒŸ¹²³]"  # a capital or a raised figure after a small letter
)
_MAX_ODD_SHARE = 0.1
"""Of the bytes beyond ASCII; some is left to scanning debris."""
_MIN_BYTES_OF_A_SCRIPT = 64
_MAX_PLACES_OF_A_SCRIPT = 5
"""Blocks of 256 characters: Latin and its extension, punctuation, the script."""
_N_BYTES_TO_BE_SURE = 40
"""Beyond ASCII. Shorter words in Cyrillic make sense as Korean."""
_SAME_CHAOS = 0.02
_SAME_COHERENCE = 0.05
"""Guesses this close together (charset-normalizer's measures, 0 to 1) are equally good."""
_MAX_CONTROL_SHARE = 0.01
"""Texts hold a form feed a page at most; of random bytes one in nine is a control character."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def decode(data: bytes, *, declared: str | None = None) -> tuple[str, tuple[Problem, ...]]:
    """The characters of `data`, without a byte order mark; `declared` is what the file claims.

    Raises DocumentError for binary files and for bytes that no encoding explains.
    """
    for signature, kind, remedy in _OTHER_KINDS:
        if data.startswith(signature):
            raise DocumentError(f"The file is {kind} with the ending of a text.", remedy)
    text, doubts = _decode(data, declared)
    if "\x00" in text or len(_CONTROL.findall(text)) > _MAX_CONTROL_SHARE * len(text):
        raise binary_file()
    return text, (*doubts, *lost_characters(text))


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
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], name), ()
    if data.isascii() and not (declared and _is_stateful(declared)):
        text = data.decode("ascii")
        wide = _wide_encoding(data) if "\x00" in text else None
        return (text, ()) if wide is None else (_strictly(data, wide), ())
    for name in filter(None, ("utf-8", _READ_AS.get(_codec(declared or ""), declared))):
        if _is_known(name):
            try:
                return data.decode(name), ()
            except UnicodeDecodeError:
                continue
    return _guess(data)


def _strictly(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"The file begins as {name.upper()} but byte {error.start:,} does not fit.",
            _SAVE_AS_UTF8,
        ) from error


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a mark: only every other byte is null, in Cyrillic those of the spaces.

    There the bytes beside the spaces are few different ones, for a script has a place of its own.
    """
    head = data[:_N_BYTES_TO_GUESS_FROM]
    for name, high, low in (
        ("utf-16-le", head[1::2], head[::2]),
        ("utf-16-be", head[::2], head[1::2]),
    ):
        n_null = high.count(0)
        is_other_script = (
            len(head) > _MIN_BYTES_OF_A_SCRIPT and len(set(high)) <= _MAX_PLACES_OF_A_SCRIPT
        )
        share = 1 / 50 if is_other_script else 1 / 6
        if n_null > share * len(head) and not low.count(0):
            return name
    return None


def _codec(name: str) -> str:
    try:
        return codecs.lookup(name).name.replace("-", "_")
    except (LookupError, ValueError):
        return ""


def _is_known(name: str) -> bool:
    """Whether `name` is an encoding that a file written byte by byte may rightly declare."""
    return _codec(name).startswith(
        (
            "utf_8",
            "iso8859",
            "cp",
            "mac_",
            "koi8",
            "euc_",
            "gb",
            "big5",
            "shift_jis",
            "johab",
            "tis_620",
            "hz",
            "iso2022",
        )
    )


def _is_stateful(name: str) -> bool:
    """Whether `name` writes other scripts in ASCII bytes, as old Japanese and Chinese pages do."""
    return _codec(name).startswith(("iso2022", "hz"))


def _guess(data: bytes) -> tuple[str, tuple[Problem, ...]]:
    """The likeliest legacy encoding: Windows-1252 where nothing speaks for another."""
    wide = _wide_encoding(data)
    if wide is not None:
        return _strictly(data, wide), ()
    if b"\x00" in data:
        raise binary_file()
    sample = _telling_bytes(data)
    is_western = _looks_western(sample)
    equals = _equally_good(sample, is_western=is_western)
    names = [match.encoding for match in equals]
    if any({"cp1252", "latin_1"} & {m.encoding, *m.could_be_from_charset} for m in equals):
        names.insert(0, "cp1252")
    elif is_western:
        names.append("cp1252")
    for name in names:
        try:
            text, seen = data.decode(name), sample.decode(name, "replace")
        except UnicodeDecodeError:
            continue
        rivals = [m.encoding for m in equals if m.encoding != name and str(m) != seen]
        if not rivals and (is_western or _n_beyond_ascii(sample) >= _N_BYTES_TO_BE_SURE):
            return text, ()
        but = f", but {rivals[0]} fits as well" if rivals else ""
        what = f"Its encoding is uncertain: read as {name}{but}."
        return text, (Problem(what, f"Compare the accents; if they are wrong: {_SAVE_AS_UTF8}"),)
    if len(_CONTROL.findall(data.decode("latin-1"))) > _MAX_CONTROL_SHARE * len(data):
        raise binary_file()
    raise DocumentError("The encoding is unknown: these bytes are no readable text.", _SAVE_AS_UTF8)


def _equally_good(sample: bytes, *, is_western: bool) -> list[CharsetMatch]:
    """The best guesses. Language measures say little of a few accents: there chaos alone counts."""
    from charset_normalizer import from_bytes

    if is_western:
        matches = list(from_bytes(sample, cp_isolation=_OF_LATIN_SCRIPT))
        return [match for match in matches if match.chaos <= matches[0].chaos + _SAME_CHAOS]
    # A sample that was cut within a character of several bytes would rule its encoding out.
    n_offs = range(4) if len(sample) == _N_BYTES_TO_GUESS_FROM else range(1)
    cuts = (
        list(from_bytes(sample[: len(sample) - n_off], cp_exclusion=_UNMARKED)) for n_off in n_offs
    )
    matches = min(filter(None, cuts), key=lambda found: found[0].chaos, default=[])
    return [
        match
        for match in matches
        if match.chaos <= matches[0].chaos + _SAME_CHAOS
        and match.coherence >= matches[0].coherence - _SAME_COHERENCE
    ]


def _looks_western(sample: bytes) -> bool:
    """Whether the bytes beyond ASCII stand alone, and where Windows-1252 has accents and signs.

    In Greek, Cyrillic and Chinese they stand in a row; in code pages of DOS and the Mac, and in
    Polish, many would be signs in the midst of a word.
    """
    n_bytes = _n_beyond_ascii(sample)
    n_runs = len(_RUN.findall(sample))
    try:
        n_odd = len(_ODD_IN_WESTERN.findall(sample.decode("cp1252")))
    except UnicodeDecodeError:
        return False
    return n_bytes < _MAX_MEAN_RUN * n_runs and n_odd <= _MAX_ODD_SHARE * n_bytes


def _n_beyond_ascii(sample: bytes) -> int:
    return len(sample) - len(sample.translate(None, _BEYOND_ASCII))


def _telling_bytes(data: bytes) -> bytes:
    sample = b""
    for line in io.BytesIO(data):
        if not line.isascii():
            sample += line
        if len(sample) > _N_BYTES_TO_GUESS_FROM:
            break
    return sample[:_N_BYTES_TO_GUESS_FROM]
