"""Answers in a language model's own words, each resting on quotes; it points and never quotes."""
