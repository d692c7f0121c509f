"""What an operator says about other pages, programs and agents: taken as meant, or one line."""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest
from browsing import ROOT, running_app
from calling import call

from errors import SettingError
from interface.server.web_settings import Keys, WebSettings, read_keys, web_settings_from

KEY = "0123456789abcdef"


def settings(address: str = "127.0.0.1", **given: Any) -> WebSettings:
    usual = {"mcp": None, "api_keys": None, "rate": "60", "public_url": None}
    lists: dict[str, Any] = {"allow_origin": [], "embed_origin": [], "allow_host": []}
    return web_settings_from(Namespace(**{**usual, **lists, **given}), address)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("https://www.museum.example", "https://www.museum.example"),
        ("https://www.museum.example/", "https://www.museum.example"),
        ("HTTPS://WWW.Museum.example", "https://www.museum.example"),
        ("https://museum.example:443", "https://museum.example"),
        ("http://museum.example:80", "http://museum.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_kept_as_browsers_write_it(given: str, meant: str) -> None:
    assert settings(embed_origin=[given]).embed_origins == (meant,)
    assert settings(allow_origin=[given]).allow_origins == (meant,)


@pytest.mark.parametrize(
    "given",
    [
        "www.museum.example",
        "https://museum.example/page",
        "https://museum.example?x",
        "ftp://museum.example",
        "https://",
        "*",
        "null",
        "https://*.museum.example",
        "https://muséum.example",
        "https://a@museum.example",
        "https://museum.example:99999",
        "https://museum.example; script-src *",
        "https://museum.example\nX-Header: 1",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_origin_is_one_line_that_names_the_flag(given: str) -> None:
    with pytest.raises(SettingError, match=r"--embed-origin .* is not an origin") as refused:
        settings(embed_origin=[given])
    assert "https://www.museum.example" in str(refused.value)
    with pytest.raises(SettingError, match="--allow-origin"):
        settings(allow_origin=[given])


def test_on_this_machine_alone_the_server_has_the_names_of_this_machine() -> None:
    own = frozenset(("localhost", "127.0.0.1", "::1"))
    assert settings().hosts == own
    assert settings(address="127.0.0.5").hosts == own | {"127.0.0.5"}
    behind = settings(allow_host=["Docent.Museum.Example"]).hosts
    assert behind is not None
    assert "docent.museum.example" in behind
    public = settings(public_url="https://Letters.Museum.example/ask").hosts
    assert public == own | {"letters.museum.example"}
    assert settings(address="0.0.0.0").hosts is None
    assert settings(address="0.0.0.0", public_url="https://museum.example").hosts is None
    named = settings(address="0.0.0.0", allow_host=["docent.museum.example"]).hosts
    assert named is not None
    assert "elsewhere.example" not in named


@pytest.mark.parametrize("name", ["", "a b", "http://a", "a/b", "a:80x"])
def test_what_is_no_name_of_a_server_is_one_line(name: str) -> None:
    with pytest.raises(SettingError, match="--allow-host"):
        settings(allow_host=[name])


@pytest.mark.parametrize("a_minute", ["-1", "x", "", "1.5", "99999999"])
def test_what_is_no_rate_is_one_line(a_minute: str) -> None:
    with pytest.raises(SettingError, match="--rate"):
        settings(rate=a_minute)


def test_keys_come_from_a_file_and_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"# the museum's own page\n{KEY}\n\n another-key-00000 \n", encoding="utf-8")
    keys = read_keys(file, "from-the-environment")
    assert keys
    for known in (KEY, "another-key-00000", "from-the-environment"):
        assert keys.know(known)
    for unknown in ("", "# the museum's own page", KEY[:-1], KEY + "0", KEY.upper(), "\ud800"):
        assert not keys.know(unknown)
    assert not Keys()
    assert not Keys().know("")


@pytest.mark.parametrize("content", ["short\n", "has a space inside\n", "käse-käse-käse-käse\n"])
def test_what_is_no_key_is_one_line_that_does_not_tell_it(tmp_path: Path, content: str) -> None:
    file = tmp_path / "keys"
    file.write_text(f"{KEY}\n{content}", encoding="utf-8")
    with pytest.raises(SettingError, match="line 2") as refused:
        read_keys(file, None)
    assert content.strip() not in str(refused.value)
    assert KEY not in str(refused.value)


@pytest.mark.parametrize("spoilt", ["missing", "empty", "binary", "folder"])
def test_a_file_without_keys_is_one_line(tmp_path: Path, spoilt: str) -> None:
    file = tmp_path / "keys"
    if spoilt == "empty":
        file.write_text("# none yet\n", encoding="utf-8")
    elif spoilt == "binary":
        file.write_bytes(b"\xff\xfe\x00")
    elif spoilt == "folder":
        file.mkdir()
    with pytest.raises(SettingError, match="keys"):
        read_keys(file, None)


def test_no_key_can_be_read_from_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = Keys([KEY])
    assert KEY not in repr(vars(keys))
    monkeypatch.setenv("DOCENT_API_KEY", KEY)
    kept = settings()
    assert kept.keys.know(KEY)
    assert KEY not in repr(kept)
    assert "DOCENT_API_KEY" not in os.environ


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (("--embed-origin", "museum"), {}, "--embed-origin museum is not an origin. Write it"),
        ((), {"DOCENT_ALLOW_ORIGIN": "https://a.example b"}, "--allow-origin b is not an origin."),
        (("--rate", "many"), {}, "--rate many is no number of questions. Give one, or 0."),
        (("--api-keys", "none"), {}, "The keys in none cannot be read. Mend --api-keys"),
        ((), {"DOCENT_API_KEY": "short"}, "The key is not a key. Use 16 or more"),
        ((), {"DOCENT_MCP": "pipe"}, "--mcp pipe is not known. Choose http or stdio."),
    ],
)
def test_at_the_door_what_is_wrong_is_one_line(
    arguments: tuple[str, ...], environment: dict[str, str], said: str
) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("DOCENT_")}
    done = subprocess.run(
        [sys.executable, "app.py", "--port", "0", *arguments],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1


def test_the_door_opens_to_whom_the_flags_name(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text(KEY, encoding="utf-8")
    flags = ("--embed-origin", "https://a.example", "--embed-origin", "https://b.example")
    keys = ("--api-keys", str(tmp_path / "keys"), "--mcp")
    index = ("--index", str(tmp_path / "index"))
    with running_app(*index, *flags, *keys) as (address, app):
        policy = call(address, "GET", "/embed").headers["content-security-policy"]
        assert policy.endswith("frame-ancestors 'self' https://a.example https://b.example")
        assert call(address, "GET", "/api/v1/documents").status == 401
        shown = {"Authorization": f"Bearer {KEY}"}
        assert call(address, "GET", "/api/v1/documents", **shown).json["n_found"] == 1
        assert call(address, "POST", "/mcp", {}).status == 401
        assert call(address, "GET", "/", Host="elsewhere.example").status == 421
        environment = Path(f"/proc/{app.pid}/cmdline").read_bytes()
        assert KEY.encode() not in environment


def test_a_kiosk_is_alone_even_where_others_were_let_in(tmp_path: Path) -> None:
    index = ("--index", str(tmp_path / "index"))
    with running_app("--kiosk", "--mcp", *index) as (address, app):
        assert call(address, "GET", "/kiosk").status == 200
        assert call(address, "GET", "/health").status == 200
        for path in ("/api/v1/health", "/embed", "/docent.js", "/documents", "/curator"):
            assert call(address, "GET", path).status == 404
        assert call(address, "POST", "/mcp", {}).status == 404
        maps = Path(f"/proc/{app.pid}/maps").read_text(encoding="utf-8")
        assert "cryptography" not in maps  # what only agents need was not loaded
