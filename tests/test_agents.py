"""Docent as tools for agents, asked by the official client, over HTTP and over pipes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from browsing import ROOT, page_of, serving, stand_in
from calling import call
from mcp import Client, StdioServerParameters
from mcp_types import CallToolResult, TextContent

from answerer.pipeline import Pipeline
from interface.server.web_settings import Keys, WebSettings

QUESTION = "How many workers take part in the Chollima movement?"
WORDS = "Currently about 3 million workers are participating in this movement."
HELLO = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
ACCEPT = "application/json, text/event-stream"


@pytest.fixture(scope="module")
def address(default_folder: Path) -> Iterator[str]:
    pipeline = Pipeline.load(default_folder)
    with serving(page_of(pipeline, web=WebSettings(mcp=True))) as url:
        yield url
    pipeline.close()


def called(server: str | StdioServerParameters, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """What an agent is given for each call, one after the other in one session."""

    async def session() -> list[Any]:
        async with Client(server, read_timeout_seconds=60) as client:
            return [await client.call_tool(name, arguments) for name, arguments in calls]

    return anyio.run(session)


def text(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_an_agent_is_told_which_tools_there_are_and_that_they_only_read(address: str) -> None:
    async def listed() -> tuple[str | None, list[Any]]:
        async with Client(f"{address}mcp") as client:
            return client.instructions, (await client.list_tools()).tools

    instructions, tools = anyio.run(listed)
    assert {tool.name for tool in tools} == {"ask", "search"}
    assert all(tool.annotations.read_only_hint for tool in tools)
    assert instructions is not None
    assert "do not say" in instructions


def test_an_agent_gets_a_quote_word_for_word_with_its_citation(address: str) -> None:
    (result,) = called(f"{address}mcp", ("ask", {"question": QUESTION}))
    (quote, *_) = result.structured_content["quotes"]
    assert quote["text"] == WORDS
    assert quote["end"] - quote["start"] == len(WORDS)
    assert f"“{WORDS}”" in text(result)
    assert "20 June 1963" in text(result)


def test_an_agent_is_told_that_the_documents_do_not_say(address: str) -> None:
    (result,) = called(f"{address}mcp", ("ask", {"question": "What is tungsten's boiling point?"}))
    assert result.structured_content["found"] is False
    assert text(result).startswith("The documents do not say.")
    assert not result.is_error


def test_an_agent_can_follow_up_and_search(address: str) -> None:
    (first,) = called(f"{address}mcp", ("ask", {"question": QUESTION}))
    previous = first.structured_content["turn_id"]
    follow_up, search = called(
        f"{address}mcp",
        ("ask", {"question": "And since when?", "previous": previous}),
        ("search", {"query": "Chollima movement", "limit": 2}),
    )
    assert "Chollima" in follow_up.structured_content["understood_as"]
    assert [each["rank"] for each in search.structured_content["passages"]] == [1, 2]
    assert "Chollima" in text(search)


@pytest.mark.parametrize(
    ("name", "arguments", "why"),
    [
        ("ask", {}, "question"),
        ("ask", {"question": "?!"}, "no word"),
        ("ask", {"question": "a", "other": 1}, "other"),
        ("search", {"query": "a", "limit": 10_000}, "limit"),
        ("forget", {}, "no tool"),
    ],
)
def test_what_an_agent_does_wrong_is_said_to_it(
    address: str, name: str, arguments: dict[str, Any], why: str
) -> None:
    (result,) = called(f"{address}mcp", (name, arguments))
    assert result.is_error
    assert why in text(result)
    assert "Traceback" not in text(result)


def test_the_tools_are_not_there_unless_asked_for() -> None:
    with serving(page_of(stand_in())) as url:
        assert call(url, "POST", "/mcp", HELLO, Accept=ACCEPT).status == 404


def test_no_page_of_another_origin_may_ask(address: str) -> None:
    there = {"Accept": ACCEPT}
    assert call(address, "POST", "/mcp", HELLO, **there).status == 200
    there["Origin"] = "https://elsewhere.example"
    assert call(address, "POST", "/mcp", HELLO, **there).status == 403


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_no_connection_is_kept_open_to_wait_at(address: str, method: str) -> None:
    refused = call(address, method, "/mcp", Accept="text/event-stream")
    assert (refused.status, refused.headers["allow"]) == (405, "POST")


def test_keys_and_rates_hold_for_agents_too() -> None:
    key = "0123456789abcdef"
    web = WebSettings(mcp=True, keys=Keys([key]), a_minute=2)
    with serving(page_of(stand_in(), web=web)) as url:
        assert call(url, "POST", "/mcp", HELLO, Accept=ACCEPT).status == 401
        shown = {"Accept": ACCEPT, "Authorization": f"Bearer {key}"}
        replies = [call(url, "POST", "/mcp", HELLO, **shown).status for _ in range(3)]
    assert replies == [200, 200, 429]


def test_one_process_serves_one_agent_over_pipes(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DOCENT_")}
    server = StdioServerParameters(
        command=sys.executable,
        args=["app.py", "--mcp", "stdio", "--index", str(tmp_path / "index"), "--log", "none"],
        cwd=ROOT,
        env=environment,
    )
    (result,) = called(server, ("ask", {"question": QUESTION}))
    assert result.structured_content["quotes"][0]["text"] == WORDS
