"""Abbreviations that documents introduce in brackets."""

from __future__ import annotations

from pathlib import Path

import pytest
from predictable import PredictableEmbedder

from index.build import build_index
from index.storage.passage_index import PassageIndex
from index.text.abbreviations import abbreviations_of


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("The Workers Party of Chile (WPC) met.", "WPC", "Workers Party of Chile"),
        ("the Ministry of State Security (MfS)", "MfS", "Ministry of State Security"),
        ("Ministerium für Staatssicherheit (MfS)", "MfS", "Ministerium für Staatssicherheit"),
        ("Министерство Иностранных Дел (МИД)", "МИД", "Министерство Иностранных Дел"),
        ("a hypertext transfer protocol (HTTP)", "HTTP", "hypertext transfer protocol"),
        (
            "the Organization of Arab Petroleum Exporting Countries (OAPEC)",
            "OAPEC",
            "Organization of Arab Petroleum Exporting Countries",
        ),
        ("after World War II (WWII)", "WWII", "World War II"),
        ("the United Nations (U.N.) forces", "U.N", "United Nations"),
        ("the Harbour Works (“HW”)", "HW", "Harbour Works"),
        ("the Coal Board of Wales (hereafter: CBW)", "CBW", "Coal Board of Wales"),
        ("the Coal Board of Wales (abbreviated as CBW)", "CBW", "Coal Board of Wales"),
        (
            "the European Economic Community (EEC, founded 1957)",
            "EEC",
            "European Economic Community",
        ),
        ("The CBW (Coal Board of Wales) met.", "CBW", "Coal Board of Wales"),
        ("The CBW (the Coal Board of Wales, London) met.", "CBW", "Coal Board of Wales"),
    ],
)
def test_an_abbreviation_is_found_with_what_it_stands_for(text: str, short: str, long: str) -> None:
    assert list(abbreviations_of(text)) == [(short, long)]


@pytest.mark.parametrize(
    "text",
    [
        "He came back (again) in spring (1963).",
        "(WPC) stands alone",
        "the Treaty (NATO)",
        "He met Kim (KIM) there",
        "the so-called reform (see the annex)",
        "The workers met. Party of Chile (WPC)",
        "the factory (who also headed the KWP delegation to our party)",
        "DPRK (after all, 78.6 percent of voters opted for it)",
        "at the UN (see the United Nations report)",
        "brackets ((((((((((WP (WP",
        "Workers Party [WP]",
        "",
    ],
)
def test_a_bracket_that_introduces_nothing_is_left_alone(text: str) -> None:
    assert not list(abbreviations_of(text))


def test_a_long_form_may_run_over_a_line_but_not_over_a_paragraph() -> None:
    assert list(abbreviations_of("the Supreme\nAssembly (SA)")) == [("SA", "Supreme Assembly")]
    assert not list(abbreviations_of("the Supreme\n\nAssembly (SA)"))


def test_each_is_named_once_in_the_order_of_the_text() -> None:
    text = "Harbour Works (HW), Coal Board (CB), Harbour Works (HW), Herring Week (HW)"
    assert list(abbreviations_of(text)) == [
        ("HW", "Harbour Works"),
        ("CB", "Coal Board"),
        ("HW", "Herring Week"),
    ]


def test_the_default_document_introduces_two(default_index: PassageIndex) -> None:
    assert default_index.texts.abbreviations() == [
        ("KWP", "Korean Workers Party"),
        ("SPA", "Supreme People's Assembly"),
    ]


def test_an_abbreviation_leaves_the_index_with_its_document(tmp_path: Path) -> None:
    folder, out = tmp_path / "papers", tmp_path / "index"
    folder.mkdir()
    (folder / "a.txt").write_text("The Harbour Works (HW) were closed.")
    (folder / "b.txt").write_text("The Coal Board (CB) paid for it.")
    build_index(folder, out, embedder=PredictableEmbedder())
    assert PassageIndex.load(out).texts.abbreviations() == [
        ("CB", "Coal Board"),
        ("HW", "Harbour Works"),
    ]
    (folder / "a.txt").unlink()
    build_index(folder, out, embedder=PredictableEmbedder())
    assert PassageIndex.load(out).texts.abbreviations() == [("CB", "Coal Board")]
