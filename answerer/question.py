"""A visitor's question: cleaned, refused where it is none, completed where it follows another."""

from __future__ import annotations

import re
import unicodedata

from answerer.expected import expressions
from datatypes import Answer
from errors import QuestionError
from index.folding import terms_of
from retriever.lexical import FUNCTION_WORDS

LONGEST = 500
"""Characters. A longer text is a document, and every word of it would be searched for."""

_FOLLOWING = re.compile(
    r"\s*(?:and|but|so|what about|how about|what else|who else)\b", re.IGNORECASE
)
_PERSON = re.compile(r"\b(?:he|she|him|her|his|hers)\b", re.IGNORECASE)
_POINTING = re.compile(
    r"\b(?:it|its|they|them|their|theirs|this|that|these|those|he|she|him|her|his|hers|there)\b",
    re.IGNORECASE,
)
_OWNING = frozenset(("its", "their", "theirs", "his", "hers"))
_DUMMY = re.compile(
    r"\b(?:is|was|are|were|will|does|did|do|has|have)\s+(?:it|there)\b", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_][\w'’.-]*")
_HELPING = re.compile(
    r"\b(?:do|does|did|can|could|will|would|should|may|might|must|have|has|had)\s+\Z", re.IGNORECASE
)
_CAPITAL = r"[A-ZÀ-Þ][\w'’.-]*"
_NAMED = re.compile(
    rf"(?<!\w)(?P<before>(?:the\s+)?(?:\d+(?:st|nd|rd|th)\s+)?)"
    rf"(?P<name>{_CAPITAL}(?:\s+(?:(?:of|the|and|de|von)\s+)*{_CAPITAL})*)(?P<after>\s+[a-z][\w-]+)?"
)
_FEW_WORDS = 3
"""Content words: a question with more of its own stands by itself, unless it begins with "And"."""


def cleaned(question: str) -> str:
    """One line of NFC text. Raises QuestionError, which can be shown, where nothing is asked."""
    signs = (
        " " if unicodedata.category(sign) in ("Cc", "Zl", "Zp", "Cs") else sign for sign in question
    )
    text = " ".join(unicodedata.normalize("NFC", "".join(signs)).split())
    if len(text) > LONGEST:
        raise QuestionError(
            f"The question is too long ({len(text):,} characters).",
            f"Please ask in at most {LONGEST} characters.",
        )
    if not text:
        raise QuestionError("There is no question.", "Please write one.")
    if not any(map(str.isalnum, text)):
        raise QuestionError("There is no word in this question.", "Please ask in words.")
    return text


def completed(question: str, previous: Answer | None) -> str | None:
    """The question with what "it" or "he" means from the turn before; None if it needs nothing.

    A rule, not a model: it looks for a word that points back, or for a question that begins with
    "And …" or has hardly a word of its own, and puts in the thing that was asked about before.
    """
    if previous is None or not _follows(question):
        return None
    topic = _person(question, previous) or _topic(previous.understood_as or previous.question)
    if not topic or topic.casefold() in question.casefold():
        return None
    if pointing := _pointing(question):
        word = pointing[0]
        instead = f"{topic}’s" if word.group().casefold() in _OWNING else topic
        return f"{question[: word.start()]}{instead}{question[word.end() :]}"
    return f"{question.rstrip(' ?!.')} ({topic})?"


def _follows(question: str) -> bool:
    own = [word.group() for word in _WORD.finditer(question) if _is_own(word.group())]
    if _FOLLOWING.match(question):
        return True
    if any(word[0].isupper() or word[0].isdigit() for word in own):
        return False  # it names what it is about
    return len(own) <= _FEW_WORDS if _pointing(question) else len(own) < _FEW_WORDS


def _is_own(word: str) -> bool:
    """Whether the word says something of its own."""
    return not _POINTING.fullmatch(word) and not FUNCTION_WORDS.issuperset(terms_of(word))


def _pointing(question: str) -> list[re.Match[str]]:
    return [word for word in _POINTING.finditer(question) if not _is_dummy(question, word)]


def _is_dummy(question: str, word: re.Match[str]) -> bool:
    """Whether it points at nothing, as in: Is there a plan?"""
    dummy = _DUMMY.search(question)
    return word.group().casefold() == "there" and dummy is not None and dummy.end() == word.end()


def _person(question: str, previous: Answer) -> str | None:
    """Who was marked in the answer before, if the question speaks of a person."""
    if not _PERSON.search(question):
        return None
    for citation in previous.citations:
        quote = citation.quote
        if quote.highlight:
            marked = quote.highlight.of(quote.document.text)
            names = [span.of(marked) for span in expressions("person", f"– {marked}")]
            if names:
                return " ".join(marked.split())
    return None


def _topic(question: str) -> str:
    """What a question is about: its name, else its longest run of words that mean something."""
    names = [name for name in _NAMED.finditer(question) if _is_own(name["name"].split()[0])]
    if names:
        name = names[0]
        rest = question[name.end() :].strip(" ?!.,")
        is_noun = not _HELPING.search(question[: name.start()])
        is_last = not rest or not _is_own(rest.split()[0])
        after = name["after"] or "" if is_noun and is_last else ""
        return " ".join(f"{name['before']}{name['name']}{after}".split())
    runs: list[list[re.Match[str]]] = [[]]
    for word in _WORD.finditer(question):
        if _is_own(word.group()):
            runs[-1].append(word)
        else:
            runs.append([])
    run = max(runs, key=lambda run: (len(run), run[0].start() if run else 0))
    return question[run[0].start() : run[-1].end()] if run else ""
