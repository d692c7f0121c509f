"""The Curator page over real HTTP: who may come, what may be sent, what is kept."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from browsing import ROOT, served, stand_in
from curating import SHEET, Curated, curated, message, send, send_form, upload
from test_chat import get, request

from curator.access import access as curator_access
from curator.wording import load_curator_wording
from interface.visits.log import DOORS, LEVELS
from interface.visits.sheets import SHEETS
from interface.wording.wordings import load_wordings

PASSWORD = "Pyöngyang, 1963"
PATHS = (
    *("/curator", "/curator/files", "/curator/files/curator.css", "/curator/files/curator.js"),
    *("/curator/runs", "/curator/runs/0", "/curator/runs/0/progress", "/curator/runs/0/stop"),
    *("/curator/runs/0/questions/1", "/curator/questions", "/curator/login", "/curator/leave"),
    *("/curator/", "/curator.html", "/files/curator.css", "/files/curator.js", "/curator/../"),
)


@pytest.fixture(scope="module")
def page(default_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Curated]:
    with curated(default_folder, tmp_path_factory.mktemp("curator")) as found:
        yield found


@pytest.fixture(scope="module")
def locked(default_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("locked")
    with curated(default_folder, folder, PASSWORD) as found:
        yield found.address


def logged_in(address: str, password: str = PASSWORD) -> tuple[int, str]:
    status, headers, _ = send_form(address, "curator/login", password=password)
    return status, headers.get("set-cookie", "")


@pytest.fixture(scope="module")
def visitors() -> Iterator[str]:
    with served(stand_in()) as address:
        yield address


@pytest.mark.parametrize("path", PATHS)
def test_without_the_flag_no_path_of_it_is_there(visitors: str, path: str) -> None:
    assert get(visitors, path)[0] == 404
    assert send(visitors, path[1:])[0] in (404, 405)


def test_visitors_are_not_told_of_it(page: Curated) -> None:
    _, headers, html = get(page.address, "/")
    assert "curator" not in html.casefold()
    assert headers["referrer-policy"] == "no-referrer"


def app(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DOCENT_")}
    return subprocess.run(
        [sys.executable, "app.py", "--port", "0", *arguments],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_it_does_not_start_open_to_other_machines_without_a_password(host: str) -> None:
    refused = app("--curator", "--host", host)
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        f"--curator on {host} is open to other machines. "
        "Set a password in DOCENT_CURATOR_PASSWORD_HASH, or leave --host out."
    ]
    assert refused.stdout == ""
    assert app("--host", host, DOCENT_CURATOR="1").stderr == refused.stderr


def test_without_a_password_only_this_machines_names_lead_to_it(page: Curated) -> None:
    rebound = {"Host": "rebound.example", "Origin": "http://rebound.example"}
    assert send(page.address, "curator/questions", b"question=Q&say=no", **rebound)[0] == 404


def test_its_answers_are_kept_by_nobody_and_as_strict_as_the_visitors(page: Curated) -> None:
    status, headers, _ = get(page.address, "/curator")
    assert status == 200
    assert headers["cache-control"] == "no-store"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("path", ["/curator", "/curator/questions", "/curator/runs/0"])
def test_with_a_password_every_page_leads_to_the_login(locked: str, path: str) -> None:
    status, headers, text = get(locked, path)
    assert (status, text) == (303, "")
    assert headers["location"].endswith("login")
    assert send_form(locked, "curator/runs", file="gdr-1963.jsonl")[0] == 303


def test_the_password_opens_it_until_the_curator_leaves(locked: str) -> None:
    status, cookie = logged_in(locked)
    assert status == 303
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/curator" in cookie
    mine = cookie.partition(";")[0]
    assert request(locked, "GET", "/curator", Cookie=mine)[0] == 200
    assert request(locked, "GET", "/curator", Cookie=f"{mine}x")[0] == 303
    assert send(locked, "curator/leave", Cookie=mine)[0] == 303
    assert request(locked, "GET", "/curator", Cookie=mine)[0] == 303


def test_five_wrong_guesses_lock_out_even_the_right_password(
    locked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curator_access, "DELAY_SECONDS", 0.3)
    for n in range(5):
        start = time.monotonic()
        status, cookie = logged_in(locked, f"guess {n}")
        assert status in (403, 429)
        assert cookie == ""
        assert time.monotonic() - start > 0.3
    status, cookie = logged_in(locked)
    assert (status, cookie) == (429, "")
    _, _, html = send_form(locked, "curator/login", password=PASSWORD)
    assert "Too many wrong passwords. Please wait" in message(html)
    monkeypatch.setattr(curator_access, "LOCKED_SECONDS", 0.0)
    assert logged_in(locked)[0] == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
    ],
    ids=str,
)
def test_nothing_is_taken_from_another_page(page: Curated, headers: dict[str, str]) -> None:
    body = b"question=Who+asks%3F&say=no"
    assert send(page.address, "curator/questions", body, **headers)[0] == 403
    assert send(page.address, "curator/runs", b"file=gdr-1963.jsonl", **headers)[0] == 403
    assert not (page.folder / "questions" / "curated.jsonl").exists()


def test_a_spreadsheet_is_kept_and_listed(page: Curated) -> None:
    status, _, html = upload(page.address, "my questions.csv", SHEET.encode())
    assert status == 200
    assert message(html) == "my questions.csv is kept: 5 questions."
    assert (page.folder / "questions" / "my questions.csv").read_text() == SHEET
    assert "5 questions, 1 of them without an answer" in get(page.address, "/curator")[2]


def test_the_same_name_never_replaces_another_file(page: Curated) -> None:
    upload(page.address, "twice.csv", SHEET.encode())
    upload(page.address, "twice.csv", SHEET.encode())
    _, _, html = upload(page.address, "twice.csv", SHEET.replace("ceiling", "wall").encode())
    assert message(html).startswith("twice-2.csv is kept")
    assert (page.folder / "questions" / "twice.csv").read_text() == SHEET
    assert not (page.folder / "questions" / "twice-3.csv").exists()
    assert message(upload(page.address, "gdr-1963.jsonl", b'{"_id": "1", "text": "Q?"}')[2]) == (
        "gdr-1963-2.jsonl is kept: 1 questions."
    )


def test_files_about_other_documents_are_listed_where_they_are_the_curators_own(
    page: Curated,
) -> None:
    letters = (ROOT / "evaluation" / "questions" / "letters.jsonl").read_bytes()
    html = get(page.address, "/curator")[2]
    assert 'value="gdr-1963.jsonl"' in html
    assert "letters.jsonl" not in html
    own = page.folder / "questions" / "letters.jsonl"
    own.parent.mkdir(exist_ok=True)
    own.write_bytes(letters)
    try:
        (listed,) = (file for file in page.bench.files() if file.name == "letters.jsonl")
        assert "line 1: there is no document" in listed.problem
    finally:
        own.unlink()


BAD = {
    "bad.csv": (
        b"question,expected words\nHow many?,about 3 milion worker\n",
        "bad.csv, line 2: “about 3 milion worker” is not in the documents. "
        "The nearest wording is “about 3 million workers”",
    ),
    "half.jsonl": (b'{"_id": "1", "text": "Q?"}\n{"_id"', "half.jsonl, line 2: not valid JSON."),
    "squad.json": (b'{"data": [}', "squad.json, line 1: not valid JSON"),
    "empty.csv": (b"", "empty.csv, line 1: no column is called question"),
    "none.jsonl": (b"\n", "none.jsonl holds no questions."),
    "deep.json": (b"[" * 100_000, "deep.json: nested too deeply."),
    "bytes.jsonl": (bytes(range(256)), "bytes.jsonl is not UTF-8 text."),
    "table.xlsx": (b"PK\x03\x04", "“table.xlsx” is no known form of questions."),
    "zipped.json.gz": (b"\x1f\x8b", "“zipped.json.gz” is no known form of questions."),
    ".csv": (b"", "“.csv” is no known form of questions."),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_gets_one_line_with_place_and_mend_and_is_not_kept(
    page: Curated, name: str
) -> None:
    data, said = BAD[name]
    before = sorted(page.folder.rglob("*.*"))
    status, _, html = upload(page.address, name, data)
    assert status == 400
    assert unescape(message(html)).startswith(said)
    assert "\n" not in message(html)
    assert "/tmp" not in message(html)
    assert sorted(page.folder.rglob("*.*")) == before


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../outside.csv", "outside.csv"),
        ("C:\\\\Users\\\\me\\\\sheet one.csv", "sheet one.csv"),
        ("/etc/passwd.csv", "passwd.csv"),
        ("..csv", None),
        ("<b>bold.csv", "b-bold.csv"),
        ("a" * 300 + ".csv", "a" * 60 + ".csv"),
        ("curated.csv/../curated.jsonl", "curated-2.jsonl"),
    ],
)
def test_a_name_is_only_ever_a_name(page: Curated, name: str, kept: str | None) -> None:
    data = b'{"_id": "1", "text": "Q?"}' if name.endswith("jsonl") else SHEET.encode()
    before = {path for path in page.folder.rglob("*") if path.parent.name != "questions"}
    status, _, html = upload(page.address, name, data)
    if kept is None:
        assert status == 400
    else:
        assert unescape(message(html)).startswith(f"{kept} is kept")
        assert (page.folder / "questions" / kept).read_bytes() == data
    after = {path for path in page.folder.rglob("*") if path.parent.name != "questions"}
    assert {path for path in after - before if path.name != "questions"} == set()
    assert "<b>" not in message(html)


def test_more_than_five_megabytes_are_refused_before_they_are_read(page: Curated) -> None:
    status, _, _ = send(page.address, "curator/files", b"", Content_Length="5100000")
    assert status == 413


def test_what_has_no_length_is_refused(page: Curated) -> None:
    status, _, _ = request(
        page.address,
        "POST",
        "/curator/files",
        Origin=page.address.rstrip("/"),
        Transfer_Encoding="chunked",
    )
    assert status == 411


def ended(page: Curated, address: str) -> str:
    """The run's page once it is over."""
    path = f"/{address.removeprefix('../')}"
    for _ in range(1_200):
        said = json.loads(get(page.address, f"{path}/progress")[2])
        if said["state"] != "running":
            return get(page.address, path)[2]
        time.sleep(0.1)
    raise TimeoutError(said)


