"""An index on disk: vectors, words, texts and generations."""
