"""The curator's password, from the environment: flags are seen by other users of the machine."""

from __future__ import annotations

import os

from errors import SettingError

CURATOR_PASSWORD = "DOCENT_CURATOR_PASSWORD"
CURATOR_PASSWORD_HASH = "DOCENT_CURATOR_PASSWORD_HASH"


def password_hash_from(curator: bool, address: str) -> str | None:
    """The curator's, or None. Raises SettingError where strangers could come to the page.

    Both variables are taken out of the environment, so that no other process is given them.
    """
    password = os.environ.pop(CURATOR_PASSWORD, "")
    password_hash = os.environ.pop(CURATOR_PASSWORD_HASH, "")
    if not curator:
        return None
    from curator.access.password import check_password_hash, hash_password
    from interface.server.addresses import is_loopback

    if password and password_hash:
        raise SettingError(
            f"{CURATOR_PASSWORD} and {CURATOR_PASSWORD_HASH} are both set.", "Keep the hash alone."
        )
    if password_hash:
        return check_password_hash(password_hash)
    if password:
        return hash_password(password)
    if is_loopback(address):
        return None
    raise SettingError(
        f"--curator on {address} is open to other machines.",
        f"Set a password in {CURATOR_PASSWORD_HASH}, or leave --host out.",
    )
