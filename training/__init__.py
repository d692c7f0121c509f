"""From question answering data to what Docent ships: weights, thresholds, models."""
