"""Parts of the Curator page that several of its pages have: forms, messages, settings, numbers."""

from __future__ import annotations

from collections.abc import Iterable

from curator.bench import Figure
from curator.runs import Run, Trial
from curator.wording import Words
from interface.server.escaping import attribute, shown

PASSAGE_SIZES = (60, 100, 150, 250)  # word pieces; the default model reads 254
MEANING_WEIGHTS = (0.0, 0.5, 2.0, 4.0)


def number(value: float, digits: int = 2) -> str:
    """Without needless zeros: 0.5, 2."""
    return f"{value:.{digits}f}".rstrip("0").rstrip(".")


def per_hundred(share: float) -> str:
    return f"{100 * share:.0f}"


def signed(share: float) -> str:
    """A difference of shares in points of 100, with a real minus sign."""
    return f"{100 * share:+.0f}".replace("-", "−")


def alert(message: str) -> str:
    return f'<p class="message problem" role="alert">{shown(message)}</p>' if message else ""


def told(html: str) -> str:
    return f'<p class="message" role="status">{html}</p>' if html else ""


def options(choices: Iterable[tuple[str, str]], chosen: str = "") -> str:
    """`choices`: value and HTML of each."""
    return "".join(
        f'<option value="{attribute(value)}"{" selected" if value == chosen else ""}>'
        f"{label}</option>"
        for value, label in choices
    )


def labelled(name: str, label: str, control: str, hint: str = "") -> str:
    """A control under its label; `control` has the id and, with a hint, aria-describedby of it."""
    said = f'<p class="hint" id="{name}-hint">{hint}</p>' if hint else ""
    return f'<div class="field"><label for="{name}">{label}</label>{control}{said}</div>'


def setting(words: Words, trial: Trial) -> str:
    """What a run was made with, in a few words."""
    said = []
    if trial.passage_pieces is not None:
        said.append(words("setting_passages", n=trial.passage_pieces))
    if trial.meaning == 0:
        said.append(words("setting_words_only"))
    elif trial.meaning != 1:
        said.append(words("setting_meaning", n=number(trial.meaning)))
    if trial.not_found is not None:
        said.append(words("setting_threshold", n=number(trial.not_found)))
    return " · ".join(said) or words("setting_shipped")


def run_line(words: Words, run: Run) -> str:
    """File, part and setting of a run."""
    part = [words("run_split", split=run.split)] if run.split else []
    return " · ".join([shown(run.file), *part, setting(words, run.trial)])


def between(words: Words, figure: Figure | None) -> str:
    """The figure's interval; nothing where it has none."""
    if figure is None or figure.low is None or figure.high is None:
        return ""
    return words("between", low=per_hundred(figure.low), high=per_hundred(figure.high))
