"""A visitor's question: cleaned, refused where it is none, completed where it follows another."""

from __future__ import annotations

import re
from dataclasses import dataclass

from answerer.expected import expressions
from datatypes import Answer, Turn, visible_line
from errors import QuestionError
from index.text.folding import terms_of
from language.base import FollowUps, Language
from language.english import ENGLISH
from retriever.lexical import FUNCTION_WORDS

LONGEST = 500
"""Characters. A longer text is a document, and every word of it would be searched for."""

MOST_TURNS = 6
"""Earlier turns that are kept with an answer, and shown to a language model where they fit."""

_MOST_SAID = 600  # characters of an earlier answer

_FEW_WORDS = 3
"""Content words: a question with more of its own stands by itself, unless it begins with "And"."""

_WORD = re.compile(r"[^\W_][\w'’.-]*")


def cleaned(question: str) -> str:
    """One line of NFC text. Raises QuestionError, which can be shown, where nothing is asked."""
    text = visible_line(question)
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


def completed(
    question: str, previous: Answer | None, *, language: Language = ENGLISH
) -> str | None:
    """The question with what "it" or "he" means from the turn before; None if it needs nothing.

    A rule, not a model: it looks for a word that points back, or for a question that begins with
    "And …" or has hardly a word of its own, and puts in the thing that was asked about before.
    """
    if previous is None or language.follow_ups is None:
        return None
    return _Completer(language.follow_ups).completed(question, previous)


def conversation_after(answer: Answer, previous: Answer | None) -> tuple[Turn, ...]:
    """The turns up to the answer, oldest first, this one included."""
    before = previous.turns if previous else ()
    said = " ".join(statement.text for statement in answer.statements)
    turn = Turn(answer.understood_as or answer.question, " ".join(said.split())[:_MOST_SAID])
    return (*before, turn)[-MOST_TURNS:]


