"""Reports of visits: the command, and the curator's page of them."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from browsing import DELEGATION, ROOT, UNKNOWN, WORKERS, serving, stand_in
from curating import Curated, curated, message
from test_chat import ask, get
from test_visits import visit

from interface.application import create_app
from interface.visits import log as visits_module
from interface.visits.figures import median, read_visits
from interface.visits.log import VisitLog
from interface.wording.wordings import load_wordings

TODAY = date(2026, 11, 24)
FORMULA = "=HYPERLINK(0)"
ODD = "Is \x1b[31mred\x1b[0m \u202edeltit <script>alert(1)</script> said?"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three days, two languages, questions kept."""
    path = tmp_path_factory.mktemp("report") / "log.sqlite"
    day = TODAY
    with closing(VisitLog(path, "questions", 365, today=lambda: day)) as log:
        for seconds in (0.05, 0.06, 0.07, 2.5):
            visit(log, WORKERS, seconds=seconds, door="kiosk")
        visit(log, UNKNOWN, seconds=0.01)
        visit(log, FORMULA, language="de")
        visit(log, ODD, language="de")
        day = TODAY - timedelta(days=1)
        visit(log, UNKNOWN.lower().rstrip("?"), seconds=0.02)
        visit(log, DELEGATION, seconds=0.02)
        day = TODAY - timedelta(days=40)
        visit(log, WORKERS, seconds=0.3)
    return path


