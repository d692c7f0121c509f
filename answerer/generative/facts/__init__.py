"""What a statement says beyond doubt: its numbers, dates, units, names and negations."""
