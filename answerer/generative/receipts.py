"""An answer's receipt: all that it was made of, as JSON, to be verified and made again later."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from answerer.generative.checking import NOT_RELEVANT, Checker
from answerer.generative.quotation_marks import quoted_parts
from answerer.generative.reply import ReplyParser
from answerer.json_form import slice_json, to_json
from datatypes import Answer, Document, Quote, Span
from errors import DocumentError, QuestionError
from index.storage.recipe import DOCENT_VERSION, Recipe

FORMAT = 1


def make_receipt(answer: Answer, recipe: Recipe) -> dict[str, Any]:
    """Offsets count characters of the document's canonical text, half-open.

    `evidence` are the numbered sentences that the language model was shown, [s1] first; without a
    model there are none. `citations` of a statement are numbers of `quotes`.
    """
    exchange = answer.exchange
    return {
        "docent_receipt": FORMAT,
        "docent_version": DOCENT_VERSION,
        **to_json(answer),
        "written_by": answer.model,
        "model": exchange
        and {
            "name": exchange.model,
            "prompt": exchange.prompt_version,
            "n_tokens": exchange.n_tokens,
            "reply": exchange.reply,
            "n_unknown_numbers": exchange.n_unknown,
        },
        "evidence": list(map(slice_json, exchange.sentences)) if exchange else [],
        "dropped": list(map(asdict, exchange.dropped)) if exchange else [],
        "index": asdict(recipe),
    }


def read_receipt(path: Path) -> dict[str, Any]:
    """Raises QuestionError where the file is no receipt."""
    try:
        receipt = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise QuestionError(f"{path} cannot be read as JSON.", "Give a receipt.") from error
    if not isinstance(receipt, dict) or receipt.get("docent_receipt") != FORMAT:
        raise QuestionError(
            f"{path} is no receipt of this Docent (docent_receipt: {FORMAT}).",
            "Export one from an answer.",
        )
    return receipt


def verify_receipt(receipt: Mapping[str, Any], documents: Path) -> Iterator[tuple[bool, str]]:
    """What was checked against the files in the folder, and whether it holds, one line each.

    Raises QuestionError for a receipt that lacks something, DocumentError without the folder.
    """
    try:
        places = [*receipt["quotes"], *receipt["evidence"]]
        texts = _texts({str(place["document_id"]) for place in places}, documents)
        faults = [*filter(None, (_misplaced(place, texts) for place in places))]
        yield from ((False, fault) for fault in faults)
        n_right = len(places) - len(faults)
        yield (
            True,
            f"{n_right} of {len(places)} quotes and sentences stand word for word in the files.",
        )
        yield from _quotation_marks(receipt)
        if receipt["written_by"]:
            yield _replayed(receipt, texts)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise QuestionError(
            f"The receipt is not whole ({type(error).__name__}: {error}).", "Export it again."
        ) from error


def _texts(wanted: set[str], folder: Path) -> dict[str, Document]:
    """The documents as the files have them now."""
    from index.readers.folder import Loaded, load_folder  # nobody else here reads files

    texts: dict[str, Document] = {}
    try:
        for loaded in load_folder(folder) if wanted else ():
            if isinstance(loaded, Loaded) and loaded.document.document_id in wanted:
                texts[loaded.document.document_id] = loaded.document
                if len(texts) == len(wanted):
                    break
    except DocumentError:
        if not folder.exists():
            raise
    return texts


def _misplaced(place: Mapping[str, Any], texts: Mapping[str, Document]) -> str | None:
    """What is wrong with the place of some quoted words; None where they stand there."""
    document = texts.get(place["document_id"])
    if document is None:
        return f"There is no file of the document {place['document_id']}."
    if document.text[place["start"] : place["end"]] != place["text"]:
        at = f"{place['document_id']}, {place['start']}–{place['end']}"
        return f"The file no longer has these words ({at}): {place['text'][:60]}"
    return None


def _quotation_marks(receipt: Mapping[str, Any]) -> Iterator[tuple[bool, str]]:
    quotes = {quote["number"]: quote["text"] for quote in receipt["quotes"]}
    n_right = 0
    for statement in receipt["statements"]:
        cited = [quotes[number] for number in statement["citations"]]
        is_written = receipt["written_by"] is not None
        for part in quoted_parts(statement["text"]) if is_written else [statement["text"]]:
            if any(part in words for words in cited):
                n_right += 1
            else:
                yield False, f"These quoted words are in no cited sentence: {part[:80]}"
    yield True, f"{n_right} times quoted words are a slice of what is cited."


def _replayed(receipt: Mapping[str, Any], texts: Mapping[str, Document]) -> tuple[bool, str]:
    """The model's reply read and checked again; what the reader left out is taken on trust."""
    sentences = [
        Quote(texts[place["document_id"]], Span(place["start"], place["end"]))
        for place in receipt["evidence"]
    ]
    not_relevant = {
        dropped["text"] for dropped in receipt["dropped"] if NOT_RELEVANT in dropped["reasons"]
    }
    checker, parser = Checker(sentences), ReplyParser()
    claims = list(parser.feed(receipt["model"]["reply"]))
    if not any(note["kind"] in ("broke_off", "stopped") for note in receipt["notes"]):
        claims += parser.finish()
    for claim in claims:
        if claim.text not in not_relevant and len(checker.statements) < len(receipt["statements"]):
            checker.take(claim)
    again = [statement.text for statement in checker.statements]
    if again == [statement["text"] for statement in receipt["statements"]]:
        return True, f"The model's reply, read again, gives the same {len(again)} statements."
    return False, "The model's reply, read again by this version, gives other statements."
