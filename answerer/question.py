"""A visitor's question: cleaned, refused where it is none, completed where it follows another."""

from __future__ import annotations

import re
import unicodedata

from answerer.expected import expressions
from datatypes import Answer
from errors import QuestionError
from index.text.folding import terms_of
from retriever.lexical import FUNCTION_WORDS

LONGEST = 500
"""Characters. A longer text is a document, and every word of it would be searched for."""

_FOLLOWING = re.compile(
    r"\s*(?:and|but|so|what about|how about|what else|who else)\b", re.IGNORECASE
)
_PERSON = re.compile(r"\b(?:he|she|him|her|his|hers)\b", re.IGNORECASE)
_WHO_IS = re.compile(r"\s*(?i:who)\s+(?:is|was|are|were)\s+(?:the\s+)?[A-ZÀ-Þ]")
_POINTING = re.compile(
    r"\b(?:it|its|they|them|their|theirs|this|that|these|those|he|she|him|her|his|hers|there)\b",
    re.IGNORECASE,
)
_OWNING = frozenset(("its", "their", "theirs", "his", "hers"))
_MANY = frozenset(("they", "them", "their", "theirs", "these", "those"))
_SHOWING = frozenset(("this", "that", "these", "those"))
_DUMMY = re.compile(
    r"\b(?:is|was|are|were|will|does|did|do|has|have)\s+(?:it|there)\b", re.IGNORECASE
)
_POINTED_AT = re.compile(
    r"(?:\A|\b(?:is|was|are|were|does|did|do|has|had|can|will|would|could|"
    r"in|of|at|on|to|for|from|by|with|about|after|before|since|during|under))\s*\Z",
    re.IGNORECASE,
)
"""What stands before a "that" which points; elsewhere it joins: the countries that have none."""

_WORD = re.compile(r"[^\W_][\w'’.-]*")
_HELPING = re.compile(
    r"\b(?:do|does|did|can|could|will|would|should|may|might|must|have|has|had)\s+\Z", re.IGNORECASE
)
_NOUN_BEHIND = re.compile(r"\b(?:a|an|the|what\s+(?:is|are|was|were))\s+\Z", re.IGNORECASE)
_PARTICIPLE = re.compile(r"\w(?:ed|en)\Z")
_CAPITAL = r"[A-ZÀ-Þ][\w'’.-]*"
_NAMED = re.compile(
    rf"(?<!\w)(?P<before>(?:the\s+)?(?:\d+(?:st|nd|rd|th)\s+)?)"
    rf"(?P<name>{_CAPITAL}(?:\s+(?:(?:of|the|and|de|von)\s+)*{_CAPITAL})*)(?P<after>\s+[a-z][\w-]+)?"
)
_ORIGIN = re.compile(r"(?:an|ese|ish|viet|ench|utch)\Z")
"""Behind "the", a name that ends so says where the next word is from: the Korean side."""

_EMPTY = frozenset(terms_of("more else since until again further exactly really"))
"""Beside the function words: what asks for more of the same."""

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
    before = previous.understood_as or previous.question
    pointing = next(iter(_pointing(question)), None)
    if pointing is None:
        own = any(_is_own(word.group()) for word in _WORD.finditer(question))
        return _with_remark(question, _topic(before) if own else _clause(before))
    word = pointing.group().casefold()
    if word in _SHOWING and not _shown(question, pointing):
        return _with_remark(question, _clause(before))
    topic = _person(question, previous) or (_several(before) if word in _MANY else "")
    return _with_topic(question, pointing, topic or _topic(before))


def _with_topic(question: str, pointing: re.Match[str], topic: str) -> str | None:
    """The question with the topic in the place of the word that points at it."""
    if not topic or topic.casefold() in question.casefold():
        return None
    word, end = pointing.group().casefold(), pointing.end()
    instead = f"at {topic}" if word == "there" else topic
    if _is_owning(question, pointing):
        instead = f"{topic}’" if topic.endswith("s") else f"{topic}’s"
    if word in _SHOWING:
        noun = _shown(question, pointing)
        if terms_of(noun)[-1:] != terms_of(topic)[-1:]:
            return _with_remark(question, topic)
        end = question.index(noun, end) + len(noun)  # "this movement" is the Chollima movement
    return f"{question[: pointing.start()]}{instead}{question[end:]}"


def _follows(question: str) -> bool:
    own = [word for word in _WORD.finditer(question) if _is_own(word.group())]
    names = any(word.group()[0].isupper() or word.group()[0].isdigit() for word in own)
    if _FOLLOWING.match(question):
        return not names or len(own) < _FEW_WORDS
    if names:
        return False  # it names what it is about
    if _pointing(question):
        return len(own) <= _FEW_WORDS
    return not own or (len(own) == 1 and not _is_noun(question, own[0]))


