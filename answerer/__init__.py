"""Hits → quotes → an answer, or "the documents do not say"."""
