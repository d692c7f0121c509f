"""The curator's password, which is kept and compared as its Argon2id hash alone."""

from __future__ import annotations

import getpass
import unicodedata
import warnings

from errors import SettingError

SHORTEST = 12  # characters; three or four words have more
LONGEST = 500
HOW_TO_MAKE = "Make one with: python app.py curator-password"


def hash_password(password: str) -> str:
    """With the costs that argon2-cffi recommends: 64 MiB of memory and some 0.1 s."""
    from argon2 import PasswordHasher

    return PasswordHasher().hash(_composed(password))


def password_matches(password: str, password_hash: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import VerificationError

    if len(password) > LONGEST:
        return False
    try:
        return PasswordHasher().verify(password_hash, _composed(password))
    except VerificationError:
        return False


def check_password_hash(password_hash: str) -> str:
    """Raises SettingError for what is no such hash, as when a shell has read its dollar signs."""
    from argon2 import extract_parameters
    from argon2.exceptions import InvalidHashError

    try:
        extract_parameters(password_hash)
    except InvalidHashError as error:
        raise SettingError(
            "The curator's password hash is no Argon2 hash.",
            f"Put it between single quotes ('$argon2id$…'). {HOW_TO_MAKE}",
        ) from error
    return password_hash


def ask_password_twice() -> str:
    """From the terminal, unseen. Raises SettingError where the two differ or are too short."""
    try:
        password = _asked("The curator's new password: ")
        if not SHORTEST <= len(password) <= LONGEST:
            raise SettingError(
                f"The password has {len(password)} characters.",
                f"Take {SHORTEST} to {LONGEST}: three or four words that do not belong together.",
            )
        again = _asked("The same once more: ")
    except (EOFError, KeyboardInterrupt) as error:
        raise SettingError("No password was given.", "Run the command again.") from error
    if password != again:
        raise SettingError("The two are not the same.", "Run the command again.")
    return password


def _asked(prompt: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)  # it would be shown while typed
        try:
            return getpass.getpass(prompt)
        except getpass.GetPassWarning as error:
            raise SettingError(
                "There is no terminal to ask for the password.", "Run the command in one."
            ) from error


def _composed(password: str) -> bytes:
    """The same bytes for the same letters, on whatever keyboard they were typed (RFC 8265)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "replace")
