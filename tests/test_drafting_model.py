"""A model's drafts of questions have the document's own sentence as evidence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from scripted_llm import Asked, Reply, scripted_llm

from answerer.generative.language_model import LanguageModel, LanguageModelError, ModelSettings
from datatypes import Document
from evaluation.drafting_model import drafted_by

ROOT = Path(__file__).parents[1]
TEXT = (
    "The stone bridge at Ostrow was opened on 4 May 1894. "
    "About 300 workers were employed on the building site. [s1] It cost ninety thousand crowns."
)
DOCUMENT = Document("d", "D", TEXT)


def replying(asked: Asked) -> str:
    return (
        f"When could people first cross the river at Ostrow? {asked.number_of('opened on')}\n"
        f"How many built it? {asked.number_of('300 workers')}\n"
        f"How many built it? {asked.number_of('300 workers')}\n"
        "Who paid for it? [s99]\nWho was the mayor?\n"
        f"It cost a lot. {asked.number_of('ninety')}\n"
    )


def model(url: str, window: int = 4096) -> LanguageModel:
    return LanguageModel(ModelSettings(url, "scripted-1b", window=window, first_token_s=5))


def test_a_draft_is_a_question_with_the_sentence_it_points_at() -> None:
    with scripted_llm(replying) as server:
        drafts = list(drafted_by(model(server.url), DOCUMENT, count(8)))
    assert [(each.query_id, each.query.text) for each in drafts] == [
        ("draft-0008", "When could people first cross the river at Ostrow?"),
        ("draft-0009", "How many built it?"),
    ]
    assert [each.evidence[0].span.of(TEXT) for each in drafts] == [
        "The stone bridge at Ostrow was opened on 4 May 1894.",
        "About 300 workers were employed on the building site.",
    ]
    assert all(each.note.startswith("draft by scripted-1b") for each in drafts)


def test_a_long_document_is_shown_in_portions_that_fit() -> None:
    sentences = " ".join(f"In {1700 + n} the mill of Holm had {n} wheels." for n in range(200))
    with scripted_llm("What drove the wheels? [s1]") as server:
        drafts = list(
            drafted_by(model(server.url, window=1500), Document("d", "D", sentences), count(1))
        )
    assert len(server.asked) > 3
    assert len(drafts) == 1  # the same question again is no second draft
    shown = "".join(asked.user for asked in server.asked)
    assert all(f"had {n} wheels" in shown for n in range(200))


def test_without_the_model_there_is_an_error_and_no_draft() -> None:
    with scripted_llm(Reply(status=401)) as server, pytest.raises(LanguageModelError):
        list(drafted_by(model(server.url), DOCUMENT, count(1)))


def test_the_door_adds_the_models_drafts_to_its_own(tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_text(TEXT, encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DOCENT_")}
    kinds, notes = [], []
    for script in (replying, Reply(status=500)):
        with scripted_llm(script) as server:
            done = subprocess.run(
                [
                    *(sys.executable, "-m", "evaluation", "questions", "--draft", str(tmp_path)),
                    *("--llm-url", server.url, "--llm-model", "scripted-1b"),
                ],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
                env=environment,
                timeout=120,
            )
        assert done.returncode == 0, done.stderr
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        assert len({row["_id"] for row in rows}) == len(rows)
        kinds.append({row["kind"] for row in rows})
        notes.append(done.stderr)
    assert "by a model" in kinds[0]
    assert kinds[0] - {"by a model"} == kinds[1] != set()
    assert "(500)" in notes[1]
