"""Accept headers: what a client takes, and how much it likes it (RFC 9110, 12.4.2)."""

from __future__ import annotations

_MOST_CHARACTERS = 500


def accepted_weights(header: str) -> dict[str, float]:
    """Values in lower case, best first, with their weights; those of weight 0 are not wanted."""
    weights = {}
    for part in header[:_MOST_CHARACTERS].lower().split(","):
        value, *parameters = (piece.strip() for piece in part.split(";"))
        weight = next((p.removeprefix("q=") for p in parameters if p.startswith("q=")), "1")
        try:
            weights[value] = float(weight)
        except ValueError:
            continue
    wanted = {value: weight for value, weight in weights.items() if weight > 0}
    return dict(sorted(wanted.items(), key=lambda item: item[1], reverse=True))
