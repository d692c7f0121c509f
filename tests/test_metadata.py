"""Where a document's metadata comes from, what wins, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from specimens import read

from errors import SettingError
from index.metadata.collection import load_collection
from index.readers.folder import load_folder


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


SOURCES = [
    ("collection.toml", '[document]\nplace = "1"'),
    ("sub/collection.toml", '[document]\nplace = "2"'),
    ("collection.toml", '[document]\nplace = "1"\n[documents."sub/note.md"]\nplace = "3"'),
    ("sub/collection.toml", '[document]\nplace = "2"\n[documents."note.md"]\nplace = "4"'),
    ("sub/note.md", '+++\nplace = "5"\n+++\ntext'),
    ("sub/note.toml", 'place = "6"'),
    ("sub/note.md.toml", 'place = "7"'),
]
"""From the weakest to the strongest."""


@pytest.mark.parametrize("n_sources", range(1, len(SOURCES) + 1))
def test_what_is_nearer_to_the_file_wins(tmp_path: Path, n_sources: int) -> None:
    write(tmp_path / "sub/note.md", "text")
    for name, text in SOURCES[:n_sources]:
        write(tmp_path / name, text)
    found = read(tmp_path)
    assert not found.problems
    assert found.document.metadata == {"place": str(n_sources)}
    assert found.document.text == "text"


def test_sources_complete_each_other(tmp_path: Path) -> None:
    write(tmp_path / "collection.toml", '[document]\narchive = "SAPMO-BA"\nplace = "Berlin"')
    write(tmp_path / "note.md", "---\ntitle: Policy\nplace: Bonn\n---\ntext")
    write(tmp_path / "note.toml", 'creator = ["A. Clerk", "B. Clerk"]')
    document = read(tmp_path).document
    assert document.title == "Policy"
    assert document.metadata == {
        "archive": "SAPMO-BA",
        "place": "Bonn",
        "creator": ("A. Clerk", "B. Clerk"),
    }


@pytest.mark.parametrize("ending", ["md", "txt", "html", "pdf", "docx"])
def test_metadata_by_full_name_is_for_that_format_alone(tmp_path: Path, ending: str) -> None:
    write(tmp_path / "note.txt", "text")
    write(tmp_path / f"note.{ending}.toml", 'id = "other"')
    expected = "other" if ending == "txt" else "note"
    assert read(tmp_path).document.document_id == expected


def test_an_id_is_the_path_without_ending_unless_it_is_given(tmp_path: Path) -> None:
    write(tmp_path / "sub/v1.2.txt", "text")
    write(tmp_path / "sub/other.txt", "text")
    write(tmp_path / "sub/other.toml", "id = 7")
    documents = read(tmp_path).documents
    assert documents["sub/v1.2.txt"].document_id == "sub/v1.2"
    assert documents["sub/other.txt"].document_id == "7"


def test_names_are_compared_as_they_look(tmp_path: Path) -> None:
    # The file's name has its accent apart from the letter, as some systems write it.
    write(tmp_path / "U\u0308bersicht.md", "text")
    write(tmp_path / "collection.toml", '[documents."Übersicht.md"]\nplace = "Bonn"')
    found = read(tmp_path)
    assert found.document.metadata == {"place": "Bonn"}
    assert found.document.document_id == "Übersicht"
    assert not found.problems


def test_values_are_texts_on_one_line_and_empty_ones_are_left_out(tmp_path: Path) -> None:
    write(
        tmp_path / "note.toml",
        'date = 1963-06-20\nbox = 12\nfolder = 1.10\nplace = ""\nrecipients = []\n'
        'rights = """\n  All\n  rights """\nlanguage = ["", "German"]\ncreator = "u\u0308"',
    )
    write(tmp_path / "note.md", "text")
    assert read(tmp_path).document.metadata == {
        "date": "1963-06-20",
        "box": "12",
        "folder": "1.10",
        "rights": "All rights",
        "language": ("German",),
        "creator": "ü",
    }


WRONG = [
    ('place = "a"\nplce = "b"', 2, "There is no field `plce`.", "Write `place`."),
    ('author = "b"', 1, "There is no field `author`.", "Write `creator`."),
    ('place = ["a", "b"]', 1, "`place` has several values.", "Give it one"),
    ("place = true", 1, "`place` is not a text.", "quotation marks"),
    ('url = "javascript:alert(1)"', 1, "`url` is no web address", "https://"),
    ('text_status = "scan"', 1, "`text_status` cannot be 'scan'.", "ocr"),
    ("place = Bonn", 1, "Not valid TOML: Invalid value.", 'name = "value"'),
    ('place = "a"\n\nplace = "b"', 3, "Not valid TOML: Cannot overwrite a value.", "value"),
    ('place = "a"\ndate = 1963-02-31', 2, "Not valid TOML: Invalid date", "value"),
]


@pytest.mark.parametrize(("text", "line", "what", "remedy"), WRONG)
def test_a_document_whose_metadata_is_wrong_is_skipped_with_the_line(
    tmp_path: Path, text: str, line: int, what: str, remedy: str
) -> None:
    write(tmp_path / "good.md", "text")
    write(tmp_path / "note.md", "text")
    write(tmp_path / "note.toml", text)
    found = read(tmp_path)
    assert list(found.documents) == ["good.md"]
    (problem,) = found.problems
    assert str(problem).startswith(f"note.md: Its metadata, note.toml, line {line}: {what}")
    assert remedy in problem.remedy


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('+++\nplace = "a"\nplce = "b"\n+++\nx', 3, "Front matter: There is no field `plce`."),
        ("+++\nplace = Bonn\n+++\nx", 2, "Front matter: Not valid TOML: Invalid value."),
        ('+++\nplace = "a"\n', 1, "The front matter has no end."),
        ("---\ntitle: a\nplce: b\n---\nx", 3, "Front matter: There is no field `plce`."),
        ("---\ntitle: a: b\n---\nx", 2, "Front matter: not valid YAML"),
        ("---\ntitle: [a\n---\nx", 3, "Front matter: not valid YAML"),
        ("---\nplace: {a: b}\n---\nx", 2, "Front matter: `place` is not a text."),
        ("---\nplace: " + "[" * 5_000 + "\n---\nx", None, "Front matter: not valid YAML."),
    ],
)
def test_wrong_front_matter_is_named_by_its_line_in_the_file(
    tmp_path: Path, text: str, line: int | None, what: str
) -> None:
    write(tmp_path / "good.md", "text")
    write(tmp_path / "note.md", text)
    found = read(tmp_path)
    assert list(found.documents) == ["good.md"]
    (problem,) = found.problems
    place = "note.md" if line is None else f"note.md, line {line}"
    assert str(problem).startswith(f"{place}: {what}")


def test_a_wrong_table_of_one_file_skips_that_document_alone(tmp_path: Path) -> None:
    write(tmp_path / "good.md", "text")
    write(tmp_path / "note.md", "text")
    table = '[collection]\ntitle = "All"\n[documents."note.md"]\nplace = "a"\nplce = "b"\n'
    write(tmp_path / "collection.toml", table)
    found = read(tmp_path)
    assert list(found.documents) == ["good.md"]
    (problem,) = found.problems
    assert str(problem).startswith(
        "note.md: Its metadata, collection.toml, line 5: There is no field `plce`."
    )
    assert load_collection(tmp_path).title == "All"


def test_a_wrong_collection_file_below_skips_what_lies_beside_it(tmp_path: Path) -> None:
    write(tmp_path / "good.md", "text")
    write(tmp_path / "sub/one.md", "text")
    write(tmp_path / "sub/collection.toml", "[document]\nplace = Bonn")
    found = read(tmp_path)
    assert list(found.documents) == ["good.md"]
    assert [str(problem) for problem in found.problems] == [
        "sub/one.md: Its metadata, sub/collection.toml, line 2: Not valid TOML: Invalid value."
        ' Write each field as name = "value".'
    ]


def test_a_table_for_no_document_is_suspicious(tmp_path: Path) -> None:
    write(tmp_path / "note.md", "text")
    write(tmp_path / "collection.toml", '[documents."nota.md"]\nplace = "a"')
    (problem,) = read(tmp_path).problems
    assert str(problem).startswith('collection.toml: [documents."nota.md"] names none of the')
    assert not problem.skipped


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("[collection\n", 1, "Not valid TOML"),
        ("[colection]\n", None, "There is no table [colection]. Write `collection`."),
        ('[collection]\ntitel = "x"\n', 2, "[collection] has no field `titel`. Write `title`."),
        ("[collection]\ntitle = 1963\n", 2, "`title` is not a text."),
        ('[collection]\nsuggested_questions = "?"\n', 2, "`suggested_questions` is not a list"),
        ("[collection.glossary]\nKWP = 1\n", 2, "The glossary's `KWP` is not a text"),
        ('[document]\ntitle = "x"\n', 2, "`title` in [document] would hold for every document."),
        ("document = 1\n", None, "[document] is not a table."),
    ],
)
def test_a_wrong_collection_file_stops_before_anything_is_read(
    tmp_path: Path, text: str, line: int | None, what: str
) -> None:
    write(tmp_path / "note.md", "text")
    write(tmp_path / "collection.toml", text)
    place = f"{tmp_path}/collection.toml{'' if line is None else f', line {line}'}: {what}"
    for attempt in (lambda: load_collection(tmp_path), lambda: list(load_folder(tmp_path))):
        with pytest.raises(SettingError) as caught:
            attempt()
        assert str(caught.value).startswith(place)


def test_a_collection_says_what_its_file_says(tmp_path: Path) -> None:
    assert load_collection(tmp_path).title == "Documents"
    write(
        tmp_path / "collection.toml",
        '[collection]\ntitle = " Letters "\nsuggested_questions = ["Who?", " "]\n'
        '[collection.glossary]\nKWP = "Korean Workers Party"\nDPRK = ["North Korea", ""]\n',
    )
    collection = load_collection(tmp_path)
    assert collection.title == "Letters"
    assert collection.institution is None
    assert collection.suggested_questions == ("Who?",)
    assert collection.glossary == {"KWP": ("Korean Workers Party",), "DPRK": ("North Korea",)}
