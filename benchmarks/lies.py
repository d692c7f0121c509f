"""How many lies does the check stop, and how many faithful paraphrases does it drop?

    python -m benchmarks.lies [dev|test|test2|test3|test4 …] [--failures] [--json]

The cases are hand-written (`benchmarks/lies-cases/README.md`). Each is shown to
`answerer.generative.entailment.unsupported`, as in an answer. Intervals: Wilson (1927), 95 %.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from answerer.generative.entailment import unsupported
from benchmarks.sources import ROOT, markdown_table
from datatypes import Document, Quote, Span

CASES = Path(__file__).parent / "lies-cases"
SETS = ("dev", "test", "test2", "test3", "test4")
CHECKED = (
    *("altered date", "altered number", "wrong unit", "invented name"),
    *("negation added", "negation dropped"),
)
"""The kinds of lies that can be told without grammar."""

Counts = dict[str, dict[str, tuple[int, int]]]
"""Verdict → kind → how many were stopped, of how many. "checked": lies of CHECKED."""


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
    """The reasons that the check finds against a case's statement."""

    case: Case
    reasons: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        return bool(self.reasons) == (self.case.verdict == "lie")


def read_cases(name: str) -> list[Case]:
    """The cases of a set. Raises ValueError where a cited text is not the slice named."""
    cases = []
    for line in (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        quotes = []
        for cited in entry["cited"]:
            quote = Quote(_document(cited["document"]), Span(cited["start"], cited["end"]))
            if quote.text != cited["text"]:
                raise ValueError(f"{entry['id']} cites what is not in {cited['document']}")
            quotes.append(quote)
        cases.append(
            Case(entry["id"], entry["verdict"], entry["kind"], entry["statement"], tuple(quotes))
        )
    return cases


@cache
def _document(name: str) -> Document:
    titles = tomllib.loads((CASES / "titles.toml").read_text(encoding="utf-8"))
    title = titles[Path(name).name]
    text = (ROOT / name).read_text(encoding="utf-8")
    return Document(name, title["title"], text, metadata={"date": title.get("date", "")})


def judged(case: Case) -> Outcome:
    return Outcome(case, unsupported(case.statement, case.cited))


def count(outcomes: Iterable[Outcome]) -> Counts:
    counts: Counts = {"lie": {"checked": (0, 0), "all": (0, 0)}, "faithful": {"all": (0, 0)}}
    for outcome in outcomes:
        case = outcome.case
        for group in ("all", case.kind, *["checked"] * (case.kind in CHECKED)):
            n_stopped, n = counts[case.verdict].get(group, (0, 0))
            counts[case.verdict][group] = n_stopped + bool(outcome.reasons), n + 1
    return counts


def table(measured: Mapping[str, Counts]) -> Iterator[str]:
    """Kinds down, sets across; the last column has all sets together."""
    rows = []
    for verdict, name in (("lie", "lies"), ("faithful", "paraphrases")):
        for kind in dict.fromkeys(k for counts in measured.values() for k in counts[verdict]):
            cells = [counts[verdict].get(kind, (0, 0)) for counts in measured.values()]
            cells.append((sum(n for n, _ in cells), sum(n for _, n in cells)))
            texts = [f"{n_stopped} of {n}" for n_stopped, n in cells]
            rows.append([name, kind, *texts, _share(*cells[-1])])
    yield from markdown_table(["", "kind", *measured, "together", "share, 95 % interval"], rows)


def _share(n_stopped: int, n: int) -> str:
    from scipy.stats import binomtest

    interval = binomtest(n_stopped, n).proportion_ci(method="wilson")
    return f"{n_stopped / n:.0%} ({interval.low:.0%}–{interval.high:.0%})"


def failures(outcomes: Iterable[Outcome]) -> Iterator[str]:
    for outcome in outcomes:
        if not outcome.is_right:
            case = outcome.case
            yield f"{case.case_id} ({case.kind}): {case.statement}"
            yield from (f"    cites: {' '.join(quote.text.split())}" for quote in case.cited)
            yield from (f"    because: {reason}" for reason in outcome.reasons)


def measure() -> dict[str, Counts]:
    return {name: count(judged(case) for case in read_cases(name)) for name in SETS}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lies", description=__doc__)
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(SETS)}")
    parser.add_argument("--failures", action="store_true", help="show what it got wrong")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args(arguments)
    names = options.sets or SETS
    if not set(names) <= set(SETS):
        parser.error(f"a set is one of {', '.join(SETS)}")
    outcomes = {name: [judged(case) for case in read_cases(name)] for name in names}
    measured = {name: count(judgements) for name, judgements in outcomes.items()}
    print(json.dumps(measured, indent=1) if options.json else "\n".join(table(measured)))
    if options.failures:
        print(
            *(line for judgements in outcomes.values() for line in failures(judgements)), sep="\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
