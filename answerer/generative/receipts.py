"""An answer's receipt: all that it was made of, as JSON, to be verified and made again later."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from answerer.generative.checking import NOT_RELEVANT, Checker
from answerer.generative.quotation_marks import quoted_parts
from answerer.generative.reply import ReplyParser
from datatypes import Answer, Document, Quote, Span
from errors import DocumentError, QuestionError
from index.readers.folder import Loaded, load_folder
from index.storage.recipe import DOCENT_VERSION, Recipe

FORMAT = 1


def receipt(answer: Answer, recipe: Recipe) -> dict[str, Any]:
    """Offsets count characters of the document's canonical text, half-open.

    `evidence` are the numbered sentences that the language model was shown, [s1] first; without a
    model there are none. `citations` of a statement are numbers of `quotes`.
    """
    numbers = {citation.quote: citation.number for citation in answer.citations}
    exchange = answer.exchange
    return {
        "docent_receipt": FORMAT,
        "docent_version": DOCENT_VERSION,
        "question": answer.question,
        "understood_as": answer.understood_as,
        "found": answer.found,
        "confidence": None if answer.confidence is None else round(answer.confidence, 4),
        "written_by": answer.model,
        "statements": [
            {"text": each.text, "citations": [numbers[quote] for quote in each.quotes]}
            for each in answer.statements
        ],
        "quotes": [
            {"number": citation.number, **_place(citation.quote)} for citation in answer.citations
        ],
        "notes": [asdict(note) for note in answer.notes],
        "model": exchange
        and {
            "name": exchange.model,
            "prompt": exchange.prompt_version,
            "n_tokens": exchange.n_tokens,
            "reply": exchange.reply,
            "n_unknown_numbers": exchange.n_unknown,
        },
        "evidence": [_place(quote) for quote in exchange.sentences] if exchange else [],
        "dropped": [asdict(each) for each in exchange.dropped] if exchange else [],
        "index": asdict(recipe),
    }


def _place(quote: Quote) -> dict[str, Any]:
    return {
        "document_id": quote.document.document_id,
        "start": quote.span.start,
        "end": quote.span.end,
        "text": quote.text,
    }


def read_receipt(path: Path) -> dict[str, Any]:
    """Raises QuestionError where the file is no receipt."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise QuestionError(f"{path} cannot be read as JSON.", "Give a receipt.") from error
    if not isinstance(said, dict) or said.get("docent_receipt") != FORMAT:
        raise QuestionError(
            f"{path} is no receipt of this Docent (docent_receipt: {FORMAT}).",
            "Export one from an answer.",
        )
    return said


def verified(said: Mapping[str, Any], documents: Path) -> Iterator[tuple[bool, str]]:
    """What was checked against the files in the folder, and whether it holds, one line each.

    Raises QuestionError for a receipt that lacks something, DocumentError without the folder.
    """
    try:
        places = [*said["quotes"], *said["evidence"]]
        texts = _texts({str(place["document_id"]) for place in places}, documents)
        yield from _quotes(places, texts)
        yield from _marks(said)
        if said["written_by"]:
            yield from _replayed(said, texts)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise QuestionError(
            f"The receipt is not whole ({type(error).__name__}: {error}).", "Export it again."
        ) from error


def _texts(wanted: set[str], folder: Path) -> dict[str, Document]:
    """The documents as the files have them now."""
    found: dict[str, Document] = {}
    try:
        for each in load_folder(folder) if wanted else ():
            if isinstance(each, Loaded) and each.document.document_id in wanted:
                found[each.document.document_id] = each.document
                if len(found) == len(wanted):
                    break
    except DocumentError:
        if not folder.exists():
            raise
    return found


def _quotes(
    places: Sequence[Mapping[str, Any]], texts: Mapping[str, Document]
) -> Iterator[tuple[bool, str]]:
    n_right = 0
    for place in places:
        document = texts.get(place["document_id"])
        if document is None:
            yield False, f"There is no file of the document {place['document_id']}."
        elif document.text[place["start"] : place["end"]] != place["text"]:
            at = f"{place['document_id']}, {place['start']}–{place['end']}"
            yield False, f"The file no longer has these words ({at}): {place['text'][:60]}"
        else:
            n_right += 1
    yield True, f"{n_right} of {len(places)} quotes and sentences stand word for word in the files."


def _marks(said: Mapping[str, Any]) -> Iterator[tuple[bool, str]]:
    quotes = {quote["number"]: quote["text"] for quote in said["quotes"]}
    n_right = 0
    for statement in said["statements"]:
        cited = [quotes[number] for number in statement["citations"]]
        if said["written_by"] is None:
            parts = [statement["text"]]
        else:
            parts = quoted_parts(statement["text"])
        for part in parts:
            if any(part in words for words in cited):
                n_right += 1
            else:
                yield False, f"These quoted words are in no cited sentence: {part[:80]}"
    yield True, f"{n_right} times quoted words are a slice of what is cited."


def _replayed(said: Mapping[str, Any], texts: Mapping[str, Document]) -> Iterator[tuple[bool, str]]:
    """The model's reply read and checked again; what the reader left out is taken on trust."""
    sentences = [
        Quote(texts[place["document_id"]], Span(place["start"], place["end"]))
        for place in said["evidence"]
    ]
    distrusted = {each["text"] for each in said["dropped"] if NOT_RELEVANT in each["reasons"]}
    checker, parser = Checker(sentences), ReplyParser()
    claims = list(parser.feed(said["model"]["reply"]))
    if not any(note["kind"] in ("broke_off", "stopped") for note in said["notes"]):
        claims += parser.finish()
    for claim in claims:
        if claim.text not in distrusted and len(checker.statements) < len(said["statements"]):
            checker.take(claim)
    again = [statement.text for statement in checker.statements]
    if again == [statement["text"] for statement in said["statements"]]:
        yield True, f"The model's reply, read again, gives the same {len(again)} statements."
    else:
        yield False, "The model's reply, read again by this version, gives other statements."
