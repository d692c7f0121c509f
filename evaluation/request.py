"""What is to be measured. It goes into the report, so that the same can be measured again."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from pathlib import Path

from evaluation.measures.retrieval import DEFAULT_MEASURES
from evaluation.trial import Trial
from retriever.run import Unit

CLEAN, TYPING = "clean", "typing"
NOISE_RATES = {"noise-1": 0.01, "noise-5": 0.05, "noise-10": 0.10}
"""Conditions under which documents have so large a share of scanning errors."""


@dataclass(frozen=True, slots=True)
class Request:
    """`unit`: what is ranked; by default documents where each is the size of a passage.

    `development`: files of which one has the questions that a trial is calibrated on; by default
    the one that is measured.
    """

    questions: Path
    index: Path | None = None
    documents: Path | None = None
    split: str | None = None
    modes: tuple[str, ...] = ("hybrid",)
    conditions: tuple[str, ...] = (CLEAN,)
    measures: str = DEFAULT_MEASURES
    unit: Unit | None = None
    trial: Trial = field(default_factory=Trial)
    development: tuple[Path, ...] = ()

    def command(self) -> str:
        """The command line that asks for the same, but for the trial."""
        words = ["python", "-m", "evaluation", "run", str(self.questions)]
        noises = [name.removeprefix("noise-") for name in self.conditions if name in NOISE_RATES]
        words += ["--typing"] if TYPING in self.conditions else []
        for flag, *values in (
            ("--index", self.index),
            ("--documents", self.documents),
            ("--split", self.split),
            ("--mode", *self.modes),
            ("--noise", *noises),
            ("--unit", self.unit),
            ("--measures", self.measures),
        ):
            words += [flag, *map(str, values)] if any(values) else []
        return shlex.join(words)
