"""HTML: the text that a reader of the page sees."""

from __future__ import annotations

from pathlib import Path

import pytest
from specimens import read, read_one


def text(path: Path, markup: str) -> str:
    return read_one(path / "page.html", markup).text


def test_blocks_are_parted_by_blank_lines_and_white_space_collapses(tmp_path: Path) -> None:
    markup = "<p>One\n   <b>bold</b>, <i>one</i>.</p>\n<ul><li>first<li>second</ul>"
    assert text(tmp_path, markup) == "One bold, one.\n\nfirst\n\nsecond"


def test_a_break_is_a_line_and_two_are_a_paragraph(tmp_path: Path) -> None:
    assert text(tmp_path, "a<br>b<br><br>c") == "a\nb\n\nc"


def test_cells_are_parted_by_tabs_and_rows_are_blocks(tmp_path: Path) -> None:
    markup = "<table><tr><th>Year<th>Ore</tr><tr><td>1962<td>7<p>t</p></tr></table>"
    assert text(tmp_path, markup) == "Year\tOre\n\n1962\t7\n\nt"


def test_preformatted_text_keeps_its_lines(tmp_path: Path) -> None:
    markup = "<pre>\none <b>two</b>\n  three <i>a</i> <i>b</i>\n\nfour</pre>five"
    assert text(tmp_path, markup) == "one two\n  three a b\n\nfour\n\nfive"


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>secret()</script>",
        "<style>secret {}</style>",
        "<!-- secret -->",
        "<noscript>secret</noscript>",
        "<template>secret</template>",
        "<nav>secret</nav>",
        "<div role=navigation>secret</div>",
        "<p hidden>secret</p>",
        "<p aria-hidden=true>secret</p>",
        "<p style='color: red; DISPLAY : none'>secret</p>",
        "<span style='visibility:hidden'>se<b>cr</b>et</span>",
        "<button>secret</button>",
        "<textarea>secret</textarea>",
        "<select><option>secret</select>",
        "<iframe>secret</iframe>",
        "<svg><text>secret</text></svg>",
        "<dialog>secret</dialog>",
        "<input value=secret type=hidden>",
        "<img alt=secret>",
    ],
)
def test_what_a_reader_does_not_see_is_left_out(tmp_path: Path, hidden: str) -> None:
    assert text(tmp_path, f"<p>before</p>{hidden}<p>after</p>") == "before\n\nafter"


def test_markup_shown_as_text_stays_text(tmp_path: Path) -> None:
    assert text(tmp_path, "<p>&lt;script&gt; &amp;lt; &#8220;x&#8221;") == "<script> &lt; “x”"


def test_headings_are_right_slices(tmp_path: Path) -> None:
    # The accents stand apart from their letters, so that the text gets shorter before a heading.
    markup = "<p>Gefa\u0308ße u\u0308<h2> Zweite\n<i>U\u0308bersicht</i> </h2>x<h1>&nbsp;</h1><h3>C"
    document = read_one(tmp_path / "page.html", markup)
    assert document.text == "Gefäße ü\n\nZweite Übersicht\n\nx\n\nC"
    assert [(each.level, each.span.of(document.text)) for each in document.headings] == [
        (2, "Zweite Übersicht"),
        (3, "C"),
    ]


def test_carriage_returns_in_preformatted_text_do_not_shift_headings(tmp_path: Path) -> None:
    document = read_one(tmp_path / "page.html", "<pre>a&#13;</pre><h1>Title of it</h1>")
    assert document.headings[0].span.of(document.text) == "Title of it"


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("<title>Policy &amp;\n Plan</title><h1>Other</h1>", "Policy & Plan"),
        ("<title>untitled</title><h1>First heading</h1>", "First heading"),
        ("<p>text", "A page"),
    ],
)
def test_the_title_is_the_pages_own_or_its_first_heading(
    tmp_path: Path, markup: str, title: str
) -> None:
    assert read_one(tmp_path / "a-page.htm", markup + "<p>x").title == title


@pytest.mark.parametrize("declared", ["iso-8859-1", "us-ascii", "windows-1252"])
def test_declared_western_pages_keep_their_quotation_marks(tmp_path: Path, declared: str) -> None:
    markup = f"<meta charset='{declared}'><p>“Quoted” – für 5 €"
    document = read_one(tmp_path / "page.html", markup.encode("cp1252"))
    assert document.text == "“Quoted” – für 5 €"


def test_a_declared_encoding_decides_where_bytes_leave_it_open(tmp_path: Path) -> None:
    markup = '<meta http-equiv=Content-Type content="text/html; charset=koi8-r"><p>Да'
    assert read_one(tmp_path / "page.html", markup.encode("koi8-r")).text == "Да"


def test_utf_8_is_read_whatever_the_page_declares(tmp_path: Path) -> None:
    assert text(tmp_path, "<meta charset=koi8-r><p>für") == "für"


def test_a_page_nested_like_a_trap_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text('<div ">' + "<div>" * 500_000 + 'x<p>"</p>')
    (tmp_path / "deep.html").write_text("<div>" * 900 + "the ground")
    found = read(tmp_path)
    assert found.document.text == "the ground"
    (problem,) = found.problems
    assert "nested more than 1,000 deep" in problem.what