def _is_own(word: str) -> bool:
    """Whether the word says something of its own."""
    return not _POINTING.fullmatch(word) and not (FUNCTION_WORDS | _EMPTY).issuperset(
        terms_of(word)
    )


def _is_noun(question: str, word: re.Match[str]) -> bool:
    """Whether the word is a thing by its place, as in "What is a plenum?", not in "Who spoke?"."""
    behind = _NOUN_BEHIND.search(question[: word.start()])
    return behind is not None and not _PARTICIPLE.search(word.group())


def _pointing(question: str) -> list[re.Match[str]]:
    return [word for word in _POINTING.finditer(question) if not _is_dummy(question, word)]


def _is_dummy(question: str, word: re.Match[str]) -> bool:
    """Whether it points at nothing, as in "Is there a plan?" and "Who says that prices rose?"."""
    if word.group().casefold() == "that":
        is_joining = _POINTED_AT.search(question[: word.start()]) is None
        return is_joining and len(_WORD.findall(question[word.end() :])) > 1
    dummy = _DUMMY.search(question)
    return word.group().casefold() == "there" and dummy is not None and dummy.end() == word.end()


def _shown(question: str, pointing: re.Match[str]) -> str:
    """The word that "this" or "those" stands before, if it means something."""
    word = _WORD.match(question[pointing.end() :].lstrip())
    return word.group() if word and _is_own(word.group()) else ""


def _is_owning(question: str, pointing: re.Match[str]) -> bool:
    word = pointing.group().casefold()
    return word in _OWNING or (word == "her" and bool(_shown(question, pointing)))


def _with_remark(question: str, remark: str) -> str | None:
    if not remark or remark.casefold() in question.casefold():
        return None
    return f"{question.rstrip(' ?!.')} ({remark})?"


def _person(question: str, previous: Answer) -> str | None:
    """Who was marked in the answer before, if the question speaks of a person."""
    if not _PERSON.search(question) or _WHO_IS.match(previous.question):
        return None
    for citation in previous.citations:
        quote = citation.quote
        if quote.highlight:
            marked = quote.highlight.of(quote.document.text)
            names = [span.of(marked) for span in expressions("person", f"– {marked}")]
            if names:
                return " ".join(marked.split())
    return None


def _several(question: str) -> str:
    """The things of a question that "they" may mean: its last word with the ending of a plural."""
    named = [name for name in _names(question) if _is_plural(name)]
    if named:
        return named[0]
    words = [word for word in _WORD.finditer(question) if _is_own(word.group())]
    plural = [
        word.group()
        for word in words
        if _is_plural(word.group()) and not re.search(r"\bwho\s+\Z", question[: word.start()], re.I)
    ]
    return plural[-1] if plural else ""


def _is_plural(words: str) -> bool:
    return re.search(r"[^\W_A-Zsiu]s\Z", words) is not None


def _clause(question: str) -> str:
    """All that a question says, without the words that make it a question."""
    own = [word for word in _WORD.finditer(question) if _is_own(word.group())]
    said = question[own[0].start() : own[-1].end()] if own else ""
    return " ".join(re.sub(r"[()]", "", said).split())


def _topic(question: str) -> str:
    """What a question is about: its name, else its longest run of words that mean something."""
    names = _names(question)
    if names:
        return names[0]
    runs: list[list[re.Match[str]]] = [[]]
    for word in _WORD.finditer(question):
        if _is_own(word.group()):
            runs[-1].append(word)
        else:
            runs.append([])
    run = max(runs, key=lambda run: (len(run), run[0].start() if run else 0))
    return question[run[0].start() : run[-1].end()] if run else ""


def _names(question: str) -> list[str]:
    """The names in a question with the noun behind each: the Chollima movement, the Korean side."""
    return [
        _name(question, name)
        for name in _NAMED.finditer(question)
        if _is_own(name["name"].split()[0])
    ]


def _name(question: str, name: re.Match[str]) -> str:
    rest = question[name.end() :].strip(" ?!.,")
    is_noun = not _HELPING.search(question[: name.start()])
    is_last = not rest or not _is_own(rest.split()[0])
    is_from = bool(name["before"]) and _ORIGIN.search(name["name"]) is not None
    after = name["after"] or "" if is_from or (is_noun and is_last) else ""
    return " ".join(f"{name['before']}{name['name']}{after}".split())
