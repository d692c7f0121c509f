"""`python tests/record_conversation.py`: records a conversation with the scripted model again.

It writes one receipt a turn to tests/recorded/, and the whole as text for a person.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from scripted_llm import Reply, Script, scripted_llm  # noqa: E402

from answerer.generative.language_model import LanguageModel, ModelSettings  # noqa: E402
from answerer.pipeline import Pipeline  # noqa: E402
from datatypes import Answer  # noqa: E402
from index.build import build_index  # noqa: E402
from index.embedder import load_embedder  # noqa: E402

RECORDED = ROOT / "tests" / "recorded"
WORDS = re.compile(r"\{(.+?)\}")


def pointing(reply: str) -> Script:
    """The reply, with the number of the sentence that holds the {words} in their place."""
    return lambda asked: WORDS.sub(lambda words: asked.number_of(words[1]), reply)


MOVEMENT = "{Chollima movement) in factories}"
WORKERS = "{3 million workers}"
TURNS: list[tuple[str, list[Script]]] = [
    (
        "How many workers take part in the Chollima movement?",
        [
            pointing(
                f"About three million workers are participating in the Chollima movement. {WORKERS}"
                f"{MOVEMENT}\nThe report has “about 3 million workers” participating. {WORKERS}\n"
                f"In 1958 there were 'five million workers' in it. {WORKERS}\n"
            )
        ],
    ),
    (
        "What is it geared towards?",
        [
            lambda asked: "What is the Chollima movement geared towards?",
            pointing(
                "The mass competition is geared towards such tasks as «increasing technological "
                "knowledge» and “the lowering of costs”. {geared towards}\n"
                "It is also geared towards careful and economic use of resources. {geared towards} "
                "[s99]\n"
            ),
        ],
    ),
    (
        "Wer leitet die Delegation nach China?",
        [
            lambda asked: asked.user.partition("New question: ")[2],  # it stands by itself
            lambda asked: "Who heads the delegation to China?",
            pointing(
                "A KWP delegation will visit the People's Republic of China this June; it is "
                '"headed by politburo member Choe Yong-geon". {Choe Yong-geon}\n'
            ),
        ],
    ),
    ("What is the boiling point of liquid nitrogen?", [lambda asked: "NOTHING"]),
    (
        "When did the 6th Plenum of the KWP take place?",
        [lambda asked: asked.user.partition("New question: ")[2], Reply(status=503)],
    ),
]


def conversation(pipeline_of: Path) -> Iterator[tuple[Pipeline, Answer]]:
    previous: Answer | None = None
    for question, script in TURNS:
        with scripted_llm(*script) as server:
            model = LanguageModel(ModelSettings(server.url, "scripted", first_token_s=60))
            pipeline = Pipeline.load(pipeline_of, model=model)
            *_, previous = pipeline.answers(question, previous=previous)
            yield pipeline, previous
            pipeline.close()


def as_text(answer: Answer) -> Iterator[str]:
    yield f"## {answer.question}\n"
    if answer.understood_as:
        yield f"Understood as: {answer.understood_as}\n"
    if not answer.found:
        yield "The documents do not say.\n"
    numbers = {citation.quote: citation.number for citation in answer.citations}
    for statement in answer.statements if answer.model else ():
        marks = "".join(f"[{numbers[quote]}]" for quote in statement.quotes)
        yield f"{answer.model}: {statement.text} {marks}\n"
    for citation in answer.citations:
        yield f"> [{citation.number}] “{citation.quote.text}”\n"
    for note in answer.notes:
        yield f"({note.kind}: {note.n})\n"


def main() -> None:
    RECORDED.mkdir(exist_ok=True)
    lines = ["# A recorded conversation\n", "Made by `python tests/record_conversation.py`.\n"]
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        build_index(ROOT / "documents", index, embedder=load_embedder())
        for number, (pipeline, answer) in enumerate(conversation(index), start=1):
            text = json.dumps(pipeline.receipt(answer), ensure_ascii=False, indent=1)
            (RECORDED / f"turn-{number}.json").write_text(f"{text}\n", encoding="utf-8")
            lines += as_text(answer)
    (RECORDED / "conversation.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
