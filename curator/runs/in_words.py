"""Runs and their settings in words, and the settings that a form offers."""

from __future__ import annotations

from collections.abc import Iterator

from curator.runs.runs import Run
from curator.wording import Words
from errors import QuestionError
from evaluation.trial import Trial

_DOING = {"Asking": "doing_asking", "Reading": "doing_reading", "Embedding": "doing_embedding"}

PASSAGE_SIZES = (60, 100, 150, 250)  # word pieces; the default model reads 254
MEANING_WEIGHTS = (0.0, 0.5, 1.0, 2.0, 4.0)  # 1: as shipped


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


def describe_trial(words: Words, trial: Trial) -> str:
    """What a run was made with, in a few words."""
    parts = []
    if trial.passage_tokens is not None:
        parts.append(words("setting_passages", n=trial.passage_tokens))
    if trial.meaning == 0:
        parts.append(words("setting_words_only"))
    elif trial.meaning != 1:
        parts.append(words("setting_meaning", n=f"{trial.meaning:g}"))
    if trial.not_found is not None:
        parts.append(words("setting_threshold", n=f"{trial.not_found:g}"))
    return " · ".join(parts) or words("setting_shipped")


def lines_to_keep(words: Words, trial: Trial) -> Iterator[str]:
    """What whoever runs Docent has to change so that visitors get the setting."""
    if trial.passage_tokens is not None:
        yield words("permanent_passages", n=trial.passage_tokens)
    if trial.meaning != 1:
        yield words("permanent_meaning", n=f"{trial.meaning:g}")
    if trial.not_found is not None:
        yield words("permanent_threshold", n=f"{trial.not_found:g}")


def size_choices(words: Words, shipped: int) -> list[tuple[str, str]]:
    """Value and label of each size of passages."""
    sizes = [(str(n), words("trial_passages_other", n=n)) for n in PASSAGE_SIZES]
    return [("", words("trial_passages_shipped", n=shipped)), *sizes]


def meaning_choices(words: Words) -> list[tuple[str, str]]:
    """Value and label of each weight of meaning."""
    named = {0.0: words("trial_meaning_none"), 1.0: words("trial_meaning_shipped")}
    return [
        (f"{n:g}", named.get(n) or words("trial_meaning_other", n=f"{n:g}"))
        for n in MEANING_WEIGHTS
    ]


def run_line(words: Words, run: Run) -> str:
    """File, part and setting of a run."""
    part = [words("run_split", split=run.split)] if run.split else []
    return " · ".join([run.file, *part, describe_trial(words, run.trial)])


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
