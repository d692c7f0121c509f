"""Keys that clients of the API show, where an operator has given any."""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from errors import SettingError

SHORTEST = 16  # characters: 64 bits where they are hexadecimal digits
_KEY = re.compile(r"[A-Za-z0-9._~+/=-]+")  # what may follow "Bearer" in a header


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
    for place, each in found:
        if len(each) < SHORTEST or not _KEY.fullmatch(each):
            raise SettingError(
                f"{place} is not a key.",
                f"Use {SHORTEST} or more of A–Z a–z 0–9 . _ ~ + / = -, such as: "
                'python -c "import secrets; print(secrets.token_urlsafe())"',
            )
    return Keys([each for _, each in found])


def _digest(key: str) -> bytes:
    return sha256(key.encode("utf-8", "replace")).digest()
