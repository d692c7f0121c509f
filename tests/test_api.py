"""The API over real HTTP: what it says of answers, documents and quotes, and how it refuses."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote as percent_encoded

import jsonschema  # type: ignore[import-untyped]
import pytest
from browsing import UNKNOWN, gdr_document, long_document, page_of, serving, stand_in
from calling import Reply, call

from answerer.pipeline import Pipeline
from datatypes import Quote, Span
from interface.server.web_settings import Keys, WebSettings

ROOT = "/api/v1"
QUESTION = "How many workers take part in the Chollima movement?"
OTHER_PAGE = "https://museum.example"


@pytest.fixture(scope="module")
def pipeline(default_folder: Path) -> Iterator[Pipeline]:
    loaded = Pipeline.load(default_folder)
    yield loaded
    loaded.close()


@pytest.fixture(scope="module")
def address(pipeline: Pipeline) -> Iterator[str]:
    """The API over the default document, with the real models."""
    web = WebSettings(api=True, allow_origins=(OTHER_PAGE,))
    with serving(page_of(pipeline, web=web)) as url:
        yield url


@pytest.fixture(scope="module")
def answer(address: str) -> dict[str, Any]:
    found: dict[str, Any] = asked(address, QUESTION).json
    return found


def asked(address: str, question: str, **more: str) -> Reply:
    return call(address, "POST", f"{ROOT}/ask", {"question": question, **more})


def got(address: str, path: str, **headers: str) -> Reply:
    return call(address, "GET", f"{ROOT}{path}", **headers)


def test_a_quote_of_an_answer_is_the_slice_of_the_document(
    address: str, answer: dict[str, Any], pipeline: Pipeline
) -> None:
    (quote, *_) = answer["quotes"]
    document = pipeline.document(quote["document_id"])
    assert document is not None
    assert quote["text"] == document.text[quote["start"] : quote["end"]]
    place = quote["highlight"]
    assert "3 million" in document.text[place["start"] : place["end"]]
    assert answer["found"] is True
    assert 0.5 < answer["confidence"] <= 1
    assert answer["statements"][0] == {"text": quote["text"], "citations": [1]}


def test_a_quote_comes_with_its_citations_and_a_link_to_itself(
    address: str, answer: dict[str, Any], pipeline: Pipeline
) -> None:
    (quote, *_) = answer["quotes"]
    assert set(quote["citation"]) == {
        *("note", "short_note", "bibliography", "bibtex", "ris", "csl_json")
    }
    assert "June 1963" in quote["citation"]["note"]
    assert quote["text_status"] == "translation"
    found = pipeline.find(quote["permalink"])
    assert found is not None
    assert found.text == quote["text"]
    again = call(address, "GET", quote["href"]).json
    assert (again["start"], again["text"]) == (quote["start"], quote["text"])


def test_what_the_documents_do_not_say_is_found_false_with_passages_but_no_quotes(
    address: str,
) -> None:
    reply = asked(address, "What is the boiling point of tungsten?").json
    assert (reply["found"], reply["quotes"], reply["statements"]) == (False, [], [])
    assert reply["message"] == "The documents do not say."
    assert reply["passages"][0]["rank"] == 1


def test_the_verdict_is_said_in_the_language_asked_for(address: str) -> None:
    question = "What is the boiling point of tungsten?"
    assert "Dokumente" in asked(address, question, language="de").json["message"]
    assert "Dokumente" in asked(address, question, language="de-AT").json["message"]
    assert asked(address, question, language="la").json["message"] == "The documents do not say."


def test_a_follow_up_is_completed_from_the_turn_it_names(
    address: str, answer: dict[str, Any]
) -> None:
    follow_up = asked(address, "And since when?", previous=answer["turn_id"]).json
    assert follow_up["follows"] == answer["turn_id"]
    assert "Chollima" in follow_up["understood_as"]
    alone = asked(address, "And since when?", previous="forgotten").json
    assert (alone["follows"], alone["understood_as"]) == (None, None)


def test_a_search_gives_passages_best_first(address: str, pipeline: Pipeline) -> None:
    reply = got(address, "/search?query=Chollima+movement&limit=3").json
    assert [each["rank"] for each in reply["passages"]] == [1, 2, 3]
    best = reply["passages"][0]
    document = pipeline.document(best["document_id"])
    assert document is not None
    assert best["text"] == document.text[best["start"] : best["end"]]
    assert "Chollima" in best["text"]


def test_the_list_of_documents_can_be_walked_page_by_page() -> None:
    shelf = [gdr_document(), long_document(9_000)]
    with serving(page_of(stand_in(*shelf), web=WebSettings(api=True))) as url:
        first = call(url, "GET", f"{ROOT}/documents?limit=1").json
        second = call(url, "GET", first["next"]).json
        found = got(url, "/documents?search=LONG").json
    ids = [each["document_id"] for each in first["documents"] + second["documents"]]
    assert ids == [document.document_id for document in shelf]
    assert (first["n_found"], second["next"]) == (2, None)
    assert [each["title"] for each in found["documents"]] == ["A long document"]


def test_a_document_can_be_read_to_its_end_part_by_part() -> None:
    document = long_document(50_000)
    text, n_parts = "", 0
    with serving(page_of(stand_in(document), web=WebSettings(api=True))) as url:
        following: str | None = f"{ROOT}/documents/long?limit=20000"
        while following:
            part = call(url, "GET", following).json
            assert part["start"] == len(text)
            assert part["pages"][0]["start"] <= part["start"] < part["pages"][0]["end"]
            text += part["text"]
            following = part["next"]
            n_parts += 1
        after = got(url, "/documents/long?offset=999999999").json
    assert (text, n_parts) == (document.text, 3)
    assert (after["text"], after["start"], after["next"]) == ("", len(document.text), None)


def test_an_id_with_slashes_and_odd_signs_leads_to_its_document() -> None:
    odd = dataclasses.replace(gdr_document(), document_id="box 1/folder?/50% #2.ß")
    with serving(page_of(stand_in(odd), web=WebSettings(api=True))) as url:
        (card,) = got(url, "/documents").json["documents"]
        assert call(url, "GET", card["href"]).json["document_id"] == odd.document_id


def test_a_quote_is_also_a_web_annotation(address: str, answer: dict[str, Any]) -> None:
    (quote, *_) = answer["quotes"]
    reply = call(address, "GET", quote["href"], Accept="application/ld+json")
    annotation = reply.json
    assert reply.headers["content-type"].startswith("application/ld+json")
    assert "Accept" in reply.headers["vary"].split(", ")
    assert annotation["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert annotation["id"] == address.rstrip("/") + quote["href"]
    words, position = annotation["target"]["selector"]
    source = call(address, "GET", annotation["target"]["source"].removeprefix(address[:-1])).json
    around = words["prefix"] + words["exact"] + words["suffix"]
    assert words["exact"] == quote["text"]
    assert around in source["text"]
    assert source["text"][position["start"] : position["end"]] == words["exact"]


@pytest.mark.parametrize(
    ("accept", "annotated"),
    [
        ("application/json", False),
        ("*/*", False),
        ("application/ld+json;q=0.4, application/json;q=0.9", False),
        ("application/json;q=0.4, application/ld+json", True),
        ('application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"', True),
        ("application/ld+json;q=x", False),
    ],
)
def test_the_form_of_a_quote_is_the_one_preferred(
    address: str, answer: dict[str, Any], accept: str, annotated: bool
) -> None:
    reply = call(address, "GET", answer["quotes"][0]["href"], Accept=accept)
    assert ("@context" in reply.json) is annotated


def test_a_quote_whose_text_moved_is_found_and_one_whose_text_changed_is_gone(
    pipeline: Pipeline,
) -> None:
    document = pipeline.document(pipeline.documents()[1][0].document_id)
    assert document is not None
    start = document.text.index("Currently about 3 million")
    quote = Quote(document, Span(start, start + 69))
    value = pipeline.permalink(quote).partition("=")[2]
    moved = value.replace(f"~{start}-{start + 69}~", f"~{start - 9}-{start + 60}~")
    changed = value[:-12] + "0" * 12
    with serving(page_of(pipeline, web=WebSettings(api=True))) as url:
        assert got(url, f"/quotes/{value}").json["start"] == start
        assert got(url, f"/quotes/{percent_encoded(moved)}").json["start"] == start
        for gone in (changed, "gone" + value):
            refused = got(url, f"/quotes/{gone}")
            assert (refused.status, refused.json["title"]) == (410, "Gone")
            assert "The text has changed" in refused.json["detail"]


REFUSED: list[tuple[str, str, object, int]] = [
    ("GET", "", None, 404),
    ("GET", "/", None, 404),
    ("GET", "/nothing", None, 404),
    ("GET", "/ask/", None, 404),
    ("GET", "/../health", None, 404),
    ("GET", "/documents/none", None, 404),
    ("GET", "/quotes/none", None, 404),
    ("GET", "/ask", None, 405),
    ("DELETE", "/documents", None, 405),
    ("POST", "/health", {}, 405),
    ("GET", "/documents?limit=0", None, 422),
    ("GET", "/documents?offset=x", None, 422),
    ("GET", "/search", None, 422),
    ("GET", "/search?query=%3F", None, 422),
    ("POST", "/ask", {}, 422),
    ("POST", "/ask", {"question": ""}, 422),
    ("POST", "/ask", {"question": "?!"}, 422),
    ("POST", "/ask", {"question": "x" * 501}, 422),
    ("POST", "/ask", {"question": ["a"]}, 422),
    ("POST", "/ask", {"question": "\ud800 lone"}, 422),
    ("POST", "/ask", {"question": "a", "language": "../de"}, 422),
    ("POST", "/ask", {"question": "a", "more": 1}, 422),
    ("POST", "/ask", [], 422),
    ("POST", "/ask", b"{", 400),
    ("POST", "/ask", b"\xff\xfe", 400),
    ("POST", "/ask", b'{"question": "\xff"}', 400),
    ("POST", "/ask", b"[" * 60_000, 400),
    ("POST", "/ask", b"x" * 70_000, 413),
]


@pytest.mark.parametrize(("method", "path", "body", "status"), REFUSED)
def test_every_refusal_is_a_problem_in_words(
    address: str, method: str, path: str, body: object, status: int
) -> None:
    reply = call(address, method, f"{ROOT}{path}", body)
    assert reply.status == status
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json["status"] == status
    assert reply.json["type"] == "about:blank"
    assert reply.json["title"]
    assert reply.json["detail"].endswith(".")
    assert "Traceback" not in reply.text
    if status == 405:
        assert reply.headers["allow"]


def test_wrong_fields_are_named_by_pointers(address: str) -> None:
    errors = call(address, "POST", f"{ROOT}/ask", {"question": "", "a/b": 1}).json["errors"]
    assert {each["pointer"] for each in errors} == {"#/question", "#/a~1b"}
    (whole,) = call(address, "POST", f"{ROOT}/ask", []).json["errors"]
    assert whole["pointer"] == "#"


def test_a_question_in_another_type_or_without_its_length_is_refused_unread(address: str) -> None:
    form = call(address, "POST", f"{ROOT}/ask", b"question=a", Content_Type="text/plain")
    assert form.status == 415
    chunked = call(address, "POST", f"{ROOT}/ask", Transfer_Encoding="chunked")
    assert chunked.status == 411
    assert chunked.headers["content-type"] == "application/problem+json"
    claimed = call(address, "POST", f"{ROOT}/ask", Content_Length=str(10**9))
    assert claimed.status == 413


def test_a_failure_inside_is_a_problem_without_its_secrets() -> None:
    with serving(page_of(stand_in(), web=WebSettings(api=True))) as url:
        reply = asked(url, "break")
    assert (reply.status, reply.json["title"]) == (500, "Internal Server Error")
    assert "secret" not in reply.text


def test_pages_of_listed_origins_alone_may_read_replies(address: str) -> None:
    allowed = got(address, "/health", Origin=OTHER_PAGE)
    assert allowed.headers["access-control-allow-origin"] == OTHER_PAGE
    refused = got(address, "/health", Origin="https://elsewhere.example")
    assert "access-control-allow-origin" not in refused.headers
    asking = {"Access_Control_Request_Method": "POST", "Origin": OTHER_PAGE}
    preflight = call(
        address,
        "OPTIONS",
        f"{ROOT}/ask",
        Access_Control_Request_Headers="authorization, content-type",
        **asking,
    )
    assert preflight.status == 200
    assert preflight.headers["access-control-allow-origin"] == OTHER_PAGE
    asking["Origin"] = "https://elsewhere.example"
    other = call(address, "OPTIONS", f"{ROOT}/ask", **asking)
    assert "access-control-allow-origin" not in other.headers
    assert "access-control-allow-credentials" not in allowed.headers


def test_a_refusal_can_be_read_by_a_page_of_a_listed_origin(address: str) -> None:
    refused = got(address, "/nothing", Origin=OTHER_PAGE)
    assert (refused.status, refused.headers["access-control-allow-origin"]) == (404, OTHER_PAGE)


def test_where_keys_were_given_one_must_be_shown() -> None:
    key = "0123456789abcdef"
    settings = WebSettings(api=True, keys=Keys([key, "another-key-0000"]))
    with serving(page_of(stand_in(), web=settings)) as url:
        for given in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": key}):
            refused = got(url, "/documents", **given)
            assert (refused.status, refused.headers["www-authenticate"]) == (401, "Bearer")
            assert "0123456789" not in refused.text
        assert got(url, "/documents", Authorization=f"Bearer {key}").status == 200
        assert got(url, "/metrics").status == 401
        assert got(url, "/health").status == 200
        described = got(url, "/openapi.json").json
    assert described["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_who_asks_too_much_is_told_when_to_come_back() -> None:
    app = page_of(stand_in(), web=WebSettings(api=True, a_minute=2))
    with serving(app) as url:
        assert [asked(url, UNKNOWN).status for _ in range(3)] == [200, 200, 429]
        refused = asked(url, UNKNOWN)
        assert 1 <= int(refused.headers["retry-after"]) <= 30
        assert refused.headers["content-type"] == "application/problem+json"
        assert got(url, "/health").status == 200
        counted = got(url, "/metrics").text
    assert 'docent_api_replies_total{method="POST",status="429"} 2.0' in counted


def test_metrics_count_answers_by_door_and_say_nothing_else(address: str) -> None:
    asked(address, QUESTION)
    asked(address, "Who is Kaiserin Zita?")
    reply = got(address, "/metrics")
    assert reply.headers["content-type"].startswith("text/plain")
    assert 'docent_answers_total{door="api",outcome="found"}' in reply.text
    assert 'docent_answer_seconds_bucket{door="api",le="0.1"}' in reply.text
    assert "docent_documents 1.0" in reply.text
    assert "Zita" not in reply.text
    assert "127.0.0.1" not in reply.text


def test_the_server_is_healthy_and_ready(address: str) -> None:
    assert got(address, "/health").json == {"status": "ok"}
    assert got(address, "/ready").json == {"status": "ready"}


def test_without_documents_it_is_healthy_but_not_ready() -> None:
    empty = stand_in()
    empty.shelf = {}
    with serving(page_of(empty, web=WebSettings(api=True))) as url:
        assert got(url, "/health").status == 200
        refused = got(url, "/ready")
    assert (refused.status, refused.headers["retry-after"]) == (503, "10")


def test_the_description_has_an_example_for_every_body_and_its_own_words_are_valid(
    address: str,
) -> None:
    described = got(address, "/openapi.json").json
    schemas = described["components"]["schemas"]
    for example in schemas["AskRequest"]["examples"]:
        jsonschema.validate(example, schemas["AskRequest"])
        assert call(address, "POST", f"{ROOT}/ask", example).status == 200
    assert set(described["paths"]) == {
        *("/ask", "/search", "/documents", "/documents/{document_id}", "/quotes/{permalink}"),
        *("/health", "/ready", "/metrics"),
    }
    for path in described["paths"].values():
        for operation in path.values():
            assert operation["summary"]
            assert operation["description"]
            assert all(reply["description"] for reply in operation["responses"].values())


def test_the_example_of_an_answer_is_one_and_quotes_the_default_document(
    address: str, pipeline: Pipeline
) -> None:
    described = got(address, "/openapi.json").json
    reply = described["paths"]["/ask"]["post"]["responses"]["200"]["content"]["application/json"]
    example = reply["example"]
    schema = {**reply["schema"], "components": described["components"]}
    jsonschema.validate(example, schema, cls=jsonschema.Draft202012Validator)
    (quote,) = example["quotes"]
    document = pipeline.document(quote["document_id"])
    assert document is not None
    assert quote["text"] == document.text[quote["start"] : quote["end"]]
    assert call(address, "GET", quote["href"]).json["text"] == quote["text"]


def test_replies_are_as_described(address: str, answer: dict[str, Any]) -> None:
    described = got(address, "/openapi.json").json
    schema = {"$ref": "#/components/schemas/AskReply", "components": described["components"]}
    jsonschema.validate(answer, schema, cls=jsonschema.Draft202012Validator)
    assert json.dumps(answer)


def test_the_api_is_not_there_unless_it_was_opened() -> None:
    with serving(page_of(stand_in())) as url:
        assert got(url, "/health").status == 404
