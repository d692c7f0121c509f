"""Lines of a letterhead are found by what they are, though they do not say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from answerer.pipeline import Pipeline
from datatypes import Document, Span
from index.metadata.letterhead import labels_of
from index.text.folding import terms_of

TEXT = "Berlin, 4 March 1921\n\nDear Miss Holm,\n\nPlease send the maps.\n\n3x Harbour Office"
LETTER = Document(
    "letter",
    "A letter",
    TEXT,
    metadata={"date": "1921-03-04", "recipients": ("3x Harbour Office", "Miss Holm")},
)


def labels(words: str) -> set[str]:
    start = TEXT.index(words)
    return set(labels_of(LETTER, Span(start, start + len(words))))


def test_a_line_that_holds_a_field_says_what_the_field_is() -> None:
    assert set(terms_of("recipients copies")) <= labels("3x Harbour Office")
    assert set(terms_of("date")) <= labels("Berlin, 4 March 1921")
    assert not labels("Please send the maps.")


def test_a_document_without_metadata_has_no_labels() -> None:
    bare = Document("letter", "A letter", TEXT)
    assert labels_of(bare, Span(0, len(TEXT))) == ()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Who received copies?", "27x SED Politburo"),
        ("Who translated the document?", "Bernd Schaefer"),
        ("What was the original language?", "German"),
    ],
)
def test_the_letterhead_is_quoted_when_it_is_the_answer(
    default_folder: Path, question: str, words: str
) -> None:
    pipeline = Pipeline.load(default_folder)
    answer = pipeline.ask(question)
    assert answer.found
    assert words in answer.citations[0].quote.text
    pipeline.close()
