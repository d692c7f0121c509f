"""The check of a model's statements: what it stops, what it lets through, how often it errs."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerer.generative import entailment
from benchmarks import lies
from datatypes import Document, Quote, Span

PLENUM = (
    "The 6th Plenum of the KWP took place between 13 and 15 May 1963 and the 2nd Session of the "
    "Supreme People's Assembly (SPA) between 9 and 11 May 1963."
)
WORKERS = "Currently about 3 million workers are participating in the Chollima movement."
SHARE = "In his speech he mentioned that 92 percent of the machine tools could be produced."
RIVER = "The Rhine is about 1,230 km long and 400 m wide at Emmerich."
SIEGE = "In 1066 Duke William of Normandy killed King Harold at the Battle of Hastings."


def unsupported(
    statement: str,
    cited: Sequence[str],
    *,
    titles: Sequence[str] = ("",),
    before: Sequence[str] = (),
) -> tuple[str, ...]:
    """The reasons, of a document that holds the sentences in this order."""
    text = "\n\n".join([*before, *cited])
    document = Document("document", titles[0], text, metadata={"date": tuple(titles[1:])})
    places = [len(text) - len("\n\n".join(cited[number:])) for number in range(len(cited))]
    spans = [Span(start, start + len(words)) for start, words in zip(places, cited, strict=True)]
    return entailment.unsupported(statement, [Quote(document, span) for span in spans])


@pytest.mark.parametrize(
    ("statement", "cited"),
    [
        ("The sixth KWP Plenum was held from May 13th to 15th, 1963.", PLENUM),
        ("The SPA's second session began on 9.5.1963.", PLENUM),
        ("The Supreme People’s Assembly met in May 1963.", PLENUM),
        ("Roughly three million workers take part in the movement.", WORKERS),
        ("About 3,000,000 workers take part in the movement.", WORKERS),
        ("He said that 92 per cent of the machine tools could be made.", SHARE),
        ("The river Rhine has a length of 1,230 kilometres.", RIVER),
        ("King Harold was killed by Duke William at Hastings in the 11th century.", SIEGE),
        ("A quarter of the voters stayed at home.", "25% of the voters stayed at home."),
        ("Some 30 percent died.", "The plague killed 30–60% of the population."),
        ("The population doubled.", "The population grew twofold."),
        ("Kim Il Sung spoke in Berlin.", "Comrade Kim II Sung spoke in Berlin."),
        ("North Korea rejected it.", "The DPRK rejected it."),
        ("The Korean delegation left.", "The delegation from Korea left."),
        ("The DPRK does not want to agree.", "The DPRK is unwilling to agree."),
        ("The paper was silent on the aid.", "The paper did not mention the aid."),
        ("The fleet was scattered by a storm.", "A storm dispersed the fleet."),
        ("B came before A in the list.", "In the list A came after B."),
        ("In 1940, 94 per cent were white.", "In 1940 the population was 94.0% white."),
        ("It took until 1700 to recover.", "It did not recover until 1700."),
        ("The idea is unclear.", "There is no clear idea."),
        ("Most of the towns were spared.", "The majority of the towns were spared."),
    ],
)
def test_a_faithful_paraphrase_passes(statement: str, cited: str) -> None:
    assert unsupported(statement, [cited]) == ()


@pytest.mark.parametrize(
    ("statement", "cited"),
    [
        ("The 6th Plenum took place between 13 and 15 June 1963.", PLENUM),
        ("The 7th Plenum took place in May 1963.", PLENUM),
        ("About 3.5 million workers take part.", WORKERS),
        ("About 3 thousand workers take part.", WORKERS),
        ("He mentioned that 29 percent of the machine tools could be produced.", SHARE),
        ("The Rhine is about 1,230 miles long.", RIVER),
        ("Duke William killed King Edward at the Battle of Hastings.", SIEGE),
        ("The Soviet side did not agree.", "The Soviet side agreed to that."),
        ("The speech mentioned the aid.", "The speech did not mention the aid."),
        ("The side is willing to help.", "The side is unwilling to help."),
        ("The party exists.", "Such a party does not exist."),
        ("Kaidu submitted.", "Kaidu refused to submit."),
        ("There were hundreds of empires.", "There were dozens of empires."),
        ("They kept five legions in eight bases.", "They kept eight legions in five bases."),
    ],
)
def test_a_lie_is_stopped(statement: str, cited: str) -> None:
    assert unsupported(statement, [cited])


@pytest.mark.parametrize(
    ("statement", "cited", "is_covered"),
    [
        ("Am 13. Mai 1963 kamen drei Millionen.", "Am 13. Mai 1963 kamen 3 Millionen.", True),
        ("Am 14. Mai 1963 kamen drei Millionen.", "Am 13. Mai 1963 kamen 3 Millionen.", False),
        ("Es waren 78,6 Prozent.", "Es waren 78,6 % der Wähler.", True),
        ("Das Plenum fand nicht statt.", "Das Plenum fand statt.", False),
        ("La délégation a signé le traité.", "La délégation n'a pas signé le traité.", False),
        ("Le 3 mai 1963 on a voté.", "On a voté le 3 mai 1963.", True),
        ("La delegación firmó el tratado.", "La delegación no firmó el tratado.", False),
        ("El 5 de mayo llegaron.", "Llegaron el 3 de mayo.", False),
    ],
)
def test_numbers_dates_and_denials_are_read_in_german_french_and_spanish(
    statement: str, cited: str, *, is_covered: bool
) -> None:
    assert (unsupported(statement, [cited]) == ()) is is_covered


def test_a_whole_sentence_of_the_document_passes_whatever_it_says() -> None:
    sentence = "No more than 7 of all members never refused, because Rollo had not been asked."
    assert unsupported(sentence, [sentence]) == ()


def test_nothing_cited_is_a_reason() -> None:
    assert unsupported("It rained.", []) == ("no sentence is cited",)


def test_a_title_and_its_date_may_be_named() -> None:
    cited = ["In May a delegation came."]
    titles = ("Report of the Berlin Embassy", "1963-06-20")
    assert unsupported("In May 1963 a delegation came to Berlin.", cited, titles=titles) == ()
    assert unsupported("In May 1963 a delegation came to Berlin.", cited)


def test_who_he_is_may_come_from_the_sentence_before_and_only_with_a_he() -> None:
    before = ["The Romanian ambassador shows reserve."]
    statement = "The Romanian ambassador is eager to talk."
    assert unsupported(statement, ["He is eager to talk."], before=before) == ()
    assert unsupported(statement, ["The ambassador is eager to talk."], before=before)


def test_the_reason_names_what_is_wrong() -> None:
    assert unsupported("The 7th Plenum met.", ["The 6th Plenum met."]) == (
        "7th is not in the cited sentences",
    )


@pytest.mark.parametrize("statement", ["", " ", "…", "[", "12.13.14.15", "%", "- - -", "A" * 5_000])
def test_no_text_is_too_odd_to_be_judged(statement: str) -> None:
    unsupported(statement, ["…", "A sentence."], before=["[", ""])


_ODD = st.lists(
    st.sampled_from(("13. Mai", "1/0", "0th", "half a", "’70s", "3월", "٣", "\n\n", "not"))
)


@given(st.text() | _ODD.map(" ".join), st.text(min_size=1) | _ODD.map("-".join).filter(bool))
def test_nor_is_any_number_or_date(statement: str, cited: str) -> None:
    unsupported(statement, [cited])


@pytest.mark.parametrize("name", lies.SETS)
def test_cases_cite_slices_of_their_documents_and_are_enough(name: str) -> None:
    cases = lies.read_cases(name)  # raises where a text is not the slice
    assert len({case.case_id for case in cases}) == len(cases)
    verdicts = [case.verdict for case in cases]
    assert set(verdicts) == {"lie", "faithful"}
    assert min(verdicts.count("lie"), verdicts.count("faithful")) >= 60


def test_no_statement_is_in_two_sets() -> None:
    statements = [case.statement for name in lies.SETS for case in lies.read_cases(name)]
    assert len(set(statements)) == len(statements)


def test_the_rates_on_the_development_cases_do_not_fall() -> None:
    counts = lies.count([lies.judged(case) for case in lies.read_cases("dev")])
    n_stopped, n_lies = counts["lie"]["checked"]
    n_dropped, n_faithful = counts["faithful"]["all"]
    assert n_stopped >= 0.91 * n_lies
    assert n_dropped <= 0.0125 * n_faithful


def test_what_a_document_is_about_may_be_named_where_a_sentence_leaves_it_out() -> None:
    minutes = ["Relations of the DPRK.", *["It is said that the DPRK agreed."] * 5]
    statement = "The DPRK expanded relations with Japan."
    assert unsupported(statement, ["Expansion of relations with Japan."], before=minutes) == ()
    assert unsupported(statement, ["Expansion of relations with Japan."], before=minutes[:2])
