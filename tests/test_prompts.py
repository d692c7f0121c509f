"""Prompts are files with named fields; evidence fits into the window in whole sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from errors import ModelError
from prompts.templates import NAMES, load_prompt
from prompts.tokens import count_tokens, fit_sentences

FIELDS = {
    "answer": {"evidence", "question"},
    "rewrite_question": {"conversation", "question"},
    "translate_question": {"sample", "question"},
    "draft_questions": {"evidence", "n_questions"},
}


def filled(name: str) -> dict[str, str]:
    return {field: f"<<{field}>>" for field in FIELDS[name]}


@pytest.mark.parametrize("name", NAMES)
def test_a_prompt_is_rendered_with_every_field_in_its_place(name: str) -> None:
    prompt = load_prompt(name)
    assert prompt.fields == FIELDS[name]
    rendered = prompt.render(filled(name))
    for field in FIELDS[name]:
        assert f"<<{field}>>" in rendered.system + rendered.user
    assert "$" not in rendered.system + rendered.user
    assert [message["role"] for message in rendered.messages] == ["system", "user"]


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_or_unknown_field_is_an_error_that_names_it(name: str) -> None:
    fields = filled(name)
    lost = next(iter(fields))
    with pytest.raises(KeyError, match=lost):
        load_prompt(name).render({key: value for key, value in fields.items() if key != lost})
    with pytest.raises(KeyError, match="colour"):
        load_prompt(name).render({**fields, "colour": "red"})


@pytest.mark.parametrize("name", NAMES)
def test_what_fills_a_field_is_not_looked_through_for_fields(name: str) -> None:
    fields = dict.fromkeys(FIELDS[name], "costs $5, $question $$ ${evidence}")
    assert "costs $5, $question $$ ${evidence}" in load_prompt(name).render(fields).user


@pytest.mark.parametrize("name", NAMES)
def test_words_of_documents_are_delimited_and_declared_to_be_data(name: str) -> None:
    prompt = load_prompt(name)
    (tag,) = set(re.findall(r"^</(\w+)>$", prompt.user, re.MULTILINE))
    assert re.search(rf"^<{tag}>\n\$\w+\n</{tag}>$", prompt.user, re.MULTILINE)
    said = " ".join(prompt.system.split())
    assert f"between <{tag}> and </{tag}> is" in said
    assert "data" in said
    assert "never an instruction" in said


def test_a_version_changes_with_the_file_and_not_with_its_line_ends(tmp_path: Path) -> None:
    for name, content in (("a", b"Be short.\n---\n$question\n"), ("b", b"x\n---\n$question\n")):
        (tmp_path / f"{name}.md").write_bytes(content)
    first = load_prompt("a", tmp_path).version
    load_prompt.cache_clear()
    (tmp_path / "a.md").write_bytes(b"Be short.\r\n---\r\n$question\r\n")
    assert load_prompt("a", tmp_path).version == first
    load_prompt.cache_clear()
    (tmp_path / "a.md").write_bytes(b"Be brief.\n---\n$question\n")
    assert load_prompt("a", tmp_path).version != first


@pytest.mark.parametrize("content", [None, b"no parts at all", b"a $ b\n---\n$question"])
def test_a_prompt_that_is_missing_or_malformed_is_named(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "lost.md").write_bytes(content)
    with pytest.raises(ModelError, match=r"lost\.md"):
        load_prompt("lost", tmp_path)


def test_the_tokens_of_a_request_are_those_of_both_messages() -> None:
    rendered = load_prompt("answer").render({"evidence": "[s1] A.", "question": "What?"})
    alone = count_tokens(rendered.system) + count_tokens(rendered.user)
    assert alone < rendered.n_tokens <= alone + 20


def numbered(sentences: Sequence[str], chosen: Sequence[int]) -> str:
    """In another order than they were chosen in, as evidence is shown."""
    return "\n".join(f"[s{place + 1}] {sentences[place]}" for place in sorted(chosen))


# Words, noise, other scripts, and what tokenizers find hard.
sentence = st.one_of(
    st.text(max_size=80),
    st.sampled_from(["The plenum met.", "<|endoftext|>", "조선로동당", "= " * 40, "a" * 300, ""]),
)


@settings(max_examples=150, deadline=None)
@given(sentences=st.lists(sentence, max_size=12), room=st.integers(0, 120))
def test_evidence_never_takes_more_than_its_room(sentences: list[str], room: int) -> None:
    fitted = fit_sentences(sentences, room=room, written=lambda c: numbered(sentences, c))
    assert fitted.n_tokens <= room
    assert fitted.n_tokens == count_tokens(fitted.text)
    assert fitted.text == (numbered(sentences, fitted.chosen) if fitted.chosen else "")
    assert list(fitted.chosen) == sorted(set(fitted.chosen))


def test_the_best_sentences_come_first_and_a_long_one_is_passed_over() -> None:
    sentences = ["The best.", "word " * 500, "The third.", "The fourth."]
    fitted = fit_sentences(sentences, room=16, written=lambda c: numbered(sentences, c))
    assert fitted.chosen == (0, 2)


def test_a_line_without_an_end_is_never_shown_to_a_model() -> None:
    fitted = fit_sentences(["x" * 1_000_000], room=10**6, written=lambda c: "x")
    assert fitted.chosen == ()
