"""Citations as a historian would write them, and as reference managers read them."""

from __future__ import annotations

import json
import re
import warnings
from typing import Any

import bibtexparser.entrypoint
import citeproc  # type: ignore[import-untyped]
import pytest
import rispy  # type: ignore[import-untyped]
from bibtexparser.middlewares import LatexDecodingMiddleware
from citeproc.source.json import CiteProcJSON  # type: ignore[import-untyped]
from hypothesis import example, given
from hypothesis import strategies as st

from answerer.citing.citations import cite
from answerer.citing.source import Source
from datatypes import Document, Metadata, Page, Quote, Span

EMBASSY: Metadata = {
    "title": (
        "Information About the Policy of the Korean Workers Party from the East German Embassy"
    ),
    "date": "1963-06-20",
    "document_type": "Information",
    "creator": "SED Central Committee, Department of International Relations",
    "recipients": ("27x SED Politburo", "7x Central Committee"),
    "archive": "SAPMO-BA",
    "place": "Berlin",
    "reference_code": "DY 30, IV A 2/20/250",
    "original_language": "German",
    "language": "English",
    "translator": "Bernd Schaefer",
    "translated_for": "NKIDP",
    "digital_source": "Wilson Center Digital Archive",
    "url": "https://wilson-center-digital-archive.dvincitest.com/document/110118",
    "text_status": "translation",
}
FIELDS = [*EMBASSY, "collection", "box", "folder", "rights", "credits"]


def quote_from(
    metadata: Metadata, *, pages: tuple[Page, ...] = (), document_id: str = "d"
) -> Quote:
    document = Document(document_id, "A title", "Currently about 3 million.", pages, (), metadata)
    return Quote(document, Span(0, 9))


def parsed_bibtex(text: str) -> Any:
    library = bibtexparser.entrypoint.parse_string(
        text, append_middleware=[LatexDecodingMiddleware()]
    )
    assert library.failed_blocks == []
    (entry,) = library.entries
    return entry


def parsed_ris(text: str) -> dict[str, Any]:
    (reference,) = rispy.loads(text)
    return dict(reference)


def test_the_default_document_is_cited_as_a_historian_would() -> None:
    quote = quote_from(EMBASSY, document_id="1963-06-20-gdr-embassy-on-kwp-policy")
    citation = cite(quote)
    assert citation["note"] == (
        "SED Central Committee, Department of International Relations, “Information About the "
        "Policy of the Korean Workers Party from the East German Embassy,” 20 June 1963, DY 30, "
        "IV A 2/20/250, SAPMO-BA, Berlin, trans. Bernd Schaefer for NKIDP, Wilson Center Digital "
        "Archive, https://wilson-center-digital-archive.dvincitest.com/document/110118."
    )
    assert citation["short_note"] == (
        "SED Central Committee, Department of International Relations, “Information About the "
        "Policy,” 20 June 1963."
    )
    assert citation["bibliography"] == (
        "SED Central Committee, Department of International Relations. “Information About the "
        "Policy of the Korean Workers Party from the East German Embassy.” 20 June 1963. DY 30, "
        "IV A 2/20/250, SAPMO-BA, Berlin. Translated from German by Bernd Schaefer for NKIDP. "
        "Wilson Center Digital Archive. "
        "https://wilson-center-digital-archive.dvincitest.com/document/110118."
    )


def test_a_document_of_which_only_the_title_is_known_is_cited_by_it() -> None:
    assert cite(quote_from({}))["note"] == "“A title.”"
    assert cite(quote_from({}))["bibliography"] == "“A title.”"


def test_box_and_folder_stand_between_shelfmark_and_collection() -> None:
    papers = {
        "title": "Report",
        "reference_code": "MS 7",
        "box": "4",
        "folder": "Folder 2",
        "collection": "Kallen Papers",
        "archive": "YIVO, New York",
        "place": "New York",
    }
    assert cite(quote_from(papers))["note"] == (
        "“Report,” MS 7, box 4, Folder 2, Kallen Papers, YIVO, New York."
    )


