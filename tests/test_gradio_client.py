"""The web chat asked by Gradio's own client over a real socket, as its users try first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from browsing import UNKNOWN, gdr_document, page_of, serving, stand_in
from calling import call
from gradio_client import Client  # type: ignore[import-untyped]
from gradio_client.exceptions import (  # type: ignore[import-untyped]
    AppError,
    AuthenticationError,
)

from answerer.pipeline import Pipeline
from interface.server.web_settings import Keys, WebSettings

QUESTION = "How many workers take part in the Chollima movement?"
KEY = "0123456789abcdef"
SHOWN = {"Authorization": f"Bearer {KEY}"}
JOIN = "/gradio_api/queue/join"
SESSION = "0" * 8 + "-0000-4000-8000-" + "0" * 12


@pytest.fixture(autouse=True)
def _silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the client would tell its makers of each start."""
    monkeypatch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def client(address: str, **options: Any) -> Client:
    return Client(address, verbose=False, analytics_enabled=False, **options)


def predict(address: str, question: str, **options: Any) -> Any:
    with_client = client(address, **options)
    try:
        return with_client.predict(question, api_name="/ask")
    finally:
        with_client.close()


@pytest.fixture(scope="module")
def pipeline(default_folder: Path) -> Iterator[Pipeline]:
    loaded = Pipeline.load(default_folder)
    yield loaded
    loaded.close()


@pytest.fixture(scope="module")
def address(pipeline: Pipeline) -> Iterator[str]:
    with serving(page_of(pipeline, web=WebSettings(api=True))) as url:
        yield url


def test_a_question_brings_the_answer_as_json(address: str, pipeline: Pipeline) -> None:
    answer = predict(address, QUESTION)
    assert answer["found"] is True
    (quote, *_) = answer["quotes"]
    document = pipeline.document(quote["document_id"])
    assert document is not None
    assert quote["text"] == document.text[quote["start"] : quote["end"]]
    assert "3 million" in quote["text"]
    assert answer["statements"][0] == {"text": quote["text"], "citations": [1]}
    assert answer == json.loads(json.dumps(pipeline.to_json(pipeline.ask(QUESTION))))


def test_what_the_documents_do_not_say_is_found_false(address: str) -> None:
    answer = predict(address, "What is the boiling point of tungsten?")
    assert (answer["found"], answer["quotes"]) == (False, [])


def test_what_is_no_question_is_said_in_one_line(address: str) -> None:
    with pytest.raises(AppError, match="no word"):
        predict(address, "?!")


def test_a_fault_of_the_server_does_not_tell_of_itself() -> None:
    with serving(page_of(stand_in(), web=WebSettings(api=True))) as url:
        with pytest.raises(AppError) as failure:
            predict(url, "break")
        assert "secret" not in str(failure.value)


def test_the_client_is_told_of_this_one_question_alone(address: str) -> None:
    asking = client(address)
    named = asking.view_api(print_info=False, return_format="dict")
    asking.close()
    assert isinstance(named, dict)
    assert set(named["named_endpoints"]) == {"/ask"}
    assert named["unnamed_endpoints"] == {}


@pytest.mark.parametrize("path", ["/config", "/gradio_api/info?serialize=False"])
def test_nothing_of_this_machine_stands_in_what_the_client_reads(address: str, path: str) -> None:
    text = call(address, "GET", path).text
    for secret in (str(Path.home()), str(Path(__file__).parents[1]), "site-packages"):
        assert secret not in text


@pytest.mark.parametrize(
    "path",
    [
        "/config?deep_link=..%2f..%2fetc%2fpasswd",
        "/config?page=x",
        "/config/",
        "/gradio_api/info",
        "/gradio_api/info?all_endpoints=True",
        "/gradio_api/queue/data",
        "/gradio_api/queue/data?session_hash=../../x",
        "/gradio_api/queue/status",
        "/gradio_api/heartbeat/" + SESSION,
        "/gradio_api/call/ask",
        "/gradio_api/call/ask/" + "0" * 32,
        "/gradio_api/upload",
        "/gradio_api/cancel",
        "/gradio_api/run/ask",
    ],
)
def test_all_that_the_client_needs_is_open_and_nothing_beside_it(address: str, path: str) -> None:
    assert call(address, "GET", path).status == 404
    assert call(address, "POST", path, {"data": [QUESTION]}).status in (404, 405)


def test_a_file_in_place_of_a_question_is_not_opened(address: str) -> None:
    file = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}
    body = {"data": [file], "fn_index": 1, "session_hash": SESSION}
    assert call(address, "POST", JOIN, body).status == 200
    events = call(address, "GET", f"/gradio_api/queue/data?session_hash={SESSION}").text
    assert "process_completed" in events
    assert "root:" not in events


def test_a_page_of_another_origin_cannot_ask_through_its_visitors_browser(address: str) -> None:
    """A browser asks first whether it may (OPTIONS), and must not be told so."""
    there = {"Origin": "https://elsewhere.example", "Access_Control_Request_Method": "POST"}
    assert call(address, "OPTIONS", JOIN, **there).status == 405


@pytest.mark.parametrize("web", [WebSettings(), WebSettings(mcp=True)])
def test_where_there_is_no_api_there_is_no_client(web: WebSettings) -> None:
    with serving(page_of(stand_in(), web=web)) as url:
        assert call(url, "GET", "/config").status == 404
        assert call(url, "POST", JOIN, {"data": [QUESTION]}).status == 404


def test_on_a_kiosk_there_is_no_client() -> None:
    with serving(page_of(stand_in(), web=WebSettings(api=True), kiosk_only=True)) as url:
        assert call(url, "GET", "/config").status == 404
        assert call(url, "POST", JOIN, {"data": [QUESTION]}).status == 404


def test_who_shows_no_key_is_refused_everywhere() -> None:
    web = WebSettings(api=True, keys=Keys([KEY]))
    with serving(page_of(stand_in(gdr_document()), web=web)) as url:
        with pytest.raises(AuthenticationError):
            predict(url, UNKNOWN)
        for path in (
            "/config",
            "/gradio_api/info?serialize=False",
            f"/gradio_api/queue/data?session_hash={SESSION}",
        ):
            assert call(url, "GET", path).status == 401
        refused = call(url, "POST", JOIN, {"data": [UNKNOWN], "session_hash": SESSION})
        assert (refused.status, refused.headers["www-authenticate"]) == (401, "Bearer")
        assert predict(url, UNKNOWN, headers=SHOWN)["found"] is False
        assert call(url, "GET", "/").status == 200  # the page itself asks for no key


def test_who_asks_too_much_is_told_when_to_come_back() -> None:
    web = WebSettings(api=True, a_minute=2)
    with serving(page_of(stand_in(gdr_document()), web=web)) as url:
        asking = client(url)
        answers = [asking.predict(UNKNOWN, api_name="/ask") for _ in range(2)]
        assert [answer["found"] for answer in answers] == [False, False]
        with pytest.raises(httpx.HTTPStatusError, match="429"):
            asking.predict(UNKNOWN, api_name="/ask")
        asking.close()
        refused = call(url, "POST", JOIN, {"data": [UNKNOWN], "session_hash": SESSION})
        assert refused.status == 429
        assert int(refused.headers["retry-after"]) > 1
        assert call(url, "POST", "/api/v1/ask", {"question": UNKNOWN}).status == 429


def test_a_question_of_a_gigabyte_is_refused_before_it_is_read(address: str) -> None:
    assert call(address, "POST", JOIN, b"{}", Content_Length=str(10**9)).status == 413
    assert call(address, "POST", JOIN, b"{}", Transfer_Encoding="chunked").status == 411