@dataclass(frozen=True, slots=True)
class _Completer:
    """Questions of one language. Its patterns are compiled once, by `re` itself."""

    rules: FollowUps

    def completed(self, question: str, previous: Answer) -> str | None:
        if not self._follows(question):
            return None
        before = previous.understood_as or previous.question
        pointing = next(iter(self._pointing(question)), None)
        if pointing is None:
            about = self._topic(before) if self._own_words(question) else self._clause(before)
            return _with_remark(question, about)
        word = pointing.group().casefold()
        if word in self.rules.demonstratives and not self._noun_behind(question, pointing):
            return _with_remark(question, self._clause(before))
        topic = self._person(question, previous)
        if not topic and word in self.rules.plurals:
            topic = self._several(before)
        return self._with_topic(question, pointing, topic or self._topic(before))

    def _with_topic(self, question: str, pointing: re.Match[str], topic: str) -> str | None:
        """The question with the topic in the place of the word that points at it."""
        if not topic or topic.casefold() in question.casefold():
            return None
        word, end, replacement = pointing.group().casefold(), pointing.end(), "{topic}"
        here, at_topic = self.rules.place
        if word == here:
            replacement = at_topic
        if self._is_owner(question, pointing):
            replacement = self.rules.possessive[topic.endswith("s")]
        if word in self.rules.demonstratives:
            noun = self._noun_behind(question, pointing)
            if terms_of(noun)[-1:] != terms_of(topic)[-1:]:
                return _with_remark(question, topic)
            end = question.index(noun, end) + len(noun)  # "this movement" is the Chollima movement
        return question[: pointing.start()] + replacement.format(topic=topic) + question[end:]

    def _follows(self, question: str) -> bool:
        own = self._own_words(question)
        names = any(word.group()[0].isupper() or word.group()[0].isdigit() for word in own)
        if re.match(self.rules.opening, question):
            return not names or len(own) < _FEW_WORDS
        if names:
            return False  # it names what it is about
        if self._pointing(question):
            return len(own) <= _FEW_WORDS
        return not own or (len(own) == 1 and not self._is_noun(question, own[0]))

    def _own_words(self, question: str) -> list[re.Match[str]]:
        return [word for word in _WORD.finditer(question) if self._is_own(word.group())]

    def _is_own(self, word: str) -> bool:
        """Whether the word says something of its own."""
        empty = FUNCTION_WORDS.union(terms_of(" ".join(self.rules.more)))
        return word.casefold() not in self.rules.pointing and not empty.issuperset(terms_of(word))

    def _is_noun(self, question: str, word: re.Match[str]) -> bool:
        """Whether the word is a thing by its place: "What is a plenum?", not "Who spoke?"."""
        is_noun = re.search(self.rules.before_noun, question[: word.start()]) is not None
        return is_noun and not re.search(self.rules.participle, word.group())

    def _pointing(self, question: str) -> list[re.Match[str]]:
        words = re.finditer(rf"(?i)\b(?:{'|'.join(self.rules.pointing)})\b", question)
        return [word for word in words if not self._is_dummy(question, word)]

    def _is_dummy(self, question: str, word: re.Match[str]) -> bool:
        """Whether it points at nothing: "Is there a plan?", "Who says that prices rose?"."""
        form = word.group().casefold()
        if form == self.rules.clause_joiner:
            joins = re.search(self.rules.before_pointer, question[: word.start()]) is None
            return joins and len(_WORD.findall(question[word.end() :])) > 1
        dummy = re.search(self.rules.dummy, question)
        return form == self.rules.place[0] and dummy is not None and dummy.end() == word.end()

    def _noun_behind(self, question: str, pointing: re.Match[str]) -> str:
        """The word that "this" or "those" stands before, if it means something."""
        word = _WORD.match(question[pointing.end() :].lstrip())
        return word.group() if word and self._is_own(word.group()) else ""

    def _is_owner(self, question: str, pointing: re.Match[str]) -> bool:
        word = pointing.group().casefold()
        before_noun = bool(self._noun_behind(question, pointing))
        return word in self.rules.owners or (word == self.rules.owner_or_person and before_noun)

    def _person(self, question: str, previous: Answer) -> str:
        """Who was marked in the answer before, if the question speaks of a person."""
        persons = rf"(?i)\b(?:{'|'.join(self.rules.persons)})\b"
        if not re.search(persons, question) or re.match(self.rules.who_is, previous.question):
            return ""
        for citation in previous.citations:
            quote = citation.quote
            if quote.highlight:
                marked = quote.highlight.of(quote.document.text)
                if next(expressions("person", f"– {marked}"), None):
                    return " ".join(marked.split())
        return ""

    def _several(self, question: str) -> str:
        """The things of a question that "they" may mean: its last word that looks like a plural."""
        named = next((name for name in self._names(question) if self._is_plural(name)), None)
        plurals = [
            word.group()
            for word in self._own_words(question)
            if self._is_plural(word.group())
            and not re.search(self.rules.before_plural_verb, question[: word.start()])
        ]
        return named or (plurals[-1] if plurals else "")

    def _is_plural(self, words: str) -> bool:
        return re.search(self.rules.plural, words) is not None

    def _clause(self, question: str) -> str:
        """All that a question says, without the words that make it a question."""
        own = self._own_words(question)
        clause = question[own[0].start() : own[-1].end()] if own else ""
        return " ".join(re.sub(r"[()]", "", clause).split())

    def _topic(self, question: str) -> str:
        """What a question is about: its name, else its longest run of words that mean something."""
        names = self._names(question)
        if names:
            return names[0]
        runs: list[list[re.Match[str]]] = [[]]
        for word in _WORD.finditer(question):
            if self._is_own(word.group()):
                runs[-1].append(word)
            else:
                runs.append([])
        run = max(runs, key=lambda run: (len(run), run[0].start() if run else 0))
        return question[run[0].start() : run[-1].end()] if run else ""

    def _names(self, question: str) -> list[str]:
        """The names in it with the noun behind each: the Chollima movement, the Korean side."""
        return [
            self._name(question, name)
            for name in re.finditer(self.rules.name, question)
            if self._is_own(name["name"].split()[0])
        ]

    def _name(self, question: str, name: re.Match[str]) -> str:
        rest = question[name.end() :].strip(" ?!.,")
        is_noun = not re.search(self.rules.before_verb, question[: name.start()])
        is_last = not rest or not self._is_own(rest.split()[0])
        # behind "the" a name such as "Korean" says where the next word is from: the Korean side
        is_from = bool(name["before"]) and re.search(self.rules.origin, name["name"]) is not None
        after = name["after"] or "" if is_from or (is_noun and is_last) else ""
        return " ".join(f"{name['before']}{name['name']}{after}".split())


def _with_remark(question: str, remark: str) -> str | None:
    if not remark or remark.casefold() in question.casefold():
        return None
    return f"{question.rstrip(' ?!.')} ({remark})?"