@pytest.mark.parametrize(
    ("given_date", "shown"),
    [
        ("1963-06-20", "20 June 1963"),
        ("1963-06", "June 1963"),
        ("1963", "1963"),
        ("c. 1910", "c. 1910"),
        ("spring 1963", "spring 1963"),
        ("1963-13-40", "1963-13-40"),
        ("1963/64", "1963/64"),
    ],
)
def test_iso_dates_are_written_out_and_any_other_wording_is_kept(
    given_date: str, shown: str
) -> None:
    citation = cite(quote_from({"date": given_date}))
    assert citation["note"] == f"“A title,” {shown}."
    if shown == given_date:
        assert parsed_bibtex(citation["bibtex"])["year"] == shown


@pytest.mark.parametrize(
    ("title", "note", "bibliography"),
    [
        ('The slogan "own force" today', "“The slogan ‘own force’ today,”", "today.”"),
        ("The slogan „own force“", "“The slogan ‘own force,’”", "“The slogan ‘own force.’”"),
        ("“Whole title”", "“Whole title,”", "“Whole title.”"),
        ("The Workers’", "“The Workers’,”", "“The Workers’.”"),
        ("What next?", "“What next?,”", "“What next?”"),
        ("A full stop.", "“A full stop,”", "“A full stop.”"),
        ("Aid from the U.S.", "“Aid from the U.S.,”", "“Aid from the U.S.”"),
        ("Draft ( ), first,", "“Draft, first,”", "“Draft, first.”"),
    ],
)
def test_punctuation_and_quotation_marks_of_a_title_are_never_doubled(
    title: str, note: str, bibliography: str
) -> None:
    citation = cite(quote_from({"title": title, "date": "1963"}))
    assert citation["note"] == f"{note} 1963."
    assert bibliography in citation["bibliography"]


@pytest.mark.parametrize(
    ("pages", "pinpoint"),
    [
        ((Page(Span(0, 26), 219, "217"),), "p. 217 [scan 219]"),
        ((Page(Span(0, 26), 219),), "scan 219"),
        (
            (Page(Span(0, 4), 219, "217"), Page(Span(5, 26), 220, "218")),
            "pp. 217–218 [scans 219–220]",
        ),
        ((Page(Span(0, 4), 1, "xii"), Page(Span(5, 26), 2)), "p. xii [scans 1–2]"),
        ((Page(Span(10, 26), 2, "9"),), ""),
    ],
)
def test_the_printed_page_and_the_scan_are_both_named(
    pages: tuple[Page, ...], pinpoint: str
) -> None:
    citation = cite(quote_from({}, pages=pages))
    if pinpoint:
        assert citation["note"] == f"“A title,” {pinpoint}."
        assert citation["short_note"] == f"“A title,” {pinpoint}."
        assert parsed_ris(citation["ris"])["notes"] == [f"Quoted from {pinpoint}"]
    else:
        assert citation["note"] == "“A title.”"


@pytest.mark.parametrize(
    ("metadata", "status", "in_note"),
    [
        ({"text_status": "original"}, "Original text", ""),
        ({"text_status": "ocr"}, "Text read by machine (OCR)", "text read by machine (OCR)"),
        ({"text_status": "transcription"}, "Transcription", "transcription"),
        ({"text_status": "translation"}, "Translation", "translation"),
        (
            {"text_status": "translation", "original_language": "German"},
            "Translated from German",
            "translated from German",
        ),
        (
            {"translator": ("A. Meyer", "B. Roth")},
            "Translated by A. Meyer and B. Roth",
            "trans. A. Meyer and B. Roth",
        ),
        ({}, "", ""),
    ],
)
def test_the_status_of_the_text_is_said_and_a_translation_never_passes_as_the_original(
    metadata: Metadata, status: str, in_note: str
) -> None:
    quote = quote_from(metadata)
    citation = cite(quote)
    assert Source(quote).text_status == status
    assert citation["note"] == ("“A title.”" if not in_note else f"“A title,” {in_note}.")
    for form in ("bibtex", "ris", "csl_json"):
        assert status in citation[form]


def test_more_than_three_creators_are_shortened_in_notes_only() -> None:
    citation = cite(quote_from({"creator": ("A", "B", "C", "D")}))
    assert citation["note"] == "A et al., “A title.”"
    assert citation["bibliography"] == "A, B, C, and D. “A title.”"


def test_bibtex_is_read_back_with_every_special_character() -> None:
    title = r"50% of iron & coal_ore #1 $2 ~3 \end"
    fields = parsed_bibtex(cite(quote_from({**EMBASSY, "title": title}))["bibtex"])
    assert fields.entry_type == "unpublished"
    assert fields["title"].strip("{}") == title
    assert fields["date"] == "1963-06-20"
    assert fields["url"] == EMBASSY["url"]
    assert fields["note"].startswith("DY 30, IV A 2/20/250, SAPMO-BA, Berlin. Wilson Center")


