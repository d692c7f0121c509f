"""Makes `answerer/support/wordnet/` again from WordNet's database files.

    python -m benchmarks.lies_wordnet FOLDER

FOLDER holds `data.noun`, `index.noun` and so on, as WordNet 3.0 is given out (Debian: wordnet-base,
in usr/share/wordnet). Single words in small letters only, as stems; of a word's meanings the
commonest three.
"""

from __future__ import annotations

import gzip
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from answerer.support.text import stem_of

TARGET = Path(__file__).parent.parent / "answerer/support/wordnet"
PARTS = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
N_MEANINGS = 3
Synset = tuple[str, str]  # part of speech and offset, as the files have it
Pair = tuple[str, str]


def read(folder: Path) -> tuple[dict[Synset, list[str]], set[Pair]]:
    """The words of each synset, and the pairs of words that are antonyms."""
    words: dict[Synset, list[str]] = {}
    opposed: list[tuple[Synset, int, Synset, int]] = []
    for part, name in PARTS.items():
        for line in rows(folder / f"data.{name}"):
            fields = line.partition(" | ")[0].split()
            n_words = int(fields[3], 16)
            synset = (part, fields[0])
            words[synset] = [
                re.sub(r"\(.*\)", "", word) for word in fields[4 : 4 + 2 * n_words : 2]
            ]
            rest = fields[5 + 2 * n_words :]
            for sign, offset, other, places in zip(*(rest[i::4] for i in range(4)), strict=False):
                if sign == "!":
                    target = (other.replace("s", "a"), offset)
                    opposed.append((synset, int(places[:2], 16), target, int(places[2:], 16)))
    antonyms = {(words[a][i - 1], words[b][j - 1]) for a, i, b, j in opposed}
    return words, antonyms


def synonyms(folder: Path, words: dict[Synset, list[str]]) -> Iterator[Pair]:
    for part, name in PARTS.items():
        for line in rows(folder / f"index.{name}"):
            fields = line.split()
            first = 4 + int(fields[3])
            n_seen = int(fields[first + 1])  # meanings that WordNet's own texts show
            offsets = fields[first + 2 :][: max(1, min(n_seen, N_MEANINGS))]
            for offset in offsets:
                yield from ((fields[0], other) for other in words[part, offset])


def rows(path: Path) -> Iterator[str]:
    lines = path.read_text(encoding="latin-1").splitlines()
    return (line for line in lines if not line.startswith("  "))


def lines_of(pairs: Iterable[Pair]) -> str:
    """One line a stem: itself, then the stems it is paired with that come after it."""
    table: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        if all(map(_is_plain, pair)):
            low, high = sorted(map(stem_of, pair))
            if low != high:
                table[low].add(high)
    return "".join(f"{stem} {' '.join(sorted(others))}\n" for stem, others in sorted(table.items()))


def _is_plain(word: str) -> bool:
    return word.isascii() and word.isalpha() and word.islower() and len(word) > 1


def main() -> int:
    if len(sys.argv) != 2:
        print("Name the folder of WordNet's files.", file=sys.stderr)
        return 2
    folder = Path(sys.argv[1])
    words, antonyms = read(folder)
    for name, pairs in (("synonyms", synonyms(folder, words)), ("antonyms", antonyms)):
        packed = gzip.compress(lines_of(pairs).encode(), mtime=0)
        (TARGET / f"{name}.txt.gz").write_bytes(packed)
        print(f"{name}: {len(packed):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
