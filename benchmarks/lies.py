"""How many lies does the guard stop, and how many faithful paraphrases does it drop?

    python -m benchmarks.lies [dev|test|test2|test3|test4] [--failures] [--json]

The cases are hand-written (`benchmarks/lies-cases/README.md`). Each is shown to the guard by
`answerer.generative.checking.guarded`, as in an answer: with the sentences it cites, the three
before them, and the title and date of the document. Intervals: Wilson (1927), 95 %.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import time
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from answerer.generative.checking import guarded
from datatypes import Document, Quote, Span

ROOT = Path(__file__).parent.parent
CASES = Path(__file__).parent / "lies-cases"
SETS = ("dev", "test", "test2", "test3", "test4")
_Z = 1.959964  # of 95 %


@dataclass(frozen=True, slots=True)
class Case:
    """A statement, what it cites, and whether it is a lie or a faithful paraphrase."""

    case_id: str
    verdict: str
    kind: str
    statement: str
    cited: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the guard found against a case's statement, and its processor time, in seconds."""

    case: Case
    reasons: tuple[str, ...]
    seconds: float

    @property
    def is_right(self) -> bool:
        return bool(self.reasons) == (self.case.verdict == "lie")


def cases(name: str) -> list[Case]:
    """The cases of a set. Raises ValueError where a cited text is not the slice named."""
    found = []
    for line in (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        quotes = []
        for cited in entry["cited"]:
            quote = Quote(document(cited["document"]), Span(cited["start"], cited["end"]))
            if quote.text != cited["text"]:
                raise ValueError(f"{entry['id']} cites what is not in {cited['document']}")
            quotes.append(quote)
        found.append(
            Case(entry["id"], entry["verdict"], entry["kind"], entry["statement"], tuple(quotes))
        )
    return found


@cache
def document(name: str) -> Document:
    titles = tomllib.loads((CASES / "titles.toml").read_text(encoding="utf-8"))
    said = titles[Path(name).name]
    text = (ROOT / name).read_text(encoding="utf-8")
    return Document(name, said["title"], text, metadata={"date": said.get("date", "")})


def judged(case: Case) -> Outcome:
    """What the guard says of the case."""
    started = time.process_time()
    reasons = guarded(case.statement, case.cited)
    return Outcome(case, reasons, time.process_time() - started)


def wilson(n_hits: int, n: int) -> tuple[float, float]:
    """The bounds of a share's 95 % interval, 0 to 1."""
    share = n_hits / n
    middle = share + _Z**2 / (2 * n)
    width = _Z * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n * n))
    whole = 1 + _Z**2 / n
    return max(0.0, (middle - width) / whole), min(1.0, (middle + width) / whole)


def measure(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Lies stopped and paraphrases dropped, by kind; milliseconds a statement."""
    measured: dict[str, Any] = {}
    for verdict in ("lie", "faithful"):
        own = [outcome for outcome in outcomes if outcome.case.verdict == verdict]
        kinds = dict.fromkeys(outcome.case.kind for outcome in own)
        groups = {"all": own} | {
            kind: [outcome for outcome in own if outcome.case.kind == kind] for kind in kinds
        }
        measured[verdict] = {
            kind: {
                "n": len(group),
                "flagged": (flagged := sum(bool(outcome.reasons) for outcome in group)),
                "interval": wilson(flagged, len(group)),
            }
            for kind, group in groups.items()
        }
    times = [outcome.seconds * 1000 for outcome in outcomes]
    measured["ms"] = {"median": statistics.median(times), "most": max(times)}
    return measured


def table(measured: dict[str, Any]) -> Iterable[str]:
    yield "| | kind | cases | stopped | share, 95 % interval |"
    yield "|---|---|---|---|---|"
    for verdict, name in (("lie", "lies"), ("faithful", "paraphrases")):
        for kind, row in measured[verdict].items():
            low, high = row["interval"]
            share = f"{row['flagged'] / row['n']:.0%} ({low:.0%}–{high:.0%})"
            yield f"| {name} | {kind} | {row['n']} | {row['flagged']} | {share} |"
    yield ""
    yield "Processor, ms a statement: median {median:.1f}, most {most:.1f}.".format(
        **measured["ms"]
    )


def failures(outcomes: Iterable[Outcome]) -> Iterator[str]:
    for outcome in outcomes:
        if not outcome.is_right:
            case = outcome.case
            yield f"{case.case_id} ({case.kind}): {case.statement}"
            yield from (f"    cites: {' '.join(quote.text.split())}" for quote in case.cited)
            yield from (f"    because: {reason}" for reason in outcome.reasons)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lies", description=__doc__)
    parser.add_argument("cases", nargs="?", choices=SETS, default=SETS[-1])
    parser.add_argument("--failures", action="store_true", help="show what it got wrong")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    arguments = parser.parse_args()
    written = cases(arguments.cases)
    judged(written[0])  # word lists are read once, and not counted
    outcomes = [judged(case) for case in written]
    measured = measure(outcomes)
    print(json.dumps(measured, indent=1) if arguments.json else "\n".join(table(measured)))
    if arguments.failures:
        print("\n".join(failures(outcomes)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
