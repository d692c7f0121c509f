"""Measures of retrieval, quoting and abstention, with intervals."""