def test_only_one_run_at_a_time_and_it_can_be_stopped(page: Curated) -> None:
    status, headers, _ = send_form(page.address, "curator/runs", file="gdr-1963.jsonl")
    assert status == 303
    refused, _, html = send_form(page.address, "curator/runs", file="gdr-1963.jsonl")
    assert (refused, message(html)) == (
        400,
        "A run is going on. Wait until it is over, or stop it.",
    )
    run = headers["location"]
    assert "is going on" in get(page.address, f"/{run.removeprefix('../')}")[2]
    assert send(page.address, f"{run.removeprefix('../')}/stop")[0] == 303
    assert "The run was stopped." in ended(page, run)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"file": "none.csv"}, "There is no file none.csv."),
        ({"file": "../datatypes.py"}, "There is no file ../datatypes.py."),
        ({"file": "gdr-1963.jsonl", "split": "x"}, "gdr-1963.jsonl has no questions of the split"),
    ],
)
def test_a_run_that_cannot_be_done_says_why(
    page: Curated, fields: dict[str, str], said: str
) -> None:
    _, headers, _ = send_form(page.address, "curator/runs", **fields)
    assert said in unescape(message(ended(page, headers["location"])))


@pytest.mark.parametrize(
    "fields",
    [{"passages": "9999"}, {"passages": "x"}, {"meaning": "nan"}, {"threshold": "2"}],
    ids=str,
)
def test_a_setting_that_is_not_offered_is_refused(page: Curated, fields: dict[str, str]) -> None:
    status, _, html = send_form(page.address, "curator/runs", file="gdr-1963.jsonl", **fields)
    assert (status, message(html)) == (400, "A setting is not one of those offered.")


