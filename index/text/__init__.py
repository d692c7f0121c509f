"""The text of documents: canonical form, sentences, passages, folded words."""
