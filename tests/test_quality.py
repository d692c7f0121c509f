"""Retrieval and answers on the default document's questions are no worse than they were."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BASELINE = ROOT / "evaluation" / "baselines" / "gdr-1963-dev.json"
MAX_DROPS = ("nDCG@10=0.02", "quote_success@1=0.03", "AUROC=0.03", "quote_exactness=0.0")


def test_the_default_questions_pass_the_gate() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "evaluation", "gate", str(BASELINE), "--max-drop", *MAX_DROPS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
