"""The log of visits: what it keeps, what it cannot hold, and that nothing stops answers."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import cast

import pytest
from browsing import DELEGATION, ROOT, UNKNOWN, WORKERS, gdr_document, running_app, stand_in
from test_chat import ask

from datatypes import Answer
from interface.visits import database as visit_file
from interface.visits.figures import VisitFigures, read_visits
from interface.visits.log import Level, VisitLog, digest, language_code

ASKED = "Did grandmother Xylanthe Quorvitz mention quaggas?"
WORDS = (b"randmother", b"ylanthe", b"uorvitz", b"mention", b"quagga")


def answered(question: str) -> Answer:
    return stand_in().ask(question)


def visit(log: VisitLog, question: str, **said: object) -> None:
    given = {"seconds": 0.0663, "language": "en", "door": "chat", **said}
    log.record(answered(question), **given)  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "build" / "log.sqlite"


@pytest.fixture
def opened(path: Path) -> Iterator[VisitLog]:
    log = VisitLog(path, "counts", 365)
    yield log
    log.close()


def kept_bytes(path: Path) -> bytes:
    """Of everything that lies beside the log, too."""
    return b"".join(each.read_bytes() for each in path.parent.iterdir())


def rows(path: Path) -> set[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
        return {
            (name, *row) for name in tables for row in connection.execute(f"SELECT * FROM {name}")
        }


def test_counts_are_sums_of_day_language_and_door(opened: VisitLog, path: Path) -> None:
    visit(opened, WORKERS, door="kiosk", language="de-AT")
    visit(opened, WORKERS, seconds=0.0661)
    visit(opened, WORKERS)
    visit(opened, UNKNOWN, seconds=1.234, door="made up")
    assert opened.flush()
    figures = read_visits(path)
    english, german = sorted(figures.days, key=lambda each: each.language, reverse=True)
    assert english.day == date.today().isoformat()
    assert (english.asked, english.n_not_found) == ({"chat": 2, "other": 1}, 1)
    assert english.seconds == {0.066: 2, 1.2: 1}
    assert (german.language, german.asked, german.n_not_found) == ("de", {"kiosk": 1}, 0)
    text = gdr_document().text
    (one, other) = figures.passages
    assert (one.language, one.n, other.language, other.n) == ("de", 1, "en", 2)
    assert "about 3 million workers" in one.span.of(text)
    assert one.digest == digest(one.span.of(text))


def test_of_counts_not_one_word_of_a_question_is_ever_on_the_disk(
    opened: VisitLog, path: Path
) -> None:
    visit(opened, ASKED)
    visit(opened, f"{WORKERS} {ASKED}")
    assert opened.flush()
    assert path.with_name("log.sqlite-wal").stat().st_size > 0
    while_open = kept_bytes(path)
    opened.close()
    assert read_visits(path).n_asked == 2
    for word in WORDS:
        assert word not in while_open + kept_bytes(path)


def test_of_questions_the_text_is_kept_and_nothing_else_more(path: Path) -> None:
    with closing(VisitLog(path, "questions", 365)) as log:
        visit(log, f"  {ASKED}\n", language="fr")
    today = date.today().isoformat()
    assert rows(path) == {
        ("visits", today, "fr", "chat", 0, 66, 1),
        ("questions", today, "fr", 0, ASKED, 1),
    }


def test_the_file_does_not_tell_in_which_order_questions_came(tmp_path: Path) -> None:
    paths = [tmp_path / name / "log.sqlite" for name in ("one", "two")]
    for path, order in zip(paths, (1, -1), strict=True):
        with closing(VisitLog(path, "questions", 365)) as log:
            for question in (WORKERS, UNKNOWN, DELEGATION, ASKED)[::order]:
                visit(log, question)
                log.flush()
    one, two = (path.read_bytes() for path in paths)
    assert rows(paths[0]) == rows(paths[1])
    with closing(sqlite3.connect(paths[0])) as a, closing(sqlite3.connect(paths[1])) as b:
        assert list(a.iterdump()) == list(b.iterdump())
    assert len(one) == len(two)


def test_with_none_there_is_no_file(path: Path) -> None:
    with closing(VisitLog(path, "none", 365)) as log:
        visit(log, WORKERS)
        assert log.flush()
    assert not path.parent.exists()


@pytest.mark.parametrize("level", ["counts", "none"])
def test_a_lower_level_deletes_the_texts_that_were_kept(path: Path, level: Level) -> None:
    with closing(VisitLog(path, "questions", 365)) as log:
        visit(log, ASKED)
    assert WORDS[0] in kept_bytes(path)
    with closing(VisitLog(path, level, 365)) as log:
        assert WORDS[0] not in kept_bytes(path)
        assert log.note == ""
    figures = read_visits(path)
    assert (figures.n_asked, list(figures.questions)) == (1, [])


def test_what_is_too_old_is_gone_from_the_disk_at_midnight_and_at_the_start(path: Path) -> None:
    day = date(2026, 3, 1)
    log = VisitLog(path, "questions", 7, today=lambda: day)
    for number in range(400):
        visit(log, f"{ASKED} {number}")
        if number % 50 == 0:
            log.flush()
    assert log.flush()
    day = date(2026, 3, 8)
    visit(log, UNKNOWN)
    assert log.flush()
    assert read_visits(path).n_asked == 401, "seven days back are kept"
    day = date(2026, 3, 9)
    assert log.flush()
    assert not any(word in kept_bytes(path) for word in (*WORDS, b"2026-03-01"))
    assert [each.text for each in read_visits(path).questions] == [UNKNOWN]
    log.close()
    VisitLog(path, "questions", 7, today=lambda: date(2026, 3, 16)).close()
    assert b"ceiling" not in kept_bytes(path)
    assert read_visits(path) == VisitFigures(days=[], passages=[], questions=[])


def test_a_process_that_died_between_deleting_and_overwriting_leaves_no_text(path: Path) -> None:
    script = f"""