def report(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DOCENT_")}
    return subprocess.run(
        [sys.executable, "-m", "interface.visits", *map(str, arguments)],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_table_says_per_day_and_language_who_asked_and_what_was_found(path: Path) -> None:
    done = report(path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["2026-11-24", "en", "5", "1", "60", "ms"] in lines
    assert ["2026-11-24", "de", "2", "2", "66", "ms"] in lines
    assert ["2026-11-23", "en", "2", "1", "20", "ms"] in lines
    assert "10 asked (chat 6, kiosk 4), 4 found nothing;" in done.stdout
    passages, nothing, others = (
        done.stdout.index(heading)
        for heading in ("Passages that answered", "Questions that found nothing", "Other questions")
    )
    assert re.search(r"^ +5  1963-06-20-gdr-embassy", done.stdout[passages:], re.M)
    assert re.search(r"^ +2  en   Who painted the ceiling\?$", done.stdout[nothing:others], re.M)
    assert re.search(rf"^ +5  en   {re.escape(WORKERS)}$", done.stdout[others:], re.M)


def test_no_terminal_obeys_what_a_visitor_wrote(path: Path) -> None:
    said = report(path).stdout
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "\\u202edeltit" in said


def test_a_terminal_that_cannot_show_a_letter_gets_its_number(path: Path) -> None:
    done = report(path, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\u2013" in done.stdout


def sheet(path: Path, *name: str) -> str:
    """For spreadsheets, so of one encoding, with its mark, whatever the terminal's is."""
    said = report(path, "--csv", *name, PYTHONIOENCODING="ascii").stdout
    assert said.startswith("\ufeff")
    return said.removeprefix("\ufeff")


def test_the_sheets_are_csv_and_run_no_formula(path: Path) -> None:
    days = list(csv.DictReader(sheet(path).splitlines()))
    assert {key: days[1][key] for key in list(days[1])[:7]} == {
        "day": "2026-11-24",
        "language": "en",
        "asked": "5",
        "found_nothing": "1",
        "median_seconds": "0.06",
        "chat": "1",
        "kiosk": "4",
    }
    questions = list(csv.DictReader(sheet(path, "questions").splitlines()))
    assert f"'{FORMULA}" in [each["question"] for each in questions]
    assert not [each for each in questions if each["question"].startswith(("=", "+", "-", "@"))]
    passages = list(csv.DictReader(sheet(path, "passages").splitlines()))
    assert sum(int(each["n"]) for each in passages) == 7
    assert set(passages[0]) == {"day", "language", "document_id", "start", "end", "n"}


def test_each_line_of_json_is_a_day_and_language_with_its_passages(path: Path) -> None:
    lines = [json.loads(line) for line in report(path, "--json").stdout.splitlines()]
    (english,) = (each for each in lines if (each["day"], each["language"]) == ("2026-11-24", "en"))
    assert (english["asked"], english["found_nothing"], english["median_seconds"]) == (5, 1, 0.06)
    assert english["doors"] == {"chat": 1, "kiosk": 4}
    assert [each["n"] for each in english["passages"]] == [4]
    assert {each["text"] for each in english["questions"]} == {WORKERS, UNKNOWN}


def test_the_days_can_be_limited(path: Path) -> None:
    assert read_visits(path, since=TODAY - timedelta(days=1)).n_asked == 9
    assert read_visits(path, since=TODAY).n_asked == 7
    log = VisitLog(path.with_name("new.sqlite"), "counts", 365)
    visit(log, WORKERS)
    log.close()
    assert "1 asked" in report(log.path, "--days", 1).stdout


@pytest.mark.parametrize(
    ("counted", "middle"),
    [({}, 0.0), ({0.5: 1}, 0.5), ({1.0: 1, 2.0: 1}, 1.0), ({1.0: 1, 2.0: 1, 3.0: 1}, 2.0)],
)
def test_the_median_is_the_time_that_half_did_not_exceed(
    counted: dict[float, int], middle: float
) -> None:
    assert median(counted) == middle
    assert median({0.1: 10, 9.0: 9}) == 0.1


def test_what_is_wrong_gets_one_line(tmp_path: Path) -> None:
    broken, other = tmp_path / "broken.sqlite", tmp_path / "folder"
    broken.write_bytes(b"no database, but long enough to be one" * 100)
    other.mkdir()
    for arguments, said in (
        ((tmp_path / "none.sqlite",), "There is no log of visits at"),
        ((broken,), "is damaged (file is not a database). A server that is started on it"),
        ((other,), "There is no log of visits at"),
        ((broken, "--days", "soon"), "--days soon is no number of days. Give one from 1"),
        ((broken, "--days", "0"), "--days 0 is no number of days. Give one from 1"),
    ):
        done = report(*arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert said in done.stderr
        assert done.stderr.count("\n") == 1


def test_a_reader_that_leaves_early_gets_no_traceback(path: Path) -> None:
    command = f"{sys.executable} -m interface.visits {path} --csv passages | head -n 0"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, check=False)
    assert done.stderr == b""


def test_it_looks_beside_the_index_unless_told(path: Path) -> None:
    done = report(DOCENT_INDEX=str(path.with_name("index")))
    assert "10 asked" in done.stdout


def test_its_help_says_what_it_does_before_anything_heavy_is_loaded() -> None:
    done = report("--help")
    assert done.stdout.startswith("usage: python -m interface.visits")
    for word in ("--csv", "--json", "--days", "build/log.sqlite", "--log questions"):
        assert word in done.stdout


def test_it_reads_while_a_server_writes(tmp_path: Path) -> None:
    with closing(VisitLog(tmp_path / "log.sqlite", "counts", 365)) as log:
        assert report(log.path).stdout == "Nothing was asked in this time.\n"
        visit(log, WORKERS)
        log.flush()
        assert "1 asked" in report(log.path).stdout
        visit(log, WORKERS)
        assert log.flush()
        assert "2 asked" in report(log.path).stdout


@pytest.fixture(scope="module")
def page(default_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Curated]:
    folder = tmp_path_factory.mktemp("visits")
    with curated(default_folder, folder, level="questions") as found:
        yield found


def asked(page: Curated) -> str:
    """The page after some questions were asked, as visitors do."""
    for question in (WORKERS, WORKERS, "Where is the cloakroom, please?", "<b>How</b> is Ünsal?"):
        ask(page.address, question)
    status, _, html = get(page.address, "/curator/visits")
    assert status == 200
    return html


def test_a_question_asked_in_the_chat_is_on_the_page_at_once(page: Curated) -> None:
    html = asked(page)
    assert "4</dd>" in html.replace("\n", "")
    assert "Where is the cloakroom, please?" in html
    assert "<b>How" not in html
    assert f'<th scope="row">{date.today().isoformat()}</th><td>English</td>' in html


def test_each_question_leads_to_the_page_that_makes_it_a_test_question(page: Curated) -> None:
    html = asked(page)
    links = [unescape(each) for each in re.findall(r'href="(\.\./curator/questions\?[^"]*)"', html)]
    questions = [parse_qs(urlsplit(each).query)["question"][0] for each in links]
    assert {"Where is the cloakroom, please?", "<b>How</b> is Ünsal?", WORKERS} == set(questions)
    status, _, there = get(page.address, links[0].removeprefix(".."))
    assert status == 200
    assert "Which sentence answers it?" in there


def test_each_passage_leads_to_its_place_in_the_document(page: Curated) -> None:
    html = asked(page)
    (link, *_) = re.findall(r'href="(\.\./\?quote=[^"]*)"', html)
    _, _, there = get(page.address, unescape(link).removeprefix(".."))
    assert "about 3 million workers" in there


def test_a_passage_that_the_document_no_longer_has_leads_nowhere(
    page: Curated, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(page)
    monkeypatch.setattr("curator.visitors.visits.digest", lambda text: "another")
    _, _, html = get(page.address, "/curator/visits")
    assert "The document has other words there now." in html
    assert "?quote=" not in html


def test_the_sheets_can_be_downloaded(page: Curated) -> None:
    asked(page)
    for sheet, columns in (
        ("days", "day,language,asked"),
        ("passages", "day,language,document_id"),
        ("questions", "day,language,found,n,question"),
    ):
        status, headers, text = get(page.address, f"/curator/visits/{sheet}.csv", days=7)
        assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8")
        assert headers["content-disposition"] == f'attachment; filename="docent-{sheet}.csv"'
        assert text.startswith(f"\ufeff{columns}")
        assert len(text.splitlines()) > 1
    assert get(page.address, "/curator/visits/other.csv")[0] == 404


@pytest.mark.parametrize("days", ["0", "-1", "x", "99999999999", "7"])
def test_any_number_of_days_gives_a_page(page: Curated, days: str) -> None:
    assert get(page.address, "/curator/visits", days=days)[0] == 200


def test_a_curators_own_asking_is_not_a_visit(page: Curated) -> None:
    asked(page)
    before = read_visits(page.visits.path).n_asked
    get(page.address, "/curator/questions", question="How many workers are there?")
    page.visits.flush()
    assert read_visits(page.visits.path).n_asked == before


def test_where_the_log_cannot_be_written_the_page_says_so_and_the_chat_goes_on(
    default_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "log.sqlite").mkdir()
    with curated(default_folder, tmp_path) as page:
        assert "about 3 million workers" in ask(page.address, WORKERS)["html"]
        status, _, html = get(page.address, "/curator/visits")
        assert status == 200
        assert "Visits are not counted: " in unescape(message(html))
        assert get(page.address, "/curator/visits/days.csv")[0] == 503


def test_with_none_the_page_says_that_nothing_is_counted(
    default_folder: Path, tmp_path: Path
) -> None:
    with curated(default_folder, tmp_path, level="none") as page:
        ask(page.address, WORKERS)
        assert "Nothing is counted." in get(page.address, "/curator/visits")[2]
        assert not (tmp_path / "log.sqlite").exists()


def test_with_counts_no_question_is_on_the_page_or_the_disk(
    default_folder: Path, tmp_path: Path
) -> None:
    with curated(default_folder, tmp_path) as page:
        ask(page.address, "Where is Quorvitz the quagga?")
        _, _, html = get(page.address, "/curator/visits")
        assert "The words of questions are not kept." in html
        assert "uorvitz" not in html
        for file in tmp_path.glob("log.sqlite*"):
            assert b"uorvitz" not in file.read_bytes()


def test_a_log_that_hangs_keeps_no_visitor_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk takes nothing: the writing thread is stuck, and questions are answered."""
    stuck = threading.Event()
    log = VisitLog(tmp_path / "log.sqlite", "counts", 365)
    monkeypatch.setattr(visits_module, "WRITE_SECONDS", 0.0)
    monkeypatch.setattr(log._file, "add", lambda sums: stuck.wait(60))
    with serving(create_app(stand_in(), load_wordings(), observers=[log.record])) as address:
        for _ in range(3):
            assert "about 3 million workers" in ask(address, WORKERS)["html"]
    stuck.set()
    log.close()
