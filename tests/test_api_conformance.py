"""Schemathesis asks the API what its description allows and what it forbids; it finds no fault."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from browsing import page_of, serving

from answerer.pipeline import Pipeline
from interface.server.web_settings import Keys, WebSettings

KEY = "0123456789abcdef"
# Beside Schemathesis' own: a permalink may be well-formed and its text gone (410), a question may
# be text without a word (422).
CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 401, 404, 410, 422]
[warnings]
enabled = true
fail-on = true
"""


@pytest.mark.slow
def test_schemathesis_finds_nothing(default_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "schemathesis.toml").write_text(CONFIG, encoding="utf-8")
    pipeline = Pipeline.load(default_folder)
    web = WebSettings(api=True, keys=Keys([KEY]))
    with serving(page_of(pipeline, web=web)) as address:
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("schemathesis")),
                "--config-file=schemathesis.toml",
                "run",
                f"{address}api/v1/openapi.json",
                "--max-examples=4",
                "--seed=1",
                "--continue-on-failure",
                f"--header=Authorization: Bearer {KEY}",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    pipeline.close()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Operations:       8 selected / 8 total" in done.stdout
