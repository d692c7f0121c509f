"""The forms in which test questions, qrels and runs are read and written."""
