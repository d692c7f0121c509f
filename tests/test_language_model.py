"""The client against a real server: slow, broken, refusing; and nothing goes anywhere else."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from email.utils import formatdate
from pathlib import Path

import pytest
from scripted_llm import Reply, scripted_llm

from answerer.generative.language_model import LanguageModel, LanguageModelError, ModelSettings
from errors import SettingError

MESSAGES = [{"role": "user", "content": "Who?"}]
KEY = "sk-very-secret-0123"


def model(url: str, **settings: object) -> LanguageModel:
    chosen = {"first_token_s": 5.0, "answer_s": 10.0, **settings}
    return LanguageModel(ModelSettings(url, "scripted", **chosen))  # type: ignore[arg-type]


def fault(asked: LanguageModel) -> tuple[str, LanguageModelError]:
    """What came before the fault, and the fault."""
    pieces: list[str] = []
    with pytest.raises(LanguageModelError) as caught:
        pieces.extend(asked.stream(MESSAGES, most_tokens=20))
    return "".join(pieces), caught.value


def test_the_reply_comes_in_pieces() -> None:
    with scripted_llm(Reply("A reply of several pieces.", piece=4)) as server:
        pieces = list(model(server.url).stream(MESSAGES, most_tokens=20))
    assert "".join(pieces) == "A reply of several pieces."
    assert len(pieces) == 7
    assert server.asked[0].path == "/v1/chat/completions"
    assert server.asked[0].body["max_tokens"] == 20


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_fault_is_asked_again_once(status: int) -> None:
    with scripted_llm(Reply(status=status), "At last.") as server:
        assert model(server.url).complete(MESSAGES, most_tokens=20) == "At last."
    with scripted_llm(Reply(status=status)) as server:
        fault(model(server.url))
        assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("status", "kind"), [(401, "refused"), (403, "refused"), (404, "failed"), (418, "failed")]
)
def test_a_lasting_fault_is_not_asked_again(status: int, kind: str) -> None:
    with scripted_llm(Reply(f"wrong key {KEY}", status=status)) as server:
        _, error = fault(model(server.url, key=KEY))
        assert len(server.asked) == 1
    assert error.kind == kind
    assert KEY not in str(error)


@pytest.mark.parametrize("said", ["1", "date"])
def test_the_server_says_when_to_ask_again(said: str) -> None:
    value = formatdate(time.time() + 4, usegmt=True) if said == "date" else said
    with scripted_llm(Reply(status=429, headers=(("Retry-After", value),)), "Now.") as server:
        began = time.monotonic()
        assert model(server.url).complete(MESSAGES, most_tokens=20) == "Now."
        assert time.monotonic() - began >= 0.9


def test_nobody_waits_a_minute_for_a_second_try() -> None:
    with scripted_llm(Reply(status=429, headers=(("Retry-After", "60"),))) as server:
        began = time.monotonic()
        assert fault(model(server.url))[1].kind == "busy"
        assert time.monotonic() - began < 30
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ("length", "broke_off"),
        ("cut", "broke_off"),
        ("reset", "unreachable"),
        ("malformed", "failed"),
    ],
)
def test_what_came_before_a_break_is_kept_and_the_break_is_told(ending: str, kind: str) -> None:
    with scripted_llm(Reply("The first half and the second", ending=ending, after=14)) as server:
        came, error = fault(model(server.url))
        assert came == "The first half"
        assert error.kind == kind
        assert len(server.asked) == 1


def test_a_server_that_says_nothing_is_given_up() -> None:
    with scripted_llm(Reply("late", wait_s=30)) as server:
        began = time.monotonic()
        assert fault(model(server.url, first_token_s=0.5))[1].kind == "slow"
        assert time.monotonic() - began < 20
        assert server.left_early.wait(20), "the request goes on at the server"


def test_a_server_that_falls_silent_is_given_up() -> None:
    with scripted_llm(Reply("Something", ending="stall")) as server:
        came, error = fault(model(server.url, first_token_s=2))
    assert (came, error.kind) == ("Something", "slow")


def test_a_server_that_drips_for_ever_is_given_up() -> None:
    with scripted_llm(Reply("x" * 1000, piece=1, pause_s=0.1)) as server:
        came, error = fault(model(server.url, answer_s=3.0))
    assert error.kind == "slow"
    assert 0 < len(came) < 100


def test_a_reader_who_stops_ends_the_request_at_the_server() -> None:
    stop = threading.Event()
    with scripted_llm(Reply("x" * 1000, piece=1, pause_s=0.05)) as server:
        pieces = model(server.url).stream(MESSAGES, most_tokens=20, stop=stop)
        next(pieces)
        stop.set()
        with pytest.raises(LanguageModelError) as caught:
            list(pieces)
        assert caught.value.kind == "stopped"
        assert server.left_early.wait(20)


def test_a_stream_that_is_closed_ends_the_request_at_the_server() -> None:
    with scripted_llm(Reply("x" * 1000, piece=1, pause_s=0.05)) as server:
        pieces = model(server.url).stream(MESSAGES, most_tokens=20)
        next(pieces)
        pieces.close()
        assert server.left_early.wait(20)


def test_no_more_than_so_many_ask_at_once() -> None:
    with scripted_llm(Reply("x" * 40, piece=1, pause_s=0.05)) as server:
        asked = model(server.url, at_once=1, first_token_s=2)
        first = asked.stream(MESSAGES, most_tokens=20)
        next(first)
        assert fault(asked)[1].kind == "busy"
        first.close()
        assert asked.complete(MESSAGES, most_tokens=20) == "x" * 40


def test_a_server_that_is_not_there_is_unreachable() -> None:
    with scripted_llm("") as server:
        url = server.url
    assert fault(model(url))[1].kind == "unreachable"


def test_a_server_without_schemas_is_asked_without_from_then_on() -> None:
    schema = {"type": "object"}
    with scripted_llm(Reply("Plain.", has_schema=False)) as server:
        asked = model(server.url)
        for _ in range(2):
            assert "".join(asked.stream(MESSAGES, most_tokens=9, schema=schema)) == "Plain."
    assert ["response_format" in each.body for each in server.asked] == [True, False, False]


def test_only_the_request_and_the_key_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("OPENAI_API_KEY", "sk-of-the-environment"),
        ("OPENAI_ORG_ID", "org-secret"),
        ("OPENAI_PROJECT_ID", "project-secret"),
        ("OPENAI_CUSTOM_HEADERS", "X-Spy: yes"),
    ):
        monkeypatch.setenv(name, value)
    with scripted_llm("Yes.") as server:
        model(server.url).complete(MESSAGES, most_tokens=20)
        model(server.url, key=KEY).complete(MESSAGES, most_tokens=20)
    without, with_key = (
        {name.casefold(): value for name, value in each.headers.items()} for each in server.asked
    )
    assert "authorization" not in without
    assert with_key.pop("authorization") == f"Bearer {KEY}"
    assert set(with_key) == set(without)
    assert set(without) <= {
        "host", "accept", "accept-encoding", "connection", "content-type", "content-length",
    }  # fmt: skip


def test_neither_environment_nor_redirect_leads_to_another_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with scripted_llm("I am the spy.") as spy, scripted_llm("Yes.") as server:
        monkeypatch.setenv("OPENAI_BASE_URL", spy.url)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
            monkeypatch.setenv(name, spy.url.removesuffix("/v1"))
        assert model(server.url, key=KEY).complete(MESSAGES, most_tokens=20) == "Yes."
        for status in (301, 302, 307, 308):
            away = Reply(status=status, headers=(("Location", f"{spy.url}/chat/completions"),))
            with scripted_llm(away) as sending:
                assert fault(model(sending.url, key=KEY))[1].kind == "failed"
        assert spy.asked == []


def test_the_key_is_in_no_text(caplog: pytest.LogCaptureFixture) -> None:
    settings = ModelSettings("http://127.0.0.1:1/v1", "m", key=KEY)
    assert KEY not in repr(settings)
    caplog.set_level(logging.DEBUG)
    with scripted_llm(Reply(f"bad key {KEY}", status=401), Reply(ending="malformed")) as server:
        asked = model(server.url, key=KEY)
        errors = [fault(asked)[1], fault(asked)[1]]
    assert not any(KEY in str(error) or KEY in repr(error) for error in errors)
    ours = [record for record in caplog.records if record.name.startswith("answerer")]
    assert not any(KEY in record.getMessage() for record in [*ours, *caplog.records])


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:11434",
        "ftp://host/v1",
        "http://",
        "http://user:pass@host/v1",
        "http://h:99999",
    ],
)
def test_an_address_that_cannot_be_called_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(SettingError, match="--llm-url"):
        ModelSettings(url, "m")


def test_openai_is_imported_at_the_first_request_only() -> None:
    script = (
        "import sys; from answerer.generative.language_model import LanguageModel, ModelSettings\n"
        "import answerer.generative.answering\n"
        "LanguageModel(ModelSettings('http://127.0.0.1:9/v1', 'm'))\n"
        "print('openai' in sys.modules)"
    )
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert done.stdout.strip() == "False"
