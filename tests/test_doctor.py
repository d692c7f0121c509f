"""`python app.py doctor`: each thing is broken for real, and the line says it with its mend."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from browsing import served, stand_in

from deploy import machine
from deploy.bundle import files_in, project_files
from deploy.finding import State
from errors import SettingError

ROOT = Path(__file__).resolve().parents[1]
NOBODY = 65_534
LINES = (
    *("packages", "documents", "embedding model", "reader", "calibration", "index"),
    "answering",
    *("outbound requests", "settings", "languages", "fonts", "voices", "port", "disk space"),
    *("write access", "screen", "browser", "autostart"),
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of all that a kiosk has, with an index; whoever breaks it mends it again."""
    folder = tmp_path_factory.mktemp("doctor") / "docent"
    documents = ((f"documents/{name}", path) for name, path in files_in(ROOT / "documents"))
    own = [("requirements.txt", ROOT / "requirements.txt"), *documents]
    for name, path in [*project_files(ROOT), *own]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / name)
    done = run(folder, "-m", "index", "documents/", "--quiet")
    assert done.returncode == 0, done.stderr
    return folder


def run(
    project: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DOCENT_", "PYTHON"))}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env={**kept, "PYTHONDONTWRITEBYTECODE": "1", **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


def looked(
    project: Path, *flags: str, environment: Mapping[str, str] | None = None
) -> tuple[int, dict[str, str]]:
    """The exit status, and each line by what it is about."""
    port = () if "--port" in flags else ("--port", "0")
    done = run(project, "app.py", "doctor", *port, *flags, environment=environment)
    assert done.stderr == ""
    lines = {line[6:].partition(":")[0]: line for line in done.stdout.splitlines()}
    assert len(lines) == len(done.stdout.splitlines())
    return done.returncode, lines


@contextmanager
def changed(path: Path, content: bytes) -> Iterator[None]:
    before = path.read_bytes()
    path.write_bytes(content)
    try:
        yield
    finally:
        path.write_bytes(before)


def flipped(path: Path) -> bytes:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    return bytes(content)


def everything_in(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def made(project: Path, command: str) -> None:
    """By the command as it was named, in any shell: nothing is called that may not be there."""
    done = subprocess.run([*command.split(), "--quiet"], cwd=project, env={}, check=False)
    assert done.returncode == 0


def test_where_all_is_well_nothing_fails_and_nothing_is_left_behind(project: Path) -> None:
    before = everything_in(project)
    status, lines = looked(project)
    assert tuple(lines) == LINES, lines
    assert status == 0, lines
    machines_own = {"voices", "fonts", "browser", "autostart", "screen"}
    assert {what: line for what, line in lines.items() if line[:4] != "ok  "}.keys() <= machines_own
    assert everything_in(project) == before


def test_an_altered_embedding_model_is_named_and_hinders_the_answers(project: Path) -> None:
    model = project / "models" / "all-MiniLM-L6-v2" / "model.onnx"
    with changed(model, flipped(model)):
        status, lines = looked(project)
    assert status == 1
    assert lines["embedding model"] == (
        "FAIL  embedding model: The model file all-MiniLM-L6-v2/model.onnx was altered. "
        "Take the file from the project again, or make it anew with: make models"
    )
    assert lines["answering"] == (
        "FAIL  answering: No question can be answered. First mend this: "
        + lines["embedding model"].removeprefix("FAIL  embedding model: ")
    )
    assert lines["reader"].startswith("ok ")


def test_models_without_a_ranking_of_their_own_are_called_uncalibrated(project: Path) -> None:
    rankings = project / "retriever" / "rankings"
    rankings.rename(rankings.with_name("elsewhere"))
    try:
        status, lines = looked(project)
    finally:
        rankings.with_name("elsewhere").rename(rankings)
    assert status == 0
    assert lines["calibration"].startswith("warn  calibration: Uncalibrated: nothing was learned")
    assert lines["answering"].startswith("ok ")


def test_an_altered_index_is_named_with_the_command_that_mends_it(project: Path) -> None:
    texts = next((project / "build" / "index").glob("generation-*/texts.sqlite"))
    with changed(texts, flipped(texts)):
        status, lines = looked(project)
        said = lines["index"]
        assert (status, said[:4]) == (1, "FAIL")
        assert f"{texts.parent.name}/texts.sqlite (truncated or altered)" in said
        start, _, now = said.partition(", or now with: ")
        assert start.endswith(" It is made anew at the next start")
        made(project, now)
        assert looked(project)[1]["index"].startswith("ok ")
        texts.parent.mkdir(exist_ok=True)  # for what `changed` puts back


@pytest.mark.slow
def test_each_of_many_faults_has_its_line(project: Path) -> None:
    reader = project / "models" / "reader" / "model.onnx"
    font = project / "interface" / "static" / "fonts" / "source-sans-3-latin-wght-normal.woff2"
    pins = project / "requirements.txt"
    voice = project / "interface" / "speech" / "voice.py"
    with (
        changed(reader, flipped(reader)),
        changed(font, b""),
        changed(pins, pins.read_bytes() + b"not-there-at-all==1.0\n"),
        changed(voice, b"raise SystemExit(3)\n"),
        changed(project / "documents" / "collection.toml", b"title = \n"),
        socket.create_server(("127.0.0.1", 0)) as other,
    ):
        port = str(other.getsockname()[1])
        status, lines = looked(
            project,
            *("--port", port, "--screen-diagonal", "546"),
            environment={"DOCENT_PUBLIC_URL": "docent.example.org"},
        )
    assert status == 1
    beginnings = (
        "FAIL  reader: The model file reader/model.onnx was altered. Take the file",
        f"FAIL  fonts: {font.name} in interface/static/fonts cannot be read. Take the folder",
        "FAIL  packages: not-there-at-all==1.0 cannot be found. Install it with: make run",
        "warn  voices: Nothing can be read aloud in English, ",
        "FAIL  documents: ",
        "FAIL  settings: --public-url is no address. It must look like ",
        "FAIL  screen: A screen has no diagonal of 546 inches. Give one from ",
        f"FAIL  port: Cannot serve on 127.0.0.1, port {port}: Address already in use. Choose",
    )
    assert [each for each in beginnings if not any(map(each.__eq__, _cut(lines, each)))] == []
    assert lines["voices"].endswith("sudo apt-get install espeak-ng")
    assert "collection.toml" in lines["documents"]


def _cut(lines: Mapping[str, str], beginning: str) -> list[str]:
    return [line[: len(beginning)] for line in lines.values()]


@pytest.mark.parametrize(
    ("fault", "reached"),
    [
        (
            "import socket\ntry:\n    socket.create_connection(('192.0.2.1', 80), timeout=1)\n"
            "except OSError:\n    pass\n",
            "192.0.2.1",
        ),
        (
            "import subprocess, sys\nsubprocess.run([sys.executable, '-I', '-c', "
            "\"import socket; socket.create_connection(('192.0.2.1', 80), 1)\"],"
            " capture_output=True)\n",
            "an address unknown to Python",
        ),
    ],
    ids=["by Python", "behind its back"],
)
def test_who_calls_out_while_answering_is_told(project: Path, fault: str, reached: str) -> None:
    if (
        "unknown" in reached
        and subprocess.run(
            ["unshare", "--net", "--map-root-user", "true"], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("no network namespaces here, which alone show this")
    module = project / "answerer" / "quoting.py"
    with changed(module, module.read_bytes() + fault.encode()):
        status, lines = looked(project)
    assert status == 1
    assert lines["answering"].startswith("ok ")
    assert lines["outbound requests"] == (
        f"FAIL  outbound requests: 1 while answering, to {reached}. Keep the machine off the "
        "network, and install Docent's own packages again."
    )


def test_a_machine_without_browser_and_fonts_is_told_what_to_install(
    project: Path, tmp_path: Path
) -> None:
    status, lines = looked(project, environment={"PATH": str(tmp_path)})
    assert status == 0
    assert lines["browser"].endswith("sudo apt-get install chromium")
    assert lines["fonts"] == (
        "warn  fonts: No font of this machine has the letters of 한국어. "
        "Install one with: sudo apt-get install fonts-noto-cjk"
    )
    assert lines["autostart"].startswith("warn ")
    assert lines["outbound requests"].endswith("as far as Python sees.")


def test_a_missing_index_is_made_by_the_command_that_is_named(
    project: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    status, lines = looked(project, "--index", str(index))
    assert (status, lines["answering"][:4]) == (0, "warn")
    said = lines["index"]
    assert said.startswith(f"warn  index: No index in {index}. It is made at the next start")
    made(project, said.partition(", or now with: ")[2])
    assert looked(project, "--index", str(index))[1]["index"].startswith("ok ")


def test_a_folder_that_cannot_be_written_is_named() -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        Path(folder).chmod(0o555)
        is_root = os.geteuid() == 0
        if is_root:
            os.seteuid(NOBODY)
        try:
            finding = machine.write_access(index)
        finally:
            if is_root:
                os.seteuid(0)
        assert str(finding.about("write access")) == (
            f"FAIL  write access: The folder {folder} cannot be written (Permission denied). "
            f"Give it to whoever runs Docent: sudo chown -R docent {folder}"
        )


def test_a_folder_that_is_not_there_is_made_and_no_one_above_it_given_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(dir: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refused)
    finding = machine.write_access(tmp_path / "a" / "b" / "index")
    assert finding.found == f"The folder {tmp_path} cannot be written (Permission denied)."
    assert finding.mend == f"Make Docent's own: sudo install -d -o docent {tmp_path}/a/b"


def test_a_disk_without_room_for_the_index_once_more_fails(tmp_path: Path) -> None:
    index = tmp_path / "index"
    assert machine.disk_space(index).state is State.OK
    index.mkdir()
    with (index / "vectors.f32").open("wb") as file:
        file.truncate(shutil.disk_usage(tmp_path).free)  # takes no room: it has holes
    finding = machine.disk_space(index)
    assert finding.state is State.FAIL
    assert finding.mend == "Remove something: an update needs the index's size again."


def test_a_port_that_docent_itself_serves_is_well() -> None:
    with served(stand_in()) as address:
        port = address.rstrip("/").rpartition(":")[2]
        finding = machine.port("127.0.0.1", port)
    assert (
        str(finding.about("port"))
        == f"ok    port: {port} on 127.0.0.1 is served by Docent already."
    )


@pytest.mark.parametrize("port", ["70000", "http"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(SettingError, match="is not a number from 0 to 65535"):
        machine.port("127.0.0.1", port)


def plugged(folder: Path, width: int, height: int) -> Path:
    """What the kernel tells of a screen of so many centimetres."""
    (folder / "card0-HDMI-A-1").mkdir(parents=True)
    edid = bytearray(128)
    edid[21:23] = width, height
    (folder / "card0-HDMI-A-1" / "edid").write_bytes(edid)
    return folder


@pytest.mark.parametrize(
    ("diagonal", "line"),
    [
        ("21.5", "ok    screen: a diagonal of 21.5 inches is set; the screen itself says 21.7."),
        (
            "32",
            "warn  screen: A diagonal of 32 inches is set; the screen itself says 21.7: keys and "
            "letters get a wrong size. Measure it, and set it: --screen-diagonal 21.7",
        ),
    ],
)
def test_the_screen_is_compared_with_what_it_says_of_itself(
    tmp_path: Path, diagonal: str, line: str
) -> None:
    finding = machine.screen(diagonal, plugged(tmp_path, 48, 27))
    assert str(finding.about("screen")) == line


def test_a_screen_that_does_not_know_its_size_is_believed(tmp_path: Path) -> None:
    finding = machine.screen("32", plugged(tmp_path, 0, 0))
    assert str(finding.about("screen")) == "ok    screen: a diagonal of 32 inches is set."