import os, sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests")!r}]
from datetime import date; from pathlib import Path
from test_visits import ASKED, visit
from interface.visits import database as visit_file; from interface.visits.log import VisitLog
path = Path(sys.argv[1])
log = VisitLog(path, "questions", 7, today=lambda: date(2026, 3, 1))
for number in range(300): visit(log, f"{{ASKED}} {{number}}")
log.flush()
visit_file._overwrite = lambda connection: os.kill(os.getpid(), 9)
VisitLog(path, "counts", 7, today=lambda: date(2026, 3, 2))
"""
    done = subprocess.run([sys.executable, "-c", script, str(path)], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    with closing(VisitLog(path, "counts", 7, today=lambda: date(2026, 3, 2))):
        assert not any(word in kept_bytes(path) for word in WORDS)
    assert read_visits(path).n_asked == 300


WRITER = f"""
import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests")!r}]
from pathlib import Path
from test_visits import UNKNOWN, WORKERS, answered
from interface.visits.log import VisitLog
log = VisitLog(Path(sys.argv[1]), "questions", 365)
answers = [answered(WORKERS), answered(UNKNOWN)]
for n in range(1, 1_000_000):
    log.record(answers[n % 2], seconds=n / 1000, language="en", door="chat")
    if n % 10 == 0 and log.flush():
        print(n, flush=True)
"""


@pytest.mark.slow
def test_killed_at_any_moment_it_keeps_all_that_was_written(path: Path) -> None:
    at_least = 0
    for _ in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        assert writer.stdout.readline() == "10\n"
        time.sleep(random.uniform(0, 0.3))
        writer.send_signal(signal.SIGKILL)
        lines = [line for line in writer.stdout.read().split("\n")[:-1] if line]
        assert writer.wait() == -signal.SIGKILL
        writer.stdout.close()
        at_least += int(lines[-1]) if lines else 10
        with closing(VisitLog(path, "questions", 365)) as log:
            assert log.note == ""
            visit(log, WORKERS)
        at_least += 1
        figures = read_visits(path)
        assert figures.n_asked >= at_least
        assert figures.n_asked == sum(each.n for each in figures.questions), "half a transaction"
        at_least = figures.n_asked


def break_header(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\0" * 64)


def break_a_page(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(4096))


def break_off(path: Path) -> None:
    os.truncate(path, 5_000)


def break_all(path: Path) -> None:
    path.write_text("no database")


@pytest.mark.parametrize("broken", [break_header, break_a_page, break_off, break_all])
def test_a_damaged_file_is_set_aside_and_counting_goes_on(path: Path, broken: object) -> None:
    with closing(VisitLog(path, "counts", 365)) as log:
        visit(log, WORKERS)
    broken(path)  # type: ignore[operator]
    damaged = path.read_bytes()
    with closing(VisitLog(path, "counts", 365)) as log:
        (aside,) = path.parent.glob("log.sqlite.damaged-*")
        assert log.note.startswith(f"{path} was damaged (")
        assert f"It is now called {aside.name}, and counting begins anew." in log.note
        assert "\n" not in log.note
        visit(log, UNKNOWN)
    assert aside.read_bytes() == damaged
    assert (read_visits(path).n_asked, read_visits(path).n_not_found) == (1, 1)


def test_a_file_set_aside_is_kept_no_longer_than_the_days(path: Path) -> None:
    VisitLog(path, "counts", 365).close()
    break_all(path)
    VisitLog(path, "counts", 365).close()
    (aside,) = path.parent.glob("log.sqlite.damaged-*")
    VisitLog(path, "counts", 365).close()
    assert aside.exists()
    VisitLog(path, "counts", 365, today=lambda: date.today() + timedelta(days=366)).close()
    assert not aside.exists()


def test_a_file_taken_away_while_serving_is_made_anew(opened: VisitLog, path: Path) -> None:
    visit(opened, WORKERS)
    assert opened.flush()
    for each in path.parent.iterdir():
        each.unlink()
    visit(opened, UNKNOWN)
    assert opened.flush()
    assert read_visits(path).n_asked == 1


FULL = f"""
import resource, signal, sys, time; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests")!r}]
from pathlib import Path
from test_visits import UNKNOWN, answered
from interface.visits.log import VisitLog
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
log = VisitLog(Path(sys.argv[1]), "questions", 365)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
answer = answered(UNKNOWN)
for n in range(3):
    start = time.monotonic()
    log.record(answer, seconds=0.1, language="en", door="chat")
    assert time.monotonic() - start < 3
    assert not log.flush()
