"""The recorded conversation: every quotation mark in it stands around words of the file."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from answerer.generative.receipts import read_receipt, verify_receipt

ROOT = Path(__file__).parents[1]
RECORDED = ROOT / "tests" / "recorded"
RECEIPTS = sorted(RECORDED.glob("turn-*.json"))


@pytest.mark.parametrize("path", RECEIPTS, ids=lambda path: path.stem)
def test_every_turn_holds_and_can_be_made_again(path: Path) -> None:
    wrong = [
        line
        for is_right, line in verify_receipt(read_receipt(path), ROOT / "documents")
        if not is_right
    ]
    assert wrong == []


def test_every_quotation_mark_stands_around_words_of_the_file() -> None:
    (file,) = (ROOT / "documents").glob("*.md")
    text = file.read_text(encoding="utf-8")
    recorded = (RECORDED / "conversation.md").read_text(encoding="utf-8")
    said = "\n".join(line for line in recorded.splitlines() if not line.startswith("## "))
    quoted = re.findall(r"“([^“”]+)”", said)
    assert len(quoted) > 6
    assert [words for words in quoted if words not in text] == []
    assert re.findall(r"[\"„«»‘「」]", said) == [], "no other marks are left"


def test_the_conversation_shows_what_may_happen() -> None:
    turns = [json.loads(path.read_text(encoding="utf-8")) for path in RECEIPTS]
    kinds = {note["kind"] for turn in turns for note in turn["notes"]}
    assert kinds >= {"left_out", "no_model"}
    assert any(turn["understood_as"] for turn in turns)
    assert any(not turn["found"] and turn["model"] is None for turn in turns)
