"""Text files in other encodings than UTF-8 are read right, or with a doubt, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from specimens import read, read_one

GERMAN = "Die Prüfung der Gefäße ergab, daß für März keine größeren Mängel übrig blieben.\n"
CZECH = "Ministr prohlásil, že průmysl vyrábí většinu potřebných strojů.\n"
HUNGARIAN = "A miniszter kijelentette, hogy az ipar önállóan előállítja a gépeket és bővül.\n"
RUSSIAN = "Министр финансов заявил, что промышленность развивается быстрее.\n"
POLISH = "Zażółć gęślą jaźń, a potem źdźbło trawy łąkowej; również książę pójdzie.\n"
TURKISH = "Değirmen 1911 yılında yandı; şehir meclisi yeni bir değirmen taşı aldı.\n"
GREEK = "Ο υπουργός δήλωσε ότι η βιομηχανία αναπτύσσεται γρήγορα.\n"
JAPANESE = "このJIS文書は日本語で書かれており、符号化方式を推定する。大臣は演説で述べた。"
CHINESE = "朝鮮勞動黨中央委員會第六次全體會議在平壤舉行，討論了工業問題。"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "cp1252"),
        ("“Quoted” – text\n", "cp1252"),
        ("The report says: für, no more.\n", "cp1252"),
        ("The report says: “yes”; 5 € – at 3° on 1 May…\n", "cp1252"),
        ("Öl\n", "cp1252"),
        ("½\n", "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (POLISH, "cp1250"),
        (JAPANESE, "shift_jis"),
        (CZECH, "cp1250"),
        (HUNGARIAN, "cp1250"),
        (POLISH, "iso8859_2"),
        (TURKISH, "cp1254"),
        (TURKISH, "iso8859_9"),
        (GREEK, "cp1253"),
        (GREEK, "iso8859_7"),
        (RUSSIAN, "cp866"),
        (GERMAN, "cp850"),
        (GERMAN, "mac_roman"),
        (JAPANESE * 803, "euc_jp"),  # one line, longer than what the guess is made from
        (CHINESE, "big5"),
        (CHINESE, "gb18030"),
        (GERMAN, "utf_8_sig"),
        (GERMAN, "utf_16"),
        (GERMAN, "utf_32"),
        ("\ufeff" + GERMAN, "utf_16_be"),
        (GERMAN, "utf_16_le"),
        (RUSSIAN, "utf_16_le"),
        (RUSSIAN, "utf_16_be"),
    ],
)
def test_an_encoding_is_told_from_the_bytes(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes(text.encode(encoding))
    assert read(path).document.text == text.removeprefix("\ufeff")


def test_a_guess_that_others_rival_is_suspicious(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_bytes("La leçon commence à l'école.\n".encode("cp1252"))
    found = read(tmp_path)
    (problem,) = found.problems
    assert found.document.text == "La leçon commence à l'école.\n"
    assert not problem.skipped
    assert "read as cp1252" in problem.what
    assert "Save it as UTF-8." in problem.remedy


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Нет.\n", "shift_jis"),  # UTF-16 would make it Chinese
        ("Да, Правда\n", "cp1251"),  # makes sense as Korean
        ("ÄÖÜ!", "cp1252"),
    ],
)
def test_a_wrong_guess_is_suspicious(tmp_path: Path, text: str, encoding: str) -> None:
    (tmp_path / "note.txt").write_bytes(text.encode(encoding))
    found = read(tmp_path)
    doubts = [each.what for each in found.problems if not each.skipped]
    assert found.document.text == text or "encoding is uncertain" in doubts[0]


def test_a_page_labelled_utf_8_that_is_not_is_read_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(f"<meta charset=utf-8><p>{GERMAN}".encode("cp1252"))
    assert read(path).document.text == GERMAN.strip()


def test_lost_characters_are_suspicious(tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("Kim \ufffd\ufffd Sung")
    (problem,) = read(tmp_path).problems
    assert str(problem) == (
        "note.md: 2 characters were lost before (U+FFFD). Make the text anew from its source."
    )


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_utf_8_is_never_taken_for_anything_else(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    text = "é " + text.replace("\ufffd", "")
    assert read_one(tmp_path_factory.mktemp("utf-8") / "n.txt", text).text.startswith("é")