print(log.note)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert log.flush(), log.note
assert log.note == ""
log.close()
"""


def test_a_full_disk_stops_no_answer_and_loses_no_count(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Visits are not counted: {path} cannot be written (")
    assert "Traceback" not in done.stderr
    assert read_visits(path).n_asked == 3


def test_where_nothing_can_be_written_answers_are_counted_by_nobody(tmp_path: Path) -> None:
    (tmp_path / "build").write_text("a file, not a folder")
    path = tmp_path / "build" / "log.sqlite"
    with closing(VisitLog(path, "counts", 365)) as log:
        visit(log, WORKERS)
        assert log.note.startswith(f"Visits are not counted: {path} cannot be written (")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("CREATE TABLE recipes (name TEXT)", "is no log of Docent's. Move it away."),
        (
            f"PRAGMA application_id = {visit_file.APPLICATION_ID}; PRAGMA user_version = 99",
            "was written by a newer Docent. Use that one, or move it.",
        ),
    ],
)
def test_a_file_that_is_not_its_own_is_left_as_it_is(path: Path, statement: str, said: str) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(statement)
    before = path.read_bytes()
    with closing(VisitLog(path, "counts", 365)) as log:
        visit(log, WORKERS)
        assert log.note == f"Visits are not counted. {path} {said}"
    assert path.read_bytes() == before


def test_visitors_at_once_and_two_servers_at_once_are_all_counted(path: Path) -> None:
    logs = [VisitLog(path, "counts", 365) for _ in range(2)]
    answer = answered(WORKERS)

    def many(log: VisitLog) -> None:
        for n in range(200):
            log.record(answer, seconds=n, language="en", door="api")
            if n % 20 == 0:
                log.flush()

    threads = [threading.Thread(target=many, args=(log,)) for log in logs for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for log in logs:
        log.close()
    assert read_visits(path).n_asked == 1_600
    assert sum(each.n for each in read_visits(path).passages) == 1_600


def test_what_waits_is_written_within_seconds_without_being_told(
    opened: VisitLog, path: Path
) -> None:
    visit(opened, WORKERS)
    until = time.monotonic() + 30
    while read_visits(path).n_asked == 0:
        assert time.monotonic() < until
        time.sleep(0.1)


def test_no_answer_and_no_number_makes_it_raise(opened: VisitLog, path: Path) -> None:
    opened.record(cast(Answer, None), seconds=1, language="en", door="chat")
    for seconds in (float("nan"), float("inf"), -1.0):
        visit(opened, WORKERS, seconds=seconds)
    visit(opened, "\ud800 \0 \x1b[31m", language="\ud800")
    assert opened.flush()
    figures = read_visits(path)
    assert (figures.n_asked, {each.language for each in figures.days}) == (4, {"en", "und"})


@pytest.mark.parametrize(
    ("said", "code"),
    [("en", "en"), ("DE-at", "de"), ("pt_BR", "pt"), ("", "und"), ("Who is Anna?", "und")],
)
def test_of_a_language_only_its_code_is_kept(said: str, code: str) -> None:
    assert language_code(said) == code


def test_questions_made_up_by_a_machine_do_not_fill_the_disk(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit_file, "MOST_TEXTS_A_DAY", 20)
    with closing(VisitLog(path, "questions", 365)) as log:
        for number in range(50):
            visit(log, f"{'x' * 1_000 if number == 0 else UNKNOWN} {number}"[:499])
    figures = read_visits(path)
    assert (figures.n_asked, len(figures.questions)) == (50, 20)


def test_only_the_server_user_may_read_it(opened: VisitLog, path: Path) -> None:
    visit(opened, WORKERS)
    opened.flush()
    assert {f"{each.stat().st_mode & 0o777:o}" for each in path.parent.iterdir()} == {"600"}


def started(index: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`app.py` where it is expected not to start."""
    return subprocess.run(
        [sys.executable, "app.py", "--port", "0", "--index", str(index), *arguments],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if not key.startswith("DOCENT_")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--log", "all"), "--log all is no level. Choose none, counts, questions."),
        (("--log-days", "0"), "--log-days 0 is no number of days. Give one from 1 to 36500."),
        (("--log-days", "ten"), "--log-days ten is no number of days. Give one from 1 to 36500."),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    refused = started(tmp_path / "index", *arguments)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.splitlines() == [said]


def test_the_server_keeps_its_log_beside_the_index_and_writes_it_when_it_is_ended(
    default_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(default_folder, tmp_path / "index")
    with running_app("--index", str(tmp_path / "index")) as (address, server):
        for question in (WORKERS, ASKED):
            ask(address, question)
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0
    assert [path.name for path in tmp_path.glob("log.sqlite*")] == ["log.sqlite"], "all in one file"
    figures = read_visits(tmp_path / "log.sqlite")
    assert (figures.asked, list(figures.questions)) == ({"chat": 2}, [])
