"""What may be known of a language. All of it may be missing: then the rules that need it rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Words = tuple[str, ...]
Kind = Literal["number", "date", "person", "place", "reason", "other"]
"""Of an answer that a question asks for; "other" where its wording does not tell."""


def words(text: str) -> Words:
    """The words of a list that is written with spaces between them."""
    return tuple(text.split())


def forms(text: str) -> tuple[Words, ...]:
    """The forms of each of several words: "January|Jan February|Feb"."""
    return tuple(tuple(word.split("|")) for word in text.split())


@dataclass(frozen=True, slots=True)
class FollowUps:
    """How a question leans on the turn before it; all but the word lists are patterns for `re`.

    `opening`: what it begins with then ("And …", "What about …"). `pointing`: its words that point
    back, among them `persons`, `owners` (`owner_or_person`: an owner before a noun), `plurals` and
    `demonstratives`. `place`: the one for a place, and what it is replaced by. `clause_joiner`: one
    that points only behind `before_pointer`, and else joins clauses. `dummy` ends in one that
    points at nothing ("Is there …"). `more`: words that ask for more of the same. `before_verb`,
    `before_noun` and `before_plural_verb` tell what the next word is, `participle` and `plural` how
    such words end. `who_is`: a question for who somebody is. `name` has the groups `before`, `name`
    and `after`; `origin` ends a name that says where something is from. `possessive`: the topic as
    an owner, and a topic in "s".
    """

    opening: str
    pointing: Words
    persons: Words
    owners: Words
    owner_or_person: str
    plurals: Words
    demonstratives: Words
    more: Words
    place: tuple[str, str]
    clause_joiner: str
    before_pointer: str
    dummy: str
    before_verb: str
    before_noun: str
    before_plural_verb: str
    participle: str
    plural: str
    who_is: str
    name: str
    origin: str
    possessive: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Drafts:
    """How a statement is turned into a question that it answers; patterns are for `re`.

    `statements`: each a kind, a pattern with the group `answer`, and the question, written with
    the pattern's groups and {who}, which depends on whether `title` is in the answer. `facts`: what
    may be left out of a statement, by kind. `leaning` begins a sentence that cannot be understood
    by itself.
    """

    statements: tuple[tuple[str, str, str], ...]
    facts: Mapping[str, str]
    title: str
    who: tuple[str, str]
    leaning: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """By what a statement is told to go beyond its source; words are in small letters.

    Of numbers: `scales` multiply the number before them, `multiples` are "twice" and "doubled",
    `ordinal_marks` end a figure ("th"), `range_words` join the first and the last ("to"),
    `one` are the articles that count one, `pairs` stand for two things. `conjunctions` begin a
    clause, `light_words` say little alone.

    Of negations, beside the language's own: `positive_before` make none of the one they follow
    ("not only"), `until` turns one round, `refusals` deny what they govern ("fail"),
    `near_negations` deny what stands near them, and a negation may put `faint_negations` into other
    words. `negative_pronouns` deny whole sentences. `negative_prefixes` make a word its opposite,
    `sure_prefixes` nearly always do, but not in words that begin like `not_negated`.

    Of names: `name_particles` stand within them, `name_endings` tell no two apart (Korea, Korean),
    `same_names` are of one thing, `common_endings` are those of words that are no names.
    `pointing_back`: words by which a sentence may mean something before it, `persons` always do.
    """

    scales: Mapping[str, float] = field(default_factory=dict)
    fractions: Mapping[str, float] = field(default_factory=dict)
    multiples: Mapping[str, float] = field(default_factory=dict)
    ordinal_marks: Words = ()
    range_words: Words = ()
    one: Words = ()
    pairs: Words = ()
    conjunctions: Words = ()
    prepositions: Words = ()
    light_words: Words = ()
    positive_before: Words = ()
    until: Words = ()
    refusals: Words = ()
    near_negations: Words = ()
    faint_negations: Words = ()
    negative_pronouns: Words = ()
    negative_prefixes: Words = ()
    sure_prefixes: Words = ()
    not_negated: Words = ()
    pointing_back: Words = ()
    persons: Words = ()
    name_particles: Words = ()
    name_endings: Words = ()
    common_endings: Words = ()
    same_names: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    """Resources of one language; `code` is BCP 47. Words are neither folded nor stemmed.

    `stemmer`: Snowball's name of it. `joining_words` stand in names, and begin none.
    `before_abbreviation` may stand ahead of one in brackets. `sentence_abbreviations` and
    `before_ordinals`: where a full stop ends no sentence, though the sentence splitter takes it for
    an end ("am 3. Mai"). `months`: the forms of each of the twelve, the full name first.
    `date_forms`: with {day}, {month} and {year}. `units`: the forms of each, by its symbol.
    `opening_back` begin a sentence that the one before explains; `pointing_back` stand for
    something said before. Patterns for `re`: `question_kinds`, what a question's wording asks for,
    the first that matches; `asks_for_count`; `expressions`, words of such a kind in a text.
    `field_words`: by which a question asks for a field of the metadata. Behind one of the
    `auxiliaries` a question is denied by `denial`.
    """

    code: str
    stemmer: str | None = None
    function_words: Words = ()
    negations: Words = ()
    denial: str = ""
    auxiliaries: Words = ()
    articles: Words = ()
    joining_words: Words = ()
    before_abbreviation: Words = ()
    sentence_abbreviations: Words = ()
    before_ordinals: Words = ()
    months: tuple[Words, ...] = ()
    date_forms: Words = ()
    number_words: Mapping[str, float] = field(default_factory=dict)
    ordinals: Mapping[str, int] = field(default_factory=dict)
    units: Mapping[str, Words] = field(default_factory=dict)
    opening_back: Words = ()
    pointing_back: Words = ()
    question_kinds: Mapping[Kind, str] = field(default_factory=dict)
    asks_for_count: str = ""
    expressions: Mapping[Kind, str] = field(default_factory=dict)
    field_words: Mapping[str, str] = field(default_factory=dict)
    comparison: Comparison = field(default_factory=Comparison)
    follow_ups: FollowUps | None = None
    drafts: Drafts | None = None


NEUTRAL = Language("und")
"""A language of which nothing is known."""