def test_what_was_not_clicked_on_this_page_is_no_evidence(page: Curated) -> None:
    place = {"document_id": page.bench.index().texts.document_ids()[0], "start": 0, "end": 9}
    for said in (
        {**place, "text": "invented!"},
        {**place, "start": -5},
        {**place, "document_id": "none", "text": ""},
        ["no", "place"],
        {},
    ):
        status, _, html = send_form(
            page.address, "curator/questions", question="Q?", say="yes", place=json.dumps(said)
        )
        assert (status, message(html)) == (
            400,
            "The document has changed since. Ask again and choose anew.",
        )
    assert not (page.folder / "questions" / "curated.jsonl").exists()


def test_questions_the_documents_do_not_answer_are_kept_once(page: Curated) -> None:
    question = "Who painted the <ceiling>?"
    status, headers, _ = send_form(page.address, "curator/questions", question=question, say="no")
    assert (status, headers["location"]) == (303, "../curator/questions?added=c0001")
    (line,) = (page.folder / "questions" / "curated.jsonl").read_text().splitlines()
    kept = json.loads(line)
    assert (kept["text"], kept["answerable"], kept["split"]) == (question, False, "dev")
    status, _, html = send_form(
        page.address, "curator/questions", question=question.upper(), say="no"
    )
    assert (status, message(html)) == (
        400,
        "curated.jsonl has this question already. Ask another, or edit the file.",
    )
    file = next(each for each in page.bench.files() if each.name == "curated.jsonl")
    assert (file.n_questions, file.n_answerable, file.problem) == (1, 0, "")
    (page.folder / "questions" / "curated.jsonl").unlink()


def test_every_sentence_of_the_wording_is_used_and_none_is_missing() -> None:
    folder = ROOT / "curator"
    paths = [*folder.rglob("*.py"), *folder.rglob("*.jinja")]
    source = "\n".join(path.read_text() for path in paths if path.stem != "wording")
    sentences = load_curator_wording().sentences
    made = {
        *(f"visits_kept_{level}" for level in LEVELS),
        *(f"visits_sheet_{sheet}" for sheet in SHEETS),
        *(f"visits_column_{name}" for name in ("day", "language", "asked", "not_found", "median")),
        *(f"door_{door}" for door in (*DOORS, "other")),
        *(f"language_{code}" for code in (*load_wordings(), "und")),
        *(f"state_{state}" for state in ("running", "stopped", "failed")),
        *(f"run_{state}" for state in ("stopped", "failed")),
    }
    assert made <= sentences.keys()
    named = set(re.findall(r"""["'](\w+)["']""", source))
    counted = {f"{key}_{form}" for key in named for form in ("one", "many")}
    assert sentences.keys() - named - counted - made == set()
    asked = re.findall(r"""\b(?:w|words)\(\s*["'](\w+)["']\s*[,)]""", source)
    assert len(asked) > 80
    assert set(asked) <= sentences.keys()
