"""What is known about a document beside its text."""
