"""Test questions proposed by a language model, beside those made by rule, for a person to judge.

The model says a question and points at the sentence that answers it; the evidence is the sentence
of the document. A question that points nowhere is no draft.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from answerer.generative.answering import ANSWER_TOKENS, OTHER_TOKENIZERS
from answerer.generative.language_model import LanguageModel, LanguageModelError
from answerer.generative.numbered import defuse
from answerer.generative.reply import ReplyParser
from answerer.question import LONGEST
from datatypes import Document, Evidence, Query, Span
from evaluation.drafting import drafted
from evaluation.question import Question
from index.text.chunker import sentences_of
from prompts.templates import load_prompt
from prompts.tokens import LONGEST_SENTENCE, count_tokens

N_QUESTIONS = 5
"""Asked for at once, about as many sentences as fit into the model's window."""


def all_drafts(
    document: Document, numbers: Iterator[int], model: LanguageModel | None, problems: list[str]
) -> Iterator[Question]:
    """By rule, then by the model if there is one; what hinders it goes to `problems`."""
    yield from drafted([document], numbers)
    try:
        if model:
            yield from drafted_by(model, document, numbers)
    except LanguageModelError as error:
        problems.append(f"{document.document_id}: no drafts by the model. {error.what}")


def drafted_by(
    model: LanguageModel, document: Document, numbers: Iterator[int]
) -> Iterator[Question]:
    """`numbers` go into their ids. Raises LanguageModelError where the model does not answer."""
    seen: set[str] = set()
    for sentences in _portions(model, document):
        for text, span in _asked(model, document, sentences):
            if text.casefold() in seen:
                continue
            seen.add(text.casefold())
            yield Question(
                Query(f"draft-{next(numbers):04}", text, (Evidence(document.document_id, span),)),
                answerable=True,
                kind="by a model",
                note=f"draft by {model.settings.model}: keep, mend or drop",
            )


def _portions(model: LanguageModel, document: Document) -> Iterator[list[Span]]:
    """The sentences in runs that fit into the window, each whole."""
    prompt = load_prompt("draft_questions")
    around = prompt.render({"evidence": "", "n_questions": str(N_QUESTIONS)}).n_tokens
    room = int(model.settings.window * OTHER_TOKENIZERS) - ANSWER_TOKENS - around
    portion, left = list[Span](), room
    for span in sentences_of(document):
        text = defuse(span.of(document.text))
        if len(text) > LONGEST_SENTENCE or not any(map(str.isalnum, text)):
            continue
        n_tokens = count_tokens(f"[s999] {text}\n") + 1
        if n_tokens > room:
            continue
        if n_tokens > left:
            yield portion
            portion, left = [], room
        portion.append(span)
        left -= n_tokens
    if portion:
        yield portion


def _asked(
    model: LanguageModel, document: Document, sentences: Sequence[Span]
) -> Iterator[tuple[str, Span]]:
    lines = [
        f"[s{number}] {defuse(span.of(document.text))}"
        for number, span in enumerate(sentences, start=1)
    ]
    request = load_prompt("draft_questions").render(
        {"evidence": "\n".join(lines), "n_questions": str(N_QUESTIONS)}
    )
    parser = ReplyParser()
    reply = model.complete(request.messages, most_tokens=ANSWER_TOKENS)
    for claim in (*parser.feed(reply), *parser.finish()):
        cited = [sentences[n - 1] for n in claim.numbers if 0 < n <= len(sentences)]
        if cited and claim.text.endswith(("?", "？")) and len(claim.text) <= LONGEST:
            yield claim.text, cited[0]
