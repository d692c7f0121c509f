"""What a form says of a setting, and what a run is at."""

from __future__ import annotations

from curator.runs.runs import Run
from curator.wording import Words
from errors import QuestionError
from evaluation.trial import Trial

_DOING = {"Asking": "doing_asking", "Reading": "doing_reading", "Embedding": "doing_embedding"}

PASSAGE_SIZES = (60, 100, 150, 250)  # word pieces; the default model reads 254
MEANING_WEIGHTS = (0, 0.5, 1, 2, 4)  # 1: as shipped


def parse_trial(words: Words, passages: str, meaning: str, threshold: str) -> Trial:
    """What the form says. Raises QuestionError where it says something that is not offered."""
    try:
        size = int(passages) if passages else None
        weight = float(meaning or 1)
        not_found = float(threshold) if threshold.strip() else None
    except ValueError:
        size, weight, not_found = -1, 1.0, None
    offered = size in (None, *PASSAGE_SIZES) and weight in MEANING_WEIGHTS
    if not offered or (not_found is not None and not 0 <= not_found <= 1):
        raise QuestionError(words("trial_wrong"), "")
    return Trial(size, weight, not_found)


def doing_line(words: Words, run: Run) -> str:
    """What the run is at."""
    if run.stop.is_set():
        return words("run_stopping")
    if not run.doing:
        return words("run_starting")
    key = _DOING.get(run.doing.split()[0], "doing_other")
    if not run.total:
        return words("progress_uncounted", doing=words(key), done=run.done)
    if run.done == run.total and key == "doing_asking":
        return words("doing_figures")
    return words("progress_counted", doing=words(key), done=run.done, total=run.total)
