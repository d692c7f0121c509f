"""The languages of the pages: nothing missing, nothing left in another language, and the switch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import WORKERS, served, stand_in
from test_chat import ask, request

from datatypes import Collection, CollectionWords, Document
from errors import SettingError
from index.metadata.collection import load_collection
from index.metadata.fields import FIELDS
from index.storage.recipe import read_json, write_json
from interface.chat.turn_renderer import TurnRenderer
from interface.wording.languages import collection_texts, document_language, shared_language
from interface.wording.wordings import (
    WORDING_FOLDER,
    Wording,
    load_wording,
    load_wordings,
    preferred,
)

ENGLISH = WORDING_FOLDER / "en.toml"
WORDINGS = load_wordings()
OTHERS = [code for code in WORDINGS if code != "en"]


def sentences(wording: Wording) -> Iterator[tuple[str, str]]:
    for key, sentence in wording.sentences.items():
        forms = {"": sentence} if isinstance(sentence, str) else sentence
        yield from ((f"{key} {category}", form) for category, form in forms.items())


def test_english_comes_first_and_each_language_is_named_in_itself() -> None:
    names = {code: wording.language for code, wording in WORDINGS.items()}
    assert next(iter(names)) == "en"
    assert (
        names
        | {
            "en": "English",
            "de": "Deutsch",
            "es": "Español",
            "fr": "Français",
            "ko": "한국어",
        }
        == names
    )


def changed(tmp_path: Path, before: str, after: str) -> Path:
    text = ENGLISH.read_text(encoding="utf-8")
    assert text.count(before) == 1
    file = tmp_path / "en.toml"
    file.write_text(text.replace(before, after), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('\nask_button = "Ask"', "", "lacks ask_button"),
        ('\nask_button = "Ask"', '\nask_button = " "', "ask_button in en.toml is not a sentence"),
        ('\nask_button = "Ask"', "\nask_button = 3", "ask_button in en.toml is not a sentence"),
        ('\nask_button = "Ask"', '\nask_button = "Ask"\nmotto = "x"', "unknown motto"),
        ("the {n} passages", "the {k} passages", "why_rank in en.toml has a wrong brace"),
        ('\narchive = "Archive"', "", "lacks details.archive"),
        ('\narchive = "Archive"', '\narchive = ""', "details.archive in en.toml"),
        ('\nlisten = "Read aloud"', "", "lacks kiosk.listen"),
        ('\nlisten = "Read aloud"', '\nhear = "Hear"\nlisten = "Read"', "unknown kiosk.hear"),
        ("of {n}", "of {total}", "kiosk.next_quote in en.toml has a wrong brace"),
        ("\n[kiosk]", "\n[booth]", "lacks kiosk"),
        ("\n[kiosk]", "\n[kiosk", "cannot be read"),
        ('one = "{n} document", ', "", "n_documents in en.toml has wrong plural forms"),
        ('one = "{n} document"', 'few = "{n}"', "n_documents in en.toml has wrong plural forms"),
        ('one = "{n} document"', 'one = ""', "n_documents in en.toml is not a sentence"),
        ('one = "{n} document"', 'one = "{k}"', "n_documents in en.toml has a wrong brace"),
        ('\nask_button = "Ask"', '\nask_button = {other = "A"}', "ask_button in en.toml has wrong"),
    ],
)
def test_a_missing_unknown_or_empty_word_stops_the_start(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    with pytest.raises(SettingError, match=re.escape(said)):
        load_wording(changed(tmp_path, before, after))


def test_the_first_language_cannot_be_missing(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"lacks en\.toml"):
        load_wordings(tmp_path)


@pytest.mark.parametrize("code", OTHERS)
def test_nothing_stayed_in_english(code: str) -> None:
    english = dict(sentences(WORDINGS["en"]))
    same = {
        name
        for name, words in sentences(WORDINGS[code])
        if words == english.get(name) and len(words.split()) > 2
    }
    assert same == set()


@pytest.mark.parametrize("code", WORDINGS)
def test_every_language_keeps_the_order_of_the_english_file(code: str) -> None:
    """So that two files can be read side by side."""
    assert list(WORDINGS[code].sentences) == list(WORDINGS["en"].sentences)


def test_whatever_may_be_known_of_a_document_has_a_name() -> None:
    assert set(WORDINGS["en"].table("details")) == FIELDS - {"id", "title"}


def test_numbers_are_written_as_the_language_writes_them() -> None:
    written = {code: wording.number(1234567) for code, wording in WORDINGS.items()}
    assert written["en"] == "1,234,567"
    assert written["de"] == "1.234.567"
    assert written["fr"] == "1\u202f234\u202f567"


@pytest.mark.parametrize(
    ("code", "n", "words"),
    [
        ("en", 0, "0 documents"),
        ("en", 1, "1 document"),
        ("fr", 0, "0 document"),
        ("fr", 1_000_000, "1\u202f000\u202f000 de documents"),
        ("ko", 1, "문서 1건"),
    ],
)
def test_a_number_takes_the_plural_form_of_the_language(code: str, n: int, words: str) -> None:
    assert WORDINGS[code].counted("n_documents", n) == words


def test_a_language_with_more_plural_forms_must_give_them_all(tmp_path: Path) -> None:
    polish = tmp_path / "pl.toml"
    polish.write_text(ENGLISH.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(SettingError, match="It needs: few, many, one, other"):
        load_wording(polish)


def test_a_file_that_is_not_named_after_a_language_is_refused(tmp_path: Path) -> None:
    unknown = tmp_path / "qx.toml"
    unknown.write_text(ENGLISH.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(SettingError, match="not named after a language"):
        load_wording(unknown)


@pytest.mark.parametrize(
    ("asked", "accepted", "code"),
    [
        ("de", "fr", "de"),
        ("de-AT", "", "de"),
        ("DE", "", "de"),
        ("xx", "fr", "fr"),
        (None, "pt-BR,es;q=0.8,en;q=0.9", "en"),
        (None, "ko-KR,en;q=0.5", "ko"),
        (None, "fr;q=0,es;q=0.1", "es"),
        (None, "*", "en"),
        (None, ",;q=;;q=x,,", "en"),
        (None, "", "en"),
        ("../de", "", "en"),
    ],
)
def test_the_asked_language_wins_then_the_browsers_then_english(
    asked: str | None, accepted: str, code: str
) -> None:
    assert preferred(WORDINGS, asked, accepted).code == code


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(stand_in()) as url:
        yield url


def test_the_chat_page_speaks_the_asked_language_and_keeps_the_documents(address: str) -> None:
    _, headers, page = request(address, "GET", "/?lang=fr", Accept_Language="de")
    assert '<html lang="fr">' in page
    assert "Nouvelle conversation" in page
    assert headers["vary"] == "Accept-Language"
    _, _, page = request(address, "GET", "/", Accept_Language="xx,ko;q=0.3")
    assert '<html lang="ko">' in page
    for code, wording in WORDINGS.items():
        assert f'lang="{code}"' in page
        assert f">{wording.language}</option>" in page


def test_an_answer_is_worded_in_the_pages_language_and_quoted_in_its_own(address: str) -> None:
    answer = ask(address, WORKERS, language="es")
    assert "Los documentos dicen:" in answer["html"]
    assert answer["announcement"].startswith("Los documentos dicen: Currently about 3 million")
    assert "Das ist keine Frage." in ask(address, " ", language="de")["html"]
    assert "500자 이내로" in ask(address, "x" * 501, language="ko")["html"]


def test_a_quote_bears_the_language_of_its_document() -> None:
    library = stand_in()
    answer = library.ask(WORKERS)
    assert 'class="words" lang="" dir="auto"' in TurnRenderer(
        library, WORDINGS["de"]
    ).render_answer(answer, "1")
    (document,) = library.shelf.values()
    document.metadata["language"] = "English"  # type: ignore[index]
    assert 'class="words" lang="en" dir="auto"' in TurnRenderer(
        library, WORDINGS["de"]
    ).render_answer(answer, "1")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("English", "en"),
        ("german", "de"),
        ("한국어", "ko"),
        (("French",), "fr"),
        ("pt-br", "pt-br"),
        ("ru", "ru"),
        ("Allemand", "de"),
        ("ga", "ga"),  # though Ga is a language too
        (("English", "German"), ""),
        ("Klingonese", ""),
        ("", ""),
    ],
)
def test_languages_are_known_by_their_names_and_codes(
    said: str | tuple[str, ...], code: str
) -> None:
    assert document_language(Document("d", "D", "Text.", metadata={"language": said})) == code


def test_documents_share_a_language_only_if_all_are_in_it() -> None:
    english, german = {"language": "English"}, {"language": "German"}
    assert shared_language([english, english]) == "en"
    assert shared_language([english, german]) == ""
    assert shared_language([english, {}]) == ""
    assert shared_language([]) == ""


TRANSLATED = """
[collection]
title = "Letters"
welcome = "Ask."
suggested_questions = ["Who wrote?", "When?"]
[collection.translations.de]
title = "Briefe"
[collection.translations.de.suggested_questions]
"Who wrote?" = "Wer schrieb?"
"""


def test_a_collection_says_what_it_can_in_each_language(tmp_path: Path) -> None:
    (tmp_path / "collection.toml").write_text(TRANSLATED, encoding="utf-8")
    collection = load_collection(tmp_path)
    german = collection_texts(collection, "de")
    assert (german.title, german.welcome) == ("Briefe", "Ask.")
    assert german.questions == {"Who wrote?": "Wer schrieb?", "When?": "When?"}
    assert collection_texts(collection, "fr").questions == {
        "Who wrote?": "Who wrote?",
        "When?": "When?",
    }
    write_json(collection, tmp_path / "collection.json")
    assert read_json(Collection, tmp_path / "collection.json") == collection


def test_a_collection_of_an_older_index_has_no_translations(tmp_path: Path) -> None:
    old = '{"title": "T", "suggested_questions": [], "glossary": {}}'
    (tmp_path / "collection.json").write_text(old, encoding="utf-8")
    assert read_json(Collection, tmp_path / "collection.json") == Collection(title="T")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("translations.de]", "translations.Deutsch]", "`Deutsch` is no code of a language"),
        ('title = "Briefe"', "title = 7", "line 6: `title` is not a text"),
        ('title = "Briefe"', 'titel = "Briefe"', "line 6: [collection.translations.de] has no"),
        ('"Who wrote?" = "Wer', '"Who wrotes?" = "Wer', "line 8: [collection.translations.de."),
        ('"Wer schrieb?"', "8", "line 8: `Who wrote?` is not a text"),
    ],
)
def test_a_translation_that_cannot_be_used_is_named_with_its_line(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    text = TRANSLATED.strip().replace(before, after)
    if "Deutsch" in after:
        text = text.replace("translations.de.", "translations.Deutsch.")
    (tmp_path / "collection.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingError) as fault:
        load_collection(tmp_path)
    assert said in str(fault.value)


def test_the_default_collection_says_all_of_itself_in_every_language() -> None:
    collection = load_collection(WORDING_FOLDER.parents[1] / "documents")
    for code in OTHERS:
        words = collection.translations[code]
        assert words.title
        assert words.welcome
        assert set(words.suggested_questions) == set(collection.suggested_questions)


def test_collection_words_left_empty_are_said_as_they_are() -> None:
    collection = Collection(title="Letters", translations={"de": CollectionWords()})
    assert collection_texts(collection, "de").title == "Letters"