def test_a_single_brace_in_a_title_does_not_end_the_bibtex_entry() -> None:
    text = cite(quote_from({"title": "Left { only", "creator": "Right } ^ only"}))["bibtex"]
    assert parsed_bibtex(text)["title"]
    assert r"title = {{Left \textbraceleft{} only}}" in text
    assert r"author = {{Right \textbraceright{} \textasciicircum{} only}}" in text


def test_a_name_that_holds_a_comma_or_an_and_stays_one_name_in_bibtex() -> None:
    creators = ("Ministry of Coal and Ores", "Schaefer, Bernd")
    text = cite(quote_from({"creator": creators}))["bibtex"]
    assert "author = {{Ministry of Coal and Ores} and {Schaefer, Bernd}}," in text


def test_ris_is_read_back_and_a_line_break_cannot_begin_a_field() -> None:
    title = "First\nER  - \r\nTY  - BOOK\u2028second"
    reference = parsed_ris(cite(quote_from({**EMBASSY, "title": title}))["ris"])
    assert reference["type_of_reference"] == "MANSCPT"
    assert reference["title"] == "First ER - TY - BOOK second"
    assert reference["date"] == "1963/06/20/"
    assert reference["year"] == "1963"
    assert reference["authors"] == [EMBASSY["creator"]]
    assert reference["urls"] == [EMBASSY["url"]]
    assert reference["language"] == "English"


def test_csl_json_is_rendered_by_another_citation_processor() -> None:
    items = json.loads(cite(quote_from(EMBASSY))["csl_json"])
    known = {*citeproc.VARIABLES, *citeproc.NAMES, *citeproc.DATES, "id", "type", "recipient"}
    assert {name.replace("-", "_") for name in items[0]} <= known | {"archive_place"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        source = CiteProcJSON(items)
    style = citeproc.CitationStylesStyle("chicago-notes-bibliography", validate=False)
    bibliography = citeproc.CitationStylesBibliography(style, source, citeproc.formatter.plain)
    bibliography.register(citeproc.Citation([citeproc.CitationItem("d")]))
    (entry,) = map(str, bibliography.bibliography())
    assert entry.startswith("SED Central Committee, Department of International Relations")
    assert "1963" in entry
    assert "Information About the Policy" in entry


def test_the_key_is_ascii_and_tells_similar_documents_apart() -> None:
    ids = ["letters/7", "letters-7", "Документ 1", "Документ-1", "日本", "中国"]
    keys = [parsed_bibtex(cite(quote_from({}, document_id=i))["bibtex"]).key for i in ids]
    assert len(set(keys)) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9-]+", key) for key in keys)
    assert keys[1] == "letters-7"


@pytest.mark.parametrize(
    ("metadata", "end"),
    [
        ({}, "“A title.”"),
        ({"url": "https://a.example/1"}, " https://a.example/1."),
        ({"url": "/document/1"}, "“A title.”"),
        ({"url": "javascript:alert(1)"}, "“A title.”"),
    ],
)
def test_only_an_address_that_leads_somewhere_stands_in_a_citation(
    metadata: Metadata, end: str
) -> None:
    assert cite(quote_from(metadata))["note"].endswith(end)


@example({"title": ("00", "000", "0 0", "0"), "date": "0"})
@given(
    st.dictionaries(
        st.sampled_from([name for name in FIELDS if name != "url"]),
        st.text(max_size=40) | st.lists(st.text(max_size=12), max_size=5).map(tuple),
    )
)
def test_any_metadata_gives_readable_citations_in_every_form(metadata: Metadata) -> None:
    citation = cite(quote_from(metadata))
    for form in ("note", "short_note", "bibliography"):
        text = citation[form]
        assert text.isprintable() or any(not c.isprintable() and ord(c) > 127 for c in text)
        assert not re.search(r" ,|, ,|,,|\(\s*\)|\[\s*\]|\s\s|\s$", text)
        assert text.endswith((".", ".”", ".’”", "?”", "!”", "?’”", "!’”", "?", "!"))
    parsed_bibtex(citation["bibtex"])
    assert len(rispy.loads(citation["ris"])) == 1
    assert json.loads(citation["csl_json"])[0]["id"] == "d"
